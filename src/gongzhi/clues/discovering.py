"""Takes in what somebody found: the operator's file, the clue, its class and grade. Set-based."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import connection

from gongzhi.clues import graph, states
from gongzhi.clues.judging import Judged, judge, stated
from gongzhi.clues.rules.situation import Situation
from gongzhi.clues.sealing import OPERATORS, mark, masked_name, masked_phone, seal
from gongzhi.flow.bulk import Opening, open_cases, reserve_ids
from gongzhi.flow.moment import Moment
from gongzhi.org.access import elevated
from gongzhi.org.acting import Acting

TOWN_DIGITS, VILLAGE_DIGITS = 9, 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """One operator found trading, as whoever found it says.

    `area` is as long as the place is known (city 4, town 9, village 12, grid 15 digits); `lon` and `lat` are WGS-84
    degrees inside `situation.where`. `source` is a coded source (`clue_source`), `source_ref` its number there.
    `business_id` is known where the operator is registered, `operator_id` where it has a file already.
    """

    source: str
    area: str
    found_on: date
    situation: Situation
    address: str = ""
    door_key: str = ""
    sign: str = ""
    words: str = ""
    person: str = ""
    phone: str = ""
    business_id: int | None = None
    operator_id: int | None = None
    source_ref: str = ""
    relapse_of: int | None = None
    part_of: int | None = None
    department: str = states.NO_DEPARTMENT
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What the opening line of the journal says beside source and class."""
    invented: bool = False

    @property
    def trade(self) -> str:
        """The leading trade, empty for a new one."""
        return self.situation.trades[0] if self.situation.trades else ""


def way_in(discovery: Discovery, judged: Judged) -> str:
    """The opening edge: serious ones go to the command centres at once, the others to who can urge or decide."""
    if discovery.part_of is not None:
        return "open_part"
    if len(discovery.area) < TOWN_DIGITS:
        return "report_somewhere"
    if judged.grade.bypass:
        return "alarm"
    if discovery.source == "department":
        return "transfer_in"
    return "report" if len(discovery.area) >= VILLAGE_DIGITS else "report_in_town"


def open_clues(
    discoveries: Sequence[Discovery],
    *,
    acting: Acting,
    moment: Moment,
    judged: Callable[[Situation, date], Judged] = judge,
) -> list[int]:
    """Open a clue for each discovery, with everything that follows at once; returns their case numbers in order.

    Runs inside the caller's transaction; the lines are signed by `acting`, wherever the place lies. A place outside
    the post's own area is lawful: who walks past reports it (Decree 684 art. 8).
    """
    if not discoveries:
        return []
    ids = reserve_ids(len(discoveries))
    found = [judged(one.situation, moment.today) for one in discoveries]
    with elevated():
        operators = _operators(discoveries)
        _insert(list(zip(ids, operators, discoveries, found, strict=True)))
        ways: dict[str, list[Opening]] = defaultdict(list)
        for case_id, one, what in zip(ids, discoveries, found, strict=True):
            form = {"source": one.source, "kind": what.finding.kind.value, **one.facts}
            if what.finding.missing:
                form["permits"] = list(what.finding.missing)
            if what.grade.hazards:
                form["hazards"] = list(what.grade.hazards)
            ways[way_in(one, what)].append(
                Opening(
                    area=one.area,
                    started_on=moment.today,
                    department=one.department,
                    form=form,
                    case_id=case_id,
                )
            )
        for action, openings in ways.items():
            open_cases(graph.GRAPH, action, openings, acting=acting, moment=moment)
    return ids


def _operators(discoveries: Sequence[Discovery]) -> list[int]:
    """The file of each operator: the one it has, or a new one."""
    new = [one for one in discoveries if one.operator_id is None]
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('clues_operator_id_seq') FROM generate_series(1, %s)", [len(new)])
        fresh = iter([row[0] for row in cursor.fetchall()])
    return [next(fresh) if one.operator_id is None else one.operator_id for one in discoveries]


