"""The workbook that tells whoever made a file which rows were not accepted, and why."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

from gongzhi.registry.rules import Why

MOST_ROWS = 1_000_000
"""A sheet holds 1,048,576 rows; what lies beyond goes to the next sheet."""
_HEADING = ("行号 Line", "代码 Code", "名称 Name", "原因 Reason", "Reason (English)", "原因代码 Reason code")


class Report:
    """Writes rejected rows as they come, in constant memory. A file of the same name is only replaced at the end."""

    def __init__(self, path: Path) -> None:
        from openpyxl import Workbook  # noqa: PLC0415  an import without a report doesn't need it

        if path.suffix.lower() != ".xlsx":
            raise ValueError(f"{path.name}: the report is an Excel workbook; its name ends in .xlsx")
        self._path = path
        self._book = Workbook(write_only=True)
        self._sheet: Any = None
        self._rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._sheet is None:
            self._new_sheet()
        draft = self._path.with_name(f".{self._path.name}.part")
        self._book.save(draft)
        draft.replace(self._path)

    def add(self, line: int, why: Why, *, uscc: str = "", name: str = "") -> None:
        """Write one rejected row."""
        if self._sheet is None or self._rows >= MOST_ROWS:
            self._new_sheet()
        self._rows += 1
        self._sheet.append([line, *map(self._plain, (uscc, name, why.zh, why.en, why.value))])

    def _new_sheet(self) -> None:
        self._sheet = self._book.create_sheet("未接受 Rejected")
        self._sheet.append(list(_HEADING))
        self._rows = 0

    def _plain(self, text: str) -> Any:
        """A cell that stays a text: what begins like a formula must not become one on somebody's desk."""
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

        shown = "".join(c if c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF else "�" for c in text[:120])
        cell = WriteOnlyCell(self._sheet, value=shown)
        if shown[:1] in {"=", "+", "-", "@"}:
            cell.data_type = "s"
            cell.quotePrefix = True
        return cell
