"""Where is it: an address in the library, a point in the grids of a day; and what people taught the library."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from gongzhi.coordinates import SYSTEMS, UnknownSystemError, UnreadablePointError, read_point, read_system
from gongzhi.desk import timelines, words
from gongzhi.desk.missing import grid_names
from gongzhi.desk.spreadsheet import READ_AT_ONCE, listed, pages_of
from gongzhi.org.acting import Acting
from gongzhi.org.roles import Role
from gongzhi.places import learning, queries
from gongzhi.places.models import StandardAddress
from gongzhi.visits import queries as visits

KEEPERS = {Role.REGISTRAR, Role.TOWN_OFFICE, Role.CITY_OFFICE}
"""Who keeps the library: they see what was taught and may take it back."""


def _how() -> dict[str, str]:
    return {"visit": _("走访找到"), "grid": _("改派网格"), "clerk": _("核定地址"), "added": _("补录地址")}


@require_safe
def look_up(request: Any) -> HttpResponse:
    """One page for both questions: which grid is this address in, and which grid is this point in, on a day."""
    today = request.moment.today
    get = {name: request.GET.get(name, "").strip() for name in ("q", "on", "point", "system")}
    errors: dict[str, str] = {}
    on = _day(get["on"], today)
    if on is None:
        errors["on"] = _("请填写日期，如 2026-09-21")
    context: dict[str, Any] = {
        "values": {**get, "on": (on or today).isoformat(), "system": get["system"] or "WGS-84"},
        "errors": errors,
        "address_fields": (_ADDRESS, _ON),
        "point_fields": (_POINT, _SYSTEM, _ON),
        "on": on,
    }
    if get["q"] and on:
        context["found"] = _looked_up(get["q"][:300], on, request)
    if get["point"] and on:
        try:
            context["located"] = _located(get["point"][:80], get["system"] or "WGS-84", on)
        except (UnknownSystemError, UnreadablePointError) as error:
            zh, _dot, en = str(error).partition(" · ")
            errors["point"] = words.Bilingual(zh, en).said
    return render(request, "desk/places.html", context)


def _looked_up(text: str, on: date, request: Any) -> dict[str, Any]:
    found = queries.look_up(text, on=on, today=request.moment.today)
    placed = found.placed
    facts: list[tuple[Any, ...]] = [
        (_("标准写法"), found.standard or "—"),
        (_("村（社区）"), words.place(found.village) if found.village else "—"),
        (_("网格"), _grid(placed.area, on)),
        (_("把握"), f"{placed.confidence:.1%}"),
        (
            _("能否自动处理"),
            (_("可自动处理"), "good") if placed.placed else (_("需人工核定"), "warn"),
            "status",
        ),
        (_("定位依据"), timelines.method_words(placed.method)),
    ]
    if found.words:
        facts.append((_("读出的地名"), _("、").join(found.words)))
    return {
        "facts": facts,
        "candidates": [
            {"place": words.place(one.village), "percent": f"{one.score:.1%}"}
            for one in placed.candidates
            if one.score is not None and one.score >= 0.005 and not placed.placed
        ],
        "known": [
            {
                "text": row.text,
                "place": words.place(row.area),
                "source": _("人工核实") if row.learnt else _("标准地址库"),
                "since": row.since,
            }
            for row in found.known
            if request.acting.sees(row.area)
        ],
        "columns": _KNOWN,
    }


def _located(text: str, system: str, on: date) -> dict[str, Any]:
    point = read_point(text, read_system(system))
    (grid,) = queries.grid_map(on).locate([point.lon], [point.lat])
    facts: list[tuple[Any, ...]] = [
        (_("网格"), _grid(grid or "", on)),
        (_("网格代码"), grid or "—", "code"),
        (_("WGS-84 经度、纬度"), f"{point.lon:.6f}, {point.lat:.6f}", "code"),
    ]
    return {"facts": facts, "outside": grid is None}


def _grid(area: str, on: date) -> str:
    if len(area) < 15:
        return _("当日网格未能确定") if area else _("不在任何网格内")
    return grid_names([area], on).get(area, area)


def _day(text: str, today: date) -> date | None:
    try:
        return date.fromisoformat(text) if text else today
    except ValueError:
        return None


@require_safe
def learnt(request: Any) -> HttpResponse:
    """What people taught the library in the post's area, newest first."""
    _only_keepers(request.acting)
    get = {name: request.GET.get(name, "").strip()[:100] for name in ("q", "how", "state", "after")}
    if get["after"] and not get["after"].isdecimal():
        raise Http404
    page = _learnt(request.acting, get, get["after"])
    kept = {key: value for key, value in get.items() if key != "after" and value}
    context = {
        "columns": _LEARNT,
        "rows": [_learnt_row(row) for row in page.rows],
        "export_url": f"{reverse('learnt_export')}?{urlencode(kept)}",
        "filters": _filters(),
        "values": get,
        "clear_url": reverse("learnt"),
        "next_url": f"?{urlencode({**kept, 'after': page.next})}" if page.next else "",
        "first_url": f"?{urlencode(kept)}" if get["after"] else "",
    }
    return render(request, "desk/learnt.html", context)


