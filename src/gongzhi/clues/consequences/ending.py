"""What has ended: premises are seen again, who reported is told, and a clue that joined another is read through it."""

from __future__ import annotations

from collections import defaultdict

from gongzhi.clues import companions, graph, revisiting, states
from gongzhi.clues.consequences.assisting import recall_letters
from gongzhi.clues.consequences.statements import LAST_LINE, rows, signed
from gongzhi.clues.guards import SURVIVOR_GONE
from gongzhi.clues.numbers import case_of
from gongzhi.flow.bulk import transition_many
from gongzhi.flow.errors import NotPossibleError
from gongzhi.flow.events import Moved, when
from gongzhi.flow.graph import CaseView
from gongzhi.org.acting import SYSTEM


@when(graph.NAME, "confirm", "correct", "close_by_data", "dismiss", "merge", "withdraw")
def when_it_has_ended(event: Moved) -> None:
    """Premises that were closed are seen again; whoever reported it is told that it has ended."""
    revisiting.plan(event.case_ids, moment=event.moment)
    rows(
        "UPDATE clues_market_report SET ended_on = %s WHERE clue_id = ANY(%s) AND ended_on IS NULL",
        event.moment.today,
        list(event.case_ids),
    )
    recall_letters(event.case_ids, event)


@when(graph.NAME, "merge")
def bring_together(event: Moved) -> None:
    """The clue that goes on says which joined it; photos, reports and history are read through the link.

    Raises NotPossibleError when the one that should go on has ended meanwhile: nothing of a clue is lost.
    """
    into = {
        case_id: case_of(number) or 0
        for case_id, number in rows(
            f"SELECT k.case_id, coalesce(j.form ->> 'into', '') FROM clues_clue k {LAST_LINE}"
            " WHERE k.case_id = ANY(%s)",
            list(event.case_ids),
        )
    }
    by_state: dict[str, list[int]] = defaultdict(list)
    for case_id, state in rows(
        "SELECT id, state FROM flow_case WHERE id = ANY(%s)", sorted(set(into.values()))
    ):
        by_state[state].append(case_id)
    joined, survivors = list(into), list(into.values())
    rows(
        "UPDATE clues_clue k SET merged_into_id = p.survivor FROM unnest(%s::bigint[], %s::bigint[])"
        " AS p (joined, survivor) WHERE k.case_id = p.joined",
        joined,
        survivors,
    )
    rows(
        "UPDATE clues_likeness l SET decision = 'merged', decided_on = %s, decided_by = %s"
        " FROM unnest(%s::bigint[], %s::bigint[]) AS p (joined, survivor) WHERE l.decision = ''"
        " AND (l.clue_id = p.joined AND l.other_id = p.survivor OR l.other_id = p.joined AND l.clue_id = p.survivor)",
        event.moment.today,
        signed(event),
        joined,
        survivors,
    )
    came: dict[int, list[int]] = defaultdict(list)
    for case_id, survivor in into.items():
        came[survivor].append(case_id)

    def which(case: CaseView) -> dict[str, list[int]]:
        return {"clues": sorted(came[case.id])}

    told: list[int] = []
    for state, ids in by_state.items():
        if state in states.WAITING:
            told += transition_many(
                graph.GRAPH, state, "absorb", ids, acting=SYSTEM, moment=event.moment, form=which
            )
    if set(told) != set(came):
        raise NotPossibleError("merge", event.source, SURVIVOR_GONE)


@when(companions.REVISIT_NAME, "relapse")
def open_anew(event: Moved) -> None:
    """What trades again without licence or permit is a new clue, linked to the old one."""
    revisiting.reopen(event.case_ids, acting=event.acting, moment=event.moment)
