"""What the part after the town and village says: roads with numbers, places, and the letters they are made of.

`read_words` cuts the line into the pieces that a library of known addresses can speak about. It judges nothing:
which piece names a village is for the library to say. The expressions begin with a set of letters wherever they can:
most letters of a line start nothing, and one look tells.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from gongzhi.addresses.building import building_lines
from gongzhi.addresses.normal import apart, below_each_other

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Where one name ends and the next may begin: a numbered part of a building, or a word that says only "inside".
_CUT = re.compile(
    "(?=[第0-9A-Z集首地厂宿办综商铺之旁对附路侧内段(),、:/.\\-])(?:"
    "第?[0-9A-Z]+(?:[-、,/.][0-9A-Z]+)*(?:号楼|号铺|号院|号|栋|幢|座|楼|层|室|房|单元|铺|区|期|卡|柜|档|梯|商铺)?"
    "|集群注册|首层|地铺|厂房|宿舍楼?|办公楼|综合楼|商铺|铺位|之[一二三四五六七八九十]|旁边|对面|附近|地段|路段|[旁侧内段]"
    "|[(),、:/.\\-])"
)
# What ends a name inside such a piece: 莞太路|中兴大厦.
_ENDING = re.compile(
    "(?=[大公国省路街巷工科产创商步新花广市小豪中村居苑城楼庭轩阁厂园围坊里组队社墟屋埔岭塘坑])(?:"
    "(?P<road>(?:大道|大街|公路|国道|省道|路|街(?!道)|巷)(?:[东南西北中](?![路街]))?)"
    "|(?:工业园区|工业[区园城]|科技园|产业园|创业园|商业街|步行街|新村|花园|(?:[村居]民|村)?小组|大厦|广场|市场|小区"
    "|豪园|豪庭|中心|城(?!市)|[村苑楼庭轩阁厂园围坊里组队社墟屋埔岭塘坑](?!村))"
    # 龙园路, 科苑北路: a road named after a place is one name.
    "(?![东南西北中上下新一二三四五六七八九十]{0,2}(?:路|街(?!道)|大道|大街|公路)))"
)
_NUMBERED = re.compile(
    "(?=[路街巷道坊围里村区队组园])[路街巷道坊围里村区队组园][东南西北中]?(?P<within>(?:[0-9]{1,3}[巷区街坊里弄排队组])*)"
    "(?:\\([^()\n]{0,8}\\))?(?:(?![路街巷道])[一-鿿]){0,3}?(?P<number>[0-9]{1,5})(?P<part>[栋幢座])?(?![楼层室房期区铺巷]|单元)"
)
_NAME_BEFORE = re.compile("(?:[一-鿿]{1,9}[0-9]{1,3}(?=[巷区街坊里弄排队组]))?[一-鿿]{1,9}$")
_NAME_AT_MOST = 24  # letters that _NAME_BEFORE can take
_INSIDE_BUILDING = "号栋幢座楼层室铺"
_BLOCK = re.compile("[A-Z]{0,2}[0-9]{1,3}区")
_KIND_OF_ROAD = re.compile(
    "[一二三四五六七八九十东南西北中横]*(?:大道|大街|公路|国道|省道|[路街巷])[东南西北中]?$"
)
_QUARTER = "工业园区|工业[区园城]|科技园|产业园|创业园|商业街|步行街|管理区|花园|大厦|广场|市场|小区|中心"
# What many villages of a town have and none is called by: 第二工业区, 新围, and the 巷 that a number leaves over.
_NO_NAME = re.compile(
    "(?:第?[一二三四五六七八九十东南西北中新老旧大小]+)?"
    f"(?:{_QUARTER}|办公|商住楼|商业楼|商铺|综合楼|宿舍|厂房|小组|[村苑城楼阁厂园围坊里组队社区期巷排幢路段])?"
)
# 江贝 of 江贝工业区 and of 江贝市场: what stands around a hamlet is named after it, as its roads are.
_KIND_OF_PLACE = re.compile(
    "(?:第?[一二三四五六七八九十]+)?"
    f"(?:{_QUARTER}|新村|新区|旧村|老村|老围|新围|豪园|豪庭|(?:[村居]民|村)?小组|[东南西北]区|[村组队区])+$"
)
# A committee that is not named says no more than that there is one.
_UNNAMED = re.compile("^(?:社区)?(?:(?:居|村)民委员会|[居村]委会|[居村]委)", re.MULTILINE)
_COMMON = re.compile(
    "(?=[大公国省工科产商路街巷村区第一二三四五六七八九十东西南北中A-Z0-9|])(?:"
    "大道|大街|公路|国道|省道|工业园区|工业[区园城]|科技园|产业园|商业街|第?[一二三四五六七八九十]+|[路街巷村区东西南北中A-Z0-9|])"
)
_SMALL = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九")
_ROAD_DIGITS = re.compile("[1-9](?<=[一-鿿].)(?=路|街|横路|马路|环路)")
LETTERS_KEPT = (
    17  # of the front of the line, with its sign; what follows is nearly always the inside of a building
)
MARK_BITS = 28  # no name is longer than that
MARK = (1 << MARK_BITS) - 1
_BEGINNING_KEPT = 16
_NAMES_KEPT = 4
_NUMBERS_KEPT = 3
_make: Final = tuple.__new__  # see `matching`
_ROAD, _STEM, _PLACE = 5, 6, 7  # their groups in `keys`


class Name(NamedTuple):
    """A name between two cuts, and what it is made of."""

    core: str  # the letters that can point at a place: kinds of roads, numbers and directions left out
    roads: tuple[str, ...]
    places: tuple[str, ...]
    marks: tuple[int, ...]  # what stands where: its group in `keys`, its begin and its end, MARK_BITS each


class Words(NamedTuple):
    """The pieces of one line."""

    letters: (
        str  # all names with `|` between them and `^` before: n-grams are taken from the first LETTERS_KEPT
    )
    core: str  # of all names
    names: tuple[str, ...]  # the first names, one between two cuts
    cut: tuple[Name, ...]  # the same
    numbered: tuple[
        tuple[str, int], ...
    ]  # (road or quarter, number); 栋 of an estate count apart from 号 of it
    blocks: tuple[str, ...]  # 31区: a city quarter known by its number
    beginning: str  # the first letters as written: how far two lines run alike
    line: str  # the line up to the building where it has a number, else nothing

    @property
    def roads(self) -> tuple[str, ...]:
        """The roads among the names."""
        return tuple([road for name in self.cut for road in name.roads])

    @property
    def stems(self) -> tuple[str, ...]:
        """金富 of 金富一路, 金富新村: the roads and places of one family."""
        return tuple(
            [
                name[mark >> MARK_BITS & MARK : mark & MARK]
                for name, cut in zip(self.names, self.cut, strict=True)
                for mark in cut.marks
                if mark >> 2 * MARK_BITS == _STEM
            ]
        )

    @property
    def places(self) -> tuple[str, ...]:
        """What is no road among the names: estates, buildings, quarters."""
        return tuple([place for name in self.cut for place in name.places])


def read_words(rest: str) -> Words:
    """The pieces of `rest`, normal text after the town with the stated village taken out."""
    return read_all_words([rest])[0]


def read_all_words(rests: Sequence[str], buildings: Mapping[str, str] | None = None) -> list[Words]:
    """The pieces of each of `rests`, as `read_words` finds them; the expressions go through all lines at once.

    `buildings` says how far some lines run up to their buildings, where somebody has cut them already.
    """
    if not rests:
        return []
    text = _ROAD_DIGITS.sub(_small, _UNNAMED.sub("", below_each_other(rests)))
    lines = apart(text)
    numbered = _numbered(text, lines)
    known = buildings or {}
    with_number = [line for line, found in zip(lines, numbered, strict=True) if found and line not in known]
    cut_now = iter(building_lines(with_number))
    read = []
    for line, pieces, found in zip(lines, apart(_CUT.sub("|", text)), numbered, strict=True):
        names = [name for name in pieces.split("|") if name]
        cut = [_cut_name(name) for name in names]
        block = _BLOCK.search(line) if "区" in line else None
        words = (
            "^" + "|".join(names),
            "".join([name.core for name in cut]),
            tuple(names[:_NAMES_KEPT]),
            tuple(cut[:_NAMES_KEPT]),
            found,
            (block[0],) if block else (),
            line[:_BEGINNING_KEPT],
            (known.get(line) or next(cut_now)) if found else "",
        )
        read.append(_make(Words, words))
    return read


def _small(digit: re.Match[str]) -> str:
    return _SMALL[int(digit[0])]


@lru_cache(1 << 14)  # the roads and estates of a city are few, and come again and again
def _cut_name(name: str) -> Name:
    pieces: list[tuple[bool, int, int]] = []  # whether it is a road, its begin, its end
    at = 0
    for ending in _ENDING.finditer(name):
        if ending.start() > at:
            pieces.append((ending["road"] is not None, at, ending.end()))
            at = ending.end()
    if at < len(name):
        pieces.append((False, at, len(name)))
    roads: list[str] = []
    places: list[str] = []
    marks: list[int] = []
    for is_road, begin, end in pieces:
        piece = name[begin:end]
        if is_road:
            roads.append(piece)
            stem = len(_KIND_OF_ROAD.sub("", piece))
        elif _NO_NAME.fullmatch(piece):
            continue
        else:
            places.append(piece)
            stem = len(_KIND_OF_PLACE.sub("", piece))
        marks.append(_mark(_ROAD if is_road else _PLACE, begin, end))
        if stem:
            marks.append(_mark(_STEM, begin, begin + stem))
    return Name(_COMMON.sub("", name), tuple(roads), tuple(places), tuple(marks))


def _mark(group: int, begin: int, end: int) -> int:
    return group << 2 * MARK_BITS | begin << MARK_BITS | end


def _numbered(text: str, lines: Sequence[str]) -> list[tuple[tuple[str, int], ...]]:
    """The numbered roads of each of the `lines` that `text` holds below each other, at most _NUMBERS_KEPT."""
    found: list[tuple[tuple[str, int], ...]] = []
    begin, end = 0, len(lines[0])  # of the line that is looked at
    here: tuple[tuple[str, int], ...] = ()
    for match in _NUMBERED.finditer(text):
        at = match.start()
        while at > end:
            found.append(here)
            here = ()
            begin, end = end + 1, end + 1 + len(lines[len(found)])
        if len(here) == _NUMBERS_KEPT:
            continue
        within = match.start("within")
        name = _NAME_BEFORE.search(text, max(begin, within - _NAME_AT_MOST), within)
        if name is not None:
            road = name[0].lstrip(_INSIDE_BUILDING) + text[within : match.end("within")]
            here += ((road + ("栋" if match["part"] else ""), int(match["number"])),)
    found.append(here)
    found += [()] * (len(lines) - len(found))
    return found