@require_safe
def learnt_export(request: Any) -> HttpResponse:
    """The list as it is filtered, whole, as a workbook."""
    _only_keepers(request.acting)
    get = {name: request.GET.get(name, "").strip()[:100] for name in ("q", "how", "state")}
    found = pages_of(lambda after: _learnt(request.acting, get, after, size=READ_AT_ONCE))
    return listed(_("学到的地址"), _LEARNT, map(_learnt_row, found), day=request.moment.today)


def _learnt(acting: Acting, get: dict[str, str], after: str, **size: int) -> queries.Learnt:
    how = get["how"] if get["how"] in _how() else ""
    return queries.learnt(acting, wanted=get["q"], how=how, state=get["state"], after=int(after or 0), **size)


def _learnt_row(row: StandardAddress) -> dict[str, Any]:
    return {
        "url": reverse("learnt_one", args=[row.pk]),
        "text": row.text,
        "place": words.place(row.area),
        "how": _how()[row.how],
        "by": row.learnt_by,
        "since": row.valid_from,
        "state": _state(row),
    }


@require_safe
def learnt_one(request: Any, address_id: int) -> HttpResponse:
    """One address that somebody taught: who, from what, and what taking it back would bring back."""
    return _one(request, _taught(request, address_id), {})


@require_POST
def learnt_undo(request: Any, address_id: int) -> HttpResponse:
    """Take back what was taught, with the reason."""
    row = _taught(request, address_id)
    why = request.POST.get("why", "").strip()
    if not why:
        return _one(request, row, {"why": _("请填写此项")}, status=422)
    try:
        before = learning.unlearn(row.pk, why, acting=request.acting, moment=request.moment)
    except learning.NotTaughtError:
        messages.warning(request, _("这条地址刚由别人撤销，您的操作没有写入。"))
        return HttpResponseRedirect(reverse("learnt_one", args=[row.pk]))
    if before is None:
        messages.success(request, _("已撤销：地址库不再有这条地址。"))
    else:
        place = words.place(before.area)
        messages.success(request, _("已撤销：地址库恢复为原来的位置（%(place)s）。") % {"place": place})
    return HttpResponseRedirect(reverse("learnt_one", args=[row.pk]))


def _only_keepers(acting: Acting) -> None:
    if acting.role not in KEEPERS:
        raise PermissionDenied


def _taught(request: Any, address_id: int) -> StandardAddress:
    _only_keepers(request.acting)
    row = queries.learnt_one(address_id)
    if row is None:
        raise Http404
    return row


