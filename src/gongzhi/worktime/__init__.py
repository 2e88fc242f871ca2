"""Working time (工作日): the one place that knows days, make-up days, limits and when they end."""

from gongzhi.worktime.calendar import HORIZON, Calendar, default_calendar
from gongzhi.worktime.limits import Due, Limit, OutsideCalendarError, Pause, Unit
from gongzhi.worktime.moments import CHINA, day_in_china, due_at
from gongzhi.worktime.notices import FixedHoliday, Notice, NoticeDay, NoticeError, read_days

__all__ = [
    "CHINA",
    "HORIZON",
    "Calendar",
    "Due",
    "FixedHoliday",
    "Limit",
    "Notice",
    "NoticeDay",
    "NoticeError",
    "OutsideCalendarError",
    "Pause",
    "Unit",
    "day_in_china",
    "default_calendar",
    "due_at",
    "read_days",
]
