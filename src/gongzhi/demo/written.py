"""How businesses write an address of the library: short, wide, old, wrong or hardly at all.

Shares are invented, in the proportions that a registry's address column shows everywhere: most addresses
follow the library, a few name the wrong village, a few are not in it, and a few say next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gongzhi.demo import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gongzhi.demo.library import Entry

DRAWS = 8  # random integers that one written address uses

WRONG_VILLAGE = 4.0  # per cent
NOT_IN_LIBRARY = 3.0
VAGUE = 1.0

_FRONTS = (("广东省东莞市", 64), ("东莞市", 29), ("", 4), ("东莞", 2), ("广东东莞市", 1))
_FRONT_OF = [front for front, share in _FRONTS for _ in range(share)]
_ROOMS = (
    "101室",
    "一楼",
    "102",
    "首层",
    "201室",
    "一楼101室",
    "商铺",
    "1号铺",
    "二楼",
    "之一",
    "A101",
    "三楼",
)
_WIDE = str.maketrans("0123456789ABCDEF", "０１２３４５６７８９ＡＢＣＤＥＦ")
_TRADITIONAL = str.maketrans("东广莞号镇区业楼龙门湾兴华马乐长荣宁", "東廣莞號鎮區業樓龍門灣興華馬樂長榮寧")
_OLD_STREET_TOWNS = ("东城", "南城", "万江", "莞城")
_CHINESE = "〇一二三四五六七八九"


class AddressWriter:
    """Writes the library's addresses the way businesses do."""

    def __init__(self, library: Sequence[Entry]) -> None:
        """Remember which villages each town has, for the addresses that name a wrong one."""
        self._library = library
        self._villages: dict[str, list[str]] = {}
        for entry in library:
            own = self._villages.setdefault(entry.town, [])
            if entry.village and entry.village not in own:
                own.append(entry.village)
        self._road_words = names.road_words()

    def write(self, index: int, draws: list[int], *, clustered: bool = False) -> str:
        """The entry at `index` as one business writes it; `draws` are DRAWS random integers."""
        entry = self._library[index]
        oddity = draws[0] % 10_000 / 100
        if clustered:
            return f"{entry.address}{2 + draws[1] % 25}{1 + draws[2] % 40:02d}室（集群注册）"
        if oddity < VAGUE:
            return _vague(entry, draws)
        village, road, number = entry.village, entry.road, entry.number
        if oddity < VAGUE + WRONG_VILLAGE:
            village = self._wrong_village(entry, draws[1])
        elif oddity < VAGUE + WRONG_VILLAGE + NOT_IN_LIBRARY:
            road, number = self._unknown_door(entry, draws[1])
        text = (
            _FRONT_OF[draws[2] % 100]
            + _town(entry.town, draws[3] % 100)
            + _village(village, draws[4] % 100)
            + road
            + _number(number, draws[5] % 100)
            + _inside(entry, draws[6])
        )
        return _dress(text, draws[7] % 1000)

    def _wrong_village(self, entry: Entry, draw: int) -> str:
        others = [village for village in self._villages[entry.town] if village != entry.village]
        return others[draw % len(others)] if others else entry.village

    def _unknown_door(self, entry: Entry, draw: int) -> tuple[str, str]:
        """A number that the road has not reached, or a road that nobody has surveyed yet."""
        if draw % 2:
            return entry.road, str(int(entry.number) + 400 + draw % 300)
        word = self._road_words[draw // 2 % len(self._road_words)]
        return f"新{word}横路", str(1 + draw % 60)


def _town(town: str, chance: int) -> str:
    short = town.removesuffix("街道").removesuffix("镇")
    if short in _OLD_STREET_TOWNS and chance < 20:
        return f"{short}区"
    return short if chance < 8 else town


def _village(village: str, chance: int) -> str:
    core = village.removesuffix("社区").removesuffix("村")
    if chance < 76 or not core:
        return village
    if chance < 86:
        return core
    if chance < 94:
        return ""
    return core + ("村" if chance < 97 else "社区" if chance < 99 else "管理区")


def _number(number: str, chance: int) -> str:
    if chance < 93:
        return f"{number}号"
    if chance < 96:
        return f"{number}-{1 + chance % 3}号"
    if chance < 98:
        return number
    return "".join(_CHINESE[int(digit)] for digit in number) + "号"


def _inside(entry: Entry, draw: int) -> str:
    """Building, unit and room; many add a room that the library does not know."""
    room = _ROOMS[draw // 100 % len(_ROOMS)]
    chance = draw % 100
    if entry.unit:
        inside = entry.building + entry.unit if chance < 82 else entry.unit
        return inside + room if chance < 25 and entry.site == "park" else inside
    if entry.building:
        return entry.building + room if chance < 80 else entry.building
    return room if chance < 46 else ""


def _vague(entry: Entry, draws: list[int]) -> str:
    shapes = (
        f"东莞市{entry.town}",
        f"东莞市{entry.town}{entry.village}",
        f"{entry.town}{entry.village}市场旁",
        f"{entry.village or entry.town}村口",
        f"东莞市{entry.town}{entry.road}",
        f"{entry.road}附近",
    )
    return shapes[draws[1] % len(shapes)]


def _dress(text: str, chance: int) -> str:
    """The typing: full-width digits, traditional forms, stray spaces and remarks."""
    if chance < 40:
        return text.translate(_WIDE)
    if chance < 45:
        return text.translate(_TRADITIONAL)
    if chance < 60:
        return f"{text}（一址多照）"
    if chance < 70:
        return text.replace("号", "号 ", 1)
    return text
