"""Open visits, and the businesses' own grids, follow a redraw: in the transaction in which it takes effect."""

from __future__ import annotations

from collections import defaultdict

from django.db import connection

from gongzhi.flow.bulk import transition_many
from gongzhi.org.acting import SYSTEM
from gongzhi.places.events import Redrawn
from gongzhi.places.redraws import note_moves
from gongzhi.registry.regridding import follow_redraw
from gongzhi.visits import graph
from gongzhi.visits.rules import Redrawing, after_redraw

_DOOR = 200
"""As many characters of a door's key as a visit keeps."""


def follow(event: Redrawn) -> None:
    """Move what is open in a village to its new grids, and note what moved; set-based, again is harmless.

    Visits are locked before anything else of the village, in the order of their numbers: an officer who is at work in
    one of them has finished before, or is told afterwards that it moved.
    """
    drawing = Redrawing(
        village=event.village,
        touched=event.touched,
        doors={key[:_DOOR]: grid for key, grid in event.doors.items()},
        becomes=event.becomes,
        mostly=event.mostly,
        only=event.only,
    )
    areas: dict[int, str] = {}
    before: dict[int, str] = {}
    ways: dict[tuple[str, str], list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"village": event.village, "after": event.village + "~"})
        for case_id, state, area, door in cursor.fetchall():
            if (way := after_redraw(state, area, door, drawing)) is not None:
                action, areas[case_id] = way
                before[case_id] = area
                ways[state, action].append(case_id)
    moved: list[int] = []
    for (state, action), ids in ways.items():
        moved += transition_many(
            graph.GRAPH,
            state,
            action,
            ids,
            acting=SYSTEM,
            moment=event.moment,
            form=lambda case: {"area": areas[case.id], "redraw": event.redraw},
        )
    note_moves(event.redraw, "visit", [(case_id, before[case_id], areas[case_id]) for case_id in moved])
    note_moves(
        event.redraw,
        "business",
        follow_redraw(
            event.village,
            touched=event.touched,
            doors=event.doors,
            becomes=event.becomes,
            only=event.only,
            acting=SYSTEM,
            moment=event.moment,
        ),
    )


_OPEN = """
SELECT c.id, c.state, c.area, v.door_key FROM flow_case c JOIN visits_visit v ON v.case_id = c.id
WHERE c.is_open AND c.graph = 'visits' AND c.area >= %(village)s AND c.area < %(after)s
ORDER BY c.id FOR UPDATE OF c
"""
