"""An invented standard address library (标准地址库) inside the invented grids.

Every address is written in one grammar, as a library is:
广东省东莞市<town><village><road><number>号[<building>][<unit>]. How businesses really write it is the
business of `gongzhi.demo.written`.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gongzhi.demo import names
from gongzhi.demo.roads import Roads, Stretch, invent_roads

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.random import Generator

    from gongzhi.demo.geography import Grid, Village

COLUMNS = (
    "address",
    "town",
    "village",
    "village_code",
    "grid_code",
    "lon",
    "lat",
    "road",
    "number",
    "building",
    "unit",
    "site",
)
SITES = ("door", "park", "market", "tower", "estate")
_SITE_ODDS = (0.80, 0.06, 0.03, 0.04, 0.07)
_INDUSTRIAL_ODDS = (0.62, 0.32, 0.01, 0.02, 0.03)
_MOST_UNITS = {"door": 0, "park": 10, "market": 36, "tower": 30, "estate": 14}
_ENDINGS = {
    "park": ("工业园", "科技园", "产业园", "工业城", "智造园"),
    "market": ("农贸市场", "综合市场", "批发市场", "五金城", "商业广场"),
    "tower": ("大厦", "商务中心", "商业大厦", "创业中心", "广场"),
    "estate": ("花园", "豪庭", "雅苑", "新村", "公寓", "小区"),
}
_DOOR_SETBACK = 12.0  # metres from the middle of the road
_METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One address of the library; `lon` and `lat` are WGS-84, `site` is one of SITES."""

    address: str
    town: str
    village: str
    village_code: str
    grid_code: str
    lon: float
    lat: float
    road: str
    number: str
    building: str
    unit: str
    site: str


@dataclass(slots=True)
class _Door:
    """A house number still to be given out along its road, and what stands there."""

    grid: int
    stretch: Stretch
    distance: float
    side: int
    site: str
    units: int
    number: int = 0
    building: str = ""
    labels: list[str] = field(default_factory=list)


def invent_library(
    villages: Sequence[Village], grids: Sequence[Grid], size: int, rng: Generator
) -> list[Entry]:
    """Invent exactly `size` different addresses, each a point inside its grid, ordered by grid.

    When `size` is at least the number of grids, no grid stays empty. Raises ValueError for a size below one.
    """
    if size < 1:
        raise ValueError("an address library needs at least one address")
    by_code = {village.code: village for village in villages}
    wanted = _entries_per_grid(grids, size, rng)
    roads = invent_roads(villages, grids, wanted, rng)
    doors = _doors(wanted, roads, rng)
    _number(doors, rng)
    homes = [by_code[grid.village_code] for grid in grids]
    _name_buildings(doors, homes, rng)
    places = _places(doors, grids)
    entries = []
    for door, (lon, lat) in zip(doors, places, strict=True):
        village, grid = homes[door.grid], grids[door.grid]
        road = roads.names[door.stretch.road]
        town = written_town(village.town)
        front = f"广东省东莞市{town}{village.short}{road}{door.number}号{door.building}"
        # A site with units is its own first entry, without a unit: letters are sent to the gate as well.
        entries += [
            Entry(
                front + unit,
                town,
                village.short,
                village.code,
                grid.code,
                lon,
                lat,
                road,
                str(door.number),
                door.building,
                unit,
                door.site,
            )
            for unit in ("", *door.labels)
        ]
    return entries


def written_town(town: str) -> str:
    """A town-level name as it follows 东莞市 in an address: 东莞生态园 → 生态园, others unchanged."""
    return town if town == "东莞港" else town.removeprefix("东莞")


