"""Which grid an address lies in, when that can be told, and whether it names a door."""

from __future__ import annotations

import pytest

from gongzhi.places.rules import grid_of, names_a_door

ONE = "441900006003"
TWO = "441900006004"
GRIDS = {ONE: (ONE + "001",), TWO: (TWO + "001", TWO + "002")}


def test_a_village_of_one_grid_needs_no_door() -> None:
    assert grid_of(ONE, [], GRIDS) == ONE + "001"


def test_the_doors_of_the_library_decide_when_they_agree() -> None:
    assert grid_of(TWO, [TWO + "002", TWO + "002"], GRIDS) == TWO + "002"
    assert grid_of(TWO, [TWO + "001", TWO + "002"], GRIDS) is None
    assert grid_of(TWO, [], GRIDS) is None


def test_a_door_in_another_village_is_no_answer() -> None:
    assert grid_of(TWO, [ONE + "001"], GRIDS) is None
    assert grid_of("441900006005", [], GRIDS) is None


@pytest.mark.parametrize("line", ["兴华路1号", "国贸大厦", "A栋", "兴隆工业园", "旗峰广场"])
def test_a_number_or_a_building_is_a_door(line: str) -> None:
    assert names_a_door(line)


@pytest.mark.parametrize("line", ["", "大岭", "管理区", "兴华路", "市场路"])
def test_a_quarter_or_a_whole_road_is_none(line: str) -> None:
    assert not names_a_door(line)
