"""Letters for assistance: sent, answered into the clue's journal, taken back when nobody waits any more."""

from __future__ import annotations

from collections.abc import Sequence

from gongzhi.clues import companions, graph, states
from gongzhi.clues.consequences.statements import LAST_LINE, rows
from gongzhi.clues.copies import about
from gongzhi.flow.bulk import Opening, open_cases, reserve_ids, transition_many
from gongzhi.flow.events import Moved, when
from gongzhi.org.acting import SYSTEM


@when(graph.NAME, "ask_assistance")
def send_the_letter(event: Moved) -> None:
    """The department that is asked has a case of its own, with its own fifteen working days."""
    asked = rows(
        "SELECT k.case_id, k.area, k.department, j.form ->> 'department', coalesce(j.form ->> 'words', '')"
        f" FROM clues_clue k {LAST_LINE} WHERE k.case_id = ANY(%s)",
        list(event.case_ids),
    )
    if not asked:
        return
    ids, known = reserve_ids(len(asked)), about([row[0] for row in asked])
    open_cases(
        graph.ASSISTANCE,
        "ask",
        [
            Opening(
                area=area,
                started_on=event.moment.today,
                department=helper,
                form={"clue": clue},
                case_id=case_id,
            )
            for case_id, (clue, area, _, helper, _) in zip(ids, asked, strict=True)
        ],
        acting=SYSTEM,
        moment=event.moment,
    )
    rows(
        "INSERT INTO clues_assistance (case_id, clue_id, asked_by, question, about) SELECT * FROM"
        " unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[])",
        ids,
        [clue for clue, _, _, _, _ in asked],
        [asker for _, _, asker, _, _ in asked],
        [words for _, _, _, _, words in asked],
        [known[clue] for clue, _, _, _, _ in asked],
    )


@when(companions.ASSISTANCE_NAME, "answer", "decline")
def bring_the_answer(event: Moved) -> None:
    """The answer goes into the clue's own journal, and the asking department's clock goes on."""
    answers = {
        clue: {"department": department, "answer": event.action, "words": words, "assistance": case_id}
        for case_id, clue, department, words in rows(
            "SELECT a.case_id, a.clue_id, c.department, coalesce(j.form ->> 'words', '') FROM clues_assistance a"
            " JOIN flow_case c ON c.id = a.case_id JOIN flow_journal j ON j.case_id = c.id AND j.seq = c.seq"
            " WHERE a.case_id = ANY(%s) ORDER BY a.case_id",
            list(event.case_ids),
        )
    }
    transition_many(
        graph.GRAPH,
        states.AWAITING_ASSISTANCE,
        "assisted",
        list(answers),
        acting=SYSTEM,
        moment=event.moment,
        form=lambda case: answers[case.id],
    )


@when(graph.NAME, "go_on", "relocate")
def nobody_waits_any_more(event: Moved) -> None:
    """Who goes on without the answer, or moved away, takes the letter back."""
    recall_letters(event.case_ids, event)


def recall_letters(clues: Sequence[int], event: Moved) -> None:
    """Take back the letters about these clues that nobody has answered."""
    for state in (companions.ASKED, companions.DELAYED):
        open_letters = rows(
            "SELECT a.case_id FROM clues_assistance a JOIN flow_case c ON c.id = a.case_id AND c.is_open"
            " AND c.state = %s WHERE a.clue_id = ANY(%s)",
            state,
            list(clues),
        )
        transition_many(
            graph.ASSISTANCE,
            state,
            "recall",
            [row[0] for row in open_letters],
            acting=SYSTEM,
            moment=event.moment,
        )
