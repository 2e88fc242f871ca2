"""Holiday notices of the State Council as dated data: which days one gives off and which it makes up for."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_DATA = files("gongzhi.worktime") / "data"


class NoticeError(ValueError):
    """A holiday notice cannot be read or does not fit the calendar; the message says where and why."""


@dataclass(frozen=True, slots=True)
class NoticeDay:
    """One day that a notice names: given off, or made a working day (``working``, 调休)."""

    date: date
    working: bool
    occasion: str


@dataclass(frozen=True, slots=True)
class Notice:
    """The yearly notice 国务院办公厅关于某年部分节假日安排的通知, or a later correction of one.

    ``year`` is the year in its title; its New Year rows may reach into the December before. ``reference`` is
    its document number, empty where it has not been verified; ``verified`` says whether its days were read in
    the notice's own text.
    """

    year: int
    days: tuple[NoticeDay, ...]
    reference: str = ""
    verified: bool = False

    def __post_init__(self) -> None:
        seen: set[date] = set()
        for day in self.days:
            if day.date in seen:
                raise NoticeError(f"the notice for {self.year} names {day.date} twice")
            if not date(self.year - 1, 12, 1) <= day.date <= date(self.year, 12, 31):
                raise NoticeError(f"the notice for {self.year} cannot speak of {day.date}")
            seen.add(day.date)


@dataclass(frozen=True, slots=True)
class FixedHoliday:
    """A statutory holiday on a fixed date, a lower bound for years whose notice is not out yet."""

    month: int
    day: int
    occasion: str
    basis: str
    valid_from: date = date.min
    valid_to: date = date.max

    def in_year(self, year: int) -> date | None:
        """The day it falls on in ``year``; None if the rule does not hold on that day."""
        day = date(year, self.month, self.day)
        return day if self.valid_from <= day <= self.valid_to else None


def read_days(lines: Iterable[str]) -> tuple[NoticeDay, ...]:
    """Read the days of one notice from CSV lines with the columns ``date,kind,occasion``.

    ``date`` is YYYY-MM-DD and ``kind`` is ``off`` or ``work``. Raises NoticeError naming the line.
    """
    reader = csv.DictReader(lines)
    if not {"date", "kind", "occasion"} <= set(reader.fieldnames or ()):
        raise NoticeError("a notice needs the columns date, kind and occasion")
    return tuple(_day(row, reader.line_num) for row in reader)


def _day(row: Mapping[str, str | None], line: int) -> NoticeDay:
    try:
        day = date.fromisoformat(row["date"] or "")
    except ValueError as wrong:
        raise NoticeError(f"line {line}: {row['date']!r} is not a date like 2026-10-01") from wrong
    if row["kind"] not in ("off", "work"):
        raise NoticeError(f"line {line}: the kind of a day is off or work, not {row['kind']!r}")
    return NoticeDay(day, row["kind"] == "work", row["occasion"] or "")


def published_notices() -> tuple[Notice, ...]:
    """The notices that come with the package, oldest first; none is missing in between."""
    days: dict[str, list[str]] = defaultdict(lambda: ["date,kind,occasion"])
    for row in _lines("notice_days.csv")[1:]:
        year, rest = row.split(",", 1)
        days[year].append(rest)
    return tuple(
        Notice(int(row["year"]), read_days(days[row["year"]]), row["reference"], row["verified"] == "yes")
        for row in csv.DictReader(_lines("notices.csv"))
    )


def fixed_holidays() -> tuple[FixedHoliday, ...]:
    """Statutory holidays on fixed dates (全国年节及纪念日放假办法); the lunar ones wait for the notice."""
    return tuple(
        FixedHoliday(
            int(row["month"]),
            int(row["day"]),
            row["occasion"],
            row["basis"],
            date.fromisoformat(row["valid_from"]) if row["valid_from"] else date.min,
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max,
        )
        for row in csv.DictReader(_lines("fixed_holidays.csv"))
    )


def _lines(name: str) -> list[str]:
    return (_DATA / name).read_text(encoding="utf-8").splitlines()
