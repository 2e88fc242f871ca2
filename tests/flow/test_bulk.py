"""Many at once says the same as one by one, and leaves alone what has gone elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongzhi.flow.actions import transition
from gongzhi.flow.bulk import Onward, Opening, open_cases, reserve_ids, transition_many
from gongzhi.flow.errors import NotAllowedError, NotPossibleError
from gongzhi.flow.events import Moved, when
from gongzhi.flow.moment import Moment
from gongzhi.flow.verify import verify
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM, Acting
from tests.flow.conftest import GRID, OFFICER, OTHER_TOWN, TOWN, VILLAGE, VILLAGE_TEAM
from tests.flow.toy import TOY, registered

pytestmark = pytest.mark.usefixtures("kernel")

CONTENT = (
    'seq, graph, at, post_id, "by", action, source, target, form::text, area, department, holder, on_day,'
    " limit_name, started_on, due, provisional, suspended_due, suspended_on, calendar"
)


def content(ids: list[int]) -> list[list[tuple[Any, ...]]]:
    """Each case's journal without its number and what follows from it."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        found = []
        for case_id in ids:
            cursor.execute(f"SELECT {CONTENT} FROM flow_journal WHERE case_id = %s ORDER BY seq", [case_id])
            found.append(cursor.fetchall())
        return found


openings = st.lists(
    st.builds(
        Opening,
        area=st.sampled_from([GRID, VILLAGE, TOWN, OTHER_TOWN]),
        started_on=st.dates(date(2026, 9, 1), date(2026, 9, 21)),
        department=st.sampled_from([None, "market"]),
        holder=st.sampled_from([None, 7]),
        form=st.sampled_from([{}, {"cause": "登记"}]),
        case_id=st.none(),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=openings)
def test_opening_many_is_opening_each_in_the_order_given(wanted: list[Opening], moment: Moment) -> None:
    with acting_as(SYSTEM):
        together = open_cases(TOY, "start", wanted, acting=SYSTEM, moment=moment)
        singly = [open_cases(TOY, "start", [one], acting=SYSTEM, moment=moment)[0] for one in wanted]
    assert content(together) == content(singly)
    assert [journal[0][9] for journal in content(together)] == [one.area for one in wanted]
    assert [journal[0][14] for journal in content(together)] == [one.started_on for one in wanted]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=openings)
def test_opening_many_and_going_on_is_opening_them_and_moving_them(
    wanted: list[Opening], moment: Moment
) -> None:
    form = {"words": "立即"}
    with acting_as(SYSTEM):
        at_once = open_cases(
            TOY, "open", wanted, acting=SYSTEM, moment=moment, onward=Onward(action="drop", form=form)
        )
        after = open_cases(TOY, "open", wanted, acting=SYSTEM, moment=moment)
        transition_many(TOY, "waiting", "drop", after, acting=SYSTEM, moment=moment, form=form)
        assert [row[1:] for row in _standing(at_once)] == [row[1:] for row in _standing(after)]
        assert verify().broken == ()
    assert content(at_once) == content(after)


