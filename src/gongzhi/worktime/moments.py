"""Moments and days: on which day in China a moment falls, and limits in clock hours."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from gongzhi.worktime.limits import Unit

if TYPE_CHECKING:
    from datetime import date

    from gongzhi.worktime.calendar import Calendar
    from gongzhi.worktime.limits import Limit

CHINA: Final = ZoneInfo("Asia/Shanghai")


def day_in_china(moment: datetime) -> date:
    """The day on which ``moment`` falls in Asia/Shanghai. Raises ValueError if it has no time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone falls on no particular day")
    return moment.astimezone(CHINA).date()


def due_at(calendar: Calendar, moment: datetime, limit: Limit) -> tuple[datetime, bool]:
    """The first moment that is too late, in Asia/Shanghai, and whether it is provisional.

    Hours are clock hours from ``moment``, whatever day it is. Days are counted from the day after the one on
    which ``moment`` falls, and run out at the midnight that ends the last one. Raises as `Calendar.due` does.
    """
    day = day_in_china(moment)
    if limit.unit is Unit.HOURS:
        # Through UTC: local time skipped and repeated hours in the years when clocks were put forward.
        late = (moment.astimezone(UTC) + timedelta(hours=limit.amount)).astimezone(CHINA)
        return late, False
    due = calendar.due(day, limit)
    return datetime.combine(due.date + timedelta(days=1), time(), CHINA), due.provisional
