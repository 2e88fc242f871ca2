"""Invented registrations and the files they come in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from gongzhi.codes import registration_number, uscc

HEADING = ("name", "uscc", "established_date", "business_scope", "address")
AS_OF = "2026-09-21"


def code(number: int) -> str:
    """A valid code that nobody holds."""
    return uscc.make("92", "441900", f"MA{number:06d}")


def old_number(number: int) -> str:
    """A valid registration number of 15 digits that nobody holds."""
    first = f"441900{number:08d}"
    return first + registration_number.compute_check(first)


def row(number: int, **other: str) -> dict[str, str]:
    """An acceptable registration."""
    return {
        "name": f"东莞市恒达{number}号餐饮店",
        "uscc": code(number),
        "established_date": "2026-09-18",
        "business_scope": "餐饮服务；烟草制品零售",
        "address": f"广东省东莞市莞城街道兴华路{number}号",
        **other,
    }


def text(rows: Iterable[Mapping[str, str]], heading: Sequence[str] = HEADING) -> str:
    """The rows as a CSV."""
    out = io.StringIO()
    lines = csv.DictWriter(out, heading, lineterminator="\n")
    lines.writeheader()
    lines.writerows(rows)
    return out.getvalue()


def write(path: Path, rows: Iterable[Mapping[str, str]], *, encoding: str = "utf-8") -> Path:
    """The rows as a CSV file with the columns that the first row has."""
    rows = list(rows)
    path.write_bytes(text(rows, tuple(rows[0])).encode(encoding))
    return path
