"""What data leave open about businesses, for a visit that happens anyway: reports, inspections, permits that run out.

A fact that is proved is no longer asked: a report that was filed, an inspection that holds, a permit that was renewed.
Without a list nothing is presumed: nobody is asked for a report of a year of which no list came.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection

from gongzhi.flow.moment import Moment


@dataclass(frozen=True, slots=True)
class Report:
    """The yearly report of `year` was not on the list as of a day."""

    year: int
    as_of: date


@dataclass(frozen=True, slots=True)
class Expiry:
    """Something by its code and number, and its last day."""

    code: str
    number: str
    valid_to: date


@dataclass(slots=True)
class Open:
    """What data leave open about one business."""

    report: Report | None = None
    equipment: list[Expiry] = field(default_factory=list)
    permits: list[Expiry] = field(default_factory=list)


def open_for(business_ids: Sequence[int], *, moment: Moment) -> dict[int, Open]:
    """What data leave open about these businesses on the day, as far as the post sees them.

    A report is that of last year; whether this is its season is the item's to say. Equipment is listed once its day
    has passed, a permit from `visit.permit_ahead` before its last day on, unless it is held again.
    """
    found = {business: Open() for business in business_ids}
    ahead = moment.today + timedelta(days=moment.limit("visit.permit_ahead").amount)
    values = {"ids": list(business_ids), "today": moment.today, "ahead": ahead, "year": moment.today.year - 1}
    with connection.cursor() as cursor:
        cursor.execute(_REPORTS, values)
        for business, as_of in cursor.fetchall():
            found[business].report = Report(moment.today.year - 1, as_of)
        cursor.execute(_EQUIPMENT, values)
        for business, *expiry in cursor.fetchall():
            found[business].equipment.append(Expiry(*expiry))
        cursor.execute(_PERMITS, values)
        for business, *expiry in cursor.fetchall():
            found[business].permits.append(Expiry(*expiry))
    return found


_REPORTS = """
SELECT b.id, max(l.as_of) FROM registry_business b
JOIN registry_report_list l ON l.year = %(year)s AND left(b.area, length(l.area)) = l.area
WHERE b.id = ANY(%(ids)s) AND b.status IN ('active', 'suspended')
    AND b.established_on < make_date(%(year)s + 1, 1, 1)
    AND NOT EXISTS (SELECT 1 FROM registry_annual_report r WHERE r.business_id = b.id AND r.year = %(year)s)
GROUP BY b.id
"""
_EQUIPMENT = """
SELECT business_id, kind, number, valid_to FROM registry_equipment
WHERE business_id = ANY(%(ids)s) AND valid_to < %(today)s ORDER BY business_id, valid_to, number
"""
_PERMITS = """
SELECT h.business_id, h.permit, h.number, h.valid_to FROM registry_permit_held h
WHERE h.business_id = ANY(%(ids)s) AND h.valid_to < %(ahead)s AND NOT EXISTS (
    SELECT 1 FROM registry_permit_held other WHERE other.business_id = h.business_id AND other.permit = h.permit
        AND (other.valid_to IS NULL OR other.valid_to >= %(ahead)s))
ORDER BY h.business_id, h.valid_to, h.permit
"""
