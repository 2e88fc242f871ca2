"""The invented address library: as many as asked, each in its grid, in one grammar."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from gongzhi.demo.geography import Grid, Village
from gongzhi.demo.library import COLUMNS, SITES, Entry, invent_library, write_csv, written_town

if TYPE_CHECKING:
    from pathlib import Path


def test_the_library_has_exactly_the_size_asked_for_and_no_address_twice(library: list[Entry]) -> None:
    assert len(library) == len({entry.address for entry in library}) == 1500


@pytest.mark.parametrize("size", [1, 149, 150, 1501])
def test_any_size_is_met_exactly(few_villages: list[Village], few_grids: list[Grid], size: int) -> None:
    assert len(invent_library(few_villages, few_grids, size, np.random.default_rng(5))) == size


def test_no_grid_is_without_an_address(library: list[Entry], few_grids: list[Grid]) -> None:
    assert {entry.grid_code for entry in library} == {grid.code for grid in few_grids}


def test_every_point_lies_inside_the_grid_that_the_entry_names(
    library: list[Entry], few_grids: list[Grid]
) -> None:
    polygon_of = {grid.code: grid.polygon for grid in few_grids}
    polygons = np.array([polygon_of[entry.grid_code] for entry in library])
    points = shapely.points([(entry.lon, entry.lat) for entry in library])
    assert shapely.contains_properly(polygons, points).all()
    assert all(entry.grid_code.startswith(entry.village_code) for entry in library)


def test_addresses_follow_the_grammar_of_the_standard_library(library: list[Entry]) -> None:
    for entry in library:
        parts = (
            f"广东省东莞市{entry.town}{entry.village}{entry.road}{entry.number}号{entry.building}{entry.unit}"
        )
        assert entry.address == parts
        assert re.fullmatch(r"[1-9][0-9]*", entry.number)
        assert re.search(r"(路|街|巷|大道)$", entry.road)
        assert bool(entry.unit) <= bool(entry.building)
        assert (entry.site == "door") == (not entry.building)


def test_a_road_has_odd_numbers_on_one_side_and_even_ones_on_the_other_in_walking_order() -> None:
    """Both sides rise along the road, so a number tells where on the road a door is."""
    villages, grids = _one_square()
    entries = invent_library(villages, grids, 60, np.random.default_rng(4))
    roads: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if not entry.unit:
            roads[entry.road].append(entry)
    assert max(len(doors) for doors in roads.values()) > 5
    for doors in roads.values():
        for parity in (0, 1):
            side = sorted((e for e in doors if int(e.number) % 2 == parity), key=lambda e: int(e.number))
            along = [(e.lon, e.lat) for e in side]
            steps = np.diff(np.array(along), axis=0) if len(along) > 1 else np.zeros((0, 2))
            if len(steps):
                assert (steps @ steps[0] >= 0).all()


def _one_square() -> tuple[list[Village], list[Grid]]:
    village = Village("441900111001", "某村村民委员会", "441900111", "某镇")
    square = shapely.box(113.80, 22.95, 113.81, 22.96)
    return [village], [Grid("441900111001001", village.code, "第01网格", square)]


def test_a_town_has_roads_in_more_than_one_village_and_no_road_name_for_two_roads(
    library: list[Entry],
) -> None:
    villages_of: dict[tuple[str, str], set[str]] = defaultdict(set)
    numbers: set[tuple[str, str, str, str]] = set()
    for entry in library:
        villages_of[entry.town, entry.road].add(entry.village_code)
        if not entry.unit:
            numbers.add((entry.town, entry.road, entry.number, entry.building))
    gates = [entry for entry in library if not entry.unit]
    assert len(numbers) == len(gates)
    assert 1 < max(len(codes) for codes in villages_of.values()) < 8


def test_all_kinds_of_site_occur(library: list[Entry]) -> None:
    assert {entry.site for entry in library} == set(SITES)


def test_the_same_seed_gives_the_same_library(
    library: list[Entry], few_villages: list[Village], few_grids: list[Grid]
) -> None:
    assert invent_library(few_villages, few_grids, 1500, np.random.default_rng(11)) == library


def test_a_library_of_nothing_is_refused(few_villages: list[Village], few_grids: list[Grid]) -> None:
    with pytest.raises(ValueError, match="at least one"):
        invent_library(few_villages, few_grids, 0, np.random.default_rng(1))


def test_the_file_has_the_columns_that_the_address_command_reads(
    library: list[Entry], tmp_path: Path
) -> None:
    path = tmp_path / "library.csv"
    write_csv(library, path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert {"address", "village_code"} <= set(COLUMNS)
    assert [row["address"] for row in rows] == [entry.address for entry in library]
    assert float(rows[0]["lon"]) == library[0].lon


def test_a_town_is_not_called_dongguan_twice_in_an_address() -> None:
    assert written_town("东莞生态园") == "生态园"
    assert written_town("东莞港") == "东莞港"
    assert written_town("寮步镇") == "寮步镇"
