"""Looks, before a clue is reported, for open clues that may be the same: nothing is kept by looking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from gongzhi.clues import judging
from gongzhi.clues.discovering import Discovery
from gongzhi.clues.numbers import number_of
from gongzhi.clues.rules import Reason, Sighting, resemblance
from gongzhi.clues.sealing import mark
from gongzhi.flow.moment import Moment

MOST = 40
_DEGREES = 0.003
"""About 300 m north to south: a little more than what the rules may still call near."""


@dataclass(frozen=True, slots=True)
class Alike:
    """An open clue that may be the one that is about to be reported."""

    case_id: int
    number: str
    sign: str
    address: str
    area: str
    department: str
    found_on: date
    probable: bool
    reasons: tuple[Reason, ...]


def alike(discovery: Discovery, *, moment: Moment, most: int = 3) -> list[Alike]:
    """Open clues near a discovery that may be the same, likeliest first.

    Near is the same door, the same telephone, the same surroundings, or the same trade in the same village. Asked as
    the machine (`elevated`): whoever reports may not see what is near; the caller decides what to show.
    """
    limit = moment.limit("clue.duplicate")
    where = discovery.situation.where
    phone, person = mark(discovery.phone, of="phone"), mark(discovery.person, of="person")
    with connection.cursor() as cursor:
        cursor.execute(
            _NEAR,
            {
                "since": moment.today - timedelta(days=2 * limit.amount),
                "door": discovery.door_key,
                "phone": phone,
                "village": discovery.area[:12] if len(discovery.area) >= 12 else "-",
                "trade": discovery.trade or "-",
                "lon": where.lon,
                "lat": where.lat,
                "reach": _DEGREES,
                "most": MOST,
            },
        )
        rows = cursor.fetchall()
    data = judging.tables()
    here = Sighting(
        door=discovery.door_key,
        area=discovery.area,
        lon=where.lon,
        lat=where.lat,
        sign=discovery.sign,
        person=phone or person,
        trades=discovery.situation.trades,
        seen=discovery.found_on,
    )
    found = []
    for row in rows:
        case_id, found_on, area, department, trade, door, lon, lat, sign, address, person_mark, phone_mark = (
            row
        )
        there = Sighting(
            door=door,
            area=area,
            lon=lon,
            lat=lat,
            sign=sign,
            person=phone_mark if phone else person_mark,
            trades=(trade,) if trade else (),
            seen=found_on,
        )
        likeness = resemblance(here, there, data, moment.today, within_days=limit.amount)
        if likeness.verdict != "different":
            found.append(
                (
                    likeness.score,
                    Alike(
                        case_id,
                        number_of(case_id, found_on.year),
                        sign,
                        address,
                        area,
                        department,
                        found_on,
                        likeness.verdict == "probable",
                        likeness.reasons,
                    ),
                )
            )
    found.sort(key=lambda pair: (-pair[0], -pair[1].case_id))
    return [one for _, one in found[:most]]


_NEAR = """
SELECT k.case_id, k.found_on, k.area, k.department, k.trade, o.door_key, o.lon, o.lat, o.sign, o.address,
    o.person_mark, o.phone_mark
FROM (
    (SELECT x.case_id FROM clues_operator y JOIN clues_clue x ON x.operator_id = y.id
        WHERE %(door)s <> '' AND y.door_key = %(door)s AND x.found_on >= %(since)s
        ORDER BY x.case_id DESC LIMIT %(most)s)
    UNION
    (SELECT x.case_id FROM clues_operator y JOIN clues_clue x ON x.operator_id = y.id
        WHERE %(phone)s <> '' AND y.phone_mark = %(phone)s AND y.phone_mark <> '' AND x.found_on >= %(since)s
        ORDER BY x.case_id DESC LIMIT %(most)s)
    UNION
    (SELECT x.case_id FROM clues_clue x WHERE x.village = %(village)s AND x.trade = %(trade)s
        AND x.found_on >= %(since)s ORDER BY x.case_id DESC LIMIT %(most)s)
    UNION
    (SELECT x.case_id FROM clues_clue x JOIN clues_operator y ON y.id = x.operator_id
        WHERE x.village = %(village)s AND x.found_on >= %(since)s
        AND y.lon BETWEEN %(lon)s::float8 - %(reach)s AND %(lon)s::float8 + %(reach)s
        AND y.lat BETWEEN %(lat)s::float8 - %(reach)s AND %(lat)s::float8 + %(reach)s
        ORDER BY x.case_id DESC LIMIT %(most)s)
) near JOIN clues_clue k ON k.case_id = near.case_id JOIN clues_operator o ON o.id = k.operator_id
JOIN flow_case c ON c.id = k.case_id AND c.is_open
WHERE k.part_of_id IS NULL AND k.merged_into_id IS NULL ORDER BY k.case_id DESC LIMIT %(most)s
"""
