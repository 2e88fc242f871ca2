"""Whatever legal acts are made in whatever order: each clue comes to an end, is always somebody's, and never goes back
to a department that objected; and its clocks stand and go on to the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from itertools import pairwise

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.clues import states
from gongzhi.clues.graph import GRAPH
from gongzhi.clues.nightly import pass_on_late, raise_deadlocks, refuse_late_extensions
from gongzhi.clues.rules import Situation
from gongzhi.flow.actions import transition
from gongzhi.flow.errors import NotPossibleError
from gongzhi.flow.graph import Clock, Edge
from gongzhi.flow.queries import Line
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.org.roles import Role
from gongzhi.worktime import default_calendar
from tests.clues.conftest import NEW_TRADE, TOBACCO_SHOP, Clues
from tests.clues.ways import PEOPLE, WAYS
from tests.loop.city import CITY, GRID, NEXT_VILLAGE, TOWN, VILLAGE


def _reported(situation: Situation, area: str, city: Clues) -> int:
    return city.report(situation, area=area).case_id


MOST_ACTS = 70
"""Acts that give a clue more time or another place, beyond which no order of them goes; each way back is counted."""
FORWARD = ("urge", "take_on", "add_department")
"""Acts that leave the clock alone and lead on; the others of that kind (notes, putting back) give nobody time."""
BEGINNINGS = (
    *(
        partial(_reported, situation, area)
        for situation in (TOBACCO_SHOP, NEW_TRADE)
        for area in (GRID, TOWN, CITY)
    ),
    *(WAYS[state] for state in states.WAITING),
)
"""A clue just reported, wherever its place is known to lie; and one in each state in which one may stand."""
DEPARTMENTS = ("market", "tobacco", "health", "urban", "culture")
CALENDAR = default_calendar()


def _slow_working_days(after: date, to: date) -> int:
    return sum(CALENDAR.is_working(after + timedelta(days=n)) for n in range(1, (to - after).days + 1))


@dataclass
class Walk:
    """One clue on its way through acts that are drawn one by one."""

    city: Clues
    case_id: int
    data: st.DataObject
    made: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    """Acts that the clue's history ruled out where it stands."""

    def legal(self) -> list[tuple[Edge, str]]:
        """Acts that give the clue another place or more time, with whoever may make them; the machine's own are left
        to the machine."""
        case = self.city.case(self.case_id)
        found = []
        for edge in GRAPH.edges_from(case.state):
            if (edge.clock is Clock.KEEP and edge.action not in FORWARD) or edge.action in self.refused:
                continue
            for role in sorted(edge.who - {Role.SYSTEM}):
                name = (case.department or "") if role is Role.DEPARTMENT else PEOPLE[role]
                acting = self.city.people.get(name)
                if acting is not None and acting.sees(case.area, case.department):
                    found.append((edge, name))
        # The shortest way first, so that what fails is shown by its shortest example.
        return sorted(found, key=lambda one: not GRAPH.state(one[0].target).final)

    def form(self, edge: Edge) -> dict[str, str]:
        """Answers to the edge's questions, drawn where they make a difference."""
        values = {}
        for question in edge.form.fields:
            if question.kind == "department":
                values[question.name] = self.data.draw(st.sampled_from(DEPARTMENTS))
            elif question.reasons:
                codes = question.only or _CODES[question.reasons]
                values[question.name] = self.data.draw(st.sampled_from(codes))
            elif question.kind == "village":
                values[question.name] = self.data.draw(st.sampled_from((VILLAGE, NEXT_VILLAGE)))
            else:
                values[question.name] = {"division": TOWN, "grid": GRID, "date": "2026-09-28"}.get(
                    question.kind, "说明"
                )
        if "into" in values:
            values["into"] = self.city.report(sign="另一家").number
        return values

    def act(self) -> None:
        """Make one drawn act, unless the clue's history rules it out, which has to be said."""
        edge, name = self.data.draw(st.sampled_from(self.legal()))
        acting = self.city.people[name]
        try:
            with acting_as(acting):
                transition(
                    self.case_id, edge.action, acting=acting, moment=self.city.moment, form=self.form(edge)
                )
        except NotPossibleError as refusal:
            if not refusal.reason:
                raise
            if "department" not in {question.name for question in edge.form.fields}:
                self.refused.add(edge.action)
            return
        self.made.append(edge.action)
        self.refused.clear()

    def let_days_pass(self) -> None:
        """Some days pass, at most until the day after the clue is due, and the night's work is done."""
        case = self.city.case(self.case_id)
        if not case.is_open or case.due is None:
            return
        left = max(0, (case.due - self.city.moment.today).days) + 1
        days = self.data.draw(st.integers(0, left))
        self.city.go_to(self.city.moment.today + timedelta(days=days))
        with acting_as(SYSTEM):
            for work in (pass_on_late, raise_deadlocks, refuse_late_extensions):
                work(moment=self.city.moment)


