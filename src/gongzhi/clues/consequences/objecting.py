"""Objections: each stays on record with what became of it. One that was right is work for whoever keeps the rules."""

from __future__ import annotations

from gongzhi.clues import graph, judging, sentences
from gongzhi.clues.consequences.statements import rows
from gongzhi.flow.bulk import transition_many
from gongzhi.flow.events import Moved, when
from gongzhi.org.acting import SYSTEM


@when(graph.NAME, "object")
def keep_the_objection(event: Moved) -> None:
    """Every objection stays on record; after so many rounds the matter is the city's."""
    kept = rows(
        "INSERT INTO clues_objection (clue_id, round, department, reason, proposed, words, made_on, made_by, decision,"
        " decided_by, decided_to, decided_words) SELECT k.case_id,"
        " 1 + (SELECT count(*) FROM clues_objection o WHERE o.clue_id = k.case_id), j.department,"
        " coalesce(j.form ->> 'reason', ''), coalesce(j.form ->> 'proposed', ''), coalesce(j.form ->> 'words', ''),"
        " j.on_day, j.\"by\", '', '', '', '' FROM clues_clue k JOIN flow_case c ON c.id = k.case_id"
        " JOIN flow_journal j ON j.case_id = c.id AND j.seq = c.seq WHERE k.case_id = ANY(%s)"
        " RETURNING clue_id, round",
        list(event.case_ids),
    )
    most = judging.count("clue.rounds", event.moment.today) if kept else 0
    for_city = [case_id for case_id, number in kept if number >= most]
    transition_many(
        graph.GRAPH,
        event.target,
        "to_city",
        for_city,
        acting=SYSTEM,
        moment=event.moment,
        form={"words": sentences.ROUNDS_SPENT % {"rounds": most}, "rounds": most},
    )


_DECIDED = {
    "reroute": "upheld",
    "dispatch": "upheld",
    "insist": "refused",
    "designate": "designated",
    "dismiss": "closed",
    "close_by_data": "closed",
    "withdraw": "closed",
    "relocate": "closed",
    "calm": "closed",
}


@when(
    graph.NAME,
    "reroute",
    "dispatch",
    "insist",
    "designate",
    "dismiss",
    "close_by_data",
    "withdraw",
    "relocate",
    "calm",
)
def decide_the_objection(event: Moved) -> None:
    """What became of an open objection stands beside it; those upheld are in the workbench of the rules."""
    decision = _DECIDED[event.action]
    rows(
        "UPDATE clues_objection o SET decision = CASE WHEN %s = 'upheld' AND c.department = o.department THEN 'refused'"
        " ELSE %s END, decided_on = %s, decided_by = j.\"by\", decided_to = coalesce(nullif(c.department, '-'), ''),"
        " decided_words = coalesce(j.form ->> 'words', '') FROM flow_case c JOIN flow_journal j"
        " ON j.case_id = c.id AND j.seq = c.seq WHERE o.clue_id = c.id AND c.id = ANY(%s) AND o.decision = ''",
        decision,
        decision,
        event.moment.today,
        list(event.case_ids),
    )
