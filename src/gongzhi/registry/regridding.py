"""Businesses follow a redraw of grids: where they are has not changed, only what it is called."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db import connection

from gongzhi.flow.events import publish
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting
from gongzhi.registry.events import Placed


def follow_redraw(
    village: str,
    *,
    touched: Collection[str],
    doors: Mapping[str, str],
    becomes: Mapping[str, str],
    only: str | None,
    acting: Acting,
    moment: Moment,
) -> list[tuple[int, str, str]]:
    """Give a village's businesses their new grids, inside the caller's transaction, as the system.

    A door's own place decides, then the grid in which all of the old one lies (see `places.events.Redrawn`); where
    neither tells, the business is known by its village again. Returns (business, area before, area after) of those
    that moved; what is open for them follows by the event.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _FOLLOW,
            {
                "village": village,
                "after": village + "~",
                "touched": list(touched),
                "keys": list(doors),
                "grids": list(doors.values()),
                "old": list(becomes),
                "new": list(becomes.values()),
                "only": only,
            },
        )
        moved = [(number, before, after) for number, before, after in cursor.fetchall()]
    if moved:
        areas = {number: after for number, _, after in moved}
        publish(Placed(areas=areas, acting=acting, moment=moment), acting=acting, moment=moment)
    return moved


_FOLLOW = """
WITH standing AS (
    SELECT b.id, b.area AS before, coalesce(door.grid, %(only)s, heir.grid, %(village)s) AS after
    FROM registry_business b
    LEFT JOIN unnest(%(keys)s::text[], %(grids)s::text[]) AS door (key, grid) ON door.key = b.door_key
    LEFT JOIN unnest(%(old)s::text[], %(new)s::text[]) AS heir (old, grid) ON heir.old = b.area
    WHERE b.area >= %(village)s AND b.area < %(after)s
        AND (b.area = ANY(%(touched)s) OR b.area = %(village)s AND b.placed)
    ORDER BY b.id FOR UPDATE OF b
)
UPDATE registry_business b SET area = standing.after FROM standing
WHERE b.id = standing.id AND standing.after <> standing.before
RETURNING b.id, standing.before, standing.after
"""


def businesses_in(areas: Sequence[str]) -> dict[str, int]:
    """How many businesses the post sees in each of these grids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT area, count(*) FROM registry_business WHERE area = ANY(%s) GROUP BY area", [list(areas)]
        )
        return dict(cursor.fetchall())
