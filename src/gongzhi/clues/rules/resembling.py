"""How far two clues speak of the same operator at the same place."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gongzhi.clues.rules.findings import Reason, Resemblance
from gongzhi.clues.rules.signs import likeness

if TYPE_CHECKING:
    from datetime import date

    from gongzhi.clues.rules.tables import Day, Tables

_EARTH_METRES = 6_371_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Where, when, and under which sign an operator was seen. Empty means not known.

    `door` is the key of a door (`gongzhi.addresses.door_key`), `road` and `number` the parts of an address as its
    reader gives them, `lon`/`lat` degrees (WGS 84), `person` a keyed hash of name and phone, never the name itself.
    """

    door: str = ""
    area: str = ""
    road: str = ""
    number: str = ""
    lon: float | None = None
    lat: float | None = None
    sign: str = ""
    person: str = ""
    trades: tuple[str, ...] = ()
    seen: date


@dataclass(frozen=True, slots=True)
class Told:
    """What one side of the comparison says: for (positive) or against (negative), by how much, and in words."""

    weight: float
    reason: Reason


def resemblance(a: Sighting, b: Sighting, tables: Tables, on: date, *, within_days: int) -> Resemblance:
    """Whether two sightings may be one operator: `probable` is proposed first, `possible` below, `different` never.

    `within_days` is the limit `clue.duplicate`: further apart the same place may be another operator's, and at most
    `possible` is said. Distances and likenesses come from the pack's counts. The order of `a` and `b` does not
    matter. Nothing is merged by this: a person decides.
    """
    day = tables.day(on)
    place, sign, person = _place(a, b, day), _sign(a, b, day), _person(a, b)
    told = [part for part in (place, sign, person, _trade(a, b)) if part is not None]
    apart = abs((a.seen - b.seen).days)
    told.append(_time(apart, within_days))
    score = sum(part.weight for part in told)
    return Resemblance(
        verdict=_verdict(score, place, sign, person, late=apart > within_days),
        score=round(max(0.0, min(1.0, score)), 3),
        reasons=tuple(part.reason for part in told),
    )


def _verdict(
    score: float, place: Told | None, sign: Told | None, person: Told | None, *, late: bool
) -> Literal["probable", "possible", "different"]:
    # Without a place in common two stalls of one chain, or one hawker's two pitches, are not one clue.
    if place is None or place.weight <= 0:
        return "possible" if person is not None and person.weight > 0 and place is None else "different"
    if score >= 0.7 and not late and (_for(sign) or _for(person)):
        return "probable"
    return "possible" if score >= 0.4 else "different"


def _for(told: Told | None) -> bool:
    return told is not None and told.weight > 0


def _place(a: Sighting, b: Sighting, day: Day) -> Told | None:
    if a.door and b.door:
        same = a.door == b.door
        return Told(0.5, _say("same_door", "同一门牌", "The same door")) if same else _spot(a, b, day, -0.6)
    return _spot(a, b, day, 0.0)


def _spot(a: Sighting, b: Sighting, day: Day, otherwise: float) -> Told | None:
    """Distance where both have a position, road and number otherwise; a different door needs more than that."""
    metres = metres_between(a, b)
    if metres is not None and not otherwise:
        if metres <= day.count("clue.same_metres"):
            return Told(0.5, _say("same_spot", f"相距约 {metres:.0f} 米", f"About {metres:.0f} m apart"))
        if metres <= day.count("clue.near_metres"):
            return Told(0.25, _say("near", f"相距约 {metres:.0f} 米", f"About {metres:.0f} m apart"))
        return Told(-0.6, _say("far", f"相距约 {metres:.0f} 米", f"About {metres:.0f} m apart"))
    if otherwise:
        return Told(otherwise, _say("other_door", "门牌不同", "Another door"))
    return _road(a, b)


def _road(a: Sighting, b: Sighting) -> Told | None:
    if a.area and b.area and not (a.area.startswith(b.area) or b.area.startswith(a.area)):
        return Told(-0.6, _say("other_area", "不在同一村（社区）或网格", "Not in the same village or grid"))
    if not (a.road and b.road):
        return None
    if a.road != b.road:
        return Told(-0.6, _say("other_road", "道路不同", "Another road"))
    if a.number and b.number:
        if a.number == b.number:
            return Told(0.5, _say("same_number", "同路同号", "The same road and number"))
        return Told(-0.6, _say("other_number", "门牌号不同", "Another number"))
    return Told(0.25, _say("same_road", "同一道路", "The same road"))


def _sign(a: Sighting, b: Sighting, day: Day) -> Told | None:
    alike = likeness(a.sign, b.sign)
    if alike is None:
        return None
    percent = round(alike * 100)
    if percent >= day.count("clue.sign_alike"):
        return Told(0.4, _say("same_sign", f"招牌相同或几乎相同（{percent}%）", f"Signs alike ({percent}%)"))
    if percent >= day.count("clue.sign_near"):
        return Told(0.2, _say("near_sign", f"招牌相近（{percent}%）", f"Signs close ({percent}%)"))
    return Told(-0.3, _say("other_sign", f"招牌不同（{percent}%）", f"Other signs ({percent}%)"))


def _person(a: Sighting, b: Sighting) -> Told | None:
    if not (a.person and b.person):
        return None
    if a.person == b.person:
        return Told(0.4, _say("same_person", "同一经营者", "The same person"))
    return Told(-0.2, _say("other_person", "经营者不同", "Another person"))


def _trade(a: Sighting, b: Sighting) -> Told | None:
    if not (a.trades and b.trades):
        return None
    if set(a.trades) & set(b.trades):
        return Told(0.15, _say("same_trade", "行业相同", "The same trade"))
    return Told(-0.15, _say("other_trade", "行业不同", "Another trade"))


def _time(apart: int, within_days: int) -> Told:
    if apart <= within_days:
        return Told(0.05, _say("soon", f"相隔 {apart} 天", f"{apart} days apart"))
    return Told(-0.2, _say("long_ago", f"相隔 {apart} 天", f"{apart} days apart"))


def _say(code: str, zh: str, en: str) -> Reason:
    return Reason(code, zh, en)


def metres_between(a: Sighting, b: Sighting) -> float | None:
    """The distance in metres, or None where either position is not known."""
    if a.lon is None or a.lat is None or b.lon is None or b.lat is None:
        return None
    mean = math.radians((a.lat + b.lat) / 2)
    east = math.radians(b.lon - a.lon) * math.cos(mean)
    north = math.radians(b.lat - a.lat)
    return _EARTH_METRES * math.hypot(east, north)
