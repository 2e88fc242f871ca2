"""Rows out of an Excel workbook (.xlsx), read as a stream."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

LARGEST_PART = 2 << 30
LARGEST_TEXTS = 512 << 20
"""Bytes, unpacked: the sheet is read as a stream, but the table of texts beside it has to be held."""


class UnreadableWorkbookError(ValueError):
    """The workbook can't be read; the message says why in both languages."""


def read_workbook(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The first sheet's rows with their numbers, cells as texts; blank rows are left out.

    A formula comes as it is written, with its equals sign. Rows are as wide as the heading; cells beyond it that
    hold something make a row wider. Raises UnreadableWorkbookError.
    """
    from openpyxl import load_workbook  # noqa: PLC0415  a third of a second that CSV files don't spend
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    _measure(path)
    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and extensions it leaves out; only the cells matter here.
            warnings.simplefilter("ignore")
            book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            width = 0
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
                cells = [_text(value) for value in row]
                while cells and not cells[-1] and len(cells) > width:
                    cells.pop()
                if not any(cells):
                    continue
                width = width or len(cells)
                yield number, cells + [""] * (width - len(cells))
            book.close()
    except (
        InvalidFileException,
        KeyError,
        IndexError,
        SyntaxError,
        zipfile.BadZipFile,
        ValueError,
        EOFError,
    ) as error:
        raise UnreadableWorkbookError(
            f"工作簿损坏或不是 .xlsx / the workbook is damaged or not an .xlsx file ({type(error).__name__})"
        ) from error


def _measure(path: Path) -> None:
    """Refuse a workbook that would unpack beyond all measure."""
    try:
        with zipfile.ZipFile(path) as parts:
            for part in parts.infolist():
                limit = LARGEST_TEXTS if part.filename.endswith("sharedStrings.xml") else LARGEST_PART
                if part.file_size > limit:
                    raise UnreadableWorkbookError(
                        "工作簿过大，请另存为 CSV / the workbook is too large; save it as CSV"
                    )
    except zipfile.BadZipFile as error:
        raise UnreadableWorkbookError("工作簿损坏 / the workbook is damaged") from error


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
