"""Reads what the desk hands out as a workbook."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import load_workbook


def cells_of(answer: Any) -> list[tuple[Any, ...]]:
    """The cells of a downloaded workbook's only sheet, row by row."""
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    book = load_workbook(io.BytesIO(content))
    rows = [tuple(row) for row in book.active.iter_rows()]
    book.close()
    return rows


def rows_of(answer: Any) -> list[tuple[Any, ...]]:
    """The values of a downloaded workbook, the heading first."""
    return [tuple(cell.value for cell in row) for row in cells_of(answer)]


def words_of(answer: Any) -> str:
    """All that an answer says, be it a page or a workbook, whose file as such is compressed."""
    if not answer.streaming:
        return str(answer.content.decode())
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    said = "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    book.close()
    return said
