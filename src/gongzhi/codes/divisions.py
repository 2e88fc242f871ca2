"""Division codes: which part of the country a code names, its level, its parent, and what lies in it.

Six digits name a province, city or county (GB/T 2260), nine a town or street, twelve a village or community
(统计用区划代码). A grid is the twelve digits of its village and a sequence of three. A city without counties,
as Dongguan, has its towns directly under its own six digits (441900 + 3); that can be read from the code,
since the county part is 00, and needs no list of such cities.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class DivisionCodeError(ValueError):
    """Not the code of a division; the message says why, in Chinese and in English."""


class Level(IntEnum):
    """How deep a division lies; a greater level lies inside a smaller one."""

    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    TOWN = 4
    VILLAGE = 5
    GRID = 6


_BY_LENGTH = {9: Level.TOWN, 12: Level.VILLAGE, 15: Level.GRID}


@dataclass(frozen=True, slots=True, order=True)
class Division:
    """A division by its code: 6 digits down to a county, 9 for a town, 12 for a village, 15 for a grid.

    Make one with `parse`, which checks the code and drops the zeros that some tables pad it with.
    """

    code: str

    @property
    def level(self) -> Level:
        """The level, read from the length and the zeros of the code."""
        if len(self.code) > 6:
            return _BY_LENGTH[len(self.code)]
        if self.code.endswith("0000"):
            return Level.PROVINCE
        return Level.CITY if self.code.endswith("00") else Level.COUNTY

    @property
    def parent(self) -> Division | None:
        """The division this one lies in, None for a province; without counties a town lies in its city."""
        if len(self.code) > 6:
            return Division(self.code[:-3])
        match self.level:
            case Level.COUNTY:
                return Division(self.code[:4] + "00")
            case Level.CITY:
                return Division(self.code[:2] + "0000")
            case _:
                return None

    @property
    def ancestors(self) -> tuple[Division, ...]:
        """The divisions this one lies in, the nearest first."""
        above, division = [], self.parent
        while division is not None:
            above.append(division)
            division = division.parent
        return tuple(above)

    @property
    def prefix(self) -> str:
        """What the codes of everything in this division begin with."""
        match self.level:
            case Level.PROVINCE:
                return self.code[:2]
            case Level.CITY:
                return self.code[:4]
            case _:
                return self.code

    @property
    def low(self) -> str:
        """The least code in this division: ``low <= code < high`` holds for exactly the codes in it."""
        return self.prefix

    @property
    def high(self) -> str:
        """The least digits above every code in this division, for an index range on C-collated text."""
        # A carry past the first digit cannot happen: parse() refuses provinces above 82.
        head = self.prefix.rstrip("9")
        return head[:-1] + str(int(head[-1]) + 1)

    def contains(self, other: Division) -> bool:
        """Whether ``other`` is this division or lies in it."""
        return other.code.startswith(self.prefix)

    @property
    def padded(self) -> str:
        """The code with zeros to twelve digits, as statistics write it. Raises ValueError for a grid."""
        if self.level is Level.GRID:
            raise ValueError(f"a grid is not a statistical division: {self.code}")
        return self.code.ljust(12, "0")


def parse(text: str) -> Division:
    """The division that ``text`` names, with padding zeros dropped (441900003000 is the town 441900003).

    Raises DivisionCodeError unless it is 6, 9, 12 or 15 digits 0–9 with no gap in its levels.
    """
    if not (text.isascii() and text.isdigit()) or len(text) not in (6, 9, 12, 15):
        raise DivisionCodeError(
            f"区划代码应为 6、9、12 或 15 位数字 / 6, 9, 12 or 15 digits needed: {text[:20]!r}"
        )
    if not "11" <= text[:2] <= "82":
        raise DivisionCodeError(f"没有代码为 {text[:2]} 的省 / no province has the code {text[:2]}")
    code = text
    while len(code) > 6 and code.endswith("000"):
        code = code[:-3]
    if len(text) == 15 and len(code) != 15:
        raise DivisionCodeError(f"网格序号从 001 起 / grids are numbered from 001: {text}")
    county_without_city = code[2:4] == "00" and code[4:6] != "00"
    if county_without_city or any(code[i : i + 3] == "000" for i in range(6, len(code), 3)):
        raise DivisionCodeError(f"代码缺少中间一级 / a level in the middle is missing: {text}")
    if len(code) > 6 and code[2:6] == "0000":
        raise DivisionCodeError(f"镇街不能直属于省 / a town cannot lie directly in a province: {text}")
    return Division(code)


def grid(village: Division, sequence: int) -> Division:
    """The grid ``sequence`` (1 to 999) of a village. Raises ValueError for another level or sequence."""
    if village.level is not Level.VILLAGE:
        raise ValueError(f"grids lie in villages, and {village.code} is none")
    if not 1 <= sequence <= 999:
        raise ValueError(f"grids are numbered from 1 to 999, not {sequence}")
    return Division(f"{village.code}{sequence:03d}")
