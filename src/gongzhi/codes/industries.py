"""The classification of industries GB/T 4754-2017 (国民经济行业分类): sections, divisions, groups and
classes.

The packaged data holds codes, names, parents and levels only; the standard's descriptions are not needed to
file a business and are left out.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

EDITION: Final = "GB/T 4754-2017"


class Level(IntEnum):
    """How fine an industry is; a code has as many characters as its level."""

    SECTION = 1
    """门类, a letter."""
    DIVISION = 2
    """大类, two digits."""
    GROUP = 3
    """中类, three digits."""
    CLASS = 4
    """小类, four digits."""


@dataclass(frozen=True, slots=True)
class Industry:
    """One industry of the standard. ``parent`` is the code it belongs to, empty for a section."""

    code: str
    name: str
    parent: str
    level: Level


@cache
def industries() -> Mapping[str, Industry]:
    """All industries by code, in the standard's order."""
    lines = (files("gongzhi.codes") / "data" / "gbt4754_2017.csv").read_text(encoding="utf-8").splitlines()
    return MappingProxyType(
        {
            row["code"]: Industry(row["code"], row["name"], row["parent"], Level(int(row["level"])))
            for row in csv.DictReader(lines)
        }
    )


def find(code: str) -> Industry | None:
    """The industry with this code, or None; ``A0111``, written with its section, is found as ``0111``."""
    industry = industries().get(code)
    if industry is None and len(code) > 1 and (inner := industries().get(code[1:])):
        return inner if section(inner).code == code[0] else None
    return industry


def is_code(code: str) -> bool:
    """Whether the standard has an industry with exactly this code."""
    return code in industries()


def ancestors(industry: Industry) -> tuple[Industry, ...]:
    """What an industry belongs to, the nearest first; empty for a section."""
    above = []
    while industry.parent:
        industry = industries()[industry.parent]
        above.append(industry)
    return tuple(above)


def section(industry: Industry) -> Industry:
    """The section (门类) an industry belongs to; a section belongs to itself."""
    return (industry, *ancestors(industry))[-1]


def contains(code: str, inner: str) -> bool:
    """Whether the industry ``inner`` is ``code`` or belongs to it. Raises KeyError if ``inner`` is none."""
    industry = industries()[inner]
    return code == inner or any(above.code == code for above in ancestors(industry))


def children(code: str) -> tuple[Industry, ...]:
    """The industries directly below ``code``, in the standard's order; the sections for an empty code."""
    return _children().get(code, ())


@cache
def _children() -> Mapping[str, tuple[Industry, ...]]:
    below: dict[str, tuple[Industry, ...]] = {}
    for industry in industries().values():
        below[industry.parent] = (*below.get(industry.parent, ()), industry)
    return below
