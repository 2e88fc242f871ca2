"""Looks again after a clue was closed: at premises that were closed, and after ninety days for a relapse."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

from django.db import connection

from gongzhi.clues import companions, graph, judging, states
from gongzhi.clues.discovering import Discovery, open_clues
from gongzhi.flow.bulk import Opening, open_cases, reserve_ids, transition_many
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import SYSTEM, Acting

CLOSED_PREMISES, RELAPSE = "closed_premises", "relapse"
_REASONS = {"clue.revisit": CLOSED_PREMISES, "clue.relapse": RELAPSE}
_STOPPED_WHEN_URGED = ("stopped", "moved")
"""What a village team may state (`clue_urge`), beside the departments' results, after which nobody trades there."""


def plan(case_ids: Sequence[int], *, moment: Moment) -> int:
    """Plan the return visits of clues that were just closed; returns how many.

    What the law's list of treatments says follows a result (`Treatment.follow_up`) is a limit counted from today.
    """
    day = judging.tables().day(moment.today)
    dates = {
        CLOSED_PREMISES: moment.calendar.due(moment.today, moment.limit("clue.revisit")).date,
        RELAPSE: moment.today + timedelta(days=moment.limit("clue.relapse").amount),
    }
    stopped = {code for code, row in day.treatments.items() if row.ends == "stopped"} | set(
        _STOPPED_WHEN_URGED
    )
    wanted = {(code, reason) for code in stopped for reason in dates}
    wanted |= {
        (code, _REASONS[row.follow_up]) for code, row in day.treatments.items() if row.follow_up in _REASONS
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO clues_revisit (clue_id, area, reason, planned_on, dropped) SELECT k.case_id, k.area, w.reason,"
            " CASE w.reason WHEN %s THEN %s::date ELSE %s::date END, false FROM clues_clue k"
            " JOIN flow_case c ON c.id = k.case_id AND c.state = %s"
            " JOIN unnest(%s::text[], %s::text[]) AS w (result, reason) ON w.result = k.result"
            " WHERE k.case_id = ANY(%s) AND k.part_of_id IS NULL AND length(k.area) >= 12"
            " ON CONFLICT (clue_id, reason) DO NOTHING",
            [
                CLOSED_PREMISES,
                dates[CLOSED_PREMISES],
                dates[RELAPSE],
                states.CLOSED,
                [code for code, _ in sorted(wanted)],
                [reason for _, reason in sorted(wanted)],
                list(case_ids),
            ],
        )
        return int(cursor.rowcount)


def open_due(*, moment: Moment, most: int = 5000) -> int:
    """Open the return visits whose day has come; returns how many. Run once a day by the worker."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, area, clue_id, reason FROM clues_revisit WHERE case_id IS NULL AND NOT dropped"
            " AND planned_on <= %s ORDER BY planned_on, id LIMIT %s",
            [moment.today, most],
        )
        due = cursor.fetchall()
        ids = reserve_ids(len(due)) if due else []
        open_cases(
            graph.REVISITS,
            "plan",
            [
                Opening(
                    area=area,
                    started_on=moment.today,
                    department=states.NO_DEPARTMENT,
                    form={"clue": clue, "reason": reason},
                    case_id=case_id,
                )
                for case_id, (_, area, clue, reason) in zip(ids, due, strict=True)
            ],
            acting=SYSTEM,
            moment=moment,
        )
        cursor.execute(
            "UPDATE clues_revisit r SET case_id = o.opened FROM unnest(%s::bigint[], %s::bigint[]) AS o (id, opened)"
            " WHERE r.id = o.id",
            [[row[0] for row in due], ids],
        )
    return len(due)


def drop(clue_ids: Sequence[int], *, moment: Moment) -> None:
    """Nobody has to look again: the operator is licensed, or gone from the register's address."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clues_revisit SET dropped = true WHERE clue_id = ANY(%s) AND case_id IS NULL",
            [list(clue_ids)],
        )
        cursor.execute(
            "SELECT r.case_id FROM clues_revisit r JOIN flow_case c ON c.id = r.case_id AND c.is_open"
            " WHERE r.clue_id = ANY(%s)",
            [list(clue_ids)],
        )
        ids = [row[0] for row in cursor.fetchall()]
    transition_many(graph.REVISITS, companions.TO_REVISIT, "withdraw", ids, acting=SYSTEM, moment=moment)


def reopen(revisit_cases: Sequence[int], *, acting: Acting, moment: Moment) -> list[int]:
    """Open a new clue for each return visit that found a relapse, linked to the old one; returns the new cases."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.case_id, k.operator_id, c.area, k.words, k.situation, k.invented,"
            " coalesce(j.form ->> 'words', '') FROM clues_revisit r JOIN clues_clue k ON k.case_id = r.clue_id"
            " JOIN flow_case c ON c.id = r.case_id"
            " JOIN flow_journal j ON j.case_id = c.id AND j.seq = c.seq WHERE r.case_id = ANY(%s) ORDER BY r.id",
            [list(revisit_cases)],
        )
        old = cursor.fetchall()
    drop([row[0] for row in old], moment=moment)
    return open_clues(
        [
            Discovery(
                source="patrol",
                source_ref=f"relapse:{clue}",
                area=area,
                found_on=moment.today,
                situation=judging.read(json.loads(situation)),
                words="；".join(filter(None, (seen, words))),
                operator_id=operator,
                relapse_of=clue,
                facts={"relapse_of": clue},
                invented=invented,
            )
            for clue, operator, area, words, situation, invented, seen in old
        ],
        acting=acting,
        moment=moment,
    )
