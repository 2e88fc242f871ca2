"""An address taken apart: city, county, town, village, road, lane, number, building, unit, floor, room.

For people and forms: each part keeps where it stands in the text as it was written. Matching uses the same front
(`reading`) but weighs names instead of deciding what each of them is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from gongzhi.addresses.normal import Normalised, normalise
from gongzhi.addresses.reading import read_front

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gongzhi.addresses.gazetteer import Gazetteer

_NUMBER = "[A-Z]?[0-9]+[A-Z]?(?:[-、,/][A-Z]?[0-9]+[A-Z]?)*"
# In the order in which an address goes from the large to the small; every part may be missing.
_PARTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "natural_village",
        re.compile("[一-鿿]{1,8}?(?:新村|村民小组|小组|自然村|村|屯|坊)(?![一-鿿]{0,4}(?:路|街|大道))"),
    ),
    (
        "road",
        re.compile(
            "[一-鿿]{1,10}?(?:大道|大街|公路|国道|省道|路|街(?!道))[东南西北中]?(?:\\([^()]{1,8}段\\))?"
        ),
    ),
    ("lane", re.compile("[一-鿿]{0,6}?[0-9]{1,3}(?:巷|弄|横巷|里|排)|[一-鿿]{1,6}?(?:巷|弄|胡同)")),
    (
        "number",
        re.compile(_NUMBER + "号(?![楼铺院])|(?<=[路街道巷弄])[0-9]+(?:-[0-9]+)?(?![0-9栋幢座楼层室房])"),
    ),
    (
        "building",
        re.compile(
            f"[一-鿿]{{2,14}}?(?:大厦|广场|花园|中心|大楼|商厦|公寓|市场|工业[园区城]|[苑庭阁轩城厦])(?:{_NUMBER}[栋幢座])?"
            f"|(?:{_NUMBER}|[A-Z])(?:号楼|[栋幢座])"
        ),
    ),
    ("unit", re.compile("[0-9A-Z]+(?:单元|梯)")),
    ("floor", re.compile("(?:地下|负)?[0-9]+(?:[-至、][0-9]+)?(?:楼|层|F)|首层|地下室|顶楼")),
    ("room", re.compile(_NUMBER + "(?:号?商?铺位?|室|房|卡|档|柜)|(?<=[楼层元栋幢座厦元])" + _NUMBER)),
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an address: its normal text, and where it stands in the text as written."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Address:
    """The parts that an address states; None where it states none. Codes are those that the names stand for."""

    raw: str
    city: Part | None = None
    area: Part | None = None
    town: Part | None = None
    village: Part | None = None
    natural_village: Part | None = None
    road: Part | None = None
    lane: Part | None = None
    number: Part | None = None
    building: Part | None = None
    unit: Part | None = None
    floor: Part | None = None
    room: Part | None = None
    rest: tuple[Part, ...] = ()  # what no part claims
    town_code: str | None = None
    village_code: str | None = None

    def parts(self) -> Iterator[tuple[str, Part]]:
        """The stated parts with their names, in the order of the fields."""
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, Part):
                yield one.name, value


def parse(text: str, gazetteer: Gazetteer) -> Address:
    """Take `text` apart. Never raises: what is not understood is in `rest`."""
    norm = normalise(text)
    front = read_front(norm.text, gazetteer)
    claimed = [("city", front.city), ("area", front.area), ("town", front.town), ("village", front.village)]
    taken = [span for _, span in claimed if span[1]]
    for name, pattern in _PARTS:
        found = _first_free(pattern, norm.text, front.rest, taken)
        if found:
            claimed.append((name, found))
            taken.append(found)
    return Address(
        raw=text,
        rest=tuple(_part(norm, begin, end) for begin, end in _gaps(norm.text, front.rest, taken)),
        town_code=front.town_codes[0] if len(front.town_codes) == 1 else None,
        village_code=front.village_code,
        **{name: _part(norm, *span) for name, span in claimed if span[1]},
    )


def _first_free(
    pattern: re.Pattern[str], text: str, at: int, taken: list[tuple[int, int]]
) -> tuple[int, int] | None:
    for begin, end in _gaps(text, at, taken):
        match = pattern.search(text, begin, end)
        if match and match.end() > match.start():
            return match.span()
    return None


def _gaps(text: str, at: int, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for begin, end in sorted(taken):
        if begin > at:
            yield at, begin
        at = max(at, end)
    if at < len(text):
        yield at, len(text)


def _part(norm: Normalised, begin: int, end: int) -> Part:
    start, stop = norm.raw_span(begin, end)
    return Part(norm.text[begin:end], start, stop)
