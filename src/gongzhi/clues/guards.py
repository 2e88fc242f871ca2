"""What a clue's own history rules out. Each guard answers why an act is refused, or None.

A guard is written for one clue and reads nothing itself: what the journals say of all the clues that are asked about is
read at once (`Remembering`), one statement for one clue as for ten thousand. A graph is read before tables are, so
nothing of the database is imported here but its connection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gongzhi.clues.numbers import case_of
from gongzhi.flow.graph import CaseView
from gongzhi.flow.lists import list_cursor

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
SURVIVOR_GONE = "没有查到可以并入的在办线索，请核对线索编号。"
VILLAGE_DIGITS = 12


@dataclass(slots=True)
class History:
    """What a clue's journal says so far, as far as the post sees it, and who else has the matter."""

    times: Counter[str] = field(default_factory=Counter)
    """How often each act was made."""
    objected: set[str] = field(default_factory=set)
    """The departments that have objected."""
    returned: set[str] = field(default_factory=set)
    """The villages that said the place is not their own."""
    last: date | None = None
    """The day of the last line."""
    is_part: bool = False
    departments: set[str] = field(default_factory=set)
    """Those that have the clue or a part of it."""

    def at_most(self, name: str) -> int:
        """How often an act may be made, by the count in force on the day of the last line."""
        from gongzhi.clues.judging import count  # noqa: PLC0415 - a graph is read before tables are

        if self.last is None:
            raise ValueError("a case without a line has no history")
        return count(name, self.last)


Refusal = Callable[[CaseView, Mapping[str, Any], History], str | None]


class Remembering:
    """A guard over what was read of its cases: asked of one, or of many with the same two statements."""

    def __init__(self, refusal: Refusal, *, parts: bool = False) -> None:
        self._refusal, self._parts = refusal, parts
        self.__doc__ = refusal.__doc__

    def __call__(self, case: CaseView, form: Mapping[str, Any]) -> str | None:
        """Why the act is refused, or None."""
        return self.of_many([(case, form)])[0]

    def of_many(self, asked: Sequence[tuple[CaseView, Mapping[str, Any]]]) -> list[str | None]:
        """The same for each of these, in their order."""
        known = histories([case.id for case, _ in asked])
        if self._parts:
            _who_has_it(known)
        return [self._refusal(case, form, known[case.id]) for case, form in asked]


def histories(case_ids: Sequence[int]) -> dict[int, History]:
    """What the journals of these cases say."""
    known = {case_id: History() for case_id in case_ids}
    village_before: dict[int, str] = {}
    with list_cursor() as cursor:
        cursor.execute(
            "SELECT case_id, action, department, area, on_day FROM flow_journal WHERE case_id = ANY(%s)"
            " ORDER BY case_id, seq",
            [list(case_ids)],
        )
        for case_id, action, department, area, on_day in cursor.fetchall():
            history = known[case_id]
            history.times[action] += 1
            history.last = on_day
            if action == "object":
                history.objected.add(department)
            elif action == "wrong_village":
                history.returned.add(village_before[case_id])
            village_before[case_id] = area[:VILLAGE_DIGITS]
    return known


def _who_has_it(known: Mapping[int, History]) -> None:
    with list_cursor() as cursor:
        cursor.execute(
            "SELECT case_id, NULL::bigint, department, part_of_id IS NOT NULL FROM clues_clue WHERE case_id = ANY(%s)"
            " UNION ALL SELECT part_of_id, case_id, department, false FROM clues_clue WHERE part_of_id = ANY(%s)",
            [list(known), list(known)],
        )
        for case_id, part, department, is_part in cursor.fetchall():
            known[case_id].departments.add(department)
            if part is None:
                known[case_id].is_part = is_part


