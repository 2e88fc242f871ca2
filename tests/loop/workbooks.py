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
