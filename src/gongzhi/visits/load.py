"""What waits in each grid beside who is there to do it: the standing load, by place and never by person.

Shown in the order of the codes. It says where help is needed today; it counts nobody's findings and ranks nobody
(国办发〔2024〕54号; no quota or ranking on visits).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from gongzhi.flow.moment import Moment
from gongzhi.org.presence import AtWork, at_work
from gongzhi.visits import graph

TOWN, VILLAGE, GRID = 9, 12, 15


@dataclass(frozen=True, slots=True)
class Load:
    """One place's line: who is at work in its grids, and what is open there.

    `code` is shorter than the lines around it where visits were not placed that finely yet.
    """

    code: str
    at_work: AtWork
    open: int = 0
    soon: int = 0
    late: int = 0
    businesses: int = 0

    @property
    def each(self) -> float | None:
        """Open visits for each officer at work, substitutes included; None when nobody is."""
        return self.open / self.at_work.present if self.at_work.present else None


def loads(area: str, digits: int, *, moment: Moment) -> list[Load]:
    """A line for each place of so many digits in an area, by code; `soon` is due within `load.soon`, today included."""
    officers = at_work(area, digits, moment.today)
    values = {
        "low": area,
        "high": area + "~",
        "digits": digits,
        "graph": graph.NAME,
        "today": moment.today,
        "soon": moment.calendar.due(moment.today, moment.limit("load.soon")).date,
    }
    with connection.cursor() as cursor:
        cursor.execute(_VISITS, values)
        visits = {code: counts for code, *counts in cursor.fetchall()}
        cursor.execute(_BUSINESSES, values)
        businesses = dict(cursor.fetchall())
    return [
        Load(code, officers.get(code, AtWork()), *visits.get(code, (0, 0, 0)), businesses.get(code, 0))
        for code in sorted(officers.keys() | visits.keys() | businesses.keys())
    ]


_VISITS = """
SELECT left(area, %(digits)s), count(*),
    count(*) FILTER (WHERE due >= %(today)s AND due <= %(soon)s AND suspended_on IS NULL),
    count(*) FILTER (WHERE due < %(today)s)
FROM flow_case WHERE is_open AND graph = %(graph)s AND area >= %(low)s AND area < %(high)s GROUP BY 1
"""
_BUSINESSES = """
SELECT left(area, %(digits)s), count(*) FROM registry_business
WHERE area >= %(low)s AND area < %(high)s AND status IN ('active', 'suspended') GROUP BY 1
"""
