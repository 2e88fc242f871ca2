"""The first page: what waits for this post, what is due, what is late."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from gongzhi.clues.reports import waiting_reports
from gongzhi.desk import people_words, rows, words
from gongzhi.desk.views import clue_inbox, clue_reports
from gongzhi.flow import queries
from gongzhi.flow.graph import graph_named
from gongzhi.flow.queries import Count, Filter
from gongzhi.org.acting import Acting
from gongzhi.org.roles import Role

_NEXT = 8
_LOOP = ("notices", "visits", "clues", "clue_assistance", "clue_revisits")
_OVERSEERS = {Role.TOWN_OFFICE, Role.CITY_OFFICE}
_KEEP_GRIDS = {Role.VILLAGE, Role.TOWN_OFFICE}
"""Who finds somebody for a grid in which nobody is at work."""


@require_safe
def home(request: Any) -> HttpResponse:
    """What to do first, figures that lead to their lists, and the next things to do.

    What is open in a whole city is counted a moment after the page; without scripts a link brings it.
    """
    acting, moment = request.acting, request.moment
    # A whole city's are hundreds of thousands: the page does not wait for them to be counted.
    later = acting.role is Role.CITY_OFFICE and request.GET.get("overview") != "1"
    mine = sorted(queries.counts(acting, Filter(), moment=moment), key=_along_the_way)
    late, soon = sum(count.red for count in mine), sum(count.yellow for count in mine)
    total = sum(count.total for count in mine)
    page = queries.waiting(acting, Filter(), moment=moment, size=_NEXT)
    made = rows.rows(page.rows, moment=moment)
    officer = acting.role is Role.OFFICER
    context = {
        "home_note": f"{words.place(acting.area)} · {moment.today.isoformat()}",
        "next_step": _next_step(total, late, soon),
        "tiles": _tiles(total, late, soon) if total else (),
        "waiting": _by_process(mine),
        "columns": rows.COLUMNS,
        "rows": made if not officer else (),
        "cards": rows.cards(made) if officer else (),
        "all_url": reverse("cases") if made else "",
        "uncovered": people_words.uncovered(acting.area, moment) if acting.role in _KEEP_GRIDS else None,
        "overview": _overview(request) if acting.role in _OVERSEERS and not later else (),
        "overview_later": later,
    }
    if acting.role in clue_reports.READERS:
        context |= _unanswered(acting)
    if acting.role is Role.COMMAND:
        context |= {"board": True, **clue_inbox.board(request)}
    return render(request, "desk/home.html", context)


@require_safe
def overview(request: Any) -> HttpResponse:
    """Everything that is open below who coordinates, for a first page that is there already."""
    if request.acting.role not in _OVERSEERS:
        raise PermissionDenied
    return render(request, "desk/home_overview.html", {"overview": _overview(request)})


def _next_step(total: int, late: int, soon: int) -> str:
    """What to do first, in one sentence."""
    if not total:
        return ""
    if late:
        return ngettext("有 %(n)s 件已超期，请先办这些。", "有 %(n)s 件已超期，请先办这些。", late) % {
            "n": f"{late:,}"
        }
    if soon:
        return ngettext(
            "没有超期。有 %(n)s 件临近期限，先办这些。", "没有超期。有 %(n)s 件临近期限，先办这些。", soon
        ) % {"n": f"{soon:,}"}
    return _("都在期限内，按下面的顺序办即可。")


def _unanswered(acting: Acting) -> dict[str, Any]:
    """Reports that wait for an answer are no cases, and yet what this post does first."""
    waiting = len(waiting_reports(acting, size=999))
    if not waiting:
        return {}
    return {
        "next_step": ngettext("有 %(n)s 件实名举报等您答复。", "有 %(n)s 件实名举报等您答复。", waiting)
        % {"n": waiting},
        "tiles": [
            {
                "label": _("待答复的举报"),
                "value": waiting,
                "url": reverse("clue_reports"),
                "tone": "warn",
                "icon": "bell",
            }
        ],
    }


def _tiles(total: int, late: int, soon: int) -> list[dict[str, Any]]:
    return [
        {
            "label": _("已超期"),
            "value": late,
            "url": _list(lamp="red"),
            "tone": "bad" if late else "good",
            "icon": "warning",
        },
        {
            "label": _("临近期限"),
            "value": soon,
            "url": _list(lamp="yellow"),
            "tone": "warn" if soon else "",
            "icon": "clock",
        },
        {"label": _("等我办的"), "value": total, "url": reverse("cases"), "tone": "", "icon": "inbox"},
    ]


def _by_process(counts: list[Count]) -> list[tuple[str, list[dict[str, Any]]]]:
    """What waits for this post, process by process along the loop, state by state."""
    found: dict[str, list[dict[str, Any]]] = {}
    for count in counts:
        found.setdefault(_process(count.graph), []).append(
            {
                "label": words.state(count.graph, count.state).said,
                "value": count.total,
                "url": _list(graph=count.graph, state=count.state),
                "tone": "bad" if count.red else "",
            }
        )
    return list(found.items())


def _overview(request: Any) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """For who coordinates: everything that is open below them, process by process along its way, with what is late."""
    counts = queries.counts(request.acting, Filter(mine=False), moment=request.moment)
    found: dict[str, list[dict[str, Any]]] = {}
    for count in sorted(counts, key=_along_the_way):
        found.setdefault(count.graph, []).append(
            {
                "label": words.state(count.graph, count.state).said,
                "value": count.total,
                "soon": count.yellow,
                "late": count.red,
                "url": _list(graph=count.graph, state=count.state, mine="0"),
            }
        )
    return [(_process(graph), _list(graph=graph, mine="0"), lines) for graph, lines in found.items()]


def _process(graph: str) -> str:
    process = graph_named(graph)
    return words.Bilingual(process.zh, process.en).said


def _along_the_way(count: Count) -> tuple[int, str, int]:
    """The order of the loop: the process as a registration meets it, then its states as they follow each other."""
    process = graph_named(count.graph)
    place = _LOOP.index(count.graph) if count.graph in _LOOP else len(_LOOP)
    return place, count.graph, [state.name for state in process.states].index(count.state)


def _list(**wanted: str) -> str:
    return f"{reverse('cases')}?{urlencode(wanted)}"
