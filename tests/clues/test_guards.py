"""A guard answers the same for one clue and for many, reads as little for many as for one, and loses no clue."""

from __future__ import annotations

from typing import Any

import pytest

from gongzhi.clues import guards, states
from gongzhi.clues.graph import GRAPH
from gongzhi.clues.numbers import number_of
from gongzhi.flow.bulk import transition_many
from gongzhi.flow.errors import NotPossibleError
from gongzhi.flow.graph import CaseView, ReadsAhead
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from tests.clues.conftest import Clues
from tests.clues.ways import WAYS
from tests.loop.city import OTHER_GRID


def _view(city: Clues, case_id: int) -> CaseView:
    case = city.case(case_id)
    return CaseView(
        id=case.id,
        graph=case.graph,
        state=case.state,
        area=case.area,
        department=case.department,
        holder=case.holder,
        seq=case.seq,
    )


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that guards send."""
    sent: list[str] = []
    cursors = guards.list_cursor

    class Counted:
        def __init__(self, cursor: Any) -> None:
            self.cursor = cursor

        def execute(self, statement: str, values: Any) -> None:
            sent.append(statement)
            self.cursor.execute(statement, values)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.cursor, name)

    class Opened:
        def __enter__(self) -> Counted:
            self.inner = cursors()
            return Counted(self.inner.__enter__())

        def __exit__(self, *error: object) -> None:
            self.inner.__exit__(*error)

    monkeypatch.setattr(guards, "list_cursor", Opened)
    return sent


@pytest.mark.parametrize(
    "action", sorted(name for name, guard in GRAPH.guards.items() if isinstance(guard, ReadsAhead))
)
def test_what_is_asked_of_many_at_once_is_answered_as_one_by_one(
    city: Clues, action: str, read: list[str]
) -> None:
    guard = GRAPH.guards[action]
    assert isinstance(guard, ReadsAhead)
    cases = [
        WAYS[state](city) for state in (states.TO_CHECK, states.OBJECTED, states.EXTENDED, states.PUSHED)
    ]
    cases.append(cases[0])
    into = city.report(sign="并入这里").number
    asked = [
        (_view(city, case_id), {"department": department, "area": "441900006003", "into": into})
        for case_id in cases
        for department in ("market", "health")
    ]
    read.clear()
    with acting_as(SYSTEM):
        singly = [guard(case, form) for case, form in asked]
        for_each = len(read) / len(asked)
        read.clear()
        assert guard.of_many(asked) == singly
    assert len(read) == for_each <= 2


def test_every_guard_of_the_clues_but_the_plainest_reads_ahead() -> None:
    plain = {name for name, guard in GRAPH.guards.items() if not isinstance(guard, ReadsAhead)}
    assert plain == {"copy_to"}, "it looks at the case and the form alone"


def test_in_bulk_the_guard_leaves_out_what_it_would_refuse_of_one(city: Clues) -> None:
    objected = [WAYS[states.OBJECTED](city) for _ in range(2)]
    with acting_as(SYSTEM):
        moved = transition_many(
            GRAPH,
            states.OBJECTED,
            "reroute",
            objected,
            acting=SYSTEM,
            moment=city.moment,
            form=lambda case: {
                "department": "market" if case.id == objected[0] else "health",
                "words": "改派",
            },
            whose=lambda _case: city.people["town_office"],
        )
    assert moved == [objected[1]]
    assert [city.state(case_id) for case_id in objected] == [states.OBJECTED, states.PUSHED]


def test_a_clue_is_merged_only_into_one_that_is_open_whole_and_another(city: Clues) -> None:
    case_id = city.report().case_id
    ended = city.report(sign="已办结").case_id
    city.act("village", ended, "correct", result="licensed", words="已办照")
    lead = WAYS[states.AWAITING_PARTS](city)
    ((part,),) = city.rows("SELECT case_id FROM clues_clue WHERE part_of_id = %s", lead)
    elsewhere = city.report(area=OTHER_GRID, sign="邻镇的").case_id
    for into in (case_id, ended, part, elsewhere, 999_999_999):
        with pytest.raises(NotPossibleError, match="在办线索"):
            city.act("village", case_id, "merge", into=number_of(into, 2026))
    with pytest.raises(NotPossibleError, match="在办线索"):
        city.act("village", case_id, "merge", into="不是编号")
    assert city.state(case_id) == states.FOUND


def test_of_two_that_would_go_into_each_other_at_once_neither_is_lost(city: Clues) -> None:
    one, two, third = (city.report(sign=f"第{n}家").case_id for n in range(3))
    into = {one: two, two: one, third: one}
    with acting_as(SYSTEM):
        moved = transition_many(
            GRAPH,
            states.FOUND,
            "merge",
            list(into),
            acting=SYSTEM,
            moment=city.moment,
            form=lambda case: {"into": number_of(into[case.id], 2026)},
            whose=lambda _case: city.people["village"],
        )
    assert moved == []
    assert {city.state(case_id) for case_id in into} == {states.FOUND}


def test_many_merged_at_once_are_each_read_through_the_one_they_joined(city: Clues) -> None:
    kept, also = city.report(sign="留").case_id, city.report(sign="也留").case_id
    into = {city.report(sign=f"第{n}家").case_id: (kept, also)[n % 2] for n in range(5)}
    with acting_as(SYSTEM):
        moved = transition_many(
            GRAPH,
            states.FOUND,
            "merge",
            list(into),
            acting=SYSTEM,
            moment=city.moment,
            form=lambda case: {"into": number_of(into[case.id], 2026)},
            whose=lambda _case: city.people["village"],
        )
    assert sorted(moved) == sorted(into)
    assert (
        dict(city.rows("SELECT case_id, merged_into_id FROM clues_clue WHERE merged_into_id IS NOT NULL"))
        == into
    )
    for survivor in (kept, also):
        [absorbed] = [line for line in city.journal(survivor) if line.action == "absorb"]
        assert absorbed.form["clues"] == sorted(case for case, to in into.items() if to == survivor)
