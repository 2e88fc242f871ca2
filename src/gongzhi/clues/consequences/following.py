"""A clue's row follows its case; where the rules are sure it goes on by itself, serious ones to the command centres."""

from __future__ import annotations

from gongzhi.clues import graph, routing, sentences, states
from gongzhi.clues.consequences.statements import LAST_LINE, rows, signed
from gongzhi.clues.copies import Told, tell_departments
from gongzhi.flow.bulk import transition_many
from gongzhi.flow.events import Moved, when
from gongzhi.org.acting import SYSTEM

_MOVES = (
    "push",
    "send",
    "reroute",
    "dispatch",
    "designate",
    "alarm",
    "calm",
    "name_town",
    "name_village",
    "assign",
    "hand_over",
    "wrong_village",
    "move",
    "relocate",
)
_FINAL = frozenset(state.name for state in states.STATES if state.final)
_ENDINGS = tuple(dict.fromkeys(edge.action for edge in graph.GRAPH.edges if edge.target in _FINAL))
_RESULTS = ("feed_back", "joint_result", "correct", "dismiss", "close_by_data")


@when(graph.NAME, *_MOVES)
def follow_the_case(event: Moved) -> None:
    """Area and department stand on the clue's own row, where its row security and its lists read them."""
    rows(
        "UPDATE clues_clue k SET area = c.area, department = coalesce(c.department, '-') FROM flow_case c"
        " WHERE c.id = k.case_id AND k.case_id = ANY(%s)"
        " AND (k.area, k.department) IS DISTINCT FROM (c.area, coalesce(c.department, '-'))",
        list(event.case_ids),
    )
    rows(
        "UPDATE clues_operator o SET area = k.area FROM clues_clue k WHERE o.id = k.operator_id"
        " AND k.case_id = ANY(%s) AND length(k.area) >= length(o.area) AND o.area <> k.area",
        list(event.case_ids),
    )


@when(graph.NAME, *_RESULTS)
def keep_the_result(event: Moved) -> None:
    """The coded result stands on the clue, as the last line that named one says it."""
    if result := event.form.get("result"):
        rows("UPDATE clues_clue SET result = %s WHERE case_id = ANY(%s)", result, list(event.case_ids))
        return
    rows(
        "UPDATE clues_clue k SET result = j.form ->> 'result' FROM flow_case c JOIN flow_journal j"
        " ON j.case_id = c.id AND j.seq = c.seq WHERE k.case_id = c.id AND c.id = ANY(%s) AND j.form ? 'result'",
        list(event.case_ids),
    )


@when(graph.NAME, *_ENDINGS)
def keep_the_end(event: Moved) -> None:
    """The final state stands on the clue's own row, and what the ledger's sums ask of it in a narrow one beside it."""
    if event.target not in _FINAL:
        return
    rows("UPDATE clues_clue SET ended = %s WHERE case_id = ANY(%s)", event.target, list(event.case_ids))
    rows(
        "INSERT INTO clues_ended (clue_id, area, department, state, part, serious, found_on, trade, kind, source,"
        " result) SELECT case_id, area, department, ended, part_of_id IS NOT NULL, serious, found_on, trade, kind,"
        " source, result FROM clues_clue WHERE case_id = ANY(%s)",
        list(event.case_ids),
    )


@when(graph.NAME, "not_corrected", "transfer_in")
def push_where_sure(event: Moved) -> None:
    """Sure: to the department at once. New, several or unclear: the town decides."""
    routing.route(event.case_ids, states.TO_ROUTE, "push", moment=event.moment)


@when(graph.NAME, "alarm")
def reach_the_command_centres(event: Moved) -> None:
    """A serious clue is before the three command centres in the same moment, and with its department where sure."""
    rows(
        "INSERT INTO clues_alert (clue_id, level, area, raised_at, raised_by, seen_by)"
        " SELECT k.case_id, l.level, left(k.area, l.digits), %s, %s, '' FROM clues_clue k"
        " CROSS JOIN (VALUES ('city', 4), ('town', 9), ('village', 12)) AS l (level, digits)"
        " WHERE k.case_id = ANY(%s) AND length(k.area) >= l.digits ON CONFLICT DO NOTHING",
        event.moment.at,
        signed(event),
        list(event.case_ids),
    )
    rows("UPDATE clues_clue SET serious = true WHERE case_id = ANY(%s)", list(event.case_ids))
    routing.route(event.case_ids, states.COMMANDED, "dispatch", moment=event.moment)


@when(graph.NAME, "name_town", "name_village")
def serious_as_soon_as_the_place_is_known(event: Moved) -> None:
    """A serious clue without a town had nobody to be raised to; now it has."""
    serious = rows(
        "SELECT case_id FROM clues_clue WHERE case_id = ANY(%s) AND serious AND part_of_id IS NULL",
        list(event.case_ids),
    )
    transition_many(
        graph.GRAPH,
        event.target,
        "alarm",
        [row[0] for row in serious],
        acting=SYSTEM,
        moment=event.moment,
        form={"words": sentences.PLACE_KNOWN},
    )


@when(graph.NAME, "acknowledge")
def centre_has_seen_it(event: Moved) -> None:
    """The centre's own alert is marked as seen; those of the other two still wait for them."""
    rows(
        "UPDATE clues_alert SET seen_at = %s, seen_by = %s WHERE clue_id = ANY(%s) AND seen_at IS NULL AND area = %s",
        event.moment.at,
        signed(event),
        list(event.case_ids),
        event.acting.area,
    )


@when(graph.NAME, "copy_to")
def send_the_copy(event: Moved) -> None:
    """抄告: the named department finds it among what it was told."""
    said = rows(
        "SELECT k.case_id, coalesce(j.form ->> 'department', ''), coalesce(j.form ->> 'words', '')"
        f" FROM clues_clue k {LAST_LINE} WHERE k.case_id = ANY(%s)",
        list(event.case_ids),
    )
    tell_departments(
        [Told(*one) for one in said],
        acting=event.acting,
        moment=event.moment,
    )
