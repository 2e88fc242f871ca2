"""What other data say of businesses: who has filed a yearly report, and until when equipment is inspected.

Both come as lists with a code in each row. Every row is accounted for; the same list again changes nothing. Nothing is
opened by them: a visit that happens anyway asks what they leave open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection

from gongzhi.codes import registration_number, uscc
from gongzhi.flow.moment import Moment
from gongzhi.org.access import acting_as
from gongzhi.org.acting import Acting
from gongzhi.registry.intake.checking import read_date
from gongzhi.registry.intake.columns import OPTIONAL, REQUIRED
from gongzhi.registry.intake.reading import Cells, RowsOf, UnreadableFileError
from gongzhi.registry.intake.workbook import UnreadableWorkbookError
from gongzhi.registry.models import ReportList

CHUNK = 10_000
FIRST_YEAR = 2013
"""The first year of which reports are filed: they took the place of yearly inspection in 2014."""
LONGEST_NUMBER = 80
_CODE = (*REQUIRED["uscc"], *OPTIONAL["old_number"])
_FILED = ("filed_date", "年报日期", "报送日期", "年报时间", "公示日期")
_NUMBER = ("number", "设备代码", "设备编号", "使用登记证编号", "设备注册代码", "电梯编号")
_VALID_TO = ("valid_to", "下次检验日期", "检验有效期至", "有效期至", "下次检验时间")


class Fault(StrEnum):
    """Why a row of such a list was not taken."""

    UNREADABLE = "unreadable"
    BAD_CODE = "bad_code"
    UNKNOWN = "unknown_business"
    MISSING_NUMBER = "missing_number"
    BAD_DATE = "bad_date"
    DATE_IN_FUTURE = "date_in_future"
    TWICE = "twice_in_list"
    OLDER = "older_than_known"

    @property
    def zh(self) -> str:
        """The reason in Chinese, for whoever has to put the row right."""
        return _WORDS[self][0]

    @property
    def en(self) -> str:
        """The same in English."""
        return _WORDS[self][1]


_WORDS: Mapping[Fault, tuple[str, str]] = {
    Fault.UNREADABLE: ("这一行无法读取", "the row cannot be read"),
    Fault.BAD_CODE: (
        "不是有效的统一社会信用代码或 15 位注册号",
        "neither a valid unified code nor a registration number of 15 digits",
    ),
    Fault.UNKNOWN: ("辖区内没有这一主体的档案", "no such business is on file in this area"),
    Fault.MISSING_NUMBER: ("缺少设备编号，或编号过长", "the equipment's number is missing or too long"),
    Fault.BAD_DATE: (
        "日期无法识别，应如 2026-09-21",
        "the date cannot be read; it should look like 2026-09-21",
    ),
    Fault.DATE_IN_FUTURE: ("报送日期晚于名单基准日", "the day of filing lies after the list's as-of day"),
    Fault.TWICE: ("与前面一行重复", "says the same as a row above"),
    Fault.OLDER: ("已有基准日更晚的检验信息", "what is known has a later as-of day than this list"),
}


class NotAListError(ValueError):
    """The file can't be read as such a list; the message says why in both languages."""


@dataclass
class Taken:
    """What became of a list: `rows` is `taken` + `unchanged` + all of `rejected`."""

    rows: int = 0
    taken: int = 0
    unchanged: int = 0
    rejected: Counter[Fault] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "rows": self.rows,
            "taken": self.taken,
            "unchanged": self.unchanged,
            "rejected": {fault.value: number for fault, number in sorted(self.rejected.items())},
        }


Refuse = Callable[[int, Fault, str], None]
"""Told of every row that was not taken: line, why, code as written."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One readable row: the code as it should be written, the equipment's number, the day."""

    line: int
    code: str
    number: str
    day: date | None


_Outcome = Fault | bool
"""Why a row was not taken, or whether it said anything new."""
_Pairs = Sequence[tuple[int, _Row]]


