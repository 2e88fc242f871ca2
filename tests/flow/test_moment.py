"""A moment carries the day in Shanghai, the calendar and the limits in force on that day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connections

from gongzhi.flow.moment import UnknownLimitError, moment_at, moment_now, noon, set_clock
from gongzhi.worktime import Limit, Unit


@pytest.fixture
def dated(fresh_db: str) -> None:
    """A limit of ten days that becomes five from October on, and one that ended."""
    rows = [
        ("test.dated", 10, "working_days", "2020-01-01", "2026-10-01"),
        ("test.dated", 5, "calendar_days", "2026-10-01", None),
        ("test.ended", 3, "working_days", "2020-01-01", "2026-09-21"),
    ]
    with connections["owner"].cursor() as cursor:
        cursor.executemany(
            "INSERT INTO flow_limit (name, amount, unit, basis, verified, valid_from, valid_to)"
            " VALUES (%s, %s, %s, '', false, %s, %s)",
            rows,
        )


def test_the_limits_are_those_of_the_day(dated: None) -> None:
    assert moment_at(noon(date(2026, 9, 30))).limit("test.dated") == Limit(10)
    assert moment_at(noon(date(2026, 10, 1))).limit("test.dated") == Limit(5, Unit.CALENDAR_DAYS)
    assert moment_at(noon(date(2026, 9, 20))).limit("test.ended") == Limit(3)
    for day, name in ((date(2026, 9, 21), "test.ended"), (date(2026, 9, 21), "test.unheard_of")):
        with pytest.raises(UnknownLimitError, match=name):
            moment_at(noon(day)).limit(name)


def test_a_limit_that_another_process_loaded_holds_within_a_minute(dated: None) -> None:
    at = datetime(2026, 10, 2, 2, tzinfo=UTC)
    assert moment_at(at).limit("test.dated").amount == 5
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE flow_limit SET amount = 7 WHERE name = 'test.dated' AND amount = 5")
    assert moment_at(at + timedelta(seconds=60)).limit("test.dated").amount == 7


def test_the_day_is_that_of_shanghai(dated: None) -> None:
    assert moment_at(datetime(2026, 9, 21, 15, 59, tzinfo=UTC)).today == date(2026, 9, 21)
    assert moment_at(datetime(2026, 9, 21, 16, 0, tzinfo=UTC)).today == date(2026, 9, 22)
    assert moment_at(noon(date(2026, 9, 21))).today == date(2026, 9, 21)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        moment_at(datetime(2026, 9, 21, 10))  # noqa: DTZ001


def test_the_doors_read_the_clock_they_are_given(dated: None) -> None:
    fixed = datetime(2026, 9, 21, 2, tzinfo=UTC)
    set_clock(lambda: fixed)
    try:
        assert moment_now().at == fixed
    finally:
        set_clock(None)
    assert abs(moment_now().at - datetime.now(UTC)) < timedelta(minutes=5)
