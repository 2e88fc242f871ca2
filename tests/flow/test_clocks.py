"""What an edge does to a clock: the first day does not count, and a pause costs nobody a working day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.flow.graph import Clock, State
from gongzhi.flow.rules import STOPPED, Lamp, Running, after, lamp, start
from gongzhi.notices.graph import GRAPH as NOTICES
from gongzhi.org.roles import Role
from gongzhi.packs import load_national
from gongzhi.visits.graph import GRAPH as VISITS
from gongzhi.worktime import Limit, Unit, default_calendar
from tests.flow.toy import edge

CALENDAR = default_calendar()
DOING = State(name="doing", zh="在办", en="Doing", owner=Role.OFFICER, limit="ten")
ASKED = State(name="asked", zh="询问中", en="Asked", owner=Role.TOWN_OFFICE, limit="three")
DONE = State(name="done", zh="办结", en="Done", final=True)
LIMITS = {"ten": Limit(10), "three": Limit(3)} | {
    limit.name: Limit(limit.amount, Unit(limit.unit)) for limit in load_national().limits
}

days = st.dates(date(2020, 1, 1), date(2027, 12, 31))
spans = st.integers(0, 60)


def made(clock: Clock, target: State, running: Running, day: date) -> Running:
    """The clock after an edge of this kind."""
    return after(
        edge("act", "any", target.name, {Role.OFFICER}, clock),
        target,
        running,
        day,
        CALENDAR,
        LIMITS.__getitem__,
    )


def slow_due(day: date, count: int) -> date:
    """Count working days one by one, the first day not counted."""
    while count:
        day += timedelta(days=1)
        count -= CALENDAR.is_working(day)
    return day


def slow_between(after_day: date, to: date) -> int:
    """The working days d with after_day < d <= to, one by one."""
    return sum(CALENDAR.is_working(after_day + timedelta(days=n + 1)) for n in range((to - after_day).days))


@given(days)
def test_a_limit_starts_the_day_after(day: date) -> None:
    running = made(Clock.START, DOING, STOPPED, day)
    assert running.due == slow_due(day, 10)
    assert (running.started_on, running.limit_name) == (day, "ten")
    assert running.calendar == CALENDAR.version
    assert running.provisional == (running.due > CALENDAR.published_to)


@given(days, spans, spans)
def test_a_pause_moves_the_due_day_by_exactly_the_working_days_between(
    begun: date, worked: int, paused: int
) -> None:
    running = made(Clock.START, DOING, STOPPED, begun)
    stopped, resumed = begun + timedelta(days=worked), begun + timedelta(days=worked + paused)
    waiting = made(Clock.PAUSE, ASKED, running, stopped)
    assert waiting.due == slow_due(stopped, 3)
    assert (waiting.suspended_due, waiting.suspended_on) == (running.due, stopped)
    again = made(Clock.RESUME, DOING, waiting, resumed)
    assert again.due == slow_due(running.due, slow_between(stopped, resumed))
    assert (again.suspended_due, again.suspended_on) == (None, None)
    assert again.limit_name == "ten"


@given(days, spans, spans, spans)
def test_a_second_pause_stops_nothing_new(begun: date, worked: int, first: int, second: int) -> None:
    running = made(Clock.START, DOING, STOPPED, begun)
    stopped = begun + timedelta(days=worked)
    again = stopped + timedelta(days=first)
    resumed = again + timedelta(days=second)
    once = made(Clock.PAUSE, ASKED, running, stopped)
    twice = made(Clock.PAUSE, ASKED, once, again)
    assert (twice.suspended_due, twice.suspended_on) == (running.due, stopped)
    assert twice.due == slow_due(again, 3)
    assert made(Clock.RESUME, DOING, twice, resumed) == made(Clock.RESUME, DOING, once, resumed)


@given(days, spans, spans)
def test_keeping_goes_on_and_stopping_ends_everything(begun: date, worked: int, paused: int) -> None:
    running = made(Clock.START, DOING, STOPPED, begun)
    day = begun + timedelta(days=worked)
    waiting = made(Clock.PAUSE, ASKED, running, day)
    for clock in (running, waiting):
        assert made(Clock.KEEP, DOING, clock, day + timedelta(days=paused)) == clock
        assert made(Clock.STOP, DONE, clock, day + timedelta(days=paused)) == STOPPED


@given(days)
def test_resuming_what_was_never_put_aside_starts_afresh(day: date) -> None:
    assert made(Clock.RESUME, DOING, STOPPED, day) == start(DOING, day, CALENDAR, LIMITS.__getitem__)


def test_a_start_puts_no_suspended_limit_back() -> None:
    waiting = made(
        Clock.PAUSE, ASKED, made(Clock.START, DOING, STOPPED, date(2026, 9, 21)), date(2026, 9, 22)
    )
    fresh = made(Clock.START, DOING, waiting, date(2026, 9, 23))
    assert (fresh.suspended_due, fresh.suspended_on) == (None, None)


def _real(graph: object, source: str, action: str, running: Running, day: date) -> Running:
    act = graph.edge(source, action)
    return after(act, graph.state(act.target), running, day, CALENDAR, LIMITS.__getitem__)


def test_the_worked_dates_across_the_national_day_of_2026() -> None:
    monday = date(2026, 9, 21)
    to_confirm = _real(NOTICES, "", "ask", STOPPED, monday)
    assert to_confirm.due == date(2026, 9, 29)
    visit = _real(VISITS, "", "send", STOPPED, monday)
    assert visit.due == date(2026, 10, 12)
    guided = _real(VISITS, "to_visit", "guide", visit, date(2026, 9, 30))
    assert guided.due == date(2026, 10, 20)
    told = _real(NOTICES, "received", "visit_result", STOPPED, date(2026, 10, 15))
    assert told.due == date(2026, 11, 5)


def test_a_wrong_address_from_the_24th_to_the_29th_costs_the_visit_two_working_days() -> None:
    visit = _real(VISITS, "", "send", STOPPED, date(2026, 9, 21))
    stopped = _real(VISITS, "to_visit", "return_address", visit, date(2026, 9, 24))
    assert stopped.due == date(
        2026, 10, 9
    )  # five working days to put the address right, the holidays between
    resumed = _real(VISITS, "address_wrong", "place_in_grid", stopped, date(2026, 9, 29))
    # 25–27 September are off; 28 and 29 were lost; 12 October + 2.
    assert resumed.due == date(2026, 10, 14)
    assert resumed.limit_name == "visit.first"


def test_an_address_that_was_unknown_at_first_starts_the_visit_when_it_is_known() -> None:
    asked = _real(VISITS, "", "ask_place", STOPPED, date(2026, 9, 21))
    placed = _real(VISITS, "to_place", "place_in_grid", asked, date(2026, 9, 22))
    assert placed.due == slow_due(date(2026, 9, 22), 10)


@pytest.mark.parametrize(
    ("due", "suspended_on", "expected"),
    [
        (date(2026, 9, 18), None, Lamp.RED),
        (date(2026, 9, 18), date(2026, 9, 1), Lamp.RED),
        (date(2026, 9, 21), None, Lamp.YELLOW),
        (date(2026, 9, 23), None, Lamp.YELLOW),
        (date(2026, 9, 24), None, Lamp.GREEN),
        (date(2026, 9, 24), date(2026, 9, 21), Lamp.PAUSED),
        (None, None, Lamp.GREEN),
    ],
)
def test_a_lamp_is_red_only_past_the_due_day(
    due: date | None, suspended_on: date | None, expected: Lamp
) -> None:
    today, soon = date(2026, 9, 21), date(2026, 9, 23)
    told = lamp(is_open=True, due=due, suspended_on=suspended_on, today=today, yellow_until=soon)
    assert told is expected
    ended = lamp(is_open=False, due=due, suspended_on=suspended_on, today=today, yellow_until=soon)
    assert ended is Lamp.DONE
