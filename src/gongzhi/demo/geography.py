"""An invented map on a real tree of divisions: town cells, village cells and grids.

No public source gives the borders of Dongguan's grids, so these are invented: a town's cell is a weighted
Voronoi cell around its approximate centre, sized after its approximate area; villages are Voronoi cells round
invented centres; a village is cut into grids of equal area. Nothing here may be read as a real border.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import Polygon

from gongzhi.demo import convex
from gongzhi.demo.convex import Point, Ring

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.random import Generator

GRID_COUNT = 2801  # the city's number of grids in the Dongguan case study of 2021
DECIMALS = 1e-5  # degrees; about a metre here

_ORIGIN_LON, _ORIGIN_LAT = 113.85, 22.95
_KM_PER_DEGREE = 111.32
_KM_PER_DEGREE_EAST = _KM_PER_DEGREE * math.cos(math.radians(_ORIGIN_LAT))
_ROOM = 1.08  # cells a little larger than the towns, so that they touch and leave no holes between them
_FITTING_ROUNDS = 60
_OUTER_CORNERS = 10


@dataclass(frozen=True, slots=True)
class Village:
    """A village or community of the division tree; `code` has 12 digits, `town_code` 9."""

    code: str
    name: str
    town_code: str
    town: str

    @property
    def short(self) -> str:
        """The name as addresses write it: 忠维村村民委员会 → 忠维村, 岗贝社区居民委员会 → 岗贝社区.

        The "virtual communities" that stand for a whole park are never written, so theirs is empty.
        """
        if self.name.endswith("虚拟社区"):
            return ""
        for ending in ("居民委员会", "村民委员会"):
            if self.name.endswith(ending):
                return self.name.removesuffix(ending)
        return self.name


@dataclass(frozen=True, slots=True)
class TownCentre:
    """Where a town lies, roughly, and how large it is: WGS-84 degrees and km², both approximate."""

    code: str
    name: str
    lon: float
    lat: float
    area_km2: float


@dataclass(frozen=True, slots=True)
class Grid:
    """An invented grid: 12 digits of its village, 3 of its own, and a WGS-84 polygon."""

    code: str
    village_code: str
    name: str
    polygon: Polygon


def read_villages(path: Path) -> list[Village]:
    """Read a pack's division list (columns code12, name, town_code9, town; others ignored) in its order."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Village(row["code12"], row["name"], row["town_code9"], row["town"])
            for row in csv.DictReader(file)
        ]


def read_town_centres() -> dict[str, TownCentre]:
    """The shipped approximate centres, by 9-digit town code."""
    text = files("gongzhi.demo").joinpath("data/town_centres.csv").read_text(encoding="utf-8")
    return {
        row["town_code9"]: TownCentre(
            row["town_code9"],
            row["town"],
            float(row["lon_wgs84"]),
            float(row["lat_wgs84"]),
            float(row["area_km2"]),
        )
        for row in csv.DictReader(text.splitlines())
    }


def invent_grids(
    villages: Sequence[Village],
    centres: dict[str, TownCentre],
    rng: Generator,
    *,
    count: int = GRID_COUNT,
) -> list[Grid]:
    """Invent `count` grids for the villages, each village at least one, ordered by code.

    Neighbours share their borders exactly after rounding to five decimals: no gap, no overlap.
    Raises ValueError when there are fewer grids than villages or a town has no centre.
    """
    if count < len(villages):
        raise ValueError(f"{count} grids cannot cover {len(villages)} villages")
    towns = list(dict.fromkeys(village.town_code for village in villages))
    absent = [town for town in towns if town not in centres]
    if absent:
        raise ValueError(f"no centre is known for the towns {', '.join(absent)}")
    village_rings: dict[str, Ring] = {}
    for town, ring in zip(towns, town_cells([centres[town] for town in towns], rng), strict=True):
        own = [village for village in villages if village.town_code == town]
        for village, cell in zip(own, _village_cells(ring, len(own), rng), strict=True):
            village_rings[village.code] = cell
    ordered = sorted(villages, key=lambda village: village.code)
    numbers = _grids_per_village([convex.area(village_rings[v.code]) for v in ordered], count, rng)
    rings: list[Ring] = []
    labels: list[tuple[str, int]] = []
    for village, number in zip(ordered, numbers, strict=True):
        tilts = list(rng.uniform(-0.2, 0.2, size=number))
        pieces = convex.split_evenly(village_rings[village.code], number, tilts)
        # Numbered as a street map is read: from the north-west, row by row.
        pieces.sort(key=lambda piece: (-round(convex.centroid(piece).y), convex.centroid(piece).x))
        rings += pieces
        labels += [(village.code, k) for k in range(1, number + 1)]
    polygons = _rounded_coverage(rings)
    return [
        Grid(f"{code}{k:03d}", code, f"第{k:02d}网格", polygon)
        for (code, k), polygon in zip(labels, polygons, strict=True)
    ]


