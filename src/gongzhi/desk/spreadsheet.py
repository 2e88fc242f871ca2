"""A list as a workbook, written as it is read, so that a long one needs no memory."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.timezone import localtime
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from gongzhi.desk.templatetags.desk_words import part, said

MOST_ROWS = 1_000_000
"""A sheet holds 1,048,576 rows (ECMA-376)."""
READ_AT_ONCE = 5_000
"""Rows read together for a workbook: memory is bounded however long the list is."""
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LIVE = ("=", "+", "-", "@", "\t", "\r")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What no XML document may hold, and so no cell (XML 1.0, Char); a form's text may."""


def spreadsheet(
    title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], *, day: date
) -> FileResponse:
    """An answer that downloads `title-day.xlsx`."""
    return workbook(title, [(title, heads, rows)], day=day)


def listed(
    title: str, columns: Sequence[Mapping[str, Any]], rows: Iterable[Any], *, day: date
) -> FileResponse:
    """The same for the columns and rows of a `{% data_table %}`: the workbook holds what the page shows."""
    heads = [said(column["label"]) for column in columns]
    cells = ([_shown(column, part(row, column["key"])) for column in columns] for row in rows)
    return spreadsheet(title, heads, cells, day=day)


def pages_of(read: Callable[[str], Any]) -> Iterator[Any]:
    """All rows of a list that goes on by key, `read(after)` by `read(after)`, as far as a sheet has room for them.

    What `read` gives has `rows` and the `next` key, empty or None at the end.
    """
    after, left = "", MOST_ROWS
    while left > 0:
        page = read(after)
        yield from page.rows[:left]
        left -= len(page.rows)
        if not page.next:
            return
        after = str(page.next)


def streamed(*lists: QuerySet[Any]) -> Iterator[Any]:
    """The rows of these queries one after the other, as far as a sheet has room for them.

    Read by cursors of the view's transaction, `READ_AT_ONCE` rows together: memory is bounded however many there are.
    """
    return islice((row for one in lists for row in one.iterator(chunk_size=READ_AT_ONCE)), MOST_ROWS)


def _shown(column: Mapping[str, Any], value: Any) -> Any:
    """A table's cell as a sheet holds it: a status by its words, a lamp by its date."""
    kind = column.get("kind", "text")
    if kind == "status":
        return value[0]
    return value["due"] if kind == "lamp" else value


def workbook(
    title: str, sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]], *, day: date
) -> FileResponse:
    """The same with several sheets, each with its name, its headings and its rows."""
    book = Workbook(write_only=True)
    for name, heads, rows in sheets:
        sheet = book.create_sheet(name[:31])
        sheet.append(list(heads))
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
    # Held by the answer, which closes it once it is sent.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    book.save(file)
    file.seek(0)
    response = FileResponse(file, content_type=_KIND)
    response.headers["Content-Disposition"] = (
        f"attachment; filename*=UTF-8''{quote(title)}-{day.isoformat()}.xlsx"
    )
    return response


def _cell(sheet: Any, value: Any) -> Any:
    """A value as a cell; text that a spreadsheet would run as a formula stays text.

    A moment is put down as the city's clocks showed it: a cell knows no time zone.
    """
    if isinstance(value, str):
        value = _UNFIT.sub("", value)
        if value.startswith(_LIVE):
            cell = WriteOnlyCell(sheet, value=value)
            cell.data_type = "s"
            return cell
    elif isinstance(value, datetime) and value.tzinfo is not None:
        return localtime(value).replace(tzinfo=None)
    return value
