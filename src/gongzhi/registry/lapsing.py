"""Permits that have run out: noticed once, by the day, and told to whoever has to look at them again.

A business whose permit has lapsed is one without it, and has thirty days to have its scope changed
(市场主体登记管理条例实施细则). Nothing is concluded here: the department is told and the door is called on.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db import connection

from gongzhi.flow.events import publish
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting
from gongzhi.registry.events import Known, Lapsed
from gongzhi.rulebooks.queries import book_on
from gongzhi.scopes import match

AT_ONCE = 5_000
"""Businesses that are told of in one transaction."""


def notice_lapsed(*, acting: Acting, moment: Moment, most: int = AT_ONCE) -> int:
    """Notice the permits that ran out before today, inside the caller's transaction, as the system.

    Returns how many businesses were told of, at most `most`: call again while that many come back. A permit that was
    renewed, or is held under another number, has not lapsed; a business that ended has nothing to be asked.
    """
    lapsed: dict[int, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_NOTICE, {"today": moment.today, "most": most})
        for business_id, permit in cursor.fetchall():
            lapsed[business_id].append(permit)
    if not lapsed:
        return 0
    book = book_on(moment.today)
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [list(lapsed)])
        businesses = tuple(
            Known(
                business_id=row[0],
                uscc=row[1],
                name=row[2],
                scope=row[3],
                match=match(row[3], book),
                address=row[4],
                door_key=row[5],
                area=row[6],
                placed=row[7],
                method=row[8],
                confidence=row[9],
                counts_from=moment.today,
                stock=False,
            )
            for row in cursor.fetchall()
        )
    event = Lapsed(
        businesses=businesses,
        permits={business: frozenset(permits) for business, permits in lapsed.items()},
        acting=acting,
        moment=moment,
    )
    publish(event, acting=acting, moment=moment)
    return len(lapsed)


def scope_change_due(lapsed_on: date, moment: Moment) -> date:
    """The day by which a business whose permit ran out has to have its scope changed."""
    return moment.calendar.due(lapsed_on, moment.limit("registry.change_after_lapse")).date


_NOTICE = """
WITH ended AS (
    SELECT h.id, h.business_id, h.permit FROM registry_permit_held h
    JOIN registry_business b ON b.id = h.business_id AND b.status IN ('active', 'suspended')
    WHERE h.lapse_told_on IS NULL AND h.valid_to < %(today)s AND NOT EXISTS (
        SELECT 1 FROM registry_permit_held other WHERE other.business_id = h.business_id AND other.permit = h.permit
            AND (other.valid_to IS NULL OR other.valid_to >= %(today)s))
    ORDER BY h.valid_to, h.id LIMIT %(most)s FOR UPDATE OF h
)
UPDATE registry_permit_held h SET lapse_told_on = %(today)s FROM ended WHERE h.id = ended.id
RETURNING h.business_id, h.permit
"""

_KNOWN = """
SELECT id, uscc, name, scope, address, door_key, area, placed, method, confidence FROM registry_business
WHERE id = ANY(%s) ORDER BY id
"""