class IntoAnother:
    """A guard of mergers: a clue goes on in another one that is open and whole, or it would be lost."""

    def __call__(self, case: CaseView, form: Mapping[str, Any]) -> str | None:
        """Why the merger is refused, or None."""
        return self.of_many([(case, form)])[0]

    def of_many(self, asked: Sequence[tuple[CaseView, Mapping[str, Any]]]) -> list[str | None]:
        """The same for each of these, in their order. Of two that would go into each other neither does."""
        into = {case.id: case_of(str(form.get("into", ""))) or 0 for case, form in asked}
        with list_cursor() as cursor:
            cursor.execute(
                "SELECT k.case_id FROM clues_clue k JOIN flow_case c ON c.id = k.case_id AND c.is_open"
                " WHERE k.case_id = ANY(%s) AND k.part_of_id IS NULL",
                [sorted(set(into.values()))],
            )
            there = {row[0] for row in cursor.fetchall()} - into.keys()
        return [None if into[case.id] in there else SURVIVOR_GONE for case, _ in asked]


def _not_back_to_who_objected(_case: CaseView, form: Mapping[str, Any], history: History) -> str | None:
    """A→B→A is refused: who objected gets it back only by `insist`, or finally by the city."""
    return RETURNED_BEFORE if form.get("department") in history.objected else None


def _another_department(case: CaseView, form: Mapping[str, Any]) -> str | None:
    return NOT_ITSELF if form.get("department") == case.department else None


def _may_ask_assistance(case: CaseView, form: Mapping[str, Any], history: History) -> str | None:
    """Each letter stops the clock, so there is a number of them."""
    if history.times["ask_assistance"] >= history.at_most("clue.assistances"):
        return NO_MORE_ASSISTANCE
    return _another_department(case, form)


def _not_after_designation(_case: CaseView, _form: Mapping[str, Any], history: History) -> str | None:
    """What the city designated is final (广东省市场监管条例 art. 41)."""
    return DESIGNATED if history.times["designate"] else None


def _not_back_to_that_village(_case: CaseView, form: Mapping[str, Any], history: History) -> str | None:
    """A village that said the place is not its own does not get the clue again."""
    return VILLAGE_RETURNED if str(form.get("area", ""))[:VILLAGE_DIGITS] in history.returned else None


def _may_extend(_case: CaseView, _form: Mapping[str, Any], history: History) -> str | None:
    """As many extensions as the city's reference data allow."""
    # What was refused once is not asked for again: the clock stood still meanwhile.
    asked = history.times["grant_extension"] + history.times["refuse_extension"]
    return NO_MORE_EXTENSION if asked >= history.at_most("clue.extensions") else None


def _may_redo(_case: CaseView, _form: Mapping[str, Any], history: History) -> str | None:
    """What was done again and again in vain is for a joint operation."""
    return NO_MORE_REDO if history.times["redo"] >= history.at_most("clue.redos") else None


def _may_join(_case: CaseView, _form: Mapping[str, Any], history: History) -> str | None:
    """A joint operation is not repeated without end."""
    return NO_MORE_JOINT if history.times["send_to_joint"] >= history.at_most("clue.joints") else None


def _may_alarm(_case: CaseView, _form: Mapping[str, Any], history: History) -> str | None:
    """What the command centres have judged not to be serious, or the city has given to a department, stays there."""
    return NO_MORE_ALARM if history.times["calm"] or history.times["designate"] else None


def _may_add(case: CaseView, form: Mapping[str, Any], history: History) -> str | None:
    """A further department is one that does not have the matter yet, and a part of a clue has no parts."""
    if history.is_part:
        return A_PART
    return SAME_DEPARTMENT if form.get("department") in history.departments | {case.department} else None


def another_department(case: CaseView, form: Mapping[str, Any]) -> str | None:
    """Copies go to somebody else."""
    return _another_department(case, form)


not_back_to_who_objected = Remembering(_not_back_to_who_objected)
may_ask_assistance = Remembering(_may_ask_assistance)
not_after_designation = Remembering(_not_after_designation)
not_back_to_that_village = Remembering(_not_back_to_that_village)
may_extend = Remembering(_may_extend)
may_redo = Remembering(_may_redo)
may_join = Remembering(_may_join)
may_alarm = Remembering(_may_alarm)
may_add = Remembering(_may_add, parts=True)
into_another = IntoAnother()
