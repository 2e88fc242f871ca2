"""Who needs no business licence, or nothing at all: by place and time, by skill, by card, or by the activity itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from gongzhi.clues.rules.knowing import all_of, answered, any_of
from gongzhi.clues.rules.situation import Standing

if TYPE_CHECKING:
    from gongzhi.clues.rules.situation import Situation, Where
    from gongzhi.clues.rules.tables import Day
    from gongzhi.packs.clue_rows import DesignatedPlace, Exemption
    from gongzhi.packs.rows import Trade

DESIGNATED = "designated_place"
"""The answer of somebody on the spot, under this name, comes before what the place's outline says."""
_CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Freed:
    """Whether a trade is free of the licence, and of permits as well, and by which exemptions that may be."""

    trade: str
    licence: bool | None
    both: bool | None
    by: tuple[str, ...]
    maybe: tuple[str, ...]


def freed(trade: Trade, situation: Situation, day: Day) -> Freed:
    """How far the law frees an operator of this trade, seen there and then."""
    licence: bool | None = False
    both: bool | None = False
    by: list[str] = []
    maybe: list[str] = []
    for code in trade.exemptions:
        exemption = day.exemptions.get(code)
        if exemption is None:
            continue
        met = _met(exemption, trade, situation, day)
        if met is False:
            continue
        (by if met else maybe).append(code)
        licence = True if met else (licence or None)
        if exemption.frees == "both":
            both = True if met else (both or None)
    return Freed(trade.code, licence, both, tuple(by), tuple(maybe))


def freed_by_permit(permit: str, situation: Situation, day: Day) -> bool | None:
    """Whether an activity that this permit or filing is about needs no business licence."""
    rows = [row for row in day.exemptions.values() if row.permit == permit]
    return any_of(True if row.needs == "nature" else _holds(row.permit, situation, day) for row in rows)


def _holds(permit: str, situation: Situation, day: Day) -> bool | None:
    standing = situation.standing(permit, day.on)
    return None if standing is Standing.UNKNOWN else standing is Standing.HELD


def _met(exemption: Exemption, trade: Trade, situation: Situation, day: Day) -> bool | None:
    if exemption.needs == "nature":
        return True
    if exemption.needs == "holds":
        return _holds(exemption.permit, situation, day)
    if exemption.needs == "answers":
        return answered(exemption.answers, situation.answers)
    if exemption.needs == "skill":
        # The law frees skills that need no permit; a trade that calls for one is not among them.
        return False if trade.permits else situation.individual
    said = situation.answers.get(DESIGNATED)
    return _designated(exemption.code, situation.where, day) if said is None else said


def _designated(exemption: str, where: Where, day: Day) -> bool | None:
    """Whether the operator stands in a place and at a time designated for this.

    A city that entered no such place has not said that there is none: it is not known then.
    """
    places = [place for place in day.designated_places if exemption in place.exemptions]
    said = [_inside(place, where) for place in places]
    in_time = [_open(place, where) for place in places]
    met = [all_of(pair) for pair in zip(said, in_time, strict=True)]
    if True in met:
        return True
    return None if None in met or not met else False


def _inside(place: DesignatedPlace, where: Where) -> bool | None:
    if where.designated:
        return where.designated == place.code
    if where.area and not (where.area.startswith(place.area) or place.area.startswith(where.area)):
        return False
    if not place.outline:
        return True if where.area.startswith(place.area) else None
    if where.lon is None or where.lat is None:
        return None
    return in_ring([_corner(corner) for corner in place.outline], where.lon, where.lat)


def _corner(written: str) -> tuple[float, float]:
    lon, lat = written.split()
    return float(lon), float(lat)


def in_ring(ring: list[tuple[float, float]], lon: float, lat: float) -> bool:
    """Whether a point lies within a ring of corners, by counting the edges a ray to the east crosses."""
    inside = False
    for (lon_a, lat_a), (lon_b, lat_b) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (lat_a > lat) != (lat_b > lat):
            crossing = lon_a + (lat - lat_a) * (lon_b - lon_a) / (lat_b - lat_a)
            inside ^= lon < crossing
    return inside


def _open(place: DesignatedPlace, where: Where) -> bool | None:
    if where.at is None:
        # Open every day around the clock: whenever it was, it was then.
        return True if not place.weekdays and place.opens == place.closes else None
    local = where.at.astimezone(_CHINA)
    opens, closes = time.fromisoformat(place.opens), time.fromisoformat(place.closes)
    today, yesterday = local, local - timedelta(days=1)
    if opens == closes:
        return _on(place, today.isoweekday())
    if opens < closes:
        return _on(place, today.isoweekday()) and opens <= local.time() < closes
    evening = _on(place, today.isoweekday()) and local.time() >= opens
    return evening or (_on(place, yesterday.isoweekday()) and local.time() < closes)


def _on(place: DesignatedPlace, weekday: int) -> bool:
    return not place.weekdays or str(weekday) in place.weekdays
