"""The calendar of working days: State Council holidays, make-up days, and counting in constant time.

One table of running sums answers every question: ``through[i]`` is the number of working days up to and
including the i-th day of the calendar, and ``working_days[k]`` is the k-th working day. Adding n working days
is then one look-up in each, for one day or for a million at once.
"""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from gongzhi.worktime.limits import MOST_DAYS, Due, Limit, OutsideCalendarError, Pause, Unit, plain_day
from gongzhi.worktime.notices import FixedHoliday, Notice, NoticeError, fixed_holidays, published_notices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

HORIZON: Final = date(2100, 12, 31)
"""The last day that can be counted; beyond it a date is taken for a slip of the pen."""

_EPOCH: Final = date(1970, 1, 1).toordinal()


class Calendar:
    """An immutable calendar of working days in China (Asia/Shanghai), from the first notice to `HORIZON`.

    Days beyond the last published notice are provisional: weekends and fixed statutory holidays are off, the
    rest is taken to work. The last days of a December may still move when the next notice makes a long New
    Year of them; `first_difference` says from which day on open limits have to be counted again.
    """

    __slots__ = (
        "_first",
        "_fixed",
        "_notices",
        "_through",
        "_working",
        "_working_days",
        "published_to",
        "version",
    )

    version: str
    """Names the rules and days this calendar counts by, e.g. ``2026-1f0c2a9b``; kept with every due date."""
    published_to: date
    """The last day for which a notice is out; later days are provisional."""

    def __init__(self, notices: Sequence[Notice], fixed: Sequence[FixedHoliday]) -> None:
        """Build from notices in the order in which they take effect; a later one overrides day by day.

        Raises NoticeError if there is none, or if a year is missing in between.
        """
        if not notices:
            raise NoticeError("a calendar needs at least one notice")
        years = {notice.year for notice in notices}
        if missing := set(range(min(years), max(years) + 1)) - years:
            raise NoticeError(f"no notice for {', '.join(map(str, sorted(missing)))}")
        self._notices = tuple(notices)
        self._fixed = tuple(fixed)
        self._first = date(min(years), 1, 1).toordinal()
        self.published_to = date(max(years), 12, 31)
        self._working = self._mark()
        self._through = np.cumsum(self._working, dtype=np.int64)
        self._working_days = np.flatnonzero(self._working)
        for table in (self._working, self._through, self._working_days):
            table.flags.writeable = False
        digest = hashlib.sha256(np.packbits(self._working).tobytes() + str(self._first).encode())
        self.version = f"{self.published_to.year}-{digest.hexdigest()[:8]}"

    def _mark(self) -> NDArray[np.bool_]:
        """Whether each day of the calendar works: weekends, then fixed holidays to come, then the notices."""
        ordinals = np.arange(self._first, HORIZON.toordinal() + 1)
        working: NDArray[np.bool_] = (ordinals - 1) % 7 < 5  # ordinal 1 was a Monday
        for year in range(self.published_to.year + 1, HORIZON.year + 1):
            for holiday in self._fixed:
                if off := holiday.in_year(year):
                    working[off.toordinal() - self._first] = False
        for notice in self._notices:
            for day in notice.days:
                if (index := day.date.toordinal() - self._first) >= 0:
                    working[index] = day.working
        return working

    def __repr__(self) -> str:
        return f"Calendar({self.version})"

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The notices this calendar was built from, in the order in which they take effect."""
        return self._notices

    @property
    def first(self) -> date:
        """The first day that can be counted."""
        return date.fromordinal(self._first)

    def with_notice(self, notice: Notice) -> Calendar:
        """A new calendar in which ``notice`` also holds: the next year's, or a correction of a published one.

        Raises NoticeError if it would leave a year without a notice.
        """
        return Calendar((*self._notices, notice), self._fixed)

    def first_difference(self, other: Calendar) -> date | None:
        """The first day on which the two calendars answer differently, in the time both cover; None if none.

        A limit that ends before this day keeps its due date; one that ends on or after it has to be counted
        again. That a due date merely stops being provisional is a difference too.
        """
        start = max(self._first, other._first)
        unlike = np.flatnonzero(
            self._working[start - self._first :] != other._working[start - other._first :]
        )
        changed = [date.fromordinal(start + int(unlike[0]))] if unlike.size else []
        if self.published_to != other.published_to:
            confirmed = min(self.published_to, other.published_to).toordinal() + 1
            changed.append(date.fromordinal(confirmed))
        return min(changed, default=None)

    def is_working(self, day: date) -> bool:
        """Whether offices work on ``day``. Raises OutsideCalendarError for a day that cannot be counted."""
        return bool(self._working[self._index(day)])

    def is_provisional(self, day: date) -> bool:
        """Whether ``day`` lies beyond the last published notice."""
        return plain_day(day) > self.published_to

    def add_working_days(self, day: date, n: int) -> Due:
        """The n-th working day after ``day``, which itself does not count (民法典 art. 201).

        With n = 0 the day itself, or the next working day if it is a day off. Raises ValueError for a
        negative or absurd n and OutsideCalendarError where the calendar ends.
        """
        return self.due(day, Limit(n))

    def working_days_between(self, after: date, to: date) -> int:
        """How many working days d lie in ``after < d <= to``; negative if ``to`` is before ``after``."""
        return int(self._through[self._index(to)] - self._through[self._index(after)])

    def due(self, start: date, limit: Limit, pauses: Sequence[Pause] = ()) -> Due:
        """The last day in time for something that began on ``start`` and has ``limit`` to be done.

        The day of the event does not count (民法典 art. 201). A limit in working days ends on its n-th
        working day; one in calendar days whose last day is a day off ends on the next working day (art. 203).
        Each pause adds the days of the limit's own unit that it covers, before that rule is applied. Raises
        ValueError for a limit in hours, which needs a moment (`gongzhi.worktime.due_at`), and for pauses that
        overlap or precede the start.
        """
        at = self._index(start)
        _in_order(start, pauses)
        if limit.unit is Unit.HOURS:
            raise ValueError("a limit in hours starts at a moment, not on a day; use due_at()")
        if limit.unit is Unit.WORKING_DAYS:
            count = limit.amount + sum(self.working_days_between(p.stopped, p.resumed) for p in pauses)
            return self._nth(at, count)
        count = limit.amount + sum((p.resumed - p.stopped).days for p in pauses)
        if at + count >= len(self._working):
            raise OutsideCalendarError(f"the calendar ends on {HORIZON}, before {count} days from {start}")
        return self._nth(at + count, 0)

    def shift(self, due: Due, stopped: date, resumed: date) -> Due:
        """Move the due date of a limit in working days by the working days d with ``stopped < d <= resumed``.

        A limit in calendar days is counted again with `due` and its pauses, since its last day may already
        have been put off once by art. 203. Raises ValueError when it resumes before it stopped.
        """
        pause = Pause(stopped, resumed)
        missed = self.working_days_between(pause.stopped, pause.resumed)
        return self.add_working_days(due.date, missed) if missed else due

    def due_many(
        self, starts: NDArray[np.datetime64], days: NDArray[np.integer], unit: Unit = Unit.WORKING_DAYS
    ) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
        """`due` for many at once: days ``datetime64[D]`` and whether each is provisional, in the shape of
        ``starts``.

        ``days`` has the shape of ``starts`` or one that broadcasts to it. Raises ValueError for hours and for
        negative or absurd amounts, OutsideCalendarError if a start (or NaT) or a due date cannot be counted.
        """
        if unit is Unit.HOURS:
            raise ValueError("limits in hours start at moments, not on days; use due_at()")
        at = starts.astype("datetime64[D]").astype(np.int64) + (_EPOCH - self._first)
        amounts = np.asarray(days)
        if at.size and (at.min() < 0 or at.max() >= len(self._working)):
            raise OutsideCalendarError(f"a start lies outside {self.first} to {HORIZON}")
        if amounts.size and (amounts.min() < 0 or amounts.max() > MOST_DAYS):
            raise ValueError("a limit is negative or longer than a hundred years")
        if unit is Unit.CALENDAR_DAYS:
            at = at + amounts
            if at.size and at.max() >= len(self._working):
                raise OutsideCalendarError(f"a due date lies beyond {HORIZON}")
            nth = self._through[at] - self._working[at]
        else:
            nth = self._through[at] + np.where(amounts == 0, -self._working[at].astype(np.int64), amounts - 1)
        if nth.size and nth.max() >= len(self._working_days):
            raise OutsideCalendarError(f"a due date lies beyond {HORIZON}")
        due = (self._working_days[nth] + (self._first - _EPOCH)).astype("datetime64[D]")
        return due, due > np.datetime64(self.published_to)

    def _index(self, day: date) -> int:
        index = plain_day(day).toordinal() - self._first
        if not 0 <= index < len(self._working):
            raise OutsideCalendarError(f"{day} lies outside the calendar, {self.first} to {HORIZON}")
        return index

    def _nth(self, at: int, n: int) -> Due:
        """The n-th working day after day number ``at``; with n = 0 that day or the next working one."""
        through = int(self._through[at])
        nth = through + n - 1 if n else through - int(self._working[at])
        if nth >= len(self._working_days):
            raise OutsideCalendarError(f"the due date lies beyond {HORIZON}, where the calendar ends")
        day = date.fromordinal(self._first + int(self._working_days[nth]))
        return Due(day, day > self.published_to)


def _in_order(start: date, pauses: Sequence[Pause]) -> None:
    """Refuse pauses that overlap or begin before the clock does: some day would count twice."""
    free_from = start
    for pause in pauses:
        if pause.stopped < free_from:
            raise ValueError(f"the pause from {pause.stopped} begins before {free_from}")
        free_from = pause.resumed


@cache
def default_calendar() -> Calendar:
    """The calendar of all notices that come with the package."""
    return Calendar(published_notices(), fixed_holidays())