def town_cells(towns: Sequence[TownCentre], rng: Generator) -> list[Ring]:
    """Invented cells of the towns, in km, of about the towns' areas and each around its own centre."""
    points = [to_km(town.lon, town.lat) for town in towns]
    weights = [town.area_km2 / math.pi for town in towns]
    # A town's outer limit: straight stretches of unlike length, so that the city has no round edge.
    steps = 2 * math.pi / _OUTER_CORNERS
    turns = [
        [steps * (k + float(shift)) for k, shift in enumerate(rng.uniform(-0.33, 0.33, size=_OUTER_CORNERS))]
        for _ in towns
    ]
    cells: list[Ring] = []
    for _ in range(_FITTING_ROUNDS):
        _keep_centres_inside(points, weights)
        # Circles of the squared radius `weight` would meet exactly on the common border of two towns; a little
        # more makes up for the corners cut off them.
        frames = [
            convex.inscribed(point, 1.12 * math.sqrt(weight), own)
            for point, weight, own in zip(points, weights, turns, strict=True)
        ]
        cells = convex.power_cells(frames, points, weights)
        for i, (cell, town) in enumerate(zip(cells, towns, strict=True)):
            weights[i] += 0.2 * (_ROOM * town.area_km2 - convex.area(cell))
    return cells


def _keep_centres_inside(points: list[Point], weights: list[float]) -> None:
    """Hold the weights of neighbours so close that no cell can swallow the other's centre."""
    for i, own in enumerate(points):
        for j, other in enumerate(points):
            room = 0.9 * math.dist(own, other) ** 2
            if weights[i] - weights[j] > room:
                excess = weights[i] - weights[j] - room
                weights[i] -= excess / 2
                weights[j] += excess / 2


def _village_cells(town: Ring, count: int, rng: Generator) -> list[Ring]:
    """Voronoi cells of `count` invented village centres in a town, evened out a little but not alike."""
    centres = _points_in(town, count, rng)
    frames = [town] * count
    flat = [0.0] * count
    for _ in range(3):
        centres = [convex.centroid(cell) for cell in convex.power_cells(frames, centres, flat)]
    return convex.power_cells(frames, centres, flat)


def _points_in(ring: Ring, count: int, rng: Generator) -> list[Point]:
    polygon = Polygon(ring)
    low_x, low_y, high_x, high_y = polygon.bounds
    found: list[Point] = []
    while len(found) < count:
        x, y = float(rng.uniform(low_x, high_x)), float(rng.uniform(low_y, high_y))
        if polygon.contains(shapely.Point(x, y)):
            found.append(Point(x, y))
    return found


def _grids_per_village(areas: list[float], count: int, rng: Generator) -> list[int]:
    """One grid each, the rest by size and by an invented density, with the largest remainders rounded up."""
    pull = [a**0.8 * float(d) for a, d in zip(areas, rng.lognormal(0.0, 0.35, size=len(areas)), strict=True)]
    spare = count - len(areas)
    shares = [spare * p / sum(pull) for p in pull]
    numbers = [1 + int(share) for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda i: int(shares[i]) - shares[i])
    for i in by_remainder[: count - sum(numbers)]:
        numbers[i] += 1
    return numbers


def _rounded_coverage(rings: list[Ring]) -> list[Polygon]:
    """Round all borders together, so that rounding cannot tear neighbours apart or overlap them."""
    exact = [Polygon([_to_degrees(point) for point in ring]) for ring in rings]
    borders = shapely.unary_union([polygon.exterior for polygon in exact], grid_size=DECIMALS)
    faces = shapely.get_parts(shapely.polygonize([borders]))
    tree = shapely.STRtree(exact)
    face_at, grid_at = tree.query(shapely.point_on_surface(faces), predicate="within")
    pieces: list[list[Polygon]] = [[] for _ in rings]
    for face, grid in zip(face_at, grid_at, strict=True):
        pieces[grid].append(faces[face])
    return [max(parts, key=lambda part: part.area) for parts in pieces]


def to_km(lon: float, lat: float) -> Point:
    """Kilometres east and north of the invented city's origin for WGS-84 degrees; good within a city."""
    return Point((lon - _ORIGIN_LON) * _KM_PER_DEGREE_EAST, (lat - _ORIGIN_LAT) * _KM_PER_DEGREE)


def _to_degrees(point: Point) -> tuple[float, float]:
    return (_ORIGIN_LON + point.x / _KM_PER_DEGREE_EAST, _ORIGIN_LAT + point.y / _KM_PER_DEGREE)


def village_polygons(grids: Iterable[Grid]) -> dict[str, Polygon]:
    """The village cells that the grids add up to, by village code."""
    parts: dict[str, list[Polygon]] = {}
    for grid in grids:
        parts.setdefault(grid.village_code, []).append(grid.polygon)
    return {code: shapely.coverage_union_all(polygons) for code, polygons in parts.items()}
