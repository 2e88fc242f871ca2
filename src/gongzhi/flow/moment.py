"""The moment at which something happens: the instant, the calendar that counts days, the limits in force.

Nothing below the doors asks the machine what time it is; a door makes a `Moment` and passes it down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from gongzhi.flow.models import StoredLimit
from gongzhi.worktime import Calendar, Limit, Unit, default_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")


class UnknownLimitError(LookupError):
    """A process names a limit that no reference data in force has; `gongzhi init` loads them."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant with what is needed to run clocks from it."""

    at: datetime
    calendar: Calendar
    limits: Mapping[str, Limit]

    @property
    def today(self) -> date:
        """The day in Asia/Shanghai, which alone counts for limits."""
        return self.at.astimezone(SHANGHAI).date()

    def limit(self, name: str) -> Limit:
        """The limit of this name that is in force."""
        try:
            return self.limits[name]
        except KeyError:
            raise UnknownLimitError(f"no limit {name!r} is in force on {self.today}") from None


def moment_at(at: datetime) -> Moment:
    """The moment of an aware instant, with the limits in force on its day."""
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    today = at.astimezone(SHANGHAI).date()
    return Moment(at=at, calendar=default_calendar(), limits=_limits_on(today, int(at.timestamp()) // 60))


def noon(day: date) -> datetime:
    """Midday in Shanghai: the instant given to work that only knows its date, such as a file's `--as-of`."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)


@lru_cache(maxsize=64)
def _limits_on(today: date, _minute: int) -> Mapping[str, Limit]:
    # By the minute, so that a running server takes up what another process loaded without being told.
    rows = StoredLimit.objects.filter(valid_from__lte=today).order_by("valid_from")
    return {
        row.name: Limit(row.amount, Unit(row.unit))
        for row in rows
        if row.valid_to is None or row.valid_to > today
    }


def forget_limits() -> None:
    """Read the limits anew; called after reference data was loaded."""
    _limits_on.cache_clear()


_clock: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731


def set_clock(clock: Callable[[], datetime] | None) -> None:
    """Let the doors read another clock (a test's); None goes back to the machine's."""
    global _clock  # noqa: PLW0603
    _clock = clock or (lambda: datetime.now(UTC))


def moment_now() -> Moment:
    """The moment at a door. Only doors call this."""
    return moment_at(_clock())
