"""What follows from a clue's own acts, in the same transaction: its row follows its case, others are told.

Every reaction takes batches, and none of them minds a case that has no clue.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from gongzhi.clues import companions, graph, judging, parts, revisiting, routing, sentences, states
from gongzhi.clues.copies import Told, about, tell_departments
from gongzhi.clues.events import ObjectionUpheld
from gongzhi.clues.numbers import case_of
from gongzhi.flow.actions import transition
from gongzhi.flow.bulk import Opening, open_cases, reserve_ids, transition_many
from gongzhi.flow.events import Moved, publish, when
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
_RESULTS = ("feed_back", "joint_result", "correct", "dismiss", "close_by_data")


def rows(statement: str, *values: object) -> list[tuple]:
    """What a statement answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


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
        f"{event.acting.title} {event.acting.name}".strip()[:160],
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
        f"{event.acting.title} {event.acting.name}".strip()[:160],
        list(event.case_ids),
        event.acting.area,
    )


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
    "receive": "withdrawn",
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
    """What became of an open objection stands beside it; those upheld are told to whoever keeps the rules."""
    decision = _DECIDED[event.action]
    decided = rows(
        "UPDATE clues_objection o SET decision = CASE WHEN %s = 'upheld' AND c.department = o.department THEN 'refused'"
        " ELSE %s END, decided_on = %s, decided_by = j.\"by\", decided_to = coalesce(nullif(c.department, '-'), ''),"
        " decided_words = coalesce(j.form ->> 'words', '') FROM flow_case c JOIN flow_journal j"
        " ON j.case_id = c.id AND j.seq = c.seq WHERE o.clue_id = c.id AND c.id = ANY(%s) AND o.decision = ''"
        " RETURNING o.id, o.clue_id, o.decision, o.department, o.decided_to",
        decision,
        decision,
        event.moment.today,
        list(event.case_ids),
    )
    upheld = tuple(
        (clue, frm, to)
        for _, clue, verdict, frm, to in decided
        if verdict == "upheld" or (verdict == "designated" and to and to != frm)
    )
    if upheld:
        publish(
            ObjectionUpheld(clues=upheld, acting=event.acting, moment=event.moment),
            acting=SYSTEM,
            moment=event.moment,
        )


@when(graph.NAME, "add_department")
def open_a_further_part(event: Moved) -> None:
    """A department that has to act as well gets a part of the clue; the clue waits for it in the end."""
    department = str(event.form.get("department", ""))
    found = rows(
        "SELECT case_id, department, needed FROM clues_clue WHERE case_id = ANY(%s)", list(event.case_ids)
    )
    for case_id, lead, needed in found:
        routing.set_needed(case_id, [*(needed or [lead]), department])
    routing.open_parts([(case_id, department) for case_id, _, _ in found], event.moment)


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


@when(graph.NAME, "confirm", "correct", "close_by_data", "dismiss", "merge", "withdraw")
def when_it_has_ended(event: Moved) -> None:
    """Premises that were closed are seen again; whoever reported it is told that it has ended."""
    revisiting.plan(event.case_ids, moment=event.moment)
    rows(
        "UPDATE clues_market_report SET ended_on = %s WHERE clue_id = ANY(%s) AND ended_on IS NULL",
        event.moment.today,
        list(event.case_ids),
    )
    _recall(event.case_ids, event)


