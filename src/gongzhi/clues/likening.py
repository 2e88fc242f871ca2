"""Proposes clues that may be the same, and operators that may be a business that registered since; people decide."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db import connection

from gongzhi.clues import judging
from gongzhi.clues.rules.findings import Resemblance
from gongzhi.clues.rules.resembling import Sighting, resemblance
from gongzhi.flow.lists import list_cursor
from gongzhi.flow.moment import Moment

MOST_EACH = 20
"""Candidates that are compared with one clue: beyond it a person could not look at them either."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """One sighting with the two marks by which a person may be the same, and whose it is.

    `village` is empty where only the town is known; `part_of` is the clue of which this is a department's part.
    """

    sighting: Sighting
    person: str
    phone: str
    operator: int
    part_of: int | None
    village: str


def propose_likenesses(case_ids: Sequence[int], *, moment: Moment) -> int:
    """Compare these clues with those near them and keep what may be the same; returns how many were kept.

    Near is the same door, the same telephone, or the same trade in the same village; SQL finds those, the rules
    compare them. Pairs that somebody has decided are not proposed again.
    """
    limit = moment.limit("clue.duplicate")
    here = {
        case_id: one
        for case_id, one in _sightings(case_ids).items()
        if one.part_of is None and (one.sighting.door or one.phone or one.village)
    }
    near = _near(here, since=moment.today - timedelta(days=2 * limit.amount))
    there = here | _sightings([other for _, other in near if other not in here])
    data = judging.tables()
    kept = []
    for clue, other in near:
        found = _compare(here[clue], there[other], data, moment.today, limit.amount)
        if found.verdict != "different":
            kept.append((clue, other, found))
    _keep("clues_likeness", "clue_id", "other_id", kept, moment.today)
    return len(kept)


def _compare(here: _Seen, there: _Seen, data: Any, on: date, within: int) -> Resemblance:
    one, two = here.sighting, there.sighting
    mark = (here.phone, there.phone) if here.phone and there.phone else (here.person, there.person)
    return resemblance(
        replace(one, person=mark[0]), replace(two, person=mark[1]), data, on, within_days=within
    )


def _sightings(case_ids: Sequence[int]) -> dict[int, _Seen]:
    """Where, when and under which sign these clues' operators were seen, by case."""
    if not case_ids:
        return {}
    with list_cursor() as cursor:
        cursor.execute(_SEEN, {"ids": list(case_ids)})
        return {row[0]: _seen(row) for row in cursor.fetchall()}


def _seen(row: Sequence[Any]) -> _Seen:
    _, operator, part_of, village, door, area, lon, lat, sign, trade, person, phone, found_on = row
    sighting = Sighting(
        door=door,
        area=area,
        lon=lon,
        lat=lat,
        sign=sign,
        trades=(trade,) if trade else (),
        seen=found_on,
    )
    return _Seen(sighting, person, phone, operator, part_of, village)


def _near(here: Mapping[int, _Seen], *, since: date) -> list[tuple[int, int]]:
    """(clue, other) of what may be the same by place or telephone and has not been proposed the other way round."""
    if not here:
        return []
    seen = here.values()
    with list_cursor() as cursor:
        cursor.execute(
            _NEAR,
            {
                "case_id": list(here),
                "operator": [one.operator for one in seen],
                "door": [one.sighting.door for one in seen],
                "phone": [one.phone for one in seen],
                "village": [one.village for one in seen],
                "trade": [one.sighting.trades[0] if one.sighting.trades else "" for one in seen],
                "since": since,
                "most": MOST_EACH,
            },
        )
        return cursor.fetchall()


def _keep(table: str, one: str, other: str, kept: Iterable[tuple[int, int, Resemblance]], on: date) -> None:
    kept = list(kept)
    if not kept:
        return
    with connection.cursor() as cursor:
        rows = [
            {
                "a": a,
                "b": b,
                "verdict": found.verdict,
                "score": found.score,
                "reasons": [asdict(reason) for reason in found.reasons],
            }
            for a, b, found in kept
        ]
        cursor.execute(
            f"INSERT INTO {table} ({one}, {other}, verdict, score, reasons, proposed_on, decision, decided_by)"
            " SELECT a, b, verdict, score, reasons, %s, '', '' FROM jsonb_to_recordset(%s::jsonb)"
            " AS p (a bigint, b bigint, verdict text, score float8, reasons jsonb)"
            f" ON CONFLICT ({one}, {other}) DO NOTHING",
            [on, json.dumps(rows, ensure_ascii=False)],
        )