def _insert(rows: Sequence[tuple[int, int, Discovery, Judged]]) -> None:
    # The clue first: who sees a clue sees its operator, so the row of the operator can't come before it.
    with connection.cursor() as cursor:
        # One document for all rows: taking apart an array of documents costs the server five times as much.
        cursor.execute(_CLUES, [json.dumps([_clue(*row) for row in rows], ensure_ascii=False)])
        new = [(operator, one) for _, operator, one, _ in rows if one.operator_id is None]
        if not new:
            return
        cursor.execute(
            _OPERATORS,
            {
                "id": [operator for operator, _ in new],
                "area": [one.area for _, one in new],
                "address": [one.address[:500] for _, one in new],
                "door": [one.door_key[:300] for _, one in new],
                "lon": [one.situation.where.lon for _, one in new],
                "lat": [one.situation.where.lat for _, one in new],
                "sign": [one.sign[:200] for _, one in new],
                "trade": [one.trade for _, one in new],
                "person": [_sealed(operator, one) for operator, one in new],
                "shown": [_shown(one) for _, one in new],
                "person_mark": [mark(one.person, of="person") for _, one in new],
                "phone_mark": [mark(one.phone, of="phone") for _, one in new],
                "business": [one.business_id for _, one in new],
                "joined": [one.found_on if one.business_id else None for _, one in new],
                "invented": [one.invented for _, one in new],
            },
        )


def _clue(case_id: int, operator: int, one: Discovery, what: Judged) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "operator_id": operator,
        "area": one.area,
        "department": one.department,
        "source": one.source,
        "source_ref": one.source_ref[:80],
        "found_on": one.found_on.isoformat(),
        "words": one.words[:1000],
        "trade": one.trade,
        "kind": what.finding.kind.value,
        "permits": list(what.finding.missing),
        "situation": stated(one.situation),
        "finding": what.finding.facts(),
        "duty": what.duty.facts(),
        "serious": what.grade.bypass,
        "hazards": list(what.grade.hazards),
        "part_of_id": one.part_of,
        "relapse_of_id": one.relapse_of,
        "invented": one.invented,
    }


def _sealed(operator: int, one: Discovery) -> bytes | None:
    if not one.person and not one.phone:
        return None
    values = {"name": one.person, "phone": one.phone}
    return seal(values, key=OPERATORS, belongs_to=f"operator {operator}")


def _shown(one: Discovery) -> str:
    return " ".join(filter(None, (masked_name(one.person), masked_phone(one.phone))))[:60]


def moved_to(one: Discovery, area: str) -> Discovery:
    """The same discovery at another place."""
    return replace(one, area=area)


_CLUES = """
INSERT INTO clues_clue (case_id, operator_id, area, department, source, source_ref, found_on, words, trade, kind,
    permits, situation, finding, duty, needed, serious, hazards, result, part_of_id, relapse_of_id, invented)
SELECT case_id, operator_id, area, department, source, source_ref, found_on, words, trade, kind, permits, situation,
    finding, duty, '{}', serious, hazards, '', part_of_id, relapse_of_id, invented
FROM jsonb_to_recordset(%s::jsonb) AS c (case_id bigint, operator_id bigint, area text, department text, source text,
    source_ref text, found_on date, words text, trade text, kind text, permits text[], situation jsonb, finding jsonb,
    duty jsonb, serious bool, hazards text[], part_of_id bigint, relapse_of_id bigint, invented bool)
"""

_OPERATORS = """
INSERT INTO clues_operator (id, area, address, door_key, lon, lat, sign, trade, person, person_shown, person_mark,
    phone_mark, business_id, joined_on, joined_by, invented)
SELECT o.id, o.area, o.address, o.door, o.lon, o.lat, o.sign, o.trade, o.person, o.shown, o.person_mark, o.phone_mark,
    o.business, o.joined, '', o.invented
FROM unnest(%(id)s::bigint[], %(area)s::text[], %(address)s::text[], %(door)s::text[], %(lon)s::float8[],
    %(lat)s::float8[], %(sign)s::text[], %(trade)s::text[], %(person)s::bytea[], %(shown)s::text[],
    %(person_mark)s::text[], %(phone_mark)s::text[], %(business)s::bigint[], %(joined)s::date[], %(invented)s::bool[])
AS o (id, area, address, door, lon, lat, sign, trade, person, shown, person_mark, phone_mark, business, joined,
    invented)
"""
