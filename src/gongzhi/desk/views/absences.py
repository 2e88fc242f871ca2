"""One person's days away: said, a substitute named, ended early. Only by whoever looks after the post."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongzhi.desk import people_words, words
from gongzhi.desk.middleware import own_transaction
from gongzhi.org import absences, presence, rules
from gongzhi.org.absences import AbsenceRefusedError, NotLookedAfterError, When
from gongzhi.org.access import acting_as
from gongzhi.org.models import Absence, Post
from gongzhi.org.roles import Role
from gongzhi.org.rules import Days, Kind

_DIGITS = 18


@own_transaction
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: Any, post_id: int) -> HttpResponse:
    """Somebody's days away, and the form that says new ones."""
    if request.method != "POST":
        with acting_as(request.acting):
            return _page(request, post_id)
    given = request.POST
    values = {name: given.get(name, "") for name in ("first", "last", "kind", "substitute")}
    first, last = _day(values["first"]), _day(values["last"])
    substitute = _number(values["substitute"])
    errors: dict[str, str] = {}
    if first is None:
        errors["first"] = _("请填写日期，如 2026-09-21")
    if last is None:
        errors["last"] = _("请填写日期，如 2026-09-21")
    if values["kind"] not in set(Kind):
        errors["kind"] = _("请从所列选项中选择")
    if values["substitute"] and substitute is None:
        errors["substitute"] = _("请从所列选项中选择")
    if not errors and first is not None and last is not None:
        errors, status = _tried(
            request,
            post_id,
            lambda: absences.say_away(
                post_id,
                first,
                last,
                Kind(values["kind"]),
                substitute_id=substitute,
                acting=request.acting,
                when=_when(request),
            ),
        )
        if not errors:
            messages.success(request, _("已登记。"))
            return HttpResponseRedirect(reverse("person", args=[post_id]))
    else:
        status = 422
    with acting_as(request.acting):
        return _page(request, post_id, form="say", values=values, errors=errors, status=status)


@own_transaction
@require_POST
def name_substitute(request: Any, absence_id: int) -> HttpResponse:
    """Name who stands in."""
    post_id = _post_of(request, absence_id)
    chosen = _number(request.POST.get("substitute", ""))
    errors, status = {"substitute": _("请从所列选项中选择")}, 422
    if chosen is not None:
        errors, status = _tried(
            request,
            post_id,
            lambda: absences.name_substitute(absence_id, chosen, acting=request.acting, when=_when(request)),
        )
    return _answer(request, post_id, f"name-{absence_id}", errors, status, _("已指定顶岗人员。"))


@own_transaction
@require_POST
def end_early(request: Any, absence_id: int) -> HttpResponse:
    """Say that somebody is back."""
    post_id = _post_of(request, absence_id)
    back_on = _day(request.POST.get("back_on", ""))
    errors, status = {"back_on": _("请填写日期，如 2026-09-21")}, 422
    if back_on is not None:
        errors, status = _tried(
            request,
            post_id,
            lambda: absences.end_early(absence_id, back_on, acting=request.acting, when=_when(request)),
        )
    return _answer(request, post_id, f"end-{absence_id}", errors, status, _("已登记返岗。"))


def _answer(
    request: Any, post_id: int, form: str, errors: dict[str, str], status: int, done: str
) -> HttpResponse:
    if not errors:
        messages.success(request, done)
        return HttpResponseRedirect(reverse("person", args=[post_id]))
    with acting_as(request.acting):
        return _page(request, post_id, form=form, values=request.POST.dict(), errors=errors, status=status)


def _tried(request: Any, post_id: int, write: Any) -> tuple[dict[str, str], int]:
    """What was wrong, by field, and the answer's status; nothing when it was written."""
    try:
        with acting_as(request.acting):
            _post(request, post_id)
            write()
    except AbsenceRefusedError as error:
        field, why = people_words.refused(error.refusal, error.about)
        return {field: why}, 409
    except (Post.DoesNotExist, Absence.DoesNotExist):
        return {"substitute": _("请从所列选项中选择")}, 422
    except NotLookedAfterError:
        raise PermissionDenied from None
    return {}, 200


