"""What the machine was not sure of, one line each: addresses to be placed, scopes to be confirmed."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongzhi.desk import choices, missing, rows, timelines, words
from gongzhi.flow import queries
from gongzhi.flow.queries import Filter, Page
from gongzhi.notices import graph as notices_graph
from gongzhi.notices import queries as notices
from gongzhi.visits import graph as visits_graph
from gongzhi.visits import queries as visits

_PLACED_BY_HAND = (
    visits_graph.TO_PLACE,
    visits_graph.ADDRESS_WRONG,
    visits_graph.ADDRESS_MISSING,
    visits_graph.TO_ADD,
)
_SIZE = 10
"""A page of candidates costs a match each; ten fit a screen."""


@require_safe
def addresses(request: Any) -> HttpResponse:
    """Visits that wait for somebody to say where the door is; each candidate takes one click."""
    wanted = request.GET.get("state", visits_graph.TO_PLACE)
    if wanted not in _PLACED_BY_HAND:
        wanted = visits_graph.TO_PLACE
    page = _page(request, visits_graph.NAME, wanted)
    ids = [case.id for case in page.rows]
    found, likely = visits.rows(ids), visits.candidates(ids)
    reports = visits.missing(ids) if wanted in visits_graph.MISSING else {}
    added = missing.options(reports, acting=request.acting, moment=request.moment)
    here = request.get_full_path()
    items = []
    for case in page.rows:
        if (row := found.get(case.id)) is None:
            continue
        items.append(
            {
                "case": case,
                "row": row,
                "lamp": rows.lamp_of(case),
                "place": words.place(case.area),
                "url": reverse("case", args=[case.id]),
                "options": added.get(case.id) or choices.places_for(likely.get(case.id, ()), request.acting),
                "action": reverse("add" if wanted in visits_graph.MISSING else "place", args=[case.id]),
                "reported": missing.reported(reports[case.id]) if case.id in reports else "",
                "hidden": {"expected_seq": case.seq, "client_key": uuid.uuid4().hex, "back": here},
            }
        )
    context = {"items": items, "tabs": tabs(wanted), **_links(request, page, visits_graph.NAME, wanted)}
    return render(request, "desk/review_addresses.html", context)


def tabs(wanted: str) -> list[dict[str, Any]]:
    """The queues in which a person says where something is; `wanted` is the one that is shown."""
    queues = [
        (name, words.state(visits_graph.NAME, name).said, f"?{urlencode({'state': name})}")
        for name in _PLACED_BY_HAND
    ]
    made = [
        {"label": label, "url": f"{reverse('review_addresses')}{query}", "current": name == wanted}
        for name, label, query in queues
    ]
    points = {"label": _("坐标存疑"), "url": reverse("review_points"), "current": wanted == "points"}
    return [*made, points]


@require_safe
def scopes(request: Any) -> HttpResponse:
    """Notices that wait for somebody to confirm what a scope means, with the words and the rule."""
    page = _page(request, notices_graph.NAME, notices_graph.TO_CONFIRM)
    ids = [case.id for case in page.rows]
    found, permits = notices.rows(ids), notices.permits(ids)
    scopes_of = notices.scopes(ids)
    here = request.get_full_path()
    items = []
    for case in page.rows:
        if (row := found.get(case.id)) is None:
            continue
        why = timelines.why_permits(
            scopes_of[case.id], {case.id: permits.get(case.id, [])}, moment=request.moment
        )
        items.append(
            {
                "case": case,
                "row": row,
                "lamp": rows.lamp_of(case),
                "department": words.department(case.department),
                "place": words.place(case.area),
                "url": reverse("case", args=[case.id]),
                "reasons": [
                    {**reason, "opened": True}
                    for reason in timelines.with_rules(why.get(case.id, ()), request.acting, case.id)
                ],
                "confirm_url": reverse("act", args=[case.id, "confirm"]),
                "hidden": {"expected_seq": case.seq, "client_key": uuid.uuid4().hex, "back": here},
            }
        )
    links = _links(request, page, notices_graph.NAME, notices_graph.TO_CONFIRM)
    return render(request, "desk/review_scopes.html", {"items": items, **links})


def _page(request: Any, graph: str, state: str) -> Page:
    try:
        return queries.waiting(
            request.acting,
            Filter(graph=graph, state=state, mine=False),
            moment=request.moment,
            after=request.GET.get("after", ""),
            size=_SIZE,
        )
    except ValueError:
        raise Http404 from None


def _links(request: Any, page: Page, graph: str, state: str) -> dict[str, str]:
    kept = {key: value for key, value in request.GET.items() if key != "after" and value}
    return {
        "next_url": f"?{urlencode({**kept, 'after': page.next})}" if page.next else "",
        "first_url": f"?{urlencode(kept)}" if request.GET.get("after") else "",
        "export_url": f"{reverse('cases_export')}?{urlencode({'graph': graph, 'state': state, 'mine': '0'})}",
    }
