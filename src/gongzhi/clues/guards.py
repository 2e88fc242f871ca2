"""What a clue's own history rules out. Each guard reads the case's journal and answers why an act is refused, or None.

A graph is read before tables are, so nothing of the database is imported here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

from gongzhi.flow.graph import CaseView

RETURNED_BEFORE = "该部门已对此线索提出过异议。如仍应由其处置，请用“异议不成立”或提请市级指定。"
DESIGNATED = "市级指定为最终决定，不再受理异议。"
A_PART = "请在主线索中增加部门。"
SAME_DEPARTMENT = "线索已在该部门。"
VILLAGE_RETURNED = "该村（社区）已退回过此线索，请核实地点后派往其他村。"
NO_MORE_EXTENSION = "延期次数已满，不能再申请。"
NO_MORE_REDO = "退回重办次数已满。请办结，或列入镇街联合整治。"
NO_MORE_JOINT = "联合整治次数已满，请据结果办结。"
NO_MORE_ALARM = "指挥中心已研判过此线索，不再升级。"
NO_MORE_ASSISTANCE = "请求协助次数已满，请继续处置。"
NOT_ITSELF = "不能请本部门。"


def departments_that_objected(case_id: int) -> set[str]:
    """The departments that have objected to this clue before, as far as the post sees its journal."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT department FROM flow_journal WHERE case_id = %s AND action = 'object'", [case_id]
        )
        return {row[0] for row in cursor.fetchall()}


def times(case_id: int, *actions: str) -> int:
    """How often any of these acts was made on a case."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM flow_journal WHERE case_id = %s AND action = ANY(%s)",
            [case_id, list(actions)],
        )
        return int(cursor.fetchone()[0])


def at_most(case_id: int, name: str) -> int:
    """How often an act may be made on a case, by the count in force on the day of its last line."""
    from gongzhi.clues.judging import count  # noqa: PLC0415 - a graph is read before tables are

    with connection.cursor() as cursor:
        cursor.execute("SELECT max(on_day) FROM flow_journal WHERE case_id = %s", [case_id])
        day = cursor.fetchone()[0]
    return count(name, day)


def not_back_to_who_objected(case: CaseView, form: Mapping[str, Any]) -> str | None:
    """A→B→A is refused: who objected gets it back only by `insist`, or finally by the city."""
    department = form.get("department")
    return RETURNED_BEFORE if department in departments_that_objected(case.id) else None


def another_department(case: CaseView, form: Mapping[str, Any]) -> str | None:
    """Assistance and copies go to somebody else."""
    return NOT_ITSELF if form.get("department") == case.department else None


def may_ask_assistance(case: CaseView, form: Mapping[str, Any]) -> str | None:
    """Each letter stops the clock, so there is a number of them."""
    if times(case.id, "ask_assistance") >= at_most(case.id, "clue.assistances"):
        return NO_MORE_ASSISTANCE
    return another_department(case, form)


def not_after_designation(case: CaseView, _form: Mapping[str, Any]) -> str | None:
    """What the city designated is final (广东省市场监管条例 art. 41)."""
    return DESIGNATED if times(case.id, "designate") else None


def not_back_to_that_village(case: CaseView, form: Mapping[str, Any]) -> str | None:
    """A village that said the place is not its own does not get the clue again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM flow_journal line JOIN flow_journal before ON before.case_id = line.case_id"
            " AND before.seq = line.seq - 1 WHERE line.case_id = %s AND line.action = 'wrong_village'"
            " AND left(before.area, 12) = left(%s, 12)",
            [case.id, str(form.get("area", ""))],
        )
        return VILLAGE_RETURNED if cursor.fetchone() else None


def may_extend(case: CaseView, _form: Mapping[str, Any]) -> str | None:
    """As many extensions as the city's reference data allow."""
    granted = times(case.id, "grant_extension")
    refused = times(case.id, "refuse_extension")
    # What was refused once is not asked for again: the clock stood still meanwhile.
    return NO_MORE_EXTENSION if granted + refused >= at_most(case.id, "clue.extensions") else None


def may_redo(case: CaseView, _form: Mapping[str, Any]) -> str | None:
    """What was done again and again in vain is for a joint operation."""
    return NO_MORE_REDO if times(case.id, "redo") >= at_most(case.id, "clue.redos") else None


def may_join(case: CaseView, _form: Mapping[str, Any]) -> str | None:
    """A joint operation is not repeated without end."""
    return NO_MORE_JOINT if times(case.id, "send_to_joint") >= at_most(case.id, "clue.joints") else None


def may_alarm(case: CaseView, _form: Mapping[str, Any]) -> str | None:
    """What the command centres have judged not to be serious, or the city has given to a department, stays there."""
    return NO_MORE_ALARM if times(case.id, "calm", "designate") else None


def may_add(case: CaseView, form: Mapping[str, Any]) -> str | None:
    """A further department is one that does not have the matter yet, and a part of a clue has no parts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_or(case_id = %(case)s AND part_of_id IS NOT NULL), bool_or(department = %(to)s)"
            " FROM clues_clue WHERE case_id = %(case)s OR part_of_id = %(case)s",
            {"case": case.id, "to": str(form.get("department"))},
        )
        is_part, there = cursor.fetchone()
    if is_part:
        return A_PART
    return SAME_DEPARTMENT if there or case.department == form.get("department") else None
