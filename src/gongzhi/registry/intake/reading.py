"""Rows out of a file, whatever somebody made of it: CSV in UTF-8 or GB18030, gzipped or not, or a workbook.

A row that can't be read is given as such, with its line and why; reading goes on behind it. Memory is bounded: no
line, no quoted cell and no workbook part is taken in beyond the limits below.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from gongzhi.registry.intake.workbook import read_workbook
from gongzhi.registry.rules import Why

LONGEST_LINE = 1 << 18
"""Characters in one line of a file: ten times the longest scope that is accepted."""
MOST_LINES_A_ROW = 50
"""A cell may hold line ends; a row of more lines than this has a quotation mark that nobody closed."""
_SAMPLE = 1 << 16


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that can't be taken apart into cells; `begins` is how it begins."""

    line: int
    why: Why
    begins: str


@dataclass(frozen=True, slots=True)
class Cells:
    """A row's cells as texts. `line` is where it begins, counted from 1 with the heading."""

    line: int
    cells: Sequence[str]


Read = Cells | Unreadable


class UnreadableFileError(ValueError):
    """The file as a whole can't be read; the message says why in both languages."""


class RowsOf:
    """Every row of a file in turn, the heading first; blank lines are left out. Iterate once.

    `complete` is False afterwards when a compressed file turned out to be cut or damaged: the rows up to there were
    given, and the one it ends in as unreadable. Iterating raises UnreadableFileError, and OSError when the file can't
    be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.complete = True

    def __iter__(self) -> Iterator[Read]:
        with self._path.open("rb") as file:
            head = file.read(4)
        if head == b"PK\x03\x04":
            for line, cells in read_workbook(self._path):
                yield Cells(line, cells)
            return
        if head[:2] in {b"\xff\xfe", b"\xfe\xff"} or head == b"\xd0\xcf\x11\xe0":
            raise UnreadableFileError(
                "不支持的格式，请另存为 .xlsx 或 UTF-8 的 CSV / "
                "not a format we read; save it as .xlsx or as CSV in UTF-8"
            )
        if head[:2] == b"\x1f\x8b":
            yield from self._gzipped()
        else:
            with self._path.open("rb") as sample:
                encoding = _encoding(sample)
            with self._path.open("rb") as raw, _text(raw, encoding) as text:
                yield from _Rows(text, lambda: False)

    def _gzipped(self) -> Iterator[Read]:
        with _Gzipped(self._path) as sample:
            encoding = _encoding(sample)
        with _Gzipped(self._path) as raw, _text(io.BufferedReader(raw, 1 << 18), encoding) as text:
            yield from _Rows(text, lambda: raw.cut)
            self.complete = not raw.cut


def _text(raw: BinaryIO, encoding: str) -> TextIO:
    # Damaged bytes become lone surrogates, which no digest can encode: the row is then refused by name.
    return io.TextIOWrapper(raw, encoding=encoding, errors="surrogateescape", newline="")


class _Gzipped(io.RawIOBase):
    """A gzip file that simply ends where it was cut or damaged, and says so in `cut`."""

    def __init__(self, path: Path) -> None:
        self._gzip = gzip.open(path, "rb")  # noqa: SIM115  closed by `close`
        self.cut = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self.cut:
            return 0
        try:
            data = self._gzip.read1(len(buffer))
        except (EOFError, gzip.BadGzipFile, zlib.error):
            self.cut = True
            return 0
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._gzip.close()
        super().close()


def _encoding(raw: BinaryIO) -> str:
    """UTF-8 or GB18030, by the first 64 KiB of text that is not plain ASCII.

    A few damaged bytes don't make UTF-8 another encoding, but Chinese in GB18030 is hardly ever valid UTF-8.
    """
    sample = b""
    first = True
    while len(sample) < _SAMPLE and (block := raw.read(1 << 20)):
        if first and block.startswith(b"\xef\xbb\xbf"):
            return "utf-8-sig"
        first = False
        if not block.isascii():
            sample += block
    multibyte = sum(byte >= 0x80 for byte in sample[: 4 * _SAMPLE])
    damaged = sample[: 4 * _SAMPLE].decode("utf-8", errors="replace").count("�")
    return "utf-8" if damaged <= multibyte / 20 else "gb18030"


class _RowTooLongError(Exception):
    """A line or a row goes on beyond all measure."""


class _Rows:
    """Rows of a CSV, with the means to step back when a quotation mark was not closed."""

    def __init__(self, text: TextIO, cut: Callable[[], bool]) -> None:
        self._text = text
        self._cut = cut
        self._back: deque[str] = deque()
        self._taken: list[str] = []
        self._line = 0

    def __iter__(self) -> Iterator[Read]:
        rows = csv.reader(_Feed(self), strict=True)
        csv.field_size_limit(LONGEST_LINE * MOST_LINES_A_ROW)
        width = 0
        while True:
            self._taken = []
            begins = self._line + 1
            try:
                cells = next(rows)
            except StopIteration:
                return
            except _RowTooLongError:
                yield Unreadable(begins, Why.ROW_TOO_LONG, self._first())
                self._skip_rest()
                continue
            except csv.Error:
                yield self._unclosed(begins)
                continue
            if not cells or cells == [""]:
                continue
            width = width or len(cells)
            if self._ends_here(cells, width):
                yield Unreadable(begins, Why.ENDS_IN_ROW, self._first())
            elif len(cells) != width:
                yield Unreadable(begins, Why.CELL_COUNT, self._first())
            else:
                yield Cells(begins, cells)

    def take(self) -> str:
        """The next line; raises StopIteration at the end, and an error when the row goes on beyond measure."""
        if len(self._taken) >= MOST_LINES_A_ROW:
            raise csv.Error("row of too many lines")
        line = self._back.popleft() if self._back else self._text.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self._line += 1
        self._taken.append(line)
        if len(line) >= LONGEST_LINE:
            raise _RowTooLongError
        return line

    def _first(self) -> str:
        return self._taken[0][:80].rstrip("\r\n") if self._taken else ""

    def _unclosed(self, begins: int) -> Unreadable:
        """Give up the first line alone: the lines behind it may be perfectly good rows."""
        first, *rest = self._taken
        self._back.extendleft(reversed(rest))
        self._line = begins
        ended = not rest and not first.endswith(("\n", "\r"))
        return Unreadable(begins, Why.ENDS_IN_ROW if ended else Why.BROKEN_QUOTES, first[:80].rstrip("\r\n"))

    def _skip_rest(self) -> None:
        # The rest of an endless line is read in pieces and thrown away.
        while self._taken and not self._taken[-1].endswith("\n"):
            piece = self._text.readline(LONGEST_LINE)
            if not piece:
                return
            self._taken[-1] = piece[-1]

    def _ends_here(self, cells: list[str], width: int) -> bool:
        """Whether the file stops inside this row: no line end, and cells missing or the file known to be cut."""
        last = self._taken[-1] if self._taken else ""
        return not last.endswith(("\n", "\r")) and (len(cells) < width or self._cut())


class _Feed:
    """The lines of a `_Rows`, as the CSV reader asks for them."""

    def __init__(self, rows: _Rows) -> None:
        self._rows = rows

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        return self._rows.take()