@when(graph.NAME, "ask_assistance")
def send_the_letter(event: Moved) -> None:
    """The department that is asked has a case of its own, with its own fifteen working days."""
    asked = rows(
        "SELECT k.case_id, k.area, k.department, j.form ->> 'department', coalesce(j.form ->> 'words', '')"
        " FROM clues_clue k JOIN flow_case c ON c.id = k.case_id JOIN flow_journal j ON j.case_id = c.id"
        " AND j.seq = c.seq WHERE k.case_id = ANY(%s)",
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
    for case_id, (clue, _, asker, _, words) in zip(ids, asked, strict=True):
        rows(
            "INSERT INTO clues_assistance (case_id, clue_id, asked_by, question, about) VALUES (%s, %s, %s, %s, %s)",
            case_id,
            clue,
            asker,
            words,
            known[clue],
        )


@when(companions.ASSISTANCE_NAME, "answer", "decline")
def bring_the_answer(event: Moved) -> None:
    """The answer goes into the clue's own journal, and the asking department's clock goes on."""
    for case_id, clue, department in rows(
        "SELECT a.case_id, a.clue_id, c.department FROM clues_assistance a JOIN flow_case c ON c.id = a.case_id"
        " JOIN flow_case k ON k.id = a.clue_id AND k.state = %s WHERE a.case_id = ANY(%s)",
        states.AWAITING_ASSISTANCE,
        list(event.case_ids),
    ):
        facts = {"department": department, "answer": event.action, "words": event.form.get("words", "")}
        transition(
            clue, "assisted", acting=SYSTEM, moment=event.moment, facts=facts | {"assistance": case_id}
        )


@when(graph.NAME, "go_on", "relocate")
def nobody_waits_any_more(event: Moved) -> None:
    """Who goes on without the answer, or moved away, takes the letter back."""
    _recall(event.case_ids, event)


def _recall(clues: Sequence[int], event: Moved) -> None:
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


@when(graph.NAME, "copy_to")
def send_the_copy(event: Moved) -> None:
    """抄告: the named department finds it among what it was told."""
    department, words = str(event.form.get("department", "")), str(event.form.get("words", ""))
    tell_departments(
        [Told(case_id, department, words) for case_id in event.case_ids],
        acting=event.acting,
        moment=event.moment,
    )


@when(graph.NAME, "merge")
def bring_together(event: Moved) -> None:
    """The clue that goes on says which joined it; photos, reports and history are read through the link."""
    into = case_of(str(event.form.get("into", "")))
    survivor = rows(
        "SELECT k.case_id, c.is_open FROM clues_clue k JOIN flow_case c ON c.id = k.case_id WHERE k.case_id = %s",
        into,
    )
    if not survivor:
        return
    rows("UPDATE clues_clue SET merged_into_id = %s WHERE case_id = ANY(%s)", into, list(event.case_ids))
    rows(
        "UPDATE clues_likeness SET decision = 'merged', decided_on = %s, decided_by = %s WHERE decision = ''"
        " AND (clue_id = ANY(%s) AND other_id = %s OR other_id = ANY(%s) AND clue_id = %s)",
        event.moment.today,
        f"{event.acting.title} {event.acting.name}".strip()[:160],
        list(event.case_ids),
        into,
        list(event.case_ids),
        into,
    )
    transition(
        survivor[0][0], "absorb", acting=SYSTEM, moment=event.moment, facts={"clues": list(event.case_ids)}
    )


@when(graph.NAME, "plan")
def found_the_operation(event: Moved) -> None:
    """A plan is an operation of the town with its members; other clues can be taken into it."""
    form = event.form
    for case_id, area in rows(
        "SELECT case_id, area FROM clues_clue WHERE case_id = ANY(%s) AND NOT EXISTS"
        " (SELECT 1 FROM clues_joint_clue j JOIN clues_joint_operation o ON o.id = j.operation_id"
        " WHERE j.clue_id = case_id AND o.done_on IS NULL)",
        list(event.case_ids),
    ):
        members = [
            m
            for m in str(form.get("members", "")).replace("，", ",").replace("、", ",").split(",")
            if m.strip()
        ]
        [(operation,)] = rows(
            "INSERT INTO clues_joint_operation (area, title, plan, members, planned_on, made_by, made_on, results)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, '') RETURNING id",
            area[:9],
            str(form.get("plan", ""))[:60],
            str(form.get("plan", "")),
            [member.strip() for member in members],
            form.get("planned_on") or event.moment.today,
            f"{event.acting.title} {event.acting.name}".strip()[:160],
            event.moment.today,
        )
        rows("INSERT INTO clues_joint_clue (operation_id, clue_id) VALUES (%s, %s)", operation, case_id)


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


@when(companions.REVISIT_NAME, "relapse")
def open_anew(event: Moved) -> None:
    """What trades again without licence or permit is a new clue, linked to the old one."""
    revisiting.reopen(event.case_ids, acting=event.acting, moment=event.moment)