def take_reports(
    path: Path,
    *,
    year: int,
    as_of: date,
    acting: Acting,
    moment: Moment,
    file_name: str = "",
    refuse: Refuse = lambda *_: None,
) -> Taken:
    """Take in a list of who has filed the report of a year, as far as the post sees the businesses.

    Raises NotAListError for a file that is no such list and for a year of which none can be filed yet; OSError.
    """
    if not FIRST_YEAR <= year < as_of.year:
        raise NotAListError(
            f"{as_of} 时还没有 {year} 年度的年报 / on {as_of} no report of {year} can have been filed yet"
        )
    with acting_as(acting):
        listed = ReportList.objects.create(
            year=year,
            area=acting.area,
            as_of=as_of,
            file_name=(file_name or path.name)[:200],
            handed_in_by=acting.signature,
            post=acting.post_id,
            handed_in_at=moment.at,
        )

        def fault(row: _Row, day: str) -> Fault | None:
            if day and row.day is None:
                return Fault.BAD_DATE
            return Fault.DATE_IN_FUTURE if row.day and row.day > as_of else None

        def write(pairs: _Pairs) -> list[_Outcome]:
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO registry_annual_report (business_id, year, filed_on, source_id)"
                    " SELECT s.id, %s, s.filed_on, %s FROM unnest(%s::bigint[], %s::date[]) AS s (id, filed_on)"
                    " ON CONFLICT (business_id, year) DO NOTHING RETURNING business_id",
                    [year, listed.pk, [business for business, _ in pairs], [row.day for _, row in pairs]],
                )
                new = {business for (business,) in cursor.fetchall()}
            return [business in new for business, _ in pairs]

        taken = _take(path, {"code": _CODE}, {"day": _FILED}, fault, write, refuse)
        ReportList.objects.filter(pk=listed.pk).update(counts=taken.as_json())
    return taken


def take_equipment(
    path: Path,
    *,
    kind: str,
    as_of: date,
    acting: Acting,
    file_name: str = "",
    refuse: Refuse = lambda *_: None,
) -> Taken:
    """Take in a list of equipment of one `kind` (`Equipment.Kind`) with the last day on which its inspection holds.

    A later list brings the day up to date, an earlier one does not. Raises NotAListError, OSError.
    """

    def fault(row: _Row, _day: str) -> Fault | None:
        if not row.number or len(row.number) > LONGEST_NUMBER:
            return Fault.MISSING_NUMBER
        return Fault.BAD_DATE if row.day is None else None

    def write(pairs: _Pairs) -> list[_Outcome]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT business_id, number, valid_to, as_of FROM registry_equipment"
                " WHERE kind = %s AND business_id = ANY(%s)",
                [kind, [business for business, _ in pairs]],
            )
            standing = {
                (business, number): (day, since) for business, number, day, since in cursor.fetchall()
            }
            outcomes = [
                _compared(standing.get((business, row.number)), row, as_of) for business, row in pairs
            ]
            news = [pair for pair, outcome in zip(pairs, outcomes, strict=True) if outcome is True]
            cursor.execute(
                "INSERT INTO registry_equipment (business_id, kind, number, valid_to, as_of, source)"
                " SELECT s.business, %s, s.number, s.day, %s, %s"
                " FROM unnest(%s::bigint[], %s::text[], %s::date[]) AS s (business, number, day)"
                " ON CONFLICT (business_id, kind, number) DO UPDATE"
                " SET valid_to = excluded.valid_to, as_of = excluded.as_of, source = excluded.source",
                [
                    kind,
                    as_of,
                    (file_name or path.name)[:200],
                    [business for business, _ in news],
                    [row.number for _, row in news],
                    [row.day for _, row in news],
                ],
            )
        return outcomes

    with acting_as(acting):
        return _take(path, {"code": _CODE, "number": _NUMBER, "day": _VALID_TO}, {}, fault, write, refuse)


def _compared(before: tuple[date, date] | None, row: _Row, as_of: date) -> _Outcome:
    if before is None:
        return True
    day, since = before
    if day == row.day:
        return False
    return Fault.OLDER if since > as_of else True