def write_csv(entries: Sequence[Entry], path: Path) -> None:
    """Write the library as UTF-8 CSV with the columns COLUMNS."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(COLUMNS)
        lines.writerows([getattr(entry, column) for column in COLUMNS] for entry in entries)


def _entries_per_grid(grids: Sequence[Grid], size: int, rng: Generator) -> list[int]:
    pull = rng.lognormal(0.0, 0.8, size=len(grids))
    least = 1 if size >= len(grids) else 0
    counts: list[int] = (least + rng.multinomial(size - least * len(grids), pull / pull.sum())).tolist()
    return counts


def _doors(wanted: Sequence[int], roads: Roads, rng: Generator) -> list[_Door]:
    """Fill each grid with doors and sites until its number of entries is reached."""
    doors = []
    draws = _uniform_draws(rng)
    site_steps = np.cumsum(_SITE_ODDS)[:-1].tolist()
    industrial_steps = np.cumsum(_INDUSTRIAL_ODDS)[:-1].tolist()
    for grid, count in enumerate(wanted):
        stretches = roads.by_grid[grid]
        left = count
        while left:
            stretch = stretches[int(next(draws) * len(stretches))]
            name = roads.names[stretch.road]
            steps = industrial_steps if "工业" in name else site_steps
            chance = next(draws)
            site = SITES[sum(chance > step for step in steps)]
            if name.endswith("巷"):
                site = "door"
            # Most sites are small and a few are large, hence the square.
            units = min(int(1 + _MOST_UNITS[site] * next(draws) ** 2), left - 1) if site != "door" else 0
            share = 0.06 + 0.88 * next(draws)
            distance = stretch.start + share * (stretch.end - stretch.start)
            side = 1 if next(draws) < 0.5 else 0
            doors.append(_Door(grid, stretch, distance, side, site if units else "door", units))
            left -= 1 + units
    return doors


def _uniform_draws(rng: Generator) -> Iterator[float]:
    """Single draws in [0, 1) taken from large batches, since a call a draw costs more than its use."""
    while True:
        yield from rng.random(65_536).tolist()


def _number(doors: list[_Door], rng: Generator) -> None:
    """Give house numbers in walking order: odd on one side, even on the other, with gaps."""
    last: dict[tuple[int, int], int] = {}
    gaps = rng.geometric(0.45, size=len(doors)).tolist()
    walk = sorted(range(len(doors)), key=lambda k: (doors[k].stretch.road, doors[k].distance))
    for k, gap in zip(walk, gaps, strict=True):
        door = doors[k]
        key = (door.stretch.road, door.side)
        door.number = last.get(key, -door.side) + 2 * gap
        last[key] = door.number


def _name_buildings(doors: list[_Door], homes: Sequence[Village], rng: Generator) -> None:
    """Name the sites, unlike within a town, and label their units."""
    words = names.business_words()
    taken: set[tuple[str, str]] = set()
    for door in doors:
        if not door.units:
            continue
        village = homes[door.grid]
        endings = _ENDINGS[door.site]
        name = ""
        while not name or (village.town_code, name) in taken:
            word = words[int(rng.integers(len(words) if rng.random() < 0.2 else names.SHORT_WORDS))]
            if door.site == "market" and village.short and rng.random() < 0.3:
                word = village.short.removesuffix("社区").removesuffix("村") + word[:1]
            name = word + endings[int(rng.integers(len(endings)))]
        taken.add((village.town_code, name))
        door.building = name
        door.labels = _unit_labels(door.site, door.units, rng)


def _unit_labels(site: str, count: int, rng: Generator) -> list[str]:
    """Labels of a site's units, each once."""
    if site == "park":
        if rng.random() < 0.5:
            return [f"{k}栋" for k in range(1, count + 1)]
        return [f"{1 + k // 4}栋{1 + k % 4}楼" for k in range(count)]
    if site == "market":
        return [f"{'ABCDEF'[k // 12]}区{1 + k % 12}号" for k in range(count)]
    if site == "tower":
        per_floor, lowest = int(rng.integers(3, 9)), int(rng.integers(2, 6))
        return [f"{lowest + k // per_floor}{1 + k % per_floor:02d}室" for k in range(count)]
    if rng.random() < 0.6:
        return [f"{1 + k // 5}栋{1 + k % 5}号铺" for k in range(count)]
    return [f"{1 + k // 6}栋{2 + k % 6 // 2}0{1 + k % 2}室" for k in range(count)]


def _places(doors: list[_Door], grids: Sequence[Grid]) -> list[tuple[float, float]]:
    """Points beside the road on the right side, or on the road where the side would leave the grid."""
    on_road = np.array([door.stretch.at(door.distance) for door in doors])
    along = np.array([(door.stretch.lon_per_metre, door.stretch.lat_per_metre) for door in doors])
    shrink = math.cos(math.radians(22.95))
    across = np.stack([-along[:, 1] / shrink, along[:, 0] * shrink], axis=1)
    sides = np.where([door.side for door in doors], 1.0, -1.0)
    beside = on_road + across * (sides * _DOOR_SETBACK)[:, None]
    polygons = np.array([grids[door.grid].polygon for door in doors])
    inside = shapely.contains_properly(polygons, shapely.points(np.round(beside, 6)))
    return [(float(lon), float(lat)) for lon, lat in np.round(np.where(inside[:, None], beside, on_road), 6)]
