"""A moment falls on one day in China, and hours are clock hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.worktime import CHINA, Limit, Unit, day_in_china, default_calendar, due_at

CALENDAR = default_calendar()


def test_late_in_the_evening_in_greenwich_is_the_next_day_in_china() -> None:
    assert day_in_china(datetime(2026, 9, 21, 15, 59, 59, tzinfo=UTC)) == date(2026, 9, 21)
    assert day_in_china(datetime(2026, 9, 21, 16, 0, tzinfo=UTC)) == date(2026, 9, 22)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    naive = datetime(2026, 9, 21, 9, 0, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        day_in_china(naive)
    with pytest.raises(ValueError, match="time zone"):
        due_at(CALENDAR, naive, Limit(1))


def test_hours_run_through_the_night_and_the_holiday() -> None:
    moment = datetime(2026, 9, 30, 17, 30, tzinfo=CHINA)
    late, provisional = due_at(CALENDAR, moment, Limit(24, Unit.HOURS))
    assert late == datetime(2026, 10, 1, 17, 30, tzinfo=CHINA)
    assert not provisional


def test_a_limit_in_days_is_in_time_until_the_midnight_that_ends_its_last_day() -> None:
    moment = datetime(2026, 9, 21, 8, 0, tzinfo=CHINA)
    assert due_at(CALENDAR, moment, Limit(5)) == (datetime(2026, 9, 30, 0, 0, tzinfo=CHINA), False)
    # Half past midnight in China is still the day before in Greenwich; the clock starts from China's day.
    night = datetime(2026, 9, 20, 16, 30, tzinfo=UTC)
    assert due_at(CALENDAR, night, Limit(5)) == (datetime(2026, 9, 30, 0, 0, tzinfo=CHINA), False)
    assert due_at(CALENDAR, datetime(2026, 12, 31, 8, 0, tzinfo=CHINA), Limit(1))[1]


@given(
    st.datetimes(datetime(2004, 1, 2), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(-12 * 60, 14 * 60),
    st.sampled_from([Limit(36, Unit.HOURS), Limit(3), Limit(7, Unit.CALENDAR_DAYS)]),
)
def test_the_zone_a_moment_is_written_in_matters_not(moment: datetime, minutes: int, limit: Limit) -> None:
    elsewhere = moment.astimezone(timezone(timedelta(minutes=minutes)))
    assert due_at(CALENDAR, elsewhere, limit) == due_at(CALENDAR, moment, limit)
    assert due_at(CALENDAR, moment, Limit(36, Unit.HOURS))[0] - moment == timedelta(hours=36)
