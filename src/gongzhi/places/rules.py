"""Where an address lies, as far as it can be said. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from gongzhi.addresses.words import read_words

_NAMES_A_DOOR = re.compile(
    "[0-9A-Z]|[厦楼栋座幢阁轩寓]|(?:广场|市场|商场|中心|花园|家园|工业园|科技园|产业园|工业城|酒店|宾馆|学校|医院|车站|商城|大院|工厂|厂房)$"
)


BY_COORDINATES = "coordinates"
"""The method of an address that its own coordinates contradict."""

# 某某路附近 and 市场对面 say where to begin looking, not where somebody is.
_ROUNDABOUT = re.compile("附近|对面|旁边?|交[汇界叉]处?|路口|一带|沿线|周边|隔壁|侧$")
_NAMED_BUILDING = re.compile(
    "[一-鿿]{2,}(?:大厦|广场|市场|商场|商城|中心|花园|家园|雅苑|豪庭|豪园|公寓|小区|新村|工业园|科技园|产业园|创业园|工业城|智造园|酒店|宾馆"
    "|学校|医院|车站|大院|[0-9A-Z]+[栋幢座])$"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A village that the address may lie in, with how likely it is (0 to 1).

    A grid that only coordinates speak for has no score: nobody has measured how often they are right.
    """

    village: str
    score: float | None


@dataclass(frozen=True, slots=True)
class PlacedAddress:
    """Where an address lies.

    `area` is the longest code that is certain: a grid's, a village's, a town's or the city's. `placed` is whether
    the machine may act on it alone, which takes a village that the matcher decided `auto`. `door_key` is empty where
    the address names no door. `candidates` help a person who has to decide.
    """

    area: str
    placed: bool
    door_key: str
    method: str
    confidence: float
    candidates: tuple[Candidate, ...] = ()


def names_a_door(line: str) -> bool:
    """Whether what an address says below its village names one door: a number or a building, not just a quarter."""
    return bool(_NAMES_A_DOOR.search(line))


def can_teach(line: str) -> bool:
    """Whether what an address says below its village is exact enough to teach the library where that is.

    It takes a number on a road or in a quarter, or a building with a name of its own. Where one has to look around, or
    only a room is named, somebody may be found, but nobody else by the same words.
    """
    if _ROUNDABOUT.search(line):
        return False
    return bool(read_words(line).numbered) or bool(_NAMED_BUILDING.search(line))


def weighed(placed: PlacedAddress, point: str | None, draws: Callable[[str], bool]) -> PlacedAddress:
    """What an address and a point that was stated with it say together; `point` is the grid it lies in.

    Where they agree on the village the point may add the grid. Where they disagree nobody acts on either: a person
    sees both. An address that can't be placed by itself is not placed by a point alone, which may be that of the
    whole town, but the point is what the person sees first.
    """
    by_point = (Candidate(point, None),) if point else ()
    if not placed.placed:
        return replace(placed, candidates=(*by_point, *placed.candidates))
    village = placed.area[:12]
    if not (why := disagreement(village, point, draws)):
        finer = point is not None and len(placed.area) == len(village)
        return replace(placed, area=point) if finer and point else placed
    return PlacedAddress(
        area=village[:9] if why == "other_village" else village[:4],
        placed=False,
        door_key="",  # joined to nobody's door before it is known which
        method=BY_COORDINATES,
        confidence=0.0,
        candidates=(*by_point, Candidate(placed.area, placed.confidence)),
    )


def disagreement(village: str, point: str | None, draws: Callable[[str], bool]) -> str:
    """Why a point does not fit the village that is stated (a `Doubt.Why`); empty where it does or nobody can tell.

    `point` is the grid it lies in, None outside all; `draws` says whether a village's town has drawn grids at all.
    """
    if point is None:
        return "outside" if draws(village) else ""
    if point[:9] != village[:9]:
        return "other_town"
    return "other_village" if point[:12] != village[:12] else ""


@dataclass(frozen=True, slots=True)
class AtDoor:
    """The grid in which the library has an address of a door, and whether a person taught it (numbers rise by time)."""

    grid: str
    learnt: bool
    number: int


def grid_of(
    village: str, at_door: Sequence[AtDoor], grids_of_village: Mapping[str, Sequence[str]]
) -> str | None:
    """The grid of an address whose village is known, or None where it can't be told.

    `at_door` is what the library has at this very door. The latest that a person taught decides; else they decide when
    they agree. A village that is one single grid needs no door.
    """
    grids = grids_of_village.get(village, ())
    if len(grids) == 1:
        return grids[0]
    known = [one for one in at_door if one.grid[:12] == village]
    if taught := [one for one in known if one.learnt]:
        return max(taught, key=lambda one: one.number).grid
    agreed = {one.grid for one in known}
    return agreed.pop() if len(agreed) == 1 else None
