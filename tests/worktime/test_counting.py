"""Counting in constant time agrees with counting day by day, for any start, limit and pause."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.worktime import Due, Limit, Pause, Unit, default_calendar

CALENDAR = default_calendar()
PUBLISHED = st.dates(date(2004, 1, 1), date(2026, 12, 31))
COUNTABLE = st.dates(date(2004, 1, 1), date(2090, 12, 31))
AMOUNTS = st.integers(0, 400)


def works(day: date) -> bool:
    """The oracle: the kept library where a notice is out, weekends and fixed holidays afterwards."""
    if day.year <= 2026:
        return bool(chinese_calendar.is_workday(day))
    fixed = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
    return day.weekday() < 5 and (day.month, day.day) not in fixed


def slow_due(start: date, days: int, unit: Unit) -> date:
    """The oracle: walk day by day."""
    day = start
    if unit is Unit.CALENDAR_DAYS:
        day += timedelta(days)
        days = 0
    while days:
        day += timedelta(1)
        days -= works(day)
        if not days:
            return day
    while not works(day):
        day += timedelta(1)
    return day


def slow_between(after: date, to: date) -> int:
    return sum(works(after + timedelta(n)) for n in range(1, (to - after).days + 1))


@given(COUNTABLE)
def test_a_day_works_or_not_as_the_notices_say(day: date) -> None:
    assert CALENDAR.is_working(day) == works(day)
    assert CALENDAR.is_provisional(day) == (day.year > 2026)


@given(COUNTABLE, AMOUNTS, st.sampled_from([Unit.WORKING_DAYS, Unit.CALENDAR_DAYS]))
def test_a_due_date_is_where_walking_day_by_day_ends(start: date, days: int, unit: Unit) -> None:
    expected = slow_due(start, days, unit)
    assert CALENDAR.due(start, Limit(days, unit)) == Due(expected, expected.year > 2026)


@given(
    st.lists(st.tuples(COUNTABLE, AMOUNTS), max_size=20),
    st.sampled_from([Unit.WORKING_DAYS, Unit.CALENDAR_DAYS]),
)
def test_many_due_dates_at_once_are_the_same_as_one_by_one(rows: list[tuple[date, int]], unit: Unit) -> None:
    starts = np.array([start for start, _ in rows], dtype="datetime64[D]")
    due, provisional = CALENDAR.due_many(starts, np.array([days for _, days in rows], dtype=np.int32), unit)
    together = [Due(day, bool(flag)) for day, flag in zip(due.tolist(), provisional, strict=True)]
    assert together == [CALENDAR.due(start, Limit(days, unit)) for start, days in rows]


@given(PUBLISHED, AMOUNTS)
def test_the_working_days_between_are_those_a_walk_counts(after: date, length: int) -> None:
    to = min(after + timedelta(length), date(2026, 12, 31))
    assert CALENDAR.working_days_between(after, to) == slow_between(after, to)
    assert CALENDAR.working_days_between(to, after) == -slow_between(after, to)


@given(COUNTABLE, st.integers(1, 60), st.integers(0, 80), st.integers(0, 60))
def test_a_pause_moves_a_due_date_by_exactly_the_working_days_it_covers(
    start: date, days: int, until_stop: int, length: int
) -> None:
    stopped = start + timedelta(until_stop)
    resumed = stopped + timedelta(length)
    plain = CALENDAR.add_working_days(start, days)
    moved = CALENDAR.shift(plain, stopped, resumed)
    assert CALENDAR.working_days_between(plain.date, moved.date) == slow_between(stopped, resumed)
    assert works(moved.date)
    assert moved == CALENDAR.due(start, Limit(days), [Pause(stopped, resumed)])


@given(COUNTABLE, st.integers(0, 60), st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=4))
def test_pauses_in_calendar_days_add_the_days_they_cover(
    start: date, days: int, gaps: list[tuple[int, int]]
) -> None:
    pauses, day = [], start
    for wait, length in gaps:
        stopped = day + timedelta(wait)
        day = stopped + timedelta(length)
        pauses.append(Pause(stopped, day))
    expected = slow_due(start, days + sum(length for _, length in gaps), Unit.CALENDAR_DAYS)
    assert CALENDAR.due(start, Limit(days, Unit.CALENDAR_DAYS), pauses).date == expected


@given(COUNTABLE, st.integers(1, 100), st.integers(1, 100))
def test_adding_days_in_two_steps_is_adding_them_in_one(start: date, first: int, second: int) -> None:
    half = CALENDAR.add_working_days(start, first).date
    assert CALENDAR.add_working_days(half, second) == CALENDAR.add_working_days(start, first + second)


@given(COUNTABLE, COUNTABLE, AMOUNTS)
def test_who_starts_later_is_never_due_earlier(one: date, other: date, days: int) -> None:
    early, late = sorted((one, other))
    assert CALENDAR.add_working_days(early, days).date <= CALENDAR.add_working_days(late, days).date
