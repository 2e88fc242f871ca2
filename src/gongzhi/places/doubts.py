"""Addresses whose coordinates lie elsewhere than they say: a person decides, once, which of the two to believe."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from gongzhi.addresses import door_key
from gongzhi.flow.moment import Moment
from gongzhi.org.access import elevated
from gongzhi.org.acting import Acting
from gongzhi.places.actions import LONGEST
from gongzhi.places.models import Doubt
from gongzhi.places.queries import gazetteer

PAGE = 20


class SettledAlreadyError(ValueError):
    """Somebody has decided already, or the doubt is not this post's to see; `by` says who, where it is."""

    def __init__(self, by: str) -> None:
        self.by = by
        super().__init__(f"settled already by {by}" if by else "no such doubt for this post")


def waiting(acting: Acting, *, after: int = 0, size: int = PAGE) -> Sequence[Doubt]:
    """What waits for a decision in the post's area, oldest first, from behind the number `after` on."""
    rows = Doubt.objects.filter(settled_on__isnull=True, id__gt=after)
    if acting.area:
        rows = rows.filter(area__gte=acting.area, area__lt=acting.area + "~")
    return list(rows.order_by("id")[:size])


def settle(doubt_id: int, decision: str, *, acting: Acting, moment: Moment) -> Doubt:
    """Decide for the stated village, for the point, or for neither; the library follows in the same transaction.

    By the stated village the address is kept without its point; by the point in the point's grid. A decision holds for
    the same row of a file that comes again. Raises SettledAlreadyError, and ValueError for a decision that is not open
    here: a point outside all grids leads nowhere.
    """
    doubt = Doubt.objects.select_for_update().filter(pk=doubt_id).first()
    if doubt is None or doubt.settled_on is not None:
        raise SettledAlreadyError(doubt.settled_by if doubt else "")
    wanted = Doubt.Decision(decision)
    if wanted is Doubt.Decision.POINT and not doubt.found:
        raise ValueError("the point lies in no grid")
    doubt.decision = wanted
    doubt.settled_by = acting.signature
    doubt.settled_post = acting.post_id
    doubt.settled_on = moment.today
    doubt.save(update_fields=["decision", "settled_by", "settled_post", "settled_on"])
    if wanted is not Doubt.Decision.NEITHER:
        _enter(doubt, moment)
    return doubt


def _enter(doubt: Doubt, moment: Moment) -> None:
    by_point = doubt.decision == Doubt.Decision.POINT
    area = doubt.found if by_point else doubt.area
    key = door_key(doubt.text, gazetteer(moment.today), area[:12])[:LONGEST]
    # The point may lie in a town that this post does not see: the library is the whole city's.
    with elevated(), connection.cursor() as cursor:
        cursor.execute(
            _ENTER,
            {
                "text": doubt.text,
                "key": key,
                "area": area,
                "lon": doubt.lon if by_point else None,
                "lat": doubt.lat if by_point else None,
                "stated_in": doubt.stated_in if by_point else "",
                "today": moment.today,
            },
        )


_ENTER = """
INSERT INTO places_address (text, door_key, area, village_code, lon, lat, stated_in, source, valid_from, changed_at)
VALUES (%(text)s, %(key)s, %(area)s, left(%(area)s, 12), %(lon)s, %(lat)s, %(stated_in)s, 'library', %(today)s,
    clock_timestamp())
ON CONFLICT (text) WHERE valid_to IS NULL DO UPDATE SET area = excluded.area, village_code = excluded.village_code,
    door_key = excluded.door_key, lon = excluded.lon, lat = excluded.lat, stated_in = excluded.stated_in,
    changed_at = excluded.changed_at
"""
