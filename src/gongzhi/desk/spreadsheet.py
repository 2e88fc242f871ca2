"""A list as a workbook, written as it is read, so that a long one needs no memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from django.http import FileResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LIVE = ("=", "+", "-", "@", "\t", "\r")


def spreadsheet(
    title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], *, day: date
) -> FileResponse:
    """An answer that downloads `title-day.xlsx`."""
    return workbook(title, [(title, heads, rows)], day=day)


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
    """A value as a cell; text that a spreadsheet would run as a formula stays text."""
    if isinstance(value, str) and value.startswith(_LIVE):
        cell = WriteOnlyCell(sheet, value=value)
        cell.data_type = "s"
        return cell
    return value
