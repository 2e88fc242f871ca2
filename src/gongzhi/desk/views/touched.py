"""What a new version of the rules touches: matter by matter, before and after, with a decision for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction as db_transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_POST, require_safe

from gongzhi.desk import rule_words, words
from gongzhi.desk.spreadsheet import listed, streamed
from gongzhi.desk.views.progress import bar
from gongzhi.flow.errors import FlowError, FormInvalidError, NoSuchCaseError, NotPossibleError
from gongzhi.notices import corrections, graph, queries
from gongzhi.notices.models import Correction, Touched
from gongzhi.notices.tasks import go_through_city

_SIZE = 20
_UNDECIDED, _ALL = "open", "all"
_UNDER_WAY = (Correction.State.WAITING, Correction.State.RUNNING)


def may_decide(acting: Any) -> bool:
    """Whether a post decides what a version touches."""
    return acting.role in corrections.DECIDERS


@require_safe
def touched(request: Any) -> HttpResponse:
    """The matters that wait for a decision; `?show=all` also those that were decided."""
    return _page(request)


@require_safe
def touched_export(request: Any) -> HttpResponse:
    """The matters of the version that was chosen, decided or not as the page shows them, whole, as a workbook."""
    if not may_decide(request.acting):
        raise PermissionDenied
    chosen = _chosen(queries.corrections(), request.GET)
    found = streamed(
        queries.every_touched(chosen.pk if chosen else None, undecided=not _shows_all(request.GET))
    )
    named = cache(partial(rule_words.permit, on=request.moment.today))
    lines = (_line(row, named) for row in found)
    return listed(_("规则更正"), _COLUMNS, lines, day=request.moment.today)


@require_POST
def touched_decide(request: Any, touched_id: int) -> HttpResponse:
    """Decide one matter, with reasons."""
    if not may_decide(request.acting):
        raise PermissionDenied
    decision, said = request.POST.get("decision", ""), request.POST.get("words", "").strip()[:1000]
    try:
        with db_transaction.atomic():
            corrections.decide(touched_id, decision, said, acting=request.acting, moment=request.moment)
    except Touched.DoesNotExist:
        raise Http404 from None
    except FormInvalidError:
        errors = {"words": [_("请填写此项")]}
        return _page(request, failed=touched_id, values={"words": said}, errors=errors, status=422)
    except NotPossibleError as error:
        problem = _(error.reason) if error.reason else _("请从所列选项中选择")
        return _page(request, failed=touched_id, values={"words": said}, errors={"": problem}, status=409)
    except NoSuchCaseError:
        raise Http404 from None
    except FlowError:
        raise PermissionDenied from None
    messages.success(request, _("已记录决定。"))
    return HttpResponseRedirect(f"{reverse('touched')}?{urlencode(_kept(request.POST))}")


@require_POST
def correction_stop(request: Any, correction_id: int) -> HttpResponse:
    """Have the listing of what a version touches rest."""
    if not corrections.may_stop(request.acting):
        raise PermissionDenied
    corrections.stop(_correction(correction_id).pk, acting=request.acting, moment=request.moment)
    return HttpResponseRedirect(reverse("touched"))


@require_POST
def correction_go_on(request: Any, correction_id: int) -> HttpResponse:
    """Let the listing go on where it was stopped."""
    if not corrections.may_stop(request.acting):
        raise PermissionDenied
    with db_transaction.atomic():
        if corrections.go_on(_correction(correction_id).pk, acting=request.acting, moment=request.moment):
            go_through_city.defer(correction_id=correction_id)
    return HttpResponseRedirect(reverse("touched"))


@require_safe
def correction_progress(request: Any, correction_id: int) -> HttpResponse:
    """How far a listing has come, for the page that asks until it rests."""
    if not may_decide(request.acting):
        raise PermissionDenied
    found = _correction(correction_id)
    if found.state not in _UNDER_WAY:
        return bar(request, None)
    return bar(request, _work(found, may_stop=corrections.may_stop(request.acting)))


def _correction(correction_id: int) -> Correction:
    found = Correction.objects.filter(pk=correction_id).first()
    if found is None:
        raise Http404
    return found


def _kept(given: Any) -> dict[str, str]:
    return {name: given.get(name, "") for name in ("book", "show") if given.get(name, "")}


def _chosen(found: Sequence[Correction], asked: Any) -> Correction | None:
    """The version whose matters are asked for; None for all."""
    return next((one for one in found if str(one.book) == asked.get("book", "")), None)


def _shows_all(asked: Any) -> bool:
    return asked.get("show", "") == _ALL


def _page(
    request: Any,
    *,
    failed: int = 0,
    values: dict[str, str] | None = None,
    errors: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    if not may_decide(request.acting):
        raise PermissionDenied
    asked = request.POST if request.method == "POST" else request.GET
    after = request.GET.get("after", "")
    if after and not (after.isascii() and after.isdigit()):
        raise Http404
    found = queries.corrections()
    chosen, show_all = _chosen(found, asked), _shows_all(asked)
    rows = queries.touched_matters(
        chosen.pk if chosen else None, undecided=not show_all, after=int(after[:18] or 0), size=_SIZE + 1
    )
    kept = _kept(asked)
    counts = queries.touched_counts()
    context = {
        "items": [
            _item(row, request, kept, *((values, errors) if row.pk == failed else ({}, {})))
            for row in rows[:_SIZE]
        ],
        "running": [
            _work(one, may_stop=corrections.may_stop(request.acting))
            for one in found
            if one.state != Correction.State.DONE
        ],
        "tabs": [
            _tab(None, chosen, kept, counts),
            *(_tab(one, chosen, kept, counts) for one in found if one.pk in counts),
        ],
        "all": show_all,
        "export_url": f"{reverse('touched_export')}?{urlencode(kept)}",
        "all_url": f"?{urlencode({**kept, 'show': _ALL})}",
        "open_url": f"?{urlencode({k: v for k, v in kept.items() if k != 'show'})}",
        "next_url": f"?{urlencode({**kept, 'after': rows[_SIZE - 1].pk})}" if len(rows) > _SIZE else "",
        "first_url": f"?{urlencode(kept)}" if after else "",
    }
    return render(request, "desk/touched.html", context, status=status)


def _tab(
    one: Correction | None,
    chosen: Correction | None,
    kept: dict[str, str],
    counts: dict[int, tuple[int, int]],
) -> dict[str, Any]:
    waiting = counts.get(one.pk, (0, 0))[1] if one else sum(count[1] for count in counts.values())
    name = _version(one) if one else _("全部版本")
    others = {key: value for key, value in kept.items() if key != "book"}
    return {
        "label": _("%(name)s（待定 %(n)s）") % {"name": name, "n": waiting},
        "url": f"?{urlencode({**others, **({'book': one.book} if one else {})})}",
        "current": chosen == one,
    }


def _version(one: Correction) -> str:
    return _("第 %(n)s 版") % {"n": one.number}


def _work(one: Correction, *, may_stop: bool) -> dict[str, Any]:
    under_way, stopped = one.state in _UNDER_WAY, one.state == Correction.State.STOPPED
    return {
        "label": (_("清理第 %(n)s 版触及的事项") if stopped else _("正在清理第 %(n)s 版触及的事项"))
        % {"n": one.number},
        "done": one.done,
        "total": one.total or None,
        "id": f"correction-{one.pk}",
        "stop_url": reverse("correction_stop", args=[one.pk]) if under_way and may_stop else "",
        "poll_url": reverse("correction_progress", args=[one.pk]) if under_way else "",
        "stopped": stopped,
        "stopped_by": one.stopped_by or "",
        "stopped_at": one.seen_at,
        "go_on_url": reverse("correction_go_on", args=[one.pk]) if stopped and may_stop else "",
    }


def _item(
    row: Touched,
    request: Any,
    kept: dict[str, str],
    values: dict[str, str] | None,
    errors: dict[str, Any] | None,
) -> dict[str, Any]:
    today = request.moment.today
    case = row.notice.case if row.notice else None
    choices = [(code, label) for code, label in _choices(case) if code in corrections.DECISIONS[row.kind]]
    return {
        "id": row.pk,
        "business": row.business.name,
        "business_url": reverse("business", args=[row.business_id]),
        "place": words.place(row.business.area),
        "kind": _kind(row.kind),
        "scope": row.business.scope,
        "number": row.correction.number,
        "lines": [
            {
                "permit": rule_words.permit(code, today),
                "before": rule_words.certainty(row.before.get(code, ["", ""])[0]),
                "after": rule_words.certainty(row.after.get(code, ["", ""])[0]),
                "rule": (row.after.get(code) or row.before.get(code) or ["", ""])[1],
            }
            for code in row.permits
        ],
        "notice_url": reverse("case", args=[case.pk]) if case else "",
        "notice_state": words.state(graph.NAME, case.state).said if case else "",
        "department": words.department(case.department) if case and case.department else "",
        "decided": _decision(row.decision) if row.decision else "",
        "words": row.words,
        "by": row.decided_by,
        "at": row.decided_at,
        "action": reverse("touched_decide", args=[row.pk]),
        "fields": (
            {
                "name": "words",
                "zh": "理由",
                "en": "Reasons",
                "kind": "textarea",
                "rows": 2,
                "max_length": 1000,
            },
        ),
        "values": values,
        "errors": errors,
        "hidden": kept,
        "choices": choices,
        "prefix": f"matter-{row.pk}-",
    }


def _line(row: Touched, named: Callable[[str], str]) -> dict[str, Any]:
    """A matter as a line of the workbook; several permits stand in the same order in each of their cells."""
    case = row.notice.case if row.notice else None

    def each(said: Callable[[str], str]) -> str:
        return _("、").join(said(code) for code in row.permits)

    return {
        "version": _version(row.correction),
        "business": row.business.name,
        "place": words.place(row.business.area),
        "kind": _kind(row.kind),
        "permits": each(named),
        "before": each(lambda code: rule_words.certainty(row.before.get(code, ["", ""])[0])[0]),
        "after": each(lambda code: rule_words.certainty(row.after.get(code, ["", ""])[0])[0]),
        "rules": each(lambda code: (row.after.get(code) or row.before.get(code) or ["", ""])[1]),
        "scope": row.business.scope,
        "notice": words.state(graph.NAME, case.state).said if case else "",
        "department": words.department(case.department) if case and case.department else "",
        "decision": _decision(row.decision) if row.decision else _("待决定"),
        "words": row.words,
        "by": row.decided_by,
        "at": row.decided_at,
    }


def _kind(kind: str) -> tuple[str, str]:
    return {
        "no_longer": (_("新规则不再涉及"), "warn"),
        "otherwise": (_("把握不同了"), "info"),
        "missing": (_("新规则涉及，尚未告知"), "accent"),
    }[kind]


def _choices(case: Any) -> list[tuple[str, str]]:
    ended = case is not None and not case.is_open
    keep = _("知悉（已办结）") if ended else _("维持告知")
    also = [] if ended else [("withdraw", _("撤回告知"))]
    return [("keep", keep), *also, ("send", _("发出新告知")), ("none", _("不必告知"))]


def _decision(code: str) -> str:
    return {
        "keep": _("维持告知"),
        "withdraw": _("撤回告知"),
        "send": _("发出新告知"),
        "none": _("不必告知"),
    }[code]


_COLUMNS = (
    {"key": "version", "label": noop("版本"), "kind": "text"},
    {"key": "business", "label": noop("市场主体"), "kind": "text"},
    {"key": "place", "label": noop("属地"), "kind": "place"},
    {"key": "kind", "label": noop("有何不同"), "kind": "status"},
    {"key": "permits", "label": noop("许可"), "kind": "text"},
    {"key": "before", "label": noop("原判定"), "kind": "text"},
    {"key": "after", "label": noop("新判定"), "kind": "text"},
    {"key": "rules", "label": noop("规则"), "kind": "code"},
    {"key": "scope", "label": noop("经营范围"), "kind": "text"},
    {"key": "notice", "label": noop("告知的状态"), "kind": "text"},
    {"key": "department", "label": noop("部门"), "kind": "text"},
    {"key": "decision", "label": noop("决定"), "kind": "text"},
    {"key": "words", "label": noop("理由"), "kind": "text"},
    {"key": "by", "label": noop("由谁决定"), "kind": "text"},
    {"key": "at", "label": noop("决定时间"), "kind": "moment"},
)
"""The columns of its workbook; the page shows a matter as a card."""
