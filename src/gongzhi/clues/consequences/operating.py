"""Joint operations (联合整治): a plan founds one, and it is done when none of its clues waits for it."""

from __future__ import annotations

import json

from gongzhi.clues import graph
from gongzhi.clues.consequences.statements import LAST_LINE, rows, signed
from gongzhi.clues.discovering import TOWN_DIGITS
from gongzhi.flow.events import Moved, when


@when(graph.NAME, "plan")
def found_the_operation(event: Moved) -> None:
    """A plan is an operation of the town with its members; other clues can be taken into it."""
    planned = rows(
        "SELECT k.case_id, k.area, coalesce(j.form ->> 'plan', ''), coalesce(j.form ->> 'members', ''),"
        f" coalesce(nullif(j.form ->> 'planned_on', '')::date, %s) FROM clues_clue k {LAST_LINE}"
        " WHERE k.case_id = ANY(%s) AND NOT EXISTS (SELECT 1 FROM clues_joint_clue of_it JOIN clues_joint_operation o"
        " ON o.id = of_it.operation_id WHERE of_it.clue_id = k.case_id AND o.done_on IS NULL) ORDER BY k.case_id",
        event.moment.today,
        list(event.case_ids),
    )
    numbers = rows(
        "SELECT nextval(pg_get_serial_sequence('clues_joint_operation', 'id')) FROM generate_series(1, %s)",
        len(planned),
    )
    # Members are lists of different lengths, which no array of arrays holds.
    operations = [
        {
            "id": number,
            "clue": case_id,
            "area": area[:TOWN_DIGITS],
            "plan": plan,
            "members": _members(members),
            "planned_on": planned_on.isoformat(),
        }
        for (number,), (case_id, area, plan, members, planned_on) in zip(numbers, planned, strict=True)
    ]
    rows(
        "INSERT INTO clues_joint_operation (id, area, title, plan, members, planned_on, made_by, made_on, results)"
        " SELECT id, area, left(plan, 60), plan, members, planned_on, %s, %s, ''"
        " FROM jsonb_to_recordset(%s::jsonb) AS o (id bigint, area text, plan text, members text[], planned_on date)",
        signed(event),
        event.moment.today,
        json.dumps(operations, ensure_ascii=False),
    )
    rows(
        "INSERT INTO clues_joint_clue (operation_id, clue_id) SELECT * FROM unnest(%s::bigint[], %s::bigint[])",
        [one["id"] for one in operations],
        [one["clue"] for one in operations],
    )


def _members(said: str) -> list[str]:
    return [one.strip() for one in said.replace("，", ",").replace("、", ",").split(",") if one.strip()]


@when(graph.NAME, "joint_result")
def close_the_operation(event: Moved) -> None:
    """An operation is done when none of its clues waits for it any more."""
    rows(
        "UPDATE clues_joint_operation o SET results = concat_ws(E'\\n', nullif(o.results, ''), %s::text),"
        " done_on = CASE WHEN EXISTS (SELECT 1 FROM clues_joint_clue j JOIN flow_case c ON c.id = j.clue_id"
        " AND c.state = 'joint' WHERE j.operation_id = o.id) THEN NULL ELSE %s::date END"
        " WHERE o.done_on IS NULL AND EXISTS (SELECT 1 FROM clues_joint_clue j WHERE j.operation_id = o.id"
        " AND j.clue_id = ANY(%s))",
        str(event.form.get("words", "")),
        event.moment.today,
        list(event.case_ids),
    )
