"""The calendar keeps the notices' promises, and says when it is guessing."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import chinese_calendar
import numpy as np
import pytest

from gongzhi.worktime import (
    HORIZON,
    Calendar,
    Due,
    FixedHoliday,
    Limit,
    Notice,
    NoticeDay,
    NoticeError,
    OutsideCalendarError,
    Pause,
    Unit,
    default_calendar,
    library,
    read_days,
)

CALENDAR = default_calendar()


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def test_every_published_day_agrees_with_the_kept_library() -> None:
    last = max(chinese_calendar.constants.holidays)
    assert CALENDAR.published_to == date(last.year, 12, 31)
    unlike = [
        day
        for day in _days(CALENDAR.first, CALENDAR.published_to)
        if CALENDAR.is_working(day) != chinese_calendar.is_workday(day)
    ]
    assert unlike == []


def test_the_packaged_days_are_what_the_installed_library_gives() -> None:
    data = files("gongzhi.worktime") / "data"
    days = library.notice_days()
    assert (data / "notice_days.csv").read_text(encoding="utf-8") == days
    notices = (data / "notices.csv").read_text(encoding="utf-8")
    assert library.with_new_years(notices, days) == notices


def test_a_year_new_to_the_library_is_listed_as_unverified() -> None:
    listed = library.with_new_years("year,reference,verified\n2026,x,yes\n", "notice,date\n2026,a\n2027,b\n")
    assert listed == "year,reference,verified\n2026,x,yes\n2027,,no\n"


def test_every_packaged_statement_says_whether_it_was_verified() -> None:
    data = files("gongzhi.worktime") / "data"
    for name in ("notices.csv", "fixed_holidays.csv"):
        rows = list(csv.DictReader((data / name).read_text(encoding="utf-8").splitlines()))
        assert rows
        assert {row["verified"] for row in rows} <= {"yes", "no"}


@pytest.mark.parametrize(("year", "working"), [(2025, 248), (2026, 248)])
def test_a_year_has_as_many_working_days_as_its_notice_leaves(year: int, working: int) -> None:
    assert CALENDAR.working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) == working


def test_the_national_day_of_2026_is_as_its_notice_says() -> None:
    off = [*_days(date(2026, 9, 25), date(2026, 9, 27)), *_days(date(2026, 10, 1), date(2026, 10, 7))]
    assert not any(CALENDAR.is_working(day) for day in off)
    assert CALENDAR.is_working(date(2026, 9, 20))
    assert CALENDAR.is_working(date(2026, 10, 10))
    assert not CALENDAR.is_working(date(2026, 10, 11))


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 9, 21), 5, date(2026, 9, 29)),
        (date(2026, 9, 21), 10, date(2026, 10, 12)),
        (date(2026, 9, 30), 10, date(2026, 10, 20)),
        (date(2026, 10, 15), 15, date(2026, 11, 5)),
        (date(2026, 9, 24), 0, date(2026, 9, 24)),
        (date(2026, 9, 25), 0, date(2026, 9, 28)),
        (date(2026, 9, 25), 1, date(2026, 9, 28)),
    ],
)
def test_working_days_are_counted_from_the_day_after_across_the_national_day(
    start: date, days: int, due: date
) -> None:
    assert CALENDAR.due(start, Limit(days)) == Due(due, provisional=False)
    assert CALENDAR.add_working_days(start, days) == Due(due, provisional=False)


def test_a_clock_stopped_for_a_wrong_address_moves_by_the_working_days_between() -> None:
    due = Due(date(2026, 10, 12), provisional=False)
    assert CALENDAR.working_days_between(date(2026, 9, 24), date(2026, 9, 29)) == 2
    assert CALENDAR.shift(due, date(2026, 9, 24), date(2026, 9, 29)).date == date(2026, 10, 14)
    assert CALENDAR.shift(due, date(2026, 9, 24), date(2026, 9, 24)) == due
    pause = Pause(date(2026, 9, 24), date(2026, 9, 29))
    assert CALENDAR.due(date(2026, 9, 21), Limit(10), [pause]).date == date(2026, 10, 14)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 9, 21), 3, date(2026, 9, 24)),
        (date(2026, 9, 21), 4, date(2026, 9, 28)),  # the last day is Mid-Autumn
        (date(2026, 9, 30), 3, date(2026, 10, 8)),
        (date(2026, 9, 30), 10, date(2026, 10, 10)),  # a Saturday on which offices work
        (date(2026, 1, 1), 90, date(2026, 4, 1)),
    ],
)
def test_a_limit_in_calendar_days_that_ends_on_a_day_off_ends_on_the_next_working_day(
    start: date, days: int, due: date
) -> None:
    assert CALENDAR.due(start, Limit(days, Unit.CALENDAR_DAYS)).date == due


def test_a_pause_in_calendar_days_is_counted_before_the_last_day_is_put_off() -> None:
    # 4 days from the 21st end on the 25th, a holiday; with a pause of 5 days on the 30th, a working day.
    pause = Pause(date(2026, 9, 22), date(2026, 9, 27))
    assert CALENDAR.due(date(2026, 9, 21), Limit(4, Unit.CALENDAR_DAYS), [pause]).date == date(2026, 9, 30)


def test_days_beyond_the_last_notice_are_provisional_and_said_to_be() -> None:
    assert CALENDAR.add_working_days(date(2026, 12, 30), 1) == Due(date(2026, 12, 31), provisional=False)
    # 1 January 2027 is a Friday and a statutory holiday whatever the notice will say.
    assert CALENDAR.add_working_days(date(2026, 12, 30), 2) == Due(date(2027, 1, 4), provisional=True)
    assert not CALENDAR.is_provisional(date(2026, 12, 31))
    assert CALENDAR.is_provisional(date(2027, 1, 1))


def test_a_fixed_holiday_is_off_only_while_its_rule_holds() -> None:
    until = FixedHoliday(5, 4, "青年节", "invented for a test", date(2028, 1, 1), date(2029, 12, 31))
    calendar = Calendar(CALENDAR.notices, [until])
    working = {year: calendar.is_working(date(year, 5, 4)) for year in (2027, 2028, 2029, 2032)}
    assert working == {2027: True, 2028: False, 2029: False, 2032: True}


def _notice_of_2027() -> Notice:
    days = ("2026-12-31,off", "2027-01-01,off", "2027-01-02,work", "2027-01-04,off")
    return Notice(2027, read_days(["date,kind,occasion", *(f"{day},元旦" for day in days)]), "invented")


def test_the_next_notice_makes_a_new_calendar_and_leaves_the_old_one_alone() -> None:
    before = CALENDAR.add_working_days(date(2026, 12, 30), 2)
    later = CALENDAR.with_notice(_notice_of_2027())
    assert later.add_working_days(date(2026, 12, 30), 1) == Due(date(2027, 1, 2), provisional=False)
    assert later.add_working_days(date(2026, 12, 30), 2) == Due(date(2027, 1, 5), provisional=False)
    assert later.published_to == date(2027, 12, 31)
    assert later.version != CALENDAR.version
    assert later.version.startswith("2027-")
    assert later.notices[:-1] == CALENDAR.notices
    assert CALENDAR.add_working_days(date(2026, 12, 30), 2) == before


def test_calendars_say_from_which_day_on_open_limits_must_be_counted_again() -> None:
    later = CALENDAR.with_notice(_notice_of_2027())
    assert later.first_difference(CALENDAR) == date(2026, 12, 31)
    plain = CALENDAR.with_notice(Notice(2027, ()))
    # Without a notice 1 January 2027 was taken off; this one leaves it a working Friday.
    assert plain.first_difference(CALENDAR) == date(2027, 1, 1)
    confirmed = CALENDAR.with_notice(Notice(2027, (NoticeDay(date(2027, 1, 1), False, "元旦"),)))
    assert confirmed.first_difference(CALENDAR) == date(2027, 1, 1)
    assert CALENDAR.first_difference(CALENDAR) is None


def test_a_correction_of_a_published_year_overrides_it_day_by_day() -> None:
    longer = Notice(2026, (NoticeDay(date(2026, 10, 8), False, "国庆节"),))
    corrected = CALENDAR.with_notice(longer)
    assert not corrected.is_working(date(2026, 10, 8))
    assert corrected.published_to == CALENDAR.published_to
    assert corrected.version != CALENDAR.version
    assert corrected.first_difference(CALENDAR) == date(2026, 10, 8)


def test_a_calendar_with_a_year_missing_is_refused() -> None:
    with pytest.raises(NoticeError, match="2027"):
        CALENDAR.with_notice(Notice(2028, ()))
    with pytest.raises(NoticeError, match="at least one"):
        Calendar((), ())


def test_the_same_notices_always_give_the_same_version() -> None:
    again = Calendar(CALENDAR.notices, ())
    assert again.version != CALENDAR.version  # other rules for the years to come
    assert CALENDAR.with_notice(_notice_of_2027()).version == CALENDAR.with_notice(_notice_of_2027()).version


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("day,kind\n", "columns"),
        ("date,kind,occasion\n2027-02-30,off,x\n", "line 2.*not a date"),
        ("date,kind,occasion\n2027-02-03,holiday,x\n", "line 2.*off or work"),
        ("date,kind,occasion\n2027-02-03,off,x\n2027-02-03,work,x\n", "twice"),
        ("date,kind,occasion\n2025-02-03,off,x\n", "cannot speak of"),
        ("date,kind,occasion\n2027-02-03\n", "line 2.*off or work"),
    ],
)
def test_a_notice_that_cannot_be_right_is_refused_with_the_line_or_day(rows: str, why: str) -> None:
    with pytest.raises(NoticeError, match=why):
        Notice(2027, read_days(rows.splitlines()))


def test_days_that_cannot_be_counted_are_refused() -> None:
    for day in (date(2003, 12, 31), date(2101, 1, 1), date(1, 1, 1), date(9999, 12, 31)):
        with pytest.raises(OutsideCalendarError):
            CALENDAR.is_working(day)
    with pytest.raises(OutsideCalendarError):
        CALENDAR.add_working_days(HORIZON, 1)
    with pytest.raises(OutsideCalendarError):
        CALENDAR.due(HORIZON, Limit(1, Unit.CALENDAR_DAYS))


def test_a_moment_is_never_taken_for_a_day() -> None:
    moment = datetime(2026, 9, 21, 23, 0, tzinfo=ZoneInfo("UTC"))
    with pytest.raises(TypeError, match="day_in_china"):
        CALENDAR.add_working_days(moment, 5)
    with pytest.raises(TypeError, match="day_in_china"):
        Pause(moment, date(2026, 9, 30))


def test_limits_and_pauses_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        Limit(-1)
    with pytest.raises(ValueError, match="hundred years"):
        Limit(36_601)
    with pytest.raises(ValueError, match="resume"):
        CALENDAR.shift(Due(date(2026, 9, 30), False), date(2026, 9, 29), date(2026, 9, 28))
    with pytest.raises(ValueError, match="due_at"):
        CALENDAR.due(date(2026, 9, 21), Limit(1, Unit.HOURS))
    start, first, second = date(2026, 9, 21), date(2026, 9, 22), date(2026, 9, 24)
    with pytest.raises(ValueError, match="begins before"):
        CALENDAR.due(start, Limit(5), [Pause(first, second), Pause(date(2026, 9, 23), date(2026, 9, 28))])
    with pytest.raises(ValueError, match="begins before"):
        CALENDAR.due(start, Limit(5), [Pause(date(2026, 9, 20), first)])


def test_many_at_once_refuse_what_one_refuses() -> None:
    good = np.array(["2026-09-21"], dtype="datetime64[D]")
    five = np.array([5])
    for starts in ("2003-12-31", "2101-01-01", "NaT", "-9999999-01-01"):
        with pytest.raises(OutsideCalendarError):
            CALENDAR.due_many(np.array([starts], dtype="datetime64[D]"), five)
    for days in (-1, 36_601):
        with pytest.raises(ValueError, match="negative or longer"):
            CALENDAR.due_many(good, np.array([days]))
    with pytest.raises(ValueError, match="due_at"):
        CALENDAR.due_many(good, five, Unit.HOURS)
    for unit in (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS):
        with pytest.raises(OutsideCalendarError):
            CALENDAR.due_many(good, np.array([36_600]), unit)
        due, provisional = CALENDAR.due_many(good[:0], five[:0], unit)
        assert due.shape == provisional.shape == (0,)


def test_nobody_can_alter_a_calendar() -> None:
    with pytest.raises(ValueError, match="read-only"):
        CALENDAR._working[0] = True
