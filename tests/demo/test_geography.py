"""The invented map: complete, exact at its borders, and repeatable."""

from __future__ import annotations

import gzip
import math
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.demo import convex
from gongzhi.demo.geography import (
    GRID_COUNT,
    Grid,
    TownCentre,
    Village,
    invent_grids,
    read_town_centres,
    to_km,
    town_cells,
    village_polygons,
)
from gongzhi.demo.gridfile import COLUMNS, read_grids, write_grids

if TYPE_CHECKING:
    from pathlib import Path

KM2_PER_SQUARE_DEGREE = 111.32**2 * 0.9208


def _polygons(grids: list[Grid]) -> np.ndarray:
    return np.array([grid.polygon for grid in grids])


def test_the_pack_ships_2801_grids_and_every_village_has_one(
    shipped_grids: list[Grid], villages: list[Village]
) -> None:
    per_village = Counter(grid.village_code for grid in shipped_grids)
    assert len(shipped_grids) == GRID_COUNT == 2801
    assert set(per_village) == {village.code for village in villages}


def test_a_grid_code_is_its_village_and_a_running_number(shipped_grids: list[Grid]) -> None:
    assert len({grid.code for grid in shipped_grids}) == len(shipped_grids)
    running: Counter[str] = Counter()
    for grid in shipped_grids:
        running[grid.village_code] += 1
        assert grid.code == f"{grid.village_code}{running[grid.village_code]:03d}"
        assert grid.name == f"第{running[grid.village_code]:02d}网格"


def test_shipped_grids_are_valid_polygons_that_neither_overlap_nor_leave_cracks(
    shipped_grids: list[Grid],
) -> None:
    polygons = _polygons(shipped_grids)
    assert shapely.is_valid(polygons).all()
    assert set(shapely.get_type_id(polygons)) == {3}
    assert shapely.coverage_is_valid(polygons)
    left, right = shapely.STRtree(polygons).query(polygons, predicate="overlaps")
    assert shapely.area(shapely.intersection(polygons[left], polygons[right])).sum() < 1e-12


def test_the_grids_of_a_village_cover_one_piece_of_ground(shipped_grids: list[Grid]) -> None:
    cells = village_polygons(shipped_grids)
    assert {cell.geom_type for cell in cells.values()} == {"Polygon"}
    assert not any(cell.interiors for cell in cells.values())


def test_grids_are_of_a_size_that_one_person_can_walk(shipped_grids: list[Grid]) -> None:
    areas = shapely.area(_polygons(shipped_grids)) * KM2_PER_SQUARE_DEGREE
    assert areas.min() > 0.1
    assert areas.max() < 5.0


def test_a_point_inside_a_grid_finds_that_grid_alone(shipped_grids: list[Grid]) -> None:
    polygons = _polygons(shipped_grids)
    points = shapely.point_on_surface(polygons)
    point_at, grid_at = shapely.STRtree(polygons).query(points, predicate="within")
    assert point_at.tolist() == list(range(len(polygons)))
    assert grid_at.tolist() == point_at.tolist()


def test_every_shipped_grid_is_declared_invented_and_dated(shipped_grids: list[Grid], tmp_path: Path) -> None:
    path = tmp_path / "grids.csv.gz"
    write_grids(shipped_grids, path, valid_from=date(2021, 1, 1))
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = file.read().splitlines()[1:]
    assert all(",2021-01-01,,yes," in line for line in lines)


def test_the_grid_file_stays_small_and_reads_back_as_written(
    shipped_grids: list[Grid], tmp_path: Path
) -> None:
    path = tmp_path / "grids.csv.gz"
    size = write_grids(shipped_grids, path, valid_from=date(2021, 1, 1))
    assert size < 1_000_000
    assert read_grids(path) == shipped_grids


def test_a_broken_polygon_is_reported_with_its_grid(tmp_path: Path) -> None:
    path = tmp_path / "grids.csv.gz"
    text = ",".join(COLUMNS) + "\n441900003001001,441900003001,x,2021-01-01,,yes,POLYGON\n"
    path.write_bytes(gzip.compress(text.encode()))
    with pytest.raises(ValueError, match="441900003001001"):
        read_grids(path)


def test_the_same_seed_gives_the_same_map_and_another_seed_another(
    few_villages: list[Village], few_grids: list[Grid]
) -> None:
    centres = read_town_centres()
    again = invent_grids(few_villages, centres, np.random.default_rng(7), count=150)
    other = invent_grids(few_villages, centres, np.random.default_rng(8), count=150)
    assert again == few_grids
    assert other != few_grids


def test_fewer_grids_than_villages_are_refused(few_villages: list[Village]) -> None:
    with pytest.raises(ValueError, match="cannot cover"):
        invent_grids(few_villages, read_town_centres(), np.random.default_rng(1), count=3)


def test_a_town_without_a_centre_is_named_in_the_refusal() -> None:
    stray = Village("999999999001", "某村村民委员会", "999999999", "某镇")
    with pytest.raises(ValueError, match="999999999"):
        invent_grids([stray], read_town_centres(), np.random.default_rng(1), count=1)


def test_each_town_cell_holds_its_own_centre() -> None:
    towns = [
        TownCentre(str(k), "", 113.80 + 0.05 * k, 22.90 + 0.02 * (k % 2), 20.0 + 15 * k) for k in range(5)
    ]
    cells = shapely.MultiPolygon(
        [shapely.Polygon(ring) for ring in town_cells(towns, np.random.default_rng(1))]
    )
    for number, town in enumerate(towns):
        centre = shapely.Point(to_km(town.lon, town.lat))
        assert [cell.contains(centre) for cell in cells.geoms] == [k == number for k in range(5)]


def test_town_cells_are_of_about_the_towns_areas() -> None:
    towns = [
        TownCentre(str(k), "", 113.80 + 0.05 * (k % 3), 22.90 + 0.05 * (k // 3), 20.0 + 2 * k)
        for k in range(6)
    ]
    cells = town_cells(towns, np.random.default_rng(1))
    assert [convex.area(cell) for cell in cells] == pytest.approx(
        [1.08 * town.area_km2 for town in towns], rel=0.05
    )


@settings(deadline=None)  # a busy machine is no fault of the pieces
@given(
    parts=st.integers(1, 12),
    corners=st.integers(3, 12),
    stretch=st.floats(0.2, 5.0),
    tilt=st.floats(-0.3, 0.3),
)
def test_splitting_gives_pieces_of_equal_area_that_add_up(
    parts: int, corners: int, stretch: float, tilt: float
) -> None:
    turns = [2 * math.pi * k / corners for k in range(corners)]
    ring = [convex.Point(p.x * stretch, p.y) for p in convex.inscribed(convex.Point(1.0, 2.0), 1.0, turns)]
    pieces = convex.split_evenly(ring, parts, [tilt] * parts)
    areas = [convex.area(piece) for piece in pieces]
    assert len(pieces) == parts
    assert areas == pytest.approx([convex.area(ring) / parts] * parts, rel=1e-6)


def test_short_village_names_are_those_that_addresses_write() -> None:
    def short(name: str) -> str:
        return Village("441900000000", name, "441900000", "").short

    assert short("忠维村村民委员会") == "忠维村"
    assert short("岗贝社区居民委员会") == "岗贝社区"
    assert short("樟木头生活区") == "樟木头生活区"
    assert short("松山湖虚拟社区") == ""
