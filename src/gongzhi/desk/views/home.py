"""The first page: what waits for this post, what is due, what is late."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.desk import people_words, rows, words
from gongzhi.desk.views import clue_inbox
from gongzhi.flow import queries
from gongzhi.flow.graph import graph_named
from gongzhi.flow.queries import Count, Filter
from gongzhi.org.roles import Role

_NEXT = 8
_ICONS = {"visits": "walk", "clues": "flag", "clue_assistance": "people", "clue_revisits": "walk"}
_LOOP = ("notices", "visits", "clues", "clue_assistance", "clue_revisits")
_OVERSEERS = {Role.TOWN_OFFICE, Role.CITY_OFFICE}
_KEEP_GRIDS = {Role.VILLAGE, Role.TOWN_OFFICE}
"""Who finds somebody for a grid in which nobody is at work."""


@require_safe
def home(request: Any) -> HttpResponse:
    """Tiles that lead to their lists, and the next things to do."""
    acting, moment = request.acting, request.moment
    mine = queries.counts(acting, Filter(), moment=moment)
    tiles = [_tile(count) for count in sorted(mine, key=_along_the_way)]
    late = sum(count.red for count in mine)
    soon = sum(count.yellow for count in mine)
    tiles += [
        {
            "label": _("临近期限"),
            "value": soon,
            "url": _list(lamp="yellow"),
            "tone": "warn" if soon else "",
            "icon": "clock",
        },
        {
            "label": _("已超期"),
            "value": late,
            "url": _list(lamp="red"),
            "tone": "bad" if late else "good",
            "icon": "warning",
        },
    ]
    page = queries.waiting(acting, Filter(), moment=moment, size=_NEXT)
    made = rows.rows(page.rows, moment=moment)
    officer = acting.role is Role.OFFICER
    context = {
        "home_note": f"{words.place(acting.area)} · {moment.today.isoformat()}",
        "tiles": tiles,
        "columns": rows.COLUMNS,
        "rows": made if not officer else (),
        "cards": rows.cards(made) if officer else (),
        "all_url": reverse("cases") if made else "",
        "uncovered": people_words.uncovered(acting.area, moment) if acting.role in _KEEP_GRIDS else None,
        "overview": _overview(request) if acting.role in _OVERSEERS else (),
    }
    if acting.role is Role.COMMAND:
        context |= {"board": True, **clue_inbox.board(request)}
    return render(request, "desk/home.html", context)


def _tile(count: Count) -> dict[str, Any]:
    process = graph_named(count.graph)
    return {
        "label": words.state(count.graph, count.state).said,
        "value": count.total,
        "url": _list(graph=count.graph, state=count.state),
        "tone": "bad" if count.red else "",
        "note": words.Bilingual(process.zh, process.en).said,
        "icon": _ICONS.get(count.graph, "bell"),
    }


def _overview(request: Any) -> list[tuple[str, list[dict[str, Any]]]]:
    """For who coordinates: everything that is open below them, process by process along its way, with what is late."""
    counts = queries.counts(request.acting, Filter(mine=False), moment=request.moment)
    found: dict[str, list[dict[str, Any]]] = {}
    for count in sorted(counts, key=_along_the_way):
        tile = _tile(count)
        process = tile.pop("note")
        url = _list(graph=count.graph, state=count.state, mine="")
        found.setdefault(process, []).append({**tile, "url": url, "note": _late(count)})
    return list(found.items())


def _along_the_way(count: Count) -> tuple[int, str, int]:
    """The order of the loop: the process as a registration meets it, then its states as they follow each other."""
    process = graph_named(count.graph)
    place = _LOOP.index(count.graph) if count.graph in _LOOP else len(_LOOP)
    return place, count.graph, [state.name for state in process.states].index(count.state)


def _late(count: Count) -> str:
    return _("超期 %(late)s，临近 %(soon)s") % {"late": count.red, "soon": count.yellow}


def _list(**wanted: str) -> str:
    return f"{reverse('cases')}?{urlencode(wanted)}"
