"""Registering one business at the window: what is wrong with it, what will follow from it, and then it is done."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongzhi.catalog.queries import installed, permits, routes
from gongzhi.desk import timelines, words
from gongzhi.flow.moment import Moment, moment_now
from gongzhi.org.access import acting_as, elevated
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.roles import Role
from gongzhi.places.queries import placer
from gongzhi.registry.actions import RefusedError, Taken, register_one
from gongzhi.registry.intake.checking import Stated, check
from gongzhi.registry.intake.matching import Answer, match_entries
from gongzhi.registry.models import Business
from gongzhi.registry.rules import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    LONGEST_SCOPE,
    Entry,
    Why,
    counted,
)
from gongzhi.rulebooks.queries import book_on
from gongzhi.scopes import PermitHit
from gongzhi.visits import graph as visits_graph
from gongzhi.visits.rules import way_in

_MISSING = {
    "name": Why.MISSING_NAME,
    "uscc": Why.MISSING_CODE,
    "established": Why.MISSING_DATE,
    "scope": Why.MISSING_SCOPE,
    "address": Why.MISSING_ADDRESS,
}
_FIELD_OF = {
    Why.CODE_LENGTH: "uscc",
    Why.CODE_ALPHABET: "uscc",
    Why.CODE_CHECK: "uscc",
    Why.CODE_PLACEHOLDER: "uscc",
    Why.DATE_UNREADABLE: "established",
    Why.DATE_IN_FUTURE: "established",
    Why.DATE_TOO_OLD: "established",
    Why.NAME_TOO_LONG: "name",
    Why.SCOPE_TOO_LONG: "scope",
    Why.ADDRESS_TOO_LONG: "address",
}
"""Which answer a refusal is about; the others concern the registration as a whole."""


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: Any) -> HttpResponse:
    """The form; then what would follow from it; then, confirmed, the registration with all of that."""
    if request.acting.role is not Role.REGISTRAR:
        raise PermissionDenied
    if request.method != "POST":
        _warm()
        return _page(request, {"established": request.moment.today.isoformat()}, {})
    values = {name: request.POST.get(name, "").strip() for name in _MISSING}
    entry, errors = _checked(values, request.moment)
    if entry is None:
        return _page(request, values, errors, status=422)
    with elevated():
        standing = Business.objects.filter(uscc=entry.uscc).first()
        places = placer(request.moment.today)
    (answer,) = match_entries([entry], places, book_on(request.moment.today))
    if errors := _foreign(request.acting, answer, standing):
        return _page(request, values, errors, status=422)
    if request.POST.get("step") != "save":
        return _page(request, values, {}, preview=_preview(request.moment, entry, answer, standing))
    return _save(request, values, places)


def _save(request: Any, values: dict[str, str], places: Any) -> HttpResponse:
    try:
        taken = _take(request, values, places)
    except RefusedError as error:
        field = _FIELD_OF.get(error.why, "")
        return _page(request, values, {field: _spoken(error.why)}, status=422)
    except IntegrityError:
        return _page(request, values, {"": _("刚刚有人登记了同一代码，请核对后再试。")}, status=409)
    messages.success(request, _outcome(taken.outcome))
    # What could not be placed lies with the city, where a town's registrar doesn't see it.
    seen = Business.objects.filter(pk=taken.business_id).exists()
    return HttpResponseRedirect(
        reverse("business", args=[taken.business_id]) if seen else reverse("businesses")
    )


def _take(request: Any, values: dict[str, str], places: Any) -> Taken:
    """Register, with everything that follows also beyond the post's own rows."""
    city = words.city()
    with transaction.atomic(), elevated():
        return register_one(
            _stated(values),
            places=places,
            city=installed().city_code4,
            acting=request.acting,
            moment=request.moment,
            invented=bool(city and city.invented),
        )


def _stated(values: dict[str, str]) -> Stated:
    return Stated(line=1, **values)


def _checked(values: dict[str, str], moment: Moment) -> tuple[Entry | None, dict[str, Any]]:
    """The entry, or what is wrong with it: everything that is missing at once, else the first other fault."""
    missing = {name: _spoken(why) for name, why in _MISSING.items() if not values[name]}
    if missing:
        return None, missing
    entry = check([_stated(values)], moment.today)[0]
    if isinstance(entry, Entry) and entry.uscc == entry.old_number:
        # Old numbers come with archives; who registers today is given a unified code.
        entry = Why.CODE_LENGTH
    if isinstance(entry, Why):
        return None, {_FIELD_OF.get(entry, ""): _spoken(entry)}
    return entry, {}


def _spoken(why: Why) -> str:
    return words.Bilingual(why.zh, why.en).said


