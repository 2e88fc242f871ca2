"""人员与负荷: who is at work, who is away and who stands in, and what waits in each place. Nobody is ranked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from gongzhi.desk import people_words, words
from gongzhi.desk.spreadsheet import workbook
from gongzhi.org import presence, rules
from gongzhi.org.acting import Acting
from gongzhi.org.models import Absence, Post
from gongzhi.org.roles import Role
from gongzhi.visits.load import GRID, TOWN, VILLAGE, Load, loads

OVERSEERS = frozenset({Role.VILLAGE, Role.TOWN_OFFICE, Role.CITY_OFFICE})
"""Who sees what waits where."""
_LINES = 60
_KEY = re.compile(r"[0-9]{0,15}\.[0-9]{1,18}", re.ASCII)
_LEVELS = (TOWN, VILLAGE, GRID)


def may_see(acting: Acting) -> bool:
    """Whether a post has the page: village, town and city offices, and a department's office at city level."""
    if acting.role is Role.DEPARTMENT:
        return len(acting.area) == rules.CITY_DIGITS
    return acting.role in OVERSEERS


@require_safe
def people(request: Any) -> HttpResponse:
    """The load of a place's parts, who is away there, and its people; `?area=` looks further down."""
    acting, moment = request.acting, request.moment
    area = _area(request)
    digits = _one_below(area)
    overseer = acting.role in OVERSEERS
    lines = loads(area, digits, moment=moment) if overseer else []
    start = request.GET.get("from", "")
    shown = [line for line in lines if line.code > start]
    absences = presence.absences(
        area, today=moment.today, after=_key(request, "away"), size=presence.PAGE + 1
    )
    held = presence.looked_after(
        acting, area, moment.today, after=_key(request, "after"), size=presence.PAGE + 1
    )
    away = presence.away_on([post.pk for post in held], moment.today)
    context = {
        "note": f"{words.place(area)} · {moment.today.isoformat()}",
        "trail": _trail(acting, area),
        "uncovered": people_words.uncovered(area, moment) if overseer else None,
        "overseer": overseer,
        "tiles": _tiles(lines, area),
        "columns": _columns(digits),
        "rows": [_row(line, digits) for line in shown[:_LINES]],
        "next_lines": _next(request, "from", shown[_LINES - 1].code) if len(shown) > _LINES else "",
        "export_url": f"{reverse('people_export')}?{urlencode({'area': area})}",
        "absence_columns": _AWAY,
        "absences": [_absence(one, acting) for one in absences[: presence.PAGE]],
        "next_absences": _next(request, "away", _place_of(absences)) if len(absences) > presence.PAGE else "",
        "people_columns": _PEOPLE,
        "people": [
            {
                "url": reverse("person", args=[post.pk]),
                "name": post.person.name,
                "role": words.role(Role(post.role)),
                "unit": words.unit(post),
                "state": people_words.standing(away.get(post.pk), moment.today),
            }
            for post in held[: presence.PAGE]
        ],
        "next_people": _next(request, "after", _place_of(held)) if len(held) > presence.PAGE else "",
    }
    return render(request, "desk/people.html", context)


@require_safe
def people_export(request: Any) -> HttpResponse:
    """The lines of the page, and those of every grid below, as a workbook."""
    if request.acting.role not in OVERSEERS:
        raise PermissionDenied
    area, moment = _area(request), request.moment
    digits = _one_below(area)
    heads = [_("代码"), *(str(_(column["label"])) for column in _columns(GRID - 1))]
    sheets = [(_("人员与负荷"), heads, map(_cells, loads(area, digits, moment=moment)))]
    if digits < GRID:
        sheets.append((_("各网格"), heads, map(_cells, loads(area, GRID, moment=moment))))
    return workbook(_("人员与负荷"), sheets, day=moment.today)


def _area(request: Any) -> str:
    """The place to look at: one below the post's own, which is the usual one."""
    acting = request.acting
    if not may_see(acting):
        raise PermissionDenied
    asked = request.GET.get("area", "")
    if not asked:
        return acting.area
    if not (asked.isascii() and asked.isdigit() and len(asked) in {4, 6, TOWN, VILLAGE}):
        raise Http404
    if not asked.startswith(acting.area):
        raise Http404
    return asked


def _one_below(area: str) -> int:
    return next(digits for digits in _LEVELS if digits > len(area))


def _key(request: Any, name: str) -> str:
    key = request.GET.get(name, "")
    if key and not _KEY.fullmatch(key):
        raise Http404
    return key


def _next(request: Any, name: str, key: str) -> str:
    kept = {other: value for other in ("area", "from", "away", "after") if (value := request.GET.get(other))}
    return f"?{urlencode({**kept, name: key})}"


def _place_of(rows: Sequence[Post | Absence]) -> str:
    last = rows[presence.PAGE - 1]
    return f"{last.area}.{last.pk}"


