"""Where an address lies, as far as it can be said. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_NAMES_A_DOOR = re.compile(
    "[0-9A-Z]|[厦楼栋座幢阁轩寓]|(?:广场|市场|商场|中心|花园|家园|工业园|科技园|产业园|工业城|酒店|宾馆|学校|医院|车站|商城|大院|工厂|厂房)$"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A village that the address may lie in, with how likely it is (0 to 1)."""

    village: str
    score: float


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


def grid_of(
    village: str, at_door: Sequence[str], grids_of_village: Mapping[str, Sequence[str]]
) -> str | None:
    """The grid of an address whose village is known, or None where it can't be told.

    `at_door` are the grids in which the library has addresses at this very door. They decide when they agree; a
    village that is one single grid needs no door.
    """
    grids = grids_of_village.get(village, ())
    if len(grids) == 1:
        return grids[0]
    known = {grid for grid in at_door if grid[:12] == village}
    return known.pop() if len(known) == 1 else None