def _foreign(acting: Acting, answer: Answer, standing: Business | None) -> dict[str, Any]:
    """What shows that the business is another registrar's. Where nobody can tell the place yet, it may be ours."""
    errors: dict[str, Any] = {}
    area = answer.where.area
    if standing is not None and not acting.sees(standing.area):
        errors["uscc"] = _("该代码已由其他镇街登记，请与当地登记机关联系。")
    if not (acting.sees(area) or acting.area.startswith(area)):
        errors["address"] = _("地址在%(place)s，请由当地登记机关录入。") % {"place": words.place(area)}
    return errors


def _outcome(outcome: str) -> str:
    spoken = {
        "accepted": _("已登记，告知和走访已派出。"),
        "changed": _("登记信息已变更，告知和走访随之更新。"),
        "unchanged": _("与已有登记信息一致，没有改动。"),
    }
    return spoken[outcome]


def _preview(moment: Moment, entry: Entry, answer: Answer, standing: Business | None) -> dict[str, Any]:
    """What will follow: the permits with their words and rule, the place with its confidence, the limits."""
    where = answer.where
    starts, _stock = counted(entry.established_on, moment.today, moment.limit("registry.stock_after"))
    way = way_in(where.area, placed=where.placed)
    edge = visits_graph.GRAPH.edge("", way)
    assert edge is not None  # noqa: S101  way_in names opening edges of this graph
    facts: list[tuple[Any, ...]] = [
        (_("属地"), words.place(where.area)),
        (_("把握"), f"{where.confidence:.0%}"),
        (_("定位依据"), timelines.method_words(where.method)),
        (_("走访"), words.Bilingual(edge.zh, edge.en).said),
    ]
    if way != "ask_place":
        facts.append(
            (_("首次走访期限"), moment.calendar.due(moment.today, moment.limit("visit.first")).date, "day")
        )
    if answer.match.permits:
        facts.append((_("推送期限"), moment.calendar.due(starts, moment.limit("notice.push")).date, "day"))
    return {
        "reasons": [_reason(moment, entry, hit, where.area) for hit in answer.match.permits],
        "facts": facts,
        "known": standing,
    }


def _reason(moment: Moment, entry: Entry, hit: PermitHit, area: str) -> dict[str, Any]:
    permit = permits(moment.today).get(hit.code)
    route = routes(moment.today).route(hit.code, area)
    told = [words.department(code) for code in route.notice] if route else []
    name = words.Bilingual(permit.name_zh, permit.name_en).said if permit else ""
    return {
        "text": entry.scope,
        "words": [{"text": word.text, "start": word.start, "end": word.end} for word in hit.words],
        "rule": hit.rule,
        "basis": hit.basis or (permit.basis if permit else ""),
        "certainty": hit.certainty,
        "department": _("、").join(told) or "—",
        "facts": [(_("许可事项"), f"{hit.code} {name}")],
        "opened": True,
    }


def _page(
    request: Any,
    values: dict[str, str],
    errors: dict[str, Any],
    *,
    preview: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "fields": _FIELDS,
        "values": values,
        "errors": errors,
        "preview": preview,
        "confirmed": {**values, "step": "save"},
    }
    return render(request, "desk/register.html", context, status=status)


def _warm() -> None:
    """Have the address library ready by the time the form is filled in: building it can take a while."""
    threading.Thread(target=_build_placer, name="address library", daemon=True).start()


def _build_placer() -> None:
    # Whoever sends the form would build it as well, and see what is wrong.
    with contextlib.suppress(DatabaseError, LookupError):
        try:
            moment = moment_now()
            with acting_as(SYSTEM):
                placer(moment.today)
        finally:
            connections.close_all()


_FIELDS = (
    {"name": "name", "zh": "名称", "en": "Name", "max_length": LONGEST_NAME},
    {
        "name": "uscc",
        "zh": "统一社会信用代码",
        "en": "Unified social credit code",
        "max_length": 18,
        "hint_zh": "18 位，末位为校验码。",
        "hint_en": "18 characters; the last one is a check character.",
    },
    {"name": "established", "zh": "成立日期", "en": "Date of establishment", "kind": "date"},
    {
        "name": "scope",
        "zh": "经营范围",
        "en": "Business scope",
        "kind": "textarea",
        "rows": 5,
        "max_length": LONGEST_SCOPE,
        "hint_zh": "按登记原文填写，机器据此对应许可事项。",
        "hint_en": "As registered, word for word: the permits are found from it.",
    },
    {
        "name": "address",
        "zh": "住所（经营场所）",
        "en": "Address",
        "kind": "textarea",
        "rows": 2,
        "max_length": LONGEST_ADDRESS,
    },
)