def _trail(acting: Acting, area: str) -> list[tuple[str, str]]:
    """From the post's own place down to the one shown; nothing where that is the own one."""
    steps = [acting.area, *(area[:n] for n in _LEVELS if len(acting.area) < n <= len(area))]
    if len(steps) == 1:
        return []
    return [(words.short_place(one), f"{reverse('people')}?{urlencode({'area': one})}") for one in steps]


def _tiles(lines: Sequence[Load], area: str) -> list[dict[str, Any]]:
    if not lines:
        return []
    every = f"{reverse('cases')}?{urlencode({'graph': 'visits', 'mine': 0, 'area': area})}"
    return [
        {
            "label": _("今天在岗网格员"),
            "value": sum(line.at_work.present for line in lines),
            "icon": "people",
            "note": _("不在岗 %(away)s，顶岗 %(substitutes)s")
            % {
                "away": sum(line.at_work.away for line in lines),
                "substitutes": sum(line.at_work.substitutes for line in lines),
            },
        },
        {
            "label": _("在办走访"),
            "value": sum(line.open for line in lines),
            "url": every,
            "icon": "walk",
            "note": "",
        },
        {
            "label": _("5 个工作日内到期"),
            "value": sum(line.soon for line in lines),
            "icon": "clock",
            "note": "",
        },
        {
            "label": _("已超期"),
            "value": sum(line.late for line in lines),
            "url": f"{every}&lamp=red",
            "icon": "warning",
            "note": "",
        },
    ]


def _name(line: Load, digits: int) -> str:
    name = words.short_place(line.code)
    return name if len(line.code) >= digits else _("%(place)s（未细分）") % {"place": name}


def _row(line: Load, digits: int) -> dict[str, Any]:
    below = {"area": line.code}
    url = (
        f"{reverse('people')}?{urlencode(below)}"
        if digits < GRID and len(line.code) == digits
        else f"{reverse('cases')}?{urlencode({'graph': 'visits', 'mine': 0, **below})}"
    )
    return {
        "url": url,
        "place": _name(line, digits),
        "grids": line.at_work.grids,
        "officers": line.at_work.officers,
        "away": line.at_work.away,
        "substitutes": line.at_work.substitutes,
        "open": line.open,
        "soon": line.soon,
        "late": line.late,
        "businesses": line.businesses,
        "each": _each(line),
    }


def _each(line: Load) -> str:
    if line.each is not None:
        return f"{line.each:.1f}"
    return _("无人在岗") if len(line.code) == GRID else "—"


def _cells(line: Load) -> list[Any]:
    work = line.at_work
    return [
        line.code,
        words.place(line.code),
        work.grids,
        work.officers,
        work.away,
        work.substitutes,
        line.open,
        line.soon,
        line.late,
        line.businesses,
        round(line.each, 1) if line.each is not None else None,
    ]


def _columns(digits: int) -> list[dict[str, str]]:
    return [column for column in _COLUMNS if column["key"] != "grids" or digits < GRID]


def _absence(one: Absence, acting: Acting) -> dict[str, Any]:
    mine = rules.looks_after(acting, Role(one.role), one.area, one.department)
    kinds = dict(people_words.kinds())
    return {
        "url": reverse("person", args=[one.post_id]) if mine else "",
        "name": one.post.person.name,
        "unit": words.unit(one.post),
        "days": people_words.span(one),
        "kind": kinds[one.kind],
        "substitute": one.substitute.person.name if one.substitute else _("还没有指定"),
    }


_COLUMNS = (
    {"key": "place", "label": gettext_noop("属地"), "kind": "link"},
    {"key": "grids", "label": gettext_noop("网格数"), "kind": "number"},
    {"key": "officers", "label": gettext_noop("网格员"), "kind": "number"},
    {"key": "away", "label": gettext_noop("不在岗"), "kind": "number"},
    {"key": "substitutes", "label": gettext_noop("顶岗"), "kind": "number"},
    {"key": "open", "label": gettext_noop("在办走访"), "kind": "number"},
    {"key": "soon", "label": gettext_noop("5 工作日内"), "kind": "number"},
    {"key": "late", "label": gettext_noop("已超期"), "kind": "number"},
    {"key": "businesses", "label": gettext_noop("市场主体"), "kind": "number"},
    {"key": "each", "label": gettext_noop("人均在办"), "kind": "number"},
)
_AWAY = (
    {"key": "name", "label": gettext_noop("姓名"), "kind": "link"},
    {"key": "unit", "label": gettext_noop("单位"), "kind": "text"},
    {"key": "days", "label": gettext_noop("日期"), "kind": "text"},
    {"key": "kind", "label": gettext_noop("类别"), "kind": "text"},
    {"key": "substitute", "label": gettext_noop("顶岗人员"), "kind": "text"},
)
_PEOPLE = (
    {"key": "name", "label": gettext_noop("姓名"), "kind": "link"},
    {"key": "role", "label": gettext_noop("岗位"), "kind": "text"},
    {"key": "unit", "label": gettext_noop("单位"), "kind": "text"},
    {"key": "state", "label": gettext_noop("状态"), "kind": "status"},
)
