"""Days away: when two have a day in common, who speaks for whom, and how near a substitute has to be."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.org import rules
from gongzhi.org.acting import Acting
from gongzhi.org.roles import Role
from gongzhi.org.rules import Refusal

MONDAY = date(2026, 9, 21)
DAYS = st.integers(-20, 20).map(lambda n: MONDAY + timedelta(days=n))
SPANS = st.tuples(DAYS, st.integers(0, 12), st.none() | st.integers(0, 12)).map(
    lambda drawn: (
        drawn[0],
        drawn[0] + timedelta(days=drawn[1]),
        drawn[0] + timedelta(days=min(drawn[1], drawn[2])) if drawn[2] is not None else None,
    )
)


def each_day(first: date, last: date, ended_on: date | None) -> set[date]:
    """The slow way: every day from the first to the last, those from the return on taken out."""
    every = {first + timedelta(days=n) for n in range((last - first).days + 1)}
    return {day for day in every if ended_on is None or day < ended_on}


@given(SPANS, SPANS)
def test_two_absences_overlap_when_a_day_is_in_both_whichever_is_asked_first(
    one: tuple[date, date, date | None], other: tuple[date, date, date | None]
) -> None:
    expected = bool(each_day(*one) & each_day(*other))
    assert rules.days(*one).overlap(rules.days(*other)) is expected
    assert rules.days(*other).overlap(rules.days(*one)) is expected


@given(SPANS, DAYS, st.none() | DAYS)
def test_a_post_is_held_throughout_when_it_is_held_on_every_day(
    span: tuple[date, date, date | None], valid_from: date, valid_to: date | None
) -> None:
    days = each_day(*span)
    if days:
        held = all(valid_from <= day and (valid_to is None or day < valid_to) for day in days)
        assert rules.days(*span).within(valid_from, valid_to) is held


@given(SPANS, DAYS, DAYS)
def test_somebody_comes_back_on_a_day_of_the_absence_that_is_not_past(
    span: tuple[date, date, date | None], back_on: date, today: date
) -> None:
    first, last, _ = span
    fits = back_on in each_day(first, last, None) and back_on >= today
    assert (rules.wrong_return(rules.days(first, last), back_on, today) is None) is fits


@given(DAYS, DAYS, DAYS)
def test_days_that_are_said_are_in_order_and_not_all_past(first: date, last: date, today: date) -> None:
    assert (rules.wrong_days(first, last, today) is None) is (first <= last and last >= today)


def test_a_year_is_the_most_and_a_year_ahead_the_furthest() -> None:
    year = timedelta(days=rules.MOST_DAYS)
    assert rules.wrong_days(MONDAY, MONDAY + year - timedelta(days=1), MONDAY) is None
    assert rules.wrong_days(MONDAY, MONDAY + year, MONDAY) is Refusal.TOO_LONG
    assert rules.wrong_days(MONDAY + year, MONDAY + year, MONDAY) is None
    later = MONDAY + year + timedelta(days=1)
    assert rules.wrong_days(later, later, MONDAY) is Refusal.TOO_FAR
    assert rules.wrong_days(date.max, date.max, MONDAY) is Refusal.TOO_FAR


CITY, TOWN, VILLAGE, GRID = "4419", "441900006", "441900006003", "441900006003001"


def post(role: Role, area: str, department: str | None = None) -> Acting:
    return Acting(post_id=1, role=role, area=area, department=department)


@pytest.mark.parametrize(
    ("who", "role", "area", "department", "may"),
    [
        (post(Role.VILLAGE, VILLAGE), Role.OFFICER, GRID, None, True),
        (post(Role.VILLAGE, VILLAGE), Role.OFFICER, TOWN + "004001", None, False),
        (post(Role.VILLAGE, VILLAGE), Role.VILLAGE, VILLAGE, None, False),
        (post(Role.TOWN_OFFICE, TOWN), Role.OFFICER, GRID, None, True),
        (post(Role.TOWN_OFFICE, TOWN), Role.VILLAGE, VILLAGE, None, True),
        (post(Role.TOWN_OFFICE, TOWN), Role.DEPARTMENT, TOWN, "market", False),
        (post(Role.TOWN_OFFICE, TOWN), Role.TOWN_OFFICE, "441900003", None, False),
        (post(Role.CITY_OFFICE, CITY), Role.TOWN_OFFICE, TOWN, None, True),
        (post(Role.CITY_OFFICE, CITY), Role.REPORT_DESK, CITY, None, False),
        (post(Role.DEPARTMENT, CITY, "market"), Role.DEPARTMENT, TOWN, "market", True),
        (post(Role.DEPARTMENT, CITY, "market"), Role.DEPARTMENT, TOWN, "tobacco", False),
        (post(Role.DEPARTMENT, TOWN, "market"), Role.DEPARTMENT, TOWN, "market", False),
        (post(Role.OFFICER, GRID), Role.OFFICER, GRID, None, False),
        (post(Role.COMMAND, CITY), Role.OFFICER, GRID, None, False),
    ],
)
def test_who_speaks_for_whom(who: Acting, role: Role, area: str, department: str | None, may: bool) -> None:
    assert rules.looks_after(who, role, area, department) is may


def test_a_substitute_is_near() -> None:
    assert rules.near(post(Role.VILLAGE, VILLAGE), Role.OFFICER, GRID) == VILLAGE
    assert rules.near(post(Role.TOWN_OFFICE, TOWN), Role.OFFICER, GRID) == TOWN
    assert rules.near(post(Role.CITY_OFFICE, CITY), Role.OFFICER, GRID) == TOWN
    assert rules.near(post(Role.CITY_OFFICE, CITY), Role.VILLAGE, VILLAGE) == TOWN
    assert rules.near(post(Role.DEPARTMENT, CITY, "market"), Role.DEPARTMENT, TOWN) == CITY