def _take(
    path: Path,
    needed: Mapping[str, Sequence[str]],
    others: Mapping[str, Sequence[str]],
    fault: Callable[[_Row, str], Fault | None],
    write: Callable[[_Pairs], list[_Outcome]],
    refuse: Refuse,
) -> Taken:
    """Read a list in chunks, inside the caller's transaction; one row a business and number counts, the first."""
    account = _Account(Taken(), refuse)
    for batch in _batches(path, needed, others):
        account.taken.rows += len(batch)
        pairs = account.known(account.readable(batch, fault))
        for (_, row), outcome in zip(pairs, write(pairs), strict=True):
            if isinstance(outcome, Fault):
                account.turn_down(row.line, outcome, row.code)
            elif outcome:
                account.taken.taken += 1
            else:
                account.taken.unchanged += 1
    return account.taken


@dataclass
class _Account:
    """What became of the rows of one list so far."""

    taken: Taken
    refuse: Refuse
    seen: set[tuple[int, str]] = field(default_factory=set)

    def turn_down(self, line: int, why: Fault, code: str) -> None:
        """A row is not taken."""
        self.taken.rejected[why] += 1
        self.refuse(line, why, code)

    def readable(
        self,
        batch: Sequence[tuple[int, dict[str, str] | None]],
        fault: Callable[[_Row, str], Fault | None],
    ) -> list[_Row]:
        """The rows that say something."""
        rows = []
        for line, cells in batch:
            if cells is None:
                self.turn_down(line, Fault.UNREADABLE, "")
                continue
            row = _Row(line, uscc.normalise(cells["code"]), cells["number"], read_date(cells["day"]))
            why = fault(row, cells["day"]) if _is_code(row.code) else Fault.BAD_CODE
            if why:
                self.turn_down(line, why, cells["code"])
            else:
                rows.append(row)
        return rows

    def known(self, rows: Sequence[_Row]) -> list[tuple[int, _Row]]:
        """The rows with the businesses they are about, as far as the post sees them."""
        businesses = _businesses([row.code for row in rows])
        pairs: list[tuple[int, _Row]] = []
        for row in rows:
            business = businesses.get(row.code)
            if business is None:
                self.turn_down(row.line, Fault.UNKNOWN, row.code)
            elif (business, row.number) in self.seen:
                self.turn_down(row.line, Fault.TWICE, row.code)
            else:
                self.seen.add((business, row.number))
                pairs.append((business, row))
        return pairs


def _is_code(code: str) -> bool:
    return uscc.check(code).valid or registration_number.is_valid(code)


def _businesses(codes: Sequence[str]) -> dict[str, int]:
    """The businesses of these codes and old numbers that the post sees."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT uscc, id FROM registry_business WHERE uscc = ANY(%(codes)s) UNION"
            " SELECT old_number, id FROM registry_business WHERE old_number = ANY(%(codes)s) AND old_number <> ''",
            {"codes": list(codes)},
        )
        return dict(cursor.fetchall())


def _batches(
    path: Path, needed: Mapping[str, Sequence[str]], others: Mapping[str, Sequence[str]]
) -> Iterator[list[tuple[int, dict[str, str] | None]]]:
    """The rows of a file in chunks: line and cells by name, None for a row that can't be read."""
    reading = iter(RowsOf(path))
    try:
        heading = next(reading, None)
        names = [cell.strip().lower() for cell in heading.cells] if isinstance(heading, Cells) else []
        places = {
            column: next((at for at, name in enumerate(names) if name in spellings), -1)
            for column, spellings in {**needed, **others}.items()
        }
        if missing := [spellings[0] for column, spellings in needed.items() if places[column] < 0]:
            raise NotAListError(f"表头缺少：{'、'.join(missing)} / the heading lacks: {', '.join(missing)}")
        while batch := list(islice(reading, CHUNK)):
            yield [
                (row.line, _cells(row.cells, places))
                if isinstance(row, Cells) and len(row.cells) == len(names)
                else (row.line, None)
                for row in batch
            ]
    except (UnreadableFileError, UnreadableWorkbookError) as error:
        raise NotAListError(str(error)) from error


def _cells(cells: Sequence[str], places: Mapping[str, int]) -> dict[str, str] | None:
    found = {"code": "", "number": "", "day": ""}
    found |= {column: cells[at].strip() for column, at in places.items() if at >= 0}
    # What no text of the database can hold.
    return None if any("\x00" in text or not _whole(text) for text in found.values()) else found


def _whole(text: str) -> bool:
    return not any(0xD800 <= ord(letter) <= 0xDFFF for letter in text)
