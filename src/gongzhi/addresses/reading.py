"""What the front of an address states: city, county, town, village, and where the rest begins.

Works on normal text (see `normal`). Names come from a gazetteer; without one only the grammar of 省/市/区/街道 is
read. The rest of the line belongs to `words`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gongzhi.addresses.gazetteer import Gazetteer

_PROVINCE = re.compile("(?:中国)?[一-鿿]{2,3}省|[一-鿿]{2,5}自治区")
_CITY = re.compile("[一-鿿]{2,4}?市(?!场)")
_AREA = re.compile("[一-鿿]{1,8}?(?:新区|区|县|市|旗)(?=[一-鿿]{1,8}?(?:街道|镇|乡))")
# A zone is no division of its own: 高新区 may stand between the city and a town that belongs to a county.
_ZONE = re.compile("[一-鿿]{0,4}?(?:高新技术产业开发区|高新区|(?:经济)?(?:技术)?开发区|保税区)")
_WHOLE_TOWN = re.compile("(?:[镇乡]|街道|办事处|(?<!管理)区)$")  # 大岭山管理区 is a village of 大岭山镇
_TOWN = re.compile("[一-鿿]{1,6}?(?:街道办事处|街道办|街道|镇(?!街道)|乡(?!街道|镇))")
# A bare town name before one of these is a road or a place named after the town: 长安东路, 虎门大道.
_NOT_A_TOWN = re.compile("[东南西北中新一二三四五六七八九十]{0,2}(?:大道|大街|路|街|公路|大厦|广场|大桥|巷)")
_SIGNPOST = re.compile("社区|居委|村委|村民委|管理区")
# 樟村工业区, 田心村路: a place named after a village, wherever it lies.
_NAMED_AFTER = re.compile("(?:第?[一二三四五六七八九十]+)?(?:工业|大道|大街|路|街|市场|大厦|广场)")

Span = tuple[int, int]
_NOWHERE: Span = (0, 0)


@dataclass(slots=True)
class Front:
    """What stands before the road. Spans are in the normal text; an empty span says that nothing was found."""

    city: Span = _NOWHERE
    area: Span = _NOWHERE
    area_code: str | None = None
    town: Span = _NOWHERE
    town_codes: tuple[str, ...] = ()
    village: Span = _NOWHERE
    village_code: str | None = None
    village_follows_town: bool = False
    rest: int = 0  # where the part after province, city, county and town begins


def read_front(text: str, gazetteer: Gazetteer) -> Front:
    """Read province, city, county, town and a stated village off the normal text of an address."""
    front = Front()
    at = 0
    if "省" in text or "自治区" in text:
        province = _PROVINCE.match(text)
        if province:
            at = province.end()
    at = _read_city(text, at, gazetteer, front)
    at = _read_area_and_town(text, at, gazetteer, front)
    front.rest = at
    _read_village(text, gazetteer, front)
    return front


def _read_city(text: str, at: int, gazetteer: Gazetteer, front: Front) -> int:
    begin, end = -1, at
    while begin < end:  # 云海市云海市…: the city said twice
        begin = end
        for city in gazetteer.cities:
            if text.startswith(city, begin):
                end = begin + len(city)
                front.city = (begin, end)
                break
    if not gazetteer.cities:
        city_match = _CITY.match(text, at)
        if city_match and city_match[0] not in gazetteer.areas:
            front.city = city_match.span()
            return city_match.end()
    for city in gazetteer.cities:
        bare = city.removesuffix("市")
        if text.startswith(bare, end) and _town_at(text, end + len(bare), gazetteer, None):
            front.city = (end, end + len(bare))
            return end + len(bare)
    return end


def _read_area_and_town(text: str, at: int, gazetteer: Gazetteer, front: Front) -> int:
    areas = _areas_at(text, at, gazetteer)
    behind = [_town_at(text, end, gazetteer, code) for end, code in areas]
    # A county's whole name with one of its towns behind it is the county: 双塔区前进街道 is not in 双塔街道.
    is_county = any(town and not _SIGNPOST.match(text, town[0]) for town in behind)
    found = None if is_county else _town_at(text, at, gazetteer, None)
    if found is None:
        if areas:
            end, front.area_code = areas[0]
            front.area = (at, end)
            at, found = end, behind[0]
        else:
            unlisted = None if gazetteer.areas else _AREA.match(text, at)
            if unlisted:
                front.area = unlisted.span()
                at = unlisted.end()
            found = _town_at(text, at, gazetteer, None)
        zone = None if found else _ZONE.match(text, at)
        if zone and _town_at(text, zone.end(), gazetteer, front.area_code):
            at = zone.end()
            found = _town_at(text, at, gazetteer, front.area_code)
    if found:
        end, codes = found
        front.town, front.town_codes = (at, end), codes
        again = _town_at(text, end, gazetteer, front.area_code)  # 东城区东城街道…: the town said twice
        said_twice = again is not None and again[1] == codes and _WHOLE_TOWN.search(text, end, again[0])
        return again[0] if again and said_twice else end
    unknown = _TOWN.match(text, at)
    if unknown:
        front.town = unknown.span()
        return unknown.end()
    return at


def _areas_at(text: str, at: int, gazetteer: Gazetteer) -> list[tuple[int, str]]:
    """The counties whose names stand at `at`, the longest first: where each ends, and its code."""
    return [
        (at + length, gazetteer.areas[text[at : at + length]])
        for length in gazetteer.area_starts.get(text[at : at + 2], ())
        if at + length <= len(text) and text[at : at + length] in gazetteer.areas
    ]


def _town_at(
    text: str, at: int, gazetteer: Gazetteer, area_code: str | None
) -> tuple[int, tuple[str, ...]] | None:
    """The town whose name stands at `at`: where it ends and its codes (several where a name is shared)."""
    for name, named, full in gazetteer.town_starts.get(text[at : at + 2], ()):
        if not text.startswith(name, at):
            continue
        end = at + len(name)
        if not full and _NOT_A_TOWN.match(text, end):
            continue
        codes = named if area_code is None else tuple([code for code in named if code.startswith(area_code)])
        if codes:
            return end, codes
    return None


def _read_village(text: str, gazetteer: Gazetteer, front: Front) -> None:
    """Find the village that the address states with its kind (…村, …社区, …居委会): after the town, else later on."""
    if _read_village_after_town(text, gazetteer, front):
        return
    start = front.rest
    if not front.town_codes:
        for end in range(min(len(text), start + 16), start + 1, -1):
            only = _only_one(text[start:end], front, gazetteer)
            if only:
                front.village, front.village_code = (start, end), only
                return
    post = _SIGNPOST.search(text, start)
    while post:
        found = _village_around(text, post.start(), start, gazetteer, front)
        if found:
            front.village, front.village_code = found
            return
        post = _SIGNPOST.search(text, post.end())


def _read_village_after_town(text: str, gazetteer: Gazetteer, front: Front) -> bool:
    start = front.rest
    for town_code in front.town_codes:
        forms = gazetteer.village_forms.get(town_code, {})
        for length in gazetteer.village_starts.get(town_code, {}).get(text[start : start + 2], ()):
            form = text[start : start + length]
            code = forms.get(form)
            if code is None:
                continue
            end = start + len(form)
            if form in gazetteer.village_shorts[town_code] and _NAMED_AFTER.match(text, end):
                break
            front.village, front.village_code = (start, end), code
            front.village_follows_town = True
            front.town_codes = (town_code,)
            return True
    return False


def _village_around(
    text: str, post: int, start: int, gazetteer: Gazetteer, front: Front
) -> tuple[Span, str] | None:
    for begin in range(max(start, post - 8), post):
        for end in range(min(len(text), post + 7), post, -1):
            form = text[begin:end]
            if front.town_codes:
                for town_code in front.town_codes:
                    code = gazetteer.village_forms.get(town_code, {}).get(form)
                    if code:
                        return (begin, end), code
            else:
                code = _only_one(form, front, gazetteer)
                if code:
                    return (begin, end), code
    return None


def _only_one(form: str, front: Front, gazetteer: Gazetteer) -> str | None:
    """The village of that form where the county, or else the whole city, has just one."""
    codes = gazetteer.anywhere.get(form, ())
    if front.area_code:
        codes = tuple(code for code in codes if code.startswith(front.area_code))
    return codes[0] if len(codes) == 1 else None
