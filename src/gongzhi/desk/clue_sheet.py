"""A list as an office files it: a title across the top, what was filtered and when, numbered columns, thin borders."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from typing import Any
from urllib.parse import quote

from django.http import FileResponse
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LIVE = ("=", "+", "-", "@", "\t", "\r")
_THIN = Border(*(Side(style="thin", color="808080") for _side in range(4)))
_WIDEST, _NARROWEST = 40, 8


def workbook(
    title: str,
    stated: Sequence[tuple[str, str]],
    heads: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    unit: str,
    day: date,
) -> FileResponse:
    """An answer that downloads `title-day.xlsx`.

    Row 1 the title, row 2 who filled it in and when, row 3 what it was narrowed to, row 4 the headings, row 5 their
    numbers; rows then come as they are read, each with its number in front.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    every = [_("序号"), *heads]
    lines = iter(rows)
    first = [list(row) for _number, row in zip(range(200), lines, strict=False)]
    for number, width in enumerate(_widths(every, first), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A6"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "4:5"
    last = get_column_letter(len(every))
    for number in (1, 2, 3):
        sheet.merged_cells.ranges.add(f"A{number}:{last}{number}") if hasattr(sheet, "merged_cells") else None
    sheet.append([_cell(sheet, title, bold=True, size=16, centre=True)])
    sheet.append(
        [_cell(sheet, _("填报单位：%(unit)s    制表日期：%(day)s") % {"unit": unit, "day": day.isoformat()})]
    )
    narrowed = _("；").join(f"{label}{_('：')}{value}" for label, value in stated) or _("全部")
    sheet.append([_cell(sheet, _("筛选条件：%(said)s") % {"said": narrowed})])
    sheet.append([_cell(sheet, head, bold=True, centre=True, framed=True) for head in every])
    sheet.append([_cell(sheet, number, centre=True, framed=True) for number in range(1, len(every) + 1)])
    for number, row in enumerate(chain(first, lines), 1):
        sheet.append([_cell(sheet, value, framed=True) for value in (number, *row)])
    # Held by the answer, which closes it once it is sent.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    book.save(file)
    file.seek(0)
    response = FileResponse(file, content_type=_KIND)
    response.headers["Content-Disposition"] = (
        f"attachment; filename*=UTF-8''{quote(title)}-{day.isoformat()}.xlsx"
    )
    return response


def _cell(
    sheet: Any, value: Any, *, bold: bool = False, size: int = 11, centre: bool = False, framed: bool = False
) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str) and value.startswith(_LIVE):
        # What a spreadsheet would run as a formula stays text.
        cell.data_type = "s"
    if bold or size != 11:
        cell.font = Font(bold=bold, size=size)
    if centre:
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    if framed:
        cell.border = _THIN
        if not centre:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def _widths(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[int]:
    """Widths in characters by the first rows; a Chinese character is two wide."""
    for place, head in enumerate(heads):
        texts = [str(row[place - 1]) for row in rows if place and row[place - 1] is not None]
        longest = max((_width(text) for text in (head, *texts)), default=_NARROWEST)
        yield max(_NARROWEST, min(_WIDEST, longest + 2))


def _width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
