"""One matter, several departments: each has a part of the clue, and the clue ends when all of them have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from gongzhi.clues import graph, states
from gongzhi.flow.bulk import transition_many
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import SYSTEM


def settle(case_ids: Sequence[int], *, moment: Moment) -> None:
    """Of clues that were just fed back: parts end, and what has open parts waits for them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT case_id FROM clues_clue WHERE case_id = ANY(%s) AND part_of_id IS NOT NULL",
            [list(case_ids)],
        )
        parts = [row[0] for row in cursor.fetchall()]
    transition_many(graph.GRAPH, states.TO_CHECK, "end_part", parts, acting=SYSTEM, moment=moment)
    # Only now: a clue and its last part may be answered in the same moment.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.case_id FROM clues_clue k WHERE k.case_id = ANY(%s) AND cardinality(k.needed) > 0"
            " AND EXISTS (SELECT 1 FROM clues_clue p JOIN flow_case c ON c.id = p.case_id AND c.is_open"
            " WHERE p.part_of_id = k.case_id)",
            [list(case_ids)],
        )
        waiting = [row[0] for row in cursor.fetchall()]
    transition_many(graph.GRAPH, states.TO_CHECK, "await_parts", waiting, acting=SYSTEM, moment=moment)


def tell_leads(case_ids: Sequence[int], *, moment: Moment) -> None:
    """Of parts that just ended: where they were the last, the clue itself goes on to be checked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT p.part_of_id FROM clues_clue p JOIN flow_case lead ON lead.id = p.part_of_id"
            " AND lead.state = %s WHERE p.case_id = ANY(%s) AND NOT EXISTS (SELECT 1 FROM clues_clue other"
            " JOIN flow_case c ON c.id = other.case_id AND c.is_open WHERE other.part_of_id = p.part_of_id)",
            [states.AWAITING_PARTS, list(case_ids)],
        )
        leads = [row[0] for row in cursor.fetchall()]
    transition_many(graph.GRAPH, states.AWAITING_PARTS, "parts_done", leads, acting=SYSTEM, moment=moment)


def withdraw_parts(case_ids: Iterable[int], *, moment: Moment) -> None:
    """Withdraw the open parts of these clues: the matter itself is over."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.state, array_agg(c.id) FROM clues_clue p JOIN flow_case c ON c.id = p.case_id AND c.is_open"
            " WHERE p.part_of_id = ANY(%s) GROUP BY c.state",
            [list(case_ids)],
        )
        by_state = cursor.fetchall()
    for state, ids in by_state:
        transition_many(
            graph.GRAPH,
            state,
            "withdraw",
            ids,
            acting=SYSTEM,
            moment=moment,
            form={"reason": "the_clue_ended"},
        )
