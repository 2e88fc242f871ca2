"""Brings an operator's file into the file of the business it registered as, and judges what is open anew."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection

from gongzhi.clues import graph, judging, revisiting, routing
from gongzhi.clues.rules.situation import Licence, PermitFact, Situation, Standing
from gongzhi.flow.bulk import transition_many
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import SYSTEM
from gongzhi.registry.queries import permits_held

IN_ORDER = ("not_unlicensed", "not_filed")
"""Classes with which a clue is no clue any more."""


def join_files(pairs: Sequence[tuple[int, int]], *, by: str, moment: Moment) -> None:
    """Join each (operator, business): the files are one from now on, and open clues are judged with the licence.

    Where nothing is missing any more the clue closes with the registration as its proof; where a permit is, it
    goes on with what is left.
    """
    if not pairs:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clues_operator o SET business_id = p.business, joined_on = %s, joined_by = %s"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS p (operator, business)"
            " WHERE o.id = p.operator AND o.business_id IS NULL",
            [moment.today, by, [operator for operator, _ in pairs], [business for _, business in pairs]],
        )
        cursor.execute(
            "UPDATE clues_joining SET decision = CASE WHEN (operator_id, business_id) IN (SELECT * FROM unnest("
            "%s::bigint[], %s::bigint[])) THEN 'joined' ELSE 'different' END, decided_on = %s, decided_by = %s"
            " WHERE operator_id = ANY(%s) AND decision = ''",
            [
                [operator for operator, _ in pairs],
                [business for _, business in pairs],
                moment.today,
                by,
                [operator for operator, _ in pairs],
            ],
        )
    look_again([business for _, business in pairs], moment=moment, proof="registered")


def look_again(business_ids: Iterable[int], *, moment: Moment, proof: str) -> None:
    """Judge the open clues about these businesses with what the registry knows now, and close what is put right."""
    wanted = list(business_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.case_id, o.business_id, k.situation, c.state FROM clues_clue k"
            " JOIN clues_operator o ON o.id = k.operator_id JOIN flow_case c ON c.id = k.case_id AND c.is_open"
            " WHERE o.business_id = ANY(%s) ORDER BY k.case_id",
            [wanted],
        )
        found = cursor.fetchall()
    held = permits_held(wanted, moment.today)
    closing: dict[str, list[int]] = defaultdict(list)
    learnt: dict[str, list[int]] = defaultdict(list)
    proofs: dict[int, dict[str, Any]] = {}
    for case_id, business, situation, state in found:
        known = with_registry(
            judging.read(json.loads(situation)), {row.permit: row.valid_to for row in held.get(business, ())}
        )
        judged = routing.rejudge(case_id, known, moment.today)
        numbers = [f"{row.permit} {row.number}" for row in held.get(business, ())]
        kind = judged.finding.kind.value
        proofs[case_id] = {"proof": proof, "business": business, "permits": numbers, "kind": kind}
        (closing if kind in IN_ORDER else learnt)[state].append(case_id)
    for by_state, action in ((closing, "close_by_data"), (learnt, "learn")):
        for state, ids in by_state.items():
            transition_many(
                graph.GRAPH,
                state,
                action,
                ids,
                acting=SYSTEM,
                moment=moment,
                form=lambda case, action=action: (
                    proofs[case.id]
                    | ({"result": _result(proofs[case.id])} if action == "close_by_data" else {})
                ),
            )
    revisiting.drop([case_id for ids in closing.values() for case_id in ids], moment=moment)


def with_registry(situation: Situation, held: Mapping[str, Any]) -> Situation:
    """A situation with what the registry knows: the licence is held, and so are these permits (with their last day)."""
    facts = {code: PermitFact(Standing.HELD, until) for code, until in held.items()}
    return replace(situation, licence=Licence.HELD, permits={**situation.permits, **facts})


def _result(proof: Mapping[str, Any]) -> str:
    return "permitted" if proof["permits"] else "licensed"