def propose_joinings(business_ids: Sequence[int], *, moment: Moment) -> list[tuple[int, int, str]]:
    """Compare businesses that have registered with the operators without a code at their door.

    Keeps what may be the same and returns (operator, business, verdict) of it. A registered name stands for a sign:
    the sign is compared with it, and where one holds the other they are alike.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.id, b.id, o.door_key, o.area, o.sign, o.trade, (SELECT max(k.found_on) FROM clues_clue k"
            " WHERE k.operator_id = o.id), b.name, b.area, b.established_on FROM registry_business b"
            " JOIN clues_operator o ON o.door_key = b.door_key AND o.business_id IS NULL"
            " WHERE b.id = ANY(%s) AND b.door_key <> '' ORDER BY b.id, o.id",
            [list(business_ids)],
        )
        rows = cursor.fetchall()
    data, kept = judging.tables(), []
    for operator, business, door, area, sign, _trade, seen, name, its_area, established in rows:
        found = resemblance(
            Sighting(door=door, area=area, sign=sign, seen=seen or moment.today),
            Sighting(
                door=door, area=its_area, sign=sign if sign and sign in name else name, seen=established
            ),
            data,
            moment.today,
            within_days=moment.limit("clue.no_permit_after").amount * 2,
        )
        if found.verdict != "different":
            kept.append((operator, business, found))
    _keep("clues_joining", "operator_id", "business_id", kept, moment.today)
    return [(operator, business, found.verdict) for operator, business, found in kept]


_SEEN = """
SELECT k.case_id, k.operator_id, k.part_of_id, CASE WHEN length(k.area) >= 12 THEN k.village ELSE '' END, o.door_key,
    k.area, o.lon, o.lat, o.sign, k.trade, o.person_mark, o.phone_mark, k.found_on
FROM clues_clue k JOIN clues_operator o ON o.id = k.operator_id WHERE k.case_id = ANY(%(ids)s::bigint[])
"""

# Three ways to be near, each by its own index; the newest first, since an old clue is seldom the same. What is looked
# for comes as lists and what is found is only numbers: with the tables of both sides in one statement, and statistics
# from before a portion came in, the planner compared everything with everything. `phone_mark <> ''` is said of both
# sides because the index has no others, and `coalesce` keeps the indexes of parts and mergers, NULL for nearly
# all, from being read through for each.
_NEAR = """
WITH here AS MATERIALIZED (
    SELECT * FROM unnest(%(case_id)s::bigint[], %(operator)s::bigint[], %(door)s::text[], %(phone)s::text[],
        %(village)s::text[], %(trade)s::text[]) AS k (case_id, operator, door, phone, village, trade)
), pairs AS MATERIALIZED (
    SELECT k.case_id AS clue, near.case_id AS other FROM here k CROSS JOIN LATERAL (
        (SELECT x.case_id FROM clues_operator y JOIN clues_clue x ON x.operator_id = y.id
            WHERE k.door <> '' AND y.door_key = k.door AND y.id <> k.operator AND x.found_on >= %(since)s
            AND coalesce(x.part_of_id, x.merged_into_id) IS NULL ORDER BY x.case_id DESC LIMIT %(most)s)
        UNION
        (SELECT x.case_id FROM clues_operator y JOIN clues_clue x ON x.operator_id = y.id
            WHERE k.phone <> '' AND y.phone_mark <> '' AND y.phone_mark = k.phone AND y.id <> k.operator
            AND x.found_on >= %(since)s AND coalesce(x.part_of_id, x.merged_into_id) IS NULL
            ORDER BY x.case_id DESC LIMIT %(most)s)
        UNION
        (SELECT x.case_id FROM clues_clue x WHERE k.door = '' AND k.village <> '' AND k.trade <> ''
            AND x.village = k.village AND x.trade = k.trade AND x.operator_id <> k.operator
            AND x.found_on >= %(since)s AND coalesce(x.part_of_id, x.merged_into_id) IS NULL
            ORDER BY x.case_id DESC LIMIT %(most)s)
        ORDER BY case_id DESC LIMIT %(most)s
    ) near
)
SELECT clue, other FROM pairs WHERE NOT EXISTS (
    SELECT 1 FROM clues_likeness l WHERE l.clue_id = pairs.other AND l.other_id = pairs.clue)
"""
