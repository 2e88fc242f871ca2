"""How fast due dates are counted, beside two other ways of counting the same ones.

    python benchmarks/deadlines.py [HOW_MANY]

All ways count the same random starts (2004 to 2025) and limits (1 to 60 working days) in the same run, and
their answers are compared before any figure is printed. numpy's own business-day counting knows holidays but
not make-up Saturdays, so it runs with a week of seven working days and every day off listed as a holiday.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from gongzhi.worktime import HORIZON, Limit, default_calendar

CALENDAR = default_calendar()
SEED = 20260921


def walk(starts: list[date], days: list[int], working: dict[date, bool]) -> list[date]:
    """Day by day, asking a dictionary: how the rule would be written down first."""
    step, dues = timedelta(1), []
    for start, left in zip(starts, days, strict=True):
        day, remaining = start, left
        while remaining:
            day += step
            remaining -= working[day]
        dues.append(day)
    return dues


def figure(name: str, count: int, seconds: float) -> None:
    print(f"{name:<58} {count:>9,} in {seconds:7.3f} s = {count / seconds:>13,.0f}/s")


def main(count: int) -> None:
    random = np.random.default_rng(SEED)
    first, last = np.datetime64("2004-01-01"), np.datetime64("2025-12-31")
    starts = first + random.integers(0, int((last - first).astype(int)), count)
    days = random.integers(1, 61, count)

    began = time.perf_counter()
    due, _ = CALENDAR.due_many(starts, days)
    ours = time.perf_counter() - began

    few = min(count, 100_000)
    some_starts, some_days = starts[:few].tolist(), days[:few].tolist()
    began = time.perf_counter()
    one_by_one = [CALENDAR.due(start, Limit(n)).date for start, n in zip(some_starts, some_days, strict=True)]
    scalar = time.perf_counter() - began

    every_day = np.arange(np.datetime64(CALENDAR.first), np.datetime64(HORIZON)).tolist()
    working = {day: CALENDAR.is_working(day) for day in every_day}
    began = time.perf_counter()
    walked = walk(some_starts, some_days, working)
    slow = time.perf_counter() - began

    off = np.array([day for day, works in working.items() if not works], dtype="datetime64[D]")
    seven = np.busdaycalendar(weekmask="1111111", holidays=off)
    began = time.perf_counter()
    # roll="preceding" because the day of the event does not count, whether it is a day off or not.
    numpys = np.busday_offset(starts, days, roll="preceding", busdaycal=seven)
    numpy_time = time.perf_counter() - began

    assert np.array_equal(due, numpys)
    assert due[:few].tolist() == walked == one_by_one

    figure("gongzhi.worktime, Calendar.due_many", count, ours)
    figure("gongzhi.worktime, Calendar.due, one at a time", few, scalar)
    figure("numpy.busday_offset, days off as holidays", count, numpy_time)
    figure("day by day over a dictionary", few, slow)

    lines = "".join(
        json.dumps({"id": n, "start": start.isoformat(), "days": length}) + "\n"
        for n, (start, length) in enumerate(zip(starts.tolist(), days.tolist(), strict=True))
    )
    began = time.perf_counter()
    command = [str(Path(sys.executable).with_name("gongzhi")), "worktime", "due", "-"]
    answered = subprocess.run(command, input=lines, text=True, capture_output=True, check=True)
    streamed = time.perf_counter() - began
    assert answered.stdout.count("\n") == count
    figure("gongzhi worktime due - (process start, JSON in and out)", count, streamed)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
