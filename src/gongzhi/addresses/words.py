"""What the part after the town and village says: roads with numbers, places, and the letters they are made of.

`read_words` cuts the line into the pieces that a library of known addresses can speak about. It judges nothing:
which piece names a village is for the library to say.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# Where one name ends and the next may begin: a numbered part of a building, or a word that says only "inside".
_CUT = re.compile(
    "第?[0-9A-Z]+(?:[-、/.][0-9A-Z]+)*(?:号楼|号铺|号院|号|栋|幢|座|楼|层|室|房|单元|铺|区|期|卡|柜|档|梯|商铺)?"
    "|集群注册|首层|地铺|厂房|宿舍楼?|办公楼|综合楼|商铺|铺位|之[一二三四五六七八九十]|旁边|对面|附近|地段|路段|[旁侧内段]"
    "|[(),、:/.\\-]"
)
_ROAD = re.compile(
    "(?P<name>[一-鿿]{1,9}?(?:大道|大街|公路|国道|省道|路|街|巷))(?P<end>[东南西北中](?![路街]))?"
)
_NUMBERED = re.compile(
    "(?P<road>[一-鿿]{1,9}?(?:大道|大街|公路|国道|省道|路|街|巷|坊|围|里|村|区|队|组|园)[东南西北中]?(?:[0-9]{1,3}(?:巷|区|街|坊|里|弄|排|队|组))*)"
    "(?:\\([^()]{0,8}\\))?[一-鿿]{0,3}?(?P<number>[0-9]{1,5})(?P<part>栋|幢|座)?(?!楼|层|室|房|单元|期|区|铺|巷)"
)
_BLOCK = re.compile("^[A-Z]{0,2}[0-9]{1,3}区")
_PLACE = re.compile(
    "[一-鿿A-Z]{1,12}?(?:工业园区|工业区|工业园|工业城|科技园|产业园|创业园|商业街|步行街|新村|花园|大厦|广场|市场|小区|豪园|豪庭"
    "|中心|[村苑城楼庭轩阁厂园围坊里组队社墟屋埔岭塘坑])"
)
_STEM = re.compile("[一二三四五六七八九十东南西北中新]|大道|大街|公路|国道|省道|[路街巷]")
_COMMON = re.compile(
    "大道|大街|公路|国道|省道|工业园区|工业[区园城]|科技园|产业园|商业街|[路街巷村区]|第?[一二三四五六七八九十]+|[东西南北中]|[A-Z0-9|]"
)
_SMALL = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九")
_ROAD_DIGITS = re.compile("(?<=[一-鿿])([1-9])(?=路|街|横路|马路|环路)")
_LETTERS_KEPT = 18  # of the front of the line; what follows is nearly always the inside of a building
_NAMES_KEPT = 4


class Words(NamedTuple):
    """The pieces of one line."""

    letters: str  # the first names with `|` between them and `^` before: n-grams are taken from here
    core: str  # the letters that can point at a place: kinds of roads, numbers and directions left out
    names: tuple[str, ...]  # the names, one between two cuts
    roads: tuple[str, ...]
    stems: tuple[str, ...]  # 金富 of 金富一路: the roads of one family
    places: tuple[str, ...]
    numbered: tuple[
        tuple[str, int], ...
    ]  # (road or quarter, number); 栋 of an estate count apart from 号 of it
    blocks: tuple[str, ...]  # 31区: a city quarter known by its number


def read_words(rest: str) -> Words:
    """The pieces of `rest`, normal text after the town with the stated village taken out."""
    rest = _ROAD_DIGITS.sub(lambda m: _SMALL[int(m[1])], rest)
    names = [name for name in _CUT.sub("|", rest).split("|") if name]
    roads: list[str] = []
    stems: list[str] = []
    places: list[str] = []
    for name in names[:_NAMES_KEPT]:
        _cut_name(name, roads, stems, places)
    numbered = [(m["road"] + ("栋" if m["part"] else ""), int(m["number"])) for m in _NUMBERED.finditer(rest)]
    block = _BLOCK.match(rest)
    joined = "|".join(names)
    return Words(
        letters="^" + joined[:_LETTERS_KEPT],
        core=_COMMON.sub("", joined),
        names=tuple(names[:_NAMES_KEPT]),
        roads=tuple(roads),
        stems=tuple(stems),
        places=tuple(places),
        numbered=tuple(numbered[:3]),
        blocks=(block[0],) if block else (),
    )


def _cut_name(name: str, roads: list[str], stems: list[str], places: list[str]) -> None:
    at = 0
    while at < len(name):
        road = _ROAD.match(name, at)
        place = _PLACE.match(name, at)
        if road and (place is None or road.end("name") <= place.end()):
            roads.append(road[0])
            stem = _STEM.sub("", road["name"])
            if stem:
                stems.append(stem)
            at = road.end()
        elif place:
            places.append(place[0])
            at = place.end()
        else:
            places.append(name[at:])
            return
