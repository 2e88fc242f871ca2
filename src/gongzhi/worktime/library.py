"""Derive the packaged holiday data from the library ``chinesecalendar``, which its authors keep from year to
year.

``python -m gongzhi.worktime.library`` rewrites ``data/notice_days.csv`` from the installed version and adds
to ``data/notices.csv`` the years that are new. The data is a file, not an import at run time, because a due
date must be the same on every machine whatever version of the library it has, and because a change must be
seen in review. A test compares the file with the library for every day of every year.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from chinese_calendar import constants

_DATA = Path(__file__).parent / "data"
_DECEMBER = 12


def notice_days() -> str:
    """The days of all notices the library knows, as CSV with the columns ``notice,date,kind,occasion``."""
    chinese = {holiday.value: holiday.chinese for holiday in constants.Holiday}
    rows = [(day, "off", name) for day, name in constants.holidays.items()]
    rows += [(day, "work", name) for day, name in constants.workdays.items()]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("notice", "date", "kind", "occasion"))
    for day, kind, name in sorted(rows):
        # A day in December belongs to the New Year's holiday and so to the notice of the year that follows.
        year = day.year + (day.month == _DECEMBER)
        writer.writerow((year, day.isoformat(), kind, chinese[name]))
    return out.getvalue()


def with_new_years(notices: str, days: str) -> str:
    """Add a line, unverified and without a number, for each year of ``days`` missing in ``notices``."""
    known = {row["year"] for row in csv.DictReader(io.StringIO(notices))}
    years = {row["notice"] for row in csv.DictReader(io.StringIO(days))}
    return notices + "".join(f"{year},,no\n" for year in sorted(years - known))


def main() -> None:
    """Rewrite the packaged data from the installed library."""
    days = notice_days()
    (_DATA / "notice_days.csv").write_text(days, encoding="utf-8")
    listed = _DATA / "notices.csv"
    before = listed.read_text(encoding="utf-8") if listed.exists() else "year,reference,verified\n"
    listed.write_text(with_new_years(before, days), encoding="utf-8")


if __name__ == "__main__":
    main()