def _page(
    request: Any,
    post_id: int,
    *,
    form: str = "",
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    post, today = _post(request, post_id), request.moment.today
    said = presence.absences_of(post_id)
    now = next(
        (one for one in said if rules.days(one.first_day, one.last_day, one.ended_on).overlap(_one(today))),
        None,
    )
    usual = {"first": today.isoformat(), "last": today.isoformat(), "kind": Kind.LEAVE.value}
    context = {
        "title": post.person.name,
        "note": f"{words.role(Role(post.role))} · {words.unit(post)}",
        "state": people_words.standing(now, today),
        "fields": _fields(presence.candidates(post, _one(today), acting=request.acting)),
        "values": values if form == "say" else usual,
        "errors": errors if form == "say" else {},
        # What somebody else just did may have taken the form itself away: the reason stands above.
        "problem": next(iter(errors.values()), "") if errors and form != "say" else "",
        "said": [_said(request, post, one, form, values or {}, errors or {}) for one in said],
        "back_url": reverse("people"),
    }
    return render(request, "desk/person.html", context, status=status)


def _said(
    request: Any, post: Post, one: Absence, form: str, values: Mapping[str, str], errors: Mapping[str, str]
) -> dict[str, Any]:
    today = request.moment.today
    span = rules.days(one.first_day, one.last_day, one.ended_on)
    left = Days(max(span.first, today), span.until)
    running = left.first < left.until
    naming = running and one.substitute is None
    chosen = presence.candidates(post, left, acting=request.acting) if naming else []
    facts: list[tuple[Any, ...]] = [
        (_("类别"), dict(people_words.kinds())[one.kind]),
        (_("登记"), one.said_by),
        (_("登记时间"), one.said_at, "moment"),
        (_("顶岗人员"), people_words.person(one.substitute) if one.substitute else _("还没有指定")),
    ]
    if one.substitute:
        facts += [(_("指定"), one.named_by), (_("指定时间"), one.named_at, "moment")]
    if one.ended_on:
        facts += [(_("返岗日"), one.ended_on, "day"), (_("返岗登记"), one.ended_by)]
    return {
        "id": f"absence-{one.pk}",
        "title": people_words.span(one),
        "facts": facts,
        "name_url": reverse("absence_substitute", args=[one.pk]) if naming else "",
        "name_prefix": f"name-{one.pk}-",
        "name_fields": (_substitute(chosen, required=True),),
        "name_values": values if form == f"name-{one.pk}" else {},
        "name_errors": errors if form == f"name-{one.pk}" else {},
        "nobody": naming and not chosen,
        "end_url": reverse("absence_end", args=[one.pk]) if running and one.ended_on is None else "",
        "end_prefix": f"end-{one.pk}-",
        "end_fields": (_back_on(left, one),),
        "end_values": values if form == f"end-{one.pk}" else {"back_on": left.first.isoformat()},
        "end_errors": errors if form == f"end-{one.pk}" else {},
    }


def _fields(candidates: list[Post]) -> tuple[dict[str, Any], ...]:
    return (
        {"name": "first", "zh": "第一天", "en": "First day", "kind": "date"},
        {"name": "last", "zh": "最后一天", "en": "Last day", "kind": "date"},
        {
            "name": "kind",
            "zh": "类别",
            "en": "Kind",
            "kind": "radio",
            "choices": people_words.kinds(),
            "hint_zh": "只记类别，不记原因。",
            "hint_en": "Only the kind is kept, never a reason.",
        },
        _substitute(candidates, required=False),
    )


def _substitute(candidates: list[Post], *, required: bool) -> dict[str, Any]:
    return {
        "name": "substitute",
        "zh": "顶岗人员",
        "en": "Substitute",
        "kind": "select",
        "required": required,
        "choices": [(str(post.pk), people_words.person(post)) for post in candidates],
        **(
            {}
            if required
            else {
                "hint_zh": "可以先不填，之后再指定；顶岗只在这几天有效。",
                "hint_en": "May be named later; it holds on these days only.",
            }
        ),
    }


def _back_on(left: Days, one: Absence) -> dict[str, Any]:
    return {
        "name": "back_on",
        "zh": "返岗日",
        "en": "Back on",
        "kind": "date",
        "min": left.first.isoformat(),
        "max": one.last_day.isoformat(),
        "hint_zh": "与第一天相同即取消这次登记。",
        "hint_en": "The first day itself takes the whole back.",
    }


def _post(request: Any, post_id: int) -> Post:
    """The post, if it is this one's to look after; to everybody else it does not exist."""
    post = Post.objects.select_related("person", "department").filter(pk=post_id).first()
    if post is None or post.substitutes_id is not None:
        raise Http404
    if not rules.looks_after(request.acting, Role(post.role), post.area, post.department_id):
        raise Http404
    return post


def _post_of(request: Any, absence_id: int) -> int:
    with acting_as(request.acting):
        found = Absence.objects.filter(pk=absence_id).values_list("post_id", flat=True).first()
    if found is None:
        raise Http404
    return found


def _when(request: Any) -> When:
    return When(request.moment.at, request.moment.today)


def _one(day: date) -> Days:
    return rules.days(day, day)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
