"""Reads one CSV file into rows, and says on which line a person has to mend it."""

from __future__ import annotations

import csv
import dataclasses
import io
from datetime import date
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from gongzhi.packs.rows import Row

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.resources.abc import Traversable

R = TypeVar("R", bound=Row)


class PackError(ValueError):
    """A pack can't be used. `problems` lists every fault as `file:line: what is wrong; what to do`."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


def _text(value: str) -> str:
    return value


def _yes_no(value: str) -> bool:
    if value not in {"yes", "no"}:
        raise ValueError(f"'{value}' is neither yes nor no")
    return value == "yes"


def _parts(value: str) -> tuple[str, ...]:
    parts = tuple(value.split("|")) if value else ()
    if "" in parts or len(set(parts)) != len(parts):
        raise ValueError(f"'{value}' has an empty or repeated part; write a|b|c")
    return parts


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"'{value}' is not a date; write YYYY-MM-DD") from None


def _one_of(words: tuple[str, ...]) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in words:
            raise ValueError(f"'{value}' is not one of {', '.join(repr(word) for word in words)}")
        return value

    return read


_READ: dict[Any, Callable[[str], Any]] = {str: _text, bool: _yes_no, date: _day, int: int, float: float}


@dataclasses.dataclass(frozen=True)
class _Column:
    read: Callable[[str], Any]
    required: bool


def _column(kind: Any, required: bool) -> _Column:
    if get_origin(kind) is Literal:
        return _Column(_one_of(get_args(kind)), required)
    if get_origin(kind) is tuple:
        return _Column(_parts, required)
    if isinstance(kind, UnionType):
        (inner,) = (part for part in get_args(kind) if part is not NoneType)
        read = _READ[inner]
        return _Column(lambda value: read(value) if value else None, required=False)
    return _Column(_READ[kind], required)


def _columns(row: type[Row]) -> dict[str, _Column]:
    """The columns of `row`'s file. A field without a default must not be blank."""
    kinds = get_type_hints(row)
    return {
        f.name: _column(kinds[f.name], required=f.default is dataclasses.MISSING)
        for f in dataclasses.fields(row)
        if f.name != "line"
    }


def read_table(folder: Traversable, name: str, row: type[R], problems: list[str]) -> tuple[R, ...]:
    """The rows of `folder/name`, in file order; every fault is added to `problems`.

    An empty tuple where the file is absent: `checks` says which files a pack can't do without.
    """
    file = folder / name
    if not file.is_file():
        return ()
    where = f"{folder.name}/{name}"
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        problems.append(
            f"{where}:1: byte {fault.start} is not UTF-8; save the file as UTF-8 without a byte-order mark"
        )
        return ()
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns = _columns(row)
    header = next(reader, [])
    if sorted(header) != sorted(columns):
        missing, unknown = sorted(set(columns) - set(header)), sorted(set(header) - set(columns))
        problems.append(
            f"{where}:1: the header lacks {missing} and has unknown or repeated columns {unknown}; "
            f"write {','.join(columns)}"
        )
        return ()
    return _rows(where, reader, header, row, columns, problems)


def _rows(
    where: str,
    reader: Any,
    header: list[str],
    row: type[R],
    columns: dict[str, _Column],
    problems: list[str],
) -> tuple[R, ...]:
    rows: list[R] = []
    try:
        for cells in reader:
            if len(cells) != len(header):
                problems.append(
                    f"{where}:{reader.line_num}: {len(cells)} cells for {len(header)} columns; "
                    "quote cells that hold commas"
                )
                continue
            values, faults = _values(columns, header, cells)
            problems.extend(f"{where}:{reader.line_num}: {fault}" for fault in faults)
            if not faults:
                rows.append(row(line=reader.line_num, **values))
    except csv.Error as fault:
        problems.append(f"{where}:{reader.line_num}: {fault}; mend the quotes of this line")
    return tuple(rows)


def _values(
    columns: dict[str, _Column], header: list[str], cells: list[str]
) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    faults: list[str] = []
    for name, cell in zip(header, cells, strict=True):
        column = columns[name]
        if cell != cell.strip():
            faults.append(f"{name} begins or ends with a space; remove it")
        elif column.required and not cell:
            faults.append(f"{name} is blank; fill it in")
        else:
            try:
                values[name] = column.read(cell)
            except ValueError as fault:
                faults.append(f"{name}: {fault}")
    return values, faults
