"""One matter with several departments: each further one has a part, and the clue waits for all of them."""

from __future__ import annotations

from gongzhi.clues import graph, parts, routing
from gongzhi.clues.consequences.statements import LAST_LINE, rows
from gongzhi.flow.events import Moved, when


@when(graph.NAME, "add_department")
def open_a_further_part(event: Moved) -> None:
    """A department that has to act as well gets a part of the clue; the clue waits for it in the end."""
    found = rows(
        "SELECT k.case_id, k.department, k.needed, coalesce(j.form ->> 'department', '') FROM clues_clue k"
        f" {LAST_LINE} WHERE k.case_id = ANY(%s)",
        list(event.case_ids),
    )
    routing.set_needed({case_id: [*(needed or [lead]), another] for case_id, lead, needed, another in found})
    routing.open_parts([(case_id, another) for case_id, _, _, another in found], event.moment)


@when(graph.NAME, "feed_back", "joint_result", "parts_done", "call_off_parts")
def wait_for_the_others(event: Moved) -> None:
    """A part ends with its department's answer; the clue itself waits until all parts have."""
    if event.action == "call_off_parts":
        parts.withdraw_parts(event.case_ids, moment=event.moment)
        return
    parts.settle(event.case_ids, moment=event.moment)


@when(graph.NAME, "end_part", "dismiss", "withdraw", "close_by_data", "correct", "confirm", "merge")
def parts_and_whole(event: Moved) -> None:
    """What ended was a part: perhaps the last. What ended was the whole: its open parts have nothing left to do."""
    parts.withdraw_parts(event.case_ids, moment=event.moment)
    parts.tell_leads(event.case_ids, moment=event.moment)
