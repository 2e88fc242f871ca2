"""Sends clues to the departments whose they are by the duty rules, and to each of several where all have to act."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from gongzhi.clues import graph, judging, sentences
from gongzhi.clues.copies import Told, tell_departments
from gongzhi.clues.discovering import Discovery, open_clues
from gongzhi.flow.bulk import transition_many
from gongzhi.flow.graph import CaseView
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import SYSTEM

EACH_ACTS = frozenset({"each", "split"})
"""Modes in which every department that handles has the clue, not only the first."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where one clue goes: the department that leads, those that act beside it, and those that are told."""

    lead: str
    beside: tuple[str, ...]
    told: tuple[str, ...]
    said: Mapping[str, Any]

    @property
    def needed(self) -> list[str]:
        """All that have to end."""
        return [self.lead, *self.beside]


def way_of(duty: Mapping[str, Any]) -> Way | None:
    """Where a clue goes by what the duty rules said of it; None where a person has to decide."""
    if duty.get("certainty") != "sure":
        return None
    parties: Sequence[Mapping[str, Any]] = duty.get("parties", ())
    act = [party["department"] for party in parties if party["role"] != "told"]
    if not act or not act[0]:
        return None
    handle = [party["department"] for party in parties if party["role"] == "handles" and party["department"]]
    beside = [one for one in dict.fromkeys(handle) if one != act[0]] if duty["mode"] in EACH_ACTS else []
    told = [party["department"] for party in parties if party["role"] == "told" and party["department"]]
    return Way(
        act[0],
        tuple(beside),
        tuple(dict.fromkeys(one for one in told if one != act[0])),
        {"mode": duty["mode"], "step": duty["step"], "articles": list(duty.get("articles", ()))},
    )


def route(case_ids: Sequence[int], source: str, action: str, *, moment: Moment) -> list[int]:
    """Push the clues for which the duty rules are sure; the others stay for a person. Returns those pushed.

    `source` and `action` are `to_route` and `push`, or for serious clues `commanded` and `dispatch`. A clue that a
    department has objected to is never pushed by rule again.
    """
    ways = _ways(case_ids, moment.today)
    if not ways:
        return []

    def form(case: CaseView) -> dict[str, Any]:
        return {"department": ways[case.id].lead, "words": sentences.BY_DUTY_RULES, **ways[case.id].said}

    moved = transition_many(graph.GRAPH, source, action, list(ways), acting=SYSTEM, moment=moment, form=form)
    _send_beside({case_id: ways[case_id] for case_id in moved}, moment)
    return moved


def _ways(case_ids: Sequence[int], on: date) -> dict[int, Way]:
    version = judging.tables().version
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.case_id, k.duty, k.situation FROM clues_clue k WHERE k.case_id = ANY(%s)"
            " AND k.part_of_id IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM clues_objection o WHERE o.clue_id = k.case_id) ORDER BY k.case_id",
            [list(case_ids)],
        )
        rows = [
            (case_id, json.loads(duty), json.loads(situation))
            for case_id, duty, situation in cursor.fetchall()
        ]
    ways = {}
    for case_id, kept, situation in rows:
        # Where the reference data changed since the clue was found, what holds today decides.
        current = str(kept.get("version", "")).endswith(version)
        duty = kept if current else rejudge(case_id, judging.read(situation), on).duty.facts()
        if way := way_of(duty):
            ways[case_id] = way
    return ways


def rejudge(case_id: int, situation: Any, on: date) -> judging.Judged:
    """Judge a clue anew and keep what came of it."""
    judged = judging.judge(situation, on)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clues_clue SET situation = %s, finding = %s, duty = %s, kind = %s, permits = %s, trade = %s"
            " WHERE case_id = %s",
            [
                Jsonb(judging.stated(situation)),
                Jsonb(judged.finding.facts()),
                Jsonb(judged.duty.facts()),
                judged.finding.kind.value,
                list(judged.finding.missing),
                situation.trades[0] if situation.trades else "",
                case_id,
            ],
        )
    return judged


def _send_beside(ways: Mapping[int, Way], moment: Moment) -> None:
    """One matter, several departments: each further one gets a part of the clue, those to be told a copy."""
    several = {case_id: way for case_id, way in ways.items() if way.beside}
    set_needed({case_id: way.needed for case_id, way in several.items()})
    open_parts(
        [(case_id, department) for case_id, way in several.items() for department in way.beside], moment
    )
    tell_departments(
        [
            Told(case_id, department, sentences.TOLD_BY_DUTY_RULES)
            for case_id, way in ways.items()
            for department in way.told
        ],
        acting=SYSTEM,
        moment=moment,
    )


def set_needed(needed: Mapping[int, Sequence[str]]) -> None:
    """Which departments have to end before each of these clues can be closed."""
    if not needed:
        return
    said = [
        {"clue": clue, "needed": list(dict.fromkeys(all_of_them))} for clue, all_of_them in needed.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clues_clue k SET needed = s.needed FROM jsonb_to_recordset(%s::jsonb)"
            " AS s (clue bigint, needed text[]) WHERE k.case_id = s.clue",
            [json.dumps(said)],
        )


def open_parts(parts: Sequence[tuple[int, str]], moment: Moment) -> list[int]:
    """Open a part of a clue for each (clue, department); returns their cases."""
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.case_id, k.operator_id, k.area, k.source, k.found_on, k.words, k.situation, k.kind, k.invented"
            " FROM clues_clue k WHERE k.case_id = ANY(%s)",
            [list({case_id for case_id, _ in parts})],
        )
        leads = {row[0]: row for row in cursor.fetchall()}
    discoveries = []
    for case_id, department in parts:
        _, operator, area, source, found_on, words, situation, _, invented = leads[case_id]
        discoveries.append(
            Discovery(
                source=source,
                area=area,
                found_on=found_on,
                situation=judging.read(json.loads(situation)),
                words=words,
                operator_id=operator,
                part_of=case_id,
                department=department,
                facts={"part_of": case_id},
                invented=invented,
            )
        )
    return open_clues(discoveries, acting=SYSTEM, moment=moment)
