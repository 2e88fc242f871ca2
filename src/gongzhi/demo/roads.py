"""Invented roads: straight lines laid over the invented grids, named once a town.

A road is a line; what lies of it inside a grid is a stretch, and doors are put on stretches. Most roads stay
in one village, some run on through its neighbours, as real ones do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gongzhi.demo import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator

    from gongzhi.demo.geography import Grid, Village

_METRES_PER_DEGREE = 111_320.0
_SHORTEST_STRETCH = 50.0  # metres; less of a road than this in a grid carries no door
_LONG_ROADS = 0.12
_AXES_WANDER = 0.12  # radians by which a road leaves its town's two main directions
_BRANCHES = ("", "", "", "", "东", "西", "南", "北", "中", "一", "二", "三")
_ORDINALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of a road inside one grid: from where to where along the road (metres) and in degrees."""

    road: int
    start: float
    end: float
    lon: float
    lat: float
    lon_per_metre: float
    lat_per_metre: float

    def at(self, distance: float) -> tuple[float, float]:
        """Longitude and latitude at a distance along the road, in metres."""
        return (
            self.lon + (distance - self.start) * self.lon_per_metre,
            self.lat + (distance - self.start) * self.lat_per_metre,
        )


@dataclass(frozen=True, slots=True)
class Roads:
    """The roads' names and, for each grid in the order given, the stretches that run through it."""

    names: list[str]
    by_grid: list[list[Stretch]]


def invent_roads(
    villages: Sequence[Village], grids: Sequence[Grid], doors: Sequence[int], rng: Generator
) -> Roads:
    """Lay roads through the grids so that every grid has one; `doors` is how many doors each grid will hold.

    More doors bring more roads (about one to thirty doors). Names are unique within a town.
    """
    by_code = {village.code: village for village in villages}
    towns: dict[str, list[int]] = {}
    for number, grid in enumerate(grids):
        towns.setdefault(by_code[grid.village_code].town_code, []).append(number)
    road_names: list[str] = []
    by_grid: list[list[Stretch]] = [[] for _ in grids]
    for members in towns.values():
        polygons = np.array([grids[k].polygon for k in members])
        weights = np.array([doors[k] for k in members], dtype=float)
        if not weights.sum():
            continue
        anchors = _anchors(weights, rng)
        lines = _lines(polygons, anchors, rng)
        homes = [by_code[grids[members[k]].village_code] for k in anchors]
        first = len(road_names)
        road_names += _road_names(homes, shapely.length(lines) * _METRES_PER_DEGREE, rng)
        _lay(lines, anchors, polygons=polygons, members=members, first=first, by_grid=by_grid)
    return Roads(road_names, by_grid)


def _anchors(weights: np.ndarray, rng: Generator) -> list[int]:
    """In which grid of the town each road begins: each grid with doors has one, busy ones more."""
    count = max(0, round(weights.sum() / 30) - int((weights > 0).sum()))
    more = rng.choice(len(weights), size=count, p=weights / weights.sum())
    return [*np.flatnonzero(weights > 0).tolist(), *more.tolist()]


def _lines(polygons: np.ndarray, anchors: list[int], rng: Generator) -> np.ndarray:
    """One line a road, through a point near the middle of its anchor grid."""
    count = len(anchors)
    middles = shapely.get_coordinates(shapely.centroid(polygons[anchors]))
    reach = np.sqrt(shapely.area(polygons[anchors])) * 0.22
    moved = middles + rng.uniform(-1, 1, size=(count, 2)) * reach[:, None]
    inside = shapely.contains_properly(polygons[anchors], shapely.points(moved))
    middles = np.where(inside[:, None], moved, middles)
    axis = rng.uniform(0, math.pi)
    angles = axis + rng.integers(0, 2, size=count) * (math.pi / 2) + rng.normal(0, _AXES_WANDER, size=count)
    long = rng.random(count) < _LONG_ROADS
    half = np.where(long, rng.uniform(900, 2600, size=count), rng.uniform(150, 520, size=count))
    half /= _METRES_PER_DEGREE
    ahead = np.stack([np.cos(angles) * half / math.cos(math.radians(22.95)), np.sin(angles) * half], axis=1)
    lines: np.ndarray = shapely.linestrings(np.stack([middles - ahead, middles + ahead], axis=1))
    return lines


def _lay(
    lines: np.ndarray,
    anchors: list[int],
    *,
    polygons: np.ndarray,
    members: list[int],
    first: int,
    by_grid: list[list[Stretch]],
) -> None:
    """Cut each line at the grid borders and hang the pieces under their grids."""
    line_at, grid_at = shapely.STRtree(polygons).query(lines, predicate="intersects")
    pieces = shapely.intersection(lines[line_at], polygons[grid_at])
    for line, grid, piece in zip(line_at.tolist(), grid_at.tolist(), pieces, strict=True):
        if piece.geom_type != "LineString":
            continue
        (lon0, lat0), *_, (lon1, lat1) = piece.coords
        metres = _metres(lon1 - lon0, lat1 - lat0)
        if metres < _SHORTEST_STRETCH and grid != anchors[line]:
            continue
        origin_lon, origin_lat = lines[line].coords[0]
        start = _metres(lon0 - origin_lon, lat0 - origin_lat)
        per = ((lon1 - lon0) / metres, (lat1 - lat0) / metres)
        by_grid[members[grid]].append(Stretch(first + line, start, start + metres, lon0, lat0, *per))


def _metres(lon: float, lat: float) -> float:
    return math.hypot(lon * math.cos(math.radians(22.95)), lat) * _METRES_PER_DEGREE


def _road_names(homes: list[Village], lengths: np.ndarray, rng: Generator) -> list[str]:
    """Names unique within the town: main roads, streets, roads called after the village, lanes."""
    words = names.road_words()
    taken: set[str] = set()
    found = []
    for village, length in zip(homes, lengths.tolist(), strict=True):
        name = ""
        while not name or name in taken:
            name = _road_name(village, length, words, rng)
        taken.add(name)
        found.append(name)
    return found


def _road_name(village: Village, length: float, words: list[str], rng: Generator) -> str:
    word = words[int(rng.integers(len(words)))]
    branch = _BRANCHES[int(rng.integers(len(_BRANCHES)))]
    ordinal = _ORDINALS[int(rng.integers(len(_ORDINALS)))]
    core = village.short.removesuffix("社区").removesuffix("村") or word
    if length > 1500:
        return word + (f"{branch}路" if branch in tuple("东西南北中") else "大道")
    shapes = (
        (0.42, f"{word}{branch}路"),
        (0.60, f"{word}{branch if branch in tuple('一二三') else ''}街"),
        (0.72, f"{word}工业{ordinal}路"),
        (0.80, f"{core}{word}路"),
        (0.88, f"{core}工业区{ordinal}路"),
        (0.95, f"{word}{ordinal}巷"),
        (1.00, f"{word}新村{ordinal}巷"),
    )
    chance = rng.random()
    return next(name for limit, name in shapes if chance < limit)