def _standing(ids: list[int]) -> list[tuple[Any, ...]]:
    """What the cases say of themselves; the chain's head differs with the number in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, graph, state, is_open, owner_role, area, department, holder, opened_on, closed_on, limit_name,"
            " started_on, due, provisional, suspended_due, suspended_on, calendar, seq FROM flow_case"
            " WHERE id = ANY(%s) ORDER BY id",
            [ids],
        )
        return cursor.fetchall()


def test_going_on_at_once_takes_no_edge_that_asks_or_moves(moment: Moment) -> None:
    wanted = [Opening(area=GRID, started_on=moment.today)]
    for opening, onward in (("open", "take"), ("open", "finish"), ("start", "finish")):
        with pytest.raises((NotPossibleError, NotAllowedError)), acting_as(SYSTEM):
            open_cases(TOY, opening, wanted, acting=SYSTEM, moment=moment, onward=Onward(action=onward))


def _move_each(ids: list[int], source: str, action: str, acting: Acting, moment: Moment) -> list[int]:
    moved = []
    for case_id in ids:
        with acting_as(acting):
            try:
                transition(case_id, action, acting=acting, moment=moment)
            except NotPossibleError:
                continue
        moved.append(case_id)
    return moved


@pytest.mark.parametrize(
    ("source", "action", "acting"),
    [
        ("waiting", "drop", SYSTEM),
        ("waiting", "take", OFFICER),
        ("doing", "note", OFFICER),
        ("doing", "finish", SYSTEM),
    ],
)
def test_moving_many_is_moving_each(
    source: str, action: str, acting: Acting, opened: Callable[..., int], later: Callable[[int], Moment]
) -> None:
    def some() -> list[int]:
        return [opened("open"), opened("start"), opened("open"), opened("start")]

    together, singly = some(), some()
    with acting_as(acting):
        moved = transition_many(TOY, source, action, together, acting=acting, moment=later(3))
    assert [together.index(case_id) for case_id in moved] == [
        singly.index(case_id) for case_id in _move_each(singly, source, action, acting, later(3))
    ]
    assert content(together) == content(singly)


def test_cases_that_have_gone_elsewhere_are_left_as_they_are(
    opened: Callable[..., int], moment: Moment
) -> None:
    ids = [opened("open") for _ in range(3)]
    with acting_as(OFFICER):
        transition(ids[1], "take", acting=OFFICER, moment=moment)
    before = content([ids[1]])
    unseen = opened("open", area=OTHER_TOWN)
    with acting_as(VILLAGE_TEAM):
        moved = transition_many(
            TOY, "waiting", "drop", [*ids, unseen, 999_999_999], acting=VILLAGE_TEAM, moment=moment
        )
        assert moved == [ids[0], ids[2]]
        assert transition_many(TOY, "waiting", "drop", ids, acting=VILLAGE_TEAM, moment=moment) == []
    assert content([ids[1]]) == before


def test_acts_of_many_posts_are_each_signed_by_their_own(opened: Callable[..., int], moment: Moment) -> None:
    ids = [opened("open"), opened("open")]
    whose = {ids[0]: OFFICER, ids[1]: VILLAGE_TEAM}
    with acting_as(SYSTEM):
        transition_many(
            TOY, "waiting", "take", ids, acting=SYSTEM, moment=moment, whose=lambda case: whose[case.id]
        )
    assert [journal[1][3:5] for journal in content(ids)] == [(1, "officer 李娜"), (2, "village 王强")]
    with pytest.raises(NotAllowedError), acting_as(SYSTEM):
        transition_many(
            TOY, "doing", "note", ids, acting=SYSTEM, moment=moment, whose=lambda case: whose[case.id]
        )


def test_many_are_refused_like_one(opened: Callable[..., int], moment: Moment) -> None:
    case_id = opened("open")
    with pytest.raises(NotAllowedError), acting_as(OFFICER):
        transition_many(TOY, "waiting", "drop", [case_id], acting=OFFICER, moment=moment)
    with pytest.raises(NotPossibleError), acting_as(SYSTEM):
        transition_many(TOY, "waiting", "finish", [case_id], acting=SYSTEM, moment=moment)
    with acting_as(SYSTEM):
        assert open_cases(TOY, "start", [], acting=SYSTEM, moment=moment) == []
        assert transition_many(TOY, "waiting", "drop", [], acting=SYSTEM, moment=moment) == []


def test_many_are_told_of_together(opened: Callable[..., int], moment: Moment) -> None:
    ids = [opened("open") for _ in range(3)]
    heard: list[tuple[str, tuple[int, ...]]] = []
    with registered(TOY):

        @when("toy", "drop", "open")
        def hear(event: Moved) -> None:
            heard.append((event.action, event.case_ids))

        with acting_as(SYSTEM):
            transition_many(TOY, "waiting", "drop", ids, acting=SYSTEM, moment=moment)
            numbers = reserve_ids(2)
            wanted = [Opening(area=GRID, started_on=moment.today, case_id=number) for number in numbers]
            assert open_cases(TOY, "open", wanted, acting=SYSTEM, moment=moment) == numbers
    assert heard == [("drop", tuple(ids)), ("open", tuple(numbers))]
