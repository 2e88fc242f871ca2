"""What a time limit is, and what comes out when one is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

MOST_DAYS: Final = 36_600
"""No limit in law comes near a hundred years; a larger amount is a slip of the pen and is refused."""


class OutsideCalendarError(ValueError):
    """A day lies before the first published notice or beyond the horizon that the calendar can count."""


class Unit(StrEnum):
    """How a limit is counted. Which unit a limit has is said by the law that sets it, never guessed."""

    WORKING_DAYS = "working_days"
    """工作日: days on which offices work, make-up days included (行政许可法 art. 82)."""
    CALENDAR_DAYS = "calendar_days"
    """自然日: every day counts; a last day off gives way to the next working day (民法典 art. 203)."""
    HOURS = "hours"
    """小时: clock hours from the moment of the event, day and night (民法典 art. 201 paragraph 2)."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A length of time in one unit, e.g. ``Limit(10, Unit.WORKING_DAYS)``.

    Zero days means the day of the event itself (or the next working day, if that is a day off).
    Raises ValueError for a negative or absurd amount.
    """

    amount: int
    unit: Unit = Unit.WORKING_DAYS

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError(f"a limit cannot be negative: {self.amount}")
        if self.amount > (MOST_DAYS * 24 if self.unit is Unit.HOURS else MOST_DAYS):
            raise ValueError(f"a limit of {self.amount} {self.unit} is longer than a hundred years")


@dataclass(frozen=True, slots=True)
class Due:
    """The last day on which a duty is in time.

    ``provisional`` is true when the day lies beyond the last published holiday notice, so that the notice
    still to come may move it.
    """

    date: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which a clock stands still: stopped during ``stopped``, running again after ``resumed``.

    What it adds to a limit are the days d with ``stopped < d <= resumed``, so stopping and resuming on the
    same day adds nothing. Raises ValueError when it resumes before it stopped.
    """

    stopped: date
    resumed: date

    def __post_init__(self) -> None:
        plain_day(self.stopped)
        plain_day(self.resumed)
        if self.resumed < self.stopped:
            raise ValueError(f"a clock stopped on {self.stopped} cannot resume on {self.resumed}")


def plain_day(day: date) -> date:
    """Return ``day`` if it is a plain date; raise TypeError for a datetime.

    A datetime is a date to Python, but on which day it falls depends on the time zone: see `day_in_china`.
    """
    if isinstance(day, datetime):
        raise TypeError("give a day, not a moment; day_in_china() says on which day a moment falls")
    return day
