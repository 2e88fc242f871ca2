"""What the machine was not sure of, one line each: addresses to be placed, scopes to be confirmed."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from gongzhi.desk import choices, rows, timelines, words
from gongzhi.flow import queries
from gongzhi.flow.queries import Filter, Page
from gongzhi.notices import graph as notices_graph
from gongzhi.notices import queries as notices
from gongzhi.visits import graph as visits_graph
from gongzhi.visits import queries as visits

_SIZE = 10
"""A page of candidates costs a match each; ten fit a screen."""


@require_safe
def addresses(request: Any) -> HttpResponse:
    """Visits that wait for somebody to say where the door is; each candidate takes one click."""
    wanted = request.GET.get("state", visits_graph.TO_PLACE)
    if wanted not in {visits_graph.TO_PLACE, visits_graph.ADDRESS_WRONG}:
        wanted = visits_graph.TO_PLACE
    page = _page(request, visits_graph.NAME, wanted)
    ids = [case.id for case in page.rows]
    found, likely = visits.rows(ids), visits.candidates(ids)
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
                "options": choices.places_for(likely.get(case.id, ()), request.acting),
                "action": reverse("place", args=[case.id]),
                "hidden": {"expected_seq": case.seq, "client_key": uuid.uuid4().hex, "back": here},
            }
        )
    tabs = [
        {
            "label": words.state(visits_graph.NAME, name).said,
            "url": f"{reverse('review_addresses')}?{urlencode({'state': name})}",
            "current": name == wanted,
        }
        for name in (visits_graph.TO_PLACE, visits_graph.ADDRESS_WRONG)
    ]
    return render(
        request, "desk/review_addresses.html", {"items": items, "tabs": tabs, **_links(request, page)}
    )


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
    return render(request, "desk/review_scopes.html", {"items": items, **_links(request, page)})


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


def _links(request: Any, page: Page) -> dict[str, str]:
    kept = {key: value for key, value in request.GET.items() if key != "after" and value}
    return {
        "next_url": f"?{urlencode({**kept, 'after': page.next})}" if page.next else "",
        "first_url": f"?{urlencode(kept)}" if request.GET.get("after") else "",
    }