_CODES = {
    "clue_town": ("new_trade", "objection_upheld"),
    "clue_result": ("permitted", "ordered", "closed_down", "case_filed", "moved", "police"),
    "clue_objection": ("not_our_duty", "special_law", "area_outside"),
    "clue_extension": ("complex",),
}


def _always_somebodys(walk: Walk) -> None:
    case, clue = walk.city.case(walk.case_id), walk.city.clue(walk.case_id)
    assert (clue.area, clue.department) == (case.area, case.department)
    if not case.is_open:
        assert (case.due, case.suspended_due) == (None, None)
        return
    assert case.owner_role is not None
    assert case.due is not None
    if case.state in states.WITH_DEPARTMENT:
        assert case.department in DEPARTMENTS
    if case.owner_role is Role.DEPARTMENT:
        assert walk.city.people[case.department].sees(case.area, case.department)


def _never_back(lines: Sequence[Line]) -> None:
    """A→B→A: who objected gets it back only from the town's own no, or from the city."""
    objected: set[str] = set()
    for before, line in pairwise(lines):
        if line.action == "object":
            assert before.department is not None
            objected.add(before.department)
        if line.action in {"push", "send", "reroute", "dispatch"}:
            assert line.department not in objected, [one.action for one in lines]
    assert sum(line.action == "designate" for line in lines) <= 1
    after = [line.action for line in lines]
    if "designate" in after:
        assert "object" not in after[after.index("designate") :]


def _clocks_go_on_to_the_day(lines: Sequence[Line]) -> None:
    """What was put aside goes on later by exactly the working days between, counted here one by one."""
    aside: tuple[date, date] | None = None
    for before, line in pairwise(lines):
        edge = line.edge
        assert edge is not None
        if edge.clock is Clock.PAUSE and aside is None and before.due is not None:
            aside = (before.due, line.on_day)
            assert line.suspended_due == before.due
        elif edge.clock is Clock.RESUME and aside is not None:
            due, stopped = aside
            assert line.due is not None
            assert _slow_working_days(due, line.due) == _slow_working_days(stopped, line.on_day)
            aside = None
        elif edge.clock in {Clock.START, Clock.STOP}:
            aside = None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_order_of_legal_acts_ends_and_the_clue_is_always_somebodys(
    city: Clues, data: st.DataObject
) -> None:
    city.go_to(date(2026, 9, 21))
    with transaction.atomic():
        walk = Walk(city, data.draw(st.sampled_from(BEGINNINGS))(city), data)
        while city.case(walk.case_id).is_open:
            _always_somebodys(walk)
            assert walk.legal(), "nobody can do anything"
            walk.act()
            walk.let_days_pass()
            assert len(walk.made) <= MOST_ACTS, walk.made
        _always_somebodys(walk)
        lines = city.journal(walk.case_id)
        _never_back(lines)
        _clocks_go_on_to_the_day(lines)
        # What has ended is in the sums as it ended, once.
        assert city.rows("SELECT state FROM clues_ended WHERE clue_id = %s", walk.case_id) == [
            (city.state(walk.case_id),)
        ]
        assert not city.rows(
            "SELECT 1 FROM clues_clue p JOIN flow_case c ON c.id = p.case_id AND c.is_open WHERE p.part_of_id = %s",
            walk.case_id,
        )
        transaction.set_rollback(True)


def test_a_clue_that_nobody_touches_moves_on_by_itself_as_far_as_a_department(city: Clues) -> None:
    case_id = city.report().case_id
    due = city.case(case_id).due
    assert due == date(2026, 10, 12)  # ten working days over both holidays
    city.go_to(due)
    with acting_as(SYSTEM):
        assert pass_on_late(moment=city.moment) == 0
    city.go_to(due + timedelta(days=1))
    with acting_as(SYSTEM):
        assert pass_on_late(moment=city.moment) == 1
        assert pass_on_late(moment=city.moment) == 0
    assert (city.state(case_id), city.case(case_id).department) == (states.PUSHED, "market")