def _one(request: Any, row: StandardAddress, errors: dict[str, str], status: int = 200) -> HttpResponse:
    before = queries.replaced_by(row)
    facts: list[tuple[Any, ...]] = [
        (_("位置"), words.place(row.area)),
        (_("怎么学到的"), _how()[row.how]),
        (_("由谁确认"), row.learnt_by),
        (_("自何日起"), row.valid_from, "day"),
        (_("来自走访"), row.learnt_from, "code", reverse("case", args=[row.learnt_from])),
    ]
    if row.lon is not None and row.lat is not None:
        facts.append((_("WGS-84 经度、纬度"), f"{row.lon:.6f}, {row.lat:.6f}", "code"))
    if row.stated_in:
        facts.append((_("原坐标系"), row.stated_in))
    if row.valid_to is not None:
        facts.append((_("到何日止"), row.valid_to, "day"))
    if row.ended_why:
        facts += [(_("由谁撤销"), row.ended_by), (_("撤销理由"), row.ended_why)]
    context = {
        "row": row,
        "state": _state(row),
        "facts": facts,
        "before": (before.text, words.place(before.area)) if before else None,
        "open": [
            (reverse("case", args=[case_id]), case_id, words.place(area))
            for case_id, area in visits.open_at_door(row.door_key)
        ],
        "undo_url": reverse("learnt_undo", args=[row.pk]) if row.valid_to is None else "",
        "fields": (_WHY,),
        "errors": errors,
    }
    return render(request, "desk/learnt_one.html", context, status=status)


def _state(row: StandardAddress) -> tuple[str, str]:
    if row.valid_to is None:
        return _("采用中"), "good"
    return (_("已撤销"), "rest") if row.ended_why else (_("已被更新"), "rest")


def _filters() -> tuple[dict[str, Any], ...]:
    return (
        {"name": "q", "zh": "地址或确认人", "en": "Address or person", "kind": "search", "required": False},
        {
            "name": "how",
            "zh": "怎么学到的",
            "en": "How it was learnt",
            "kind": "select",
            "choices": list(_how().items()),
        },
        {
            "name": "state",
            "zh": "状态",
            "en": "State",
            "kind": "select",
            "choices": [("now", _("采用中")), ("undone", _("已撤销"))],
        },
    )


_ADDRESS = {
    "name": "q",
    "zh": "地址",
    "en": "Address",
    "max_length": 300,
    "autocomplete": "off",
    "hint_zh": "照登记或门牌写法即可。",
    "hint_en": "As registered, or as on the door.",
}
_POINT = {
    "name": "point",
    "zh": "坐标",
    "en": "Coordinates",
    "max_length": 80,
    "autocomplete": "off",
    "hint_zh": "从地图复制，先经度或先纬度都可以，如 113.75, 23.02。",
    "hint_en": "As copied from a map, in either order, e.g. 113.75, 23.02.",
}
_SYSTEM = {
    "name": "system",
    "zh": "坐标系",
    "en": "Coordinate system",
    "kind": "select",
    "choices": [{"code": one.code, "zh": one.zh, "en": one.en} for one in SYSTEMS],
    "hint_zh": "手机定位为 WGS-84；高德、腾讯地图为 GCJ-02；百度地图为 BD-09。",
    "hint_en": "A phone's position is WGS-84; AMap and Tencent are GCJ-02; Baidu is BD-09.",
}
_ON = {"name": "on", "zh": "哪一天的网格", "en": "Grids of which day", "kind": "date", "required": False}
_WHY = {
    "name": "why",
    "zh": "撤销理由",
    "en": "Why it is taken back",
    "kind": "textarea",
    "rows": 2,
    "max_length": 500,
}
_KNOWN = (
    {"key": "text", "label": gettext_noop("库中地址"), "kind": "text"},
    {"key": "place", "label": "位置", "kind": "text"},
    {"key": "source", "label": gettext_noop("来源"), "kind": "text"},
    {"key": "since", "label": "自何日起", "kind": "day"},
)
_LEARNT = (
    {"key": "text", "label": gettext_noop("地址"), "kind": "link"},
    {"key": "place", "label": "位置", "kind": "text"},
    {"key": "how", "label": "怎么学到的", "kind": "text"},
    {"key": "by", "label": "由谁确认", "kind": "text"},
    {"key": "since", "label": "自何日起", "kind": "day"},
    {"key": "state", "label": "状态", "kind": "status"},
)
