"""Which grid an address lies in, when that can be told, and whether it names a door."""

from __future__ import annotations

import pytest

from gongzhi.places.rules import AtDoor, can_teach, disagreement, grid_of, names_a_door

ONE = "441900006003"
TWO = "441900006004"
GRIDS = {ONE: (ONE + "001",), TWO: (TWO + "001", TWO + "002")}


def known(*grids: str) -> list[AtDoor]:
    return [AtDoor(grid, learnt=False, number=number) for number, grid in enumerate(grids)]


def test_a_village_of_one_grid_needs_no_door() -> None:
    assert grid_of(ONE, [], GRIDS) == ONE + "001"


def test_the_doors_of_the_library_decide_when_they_agree() -> None:
    assert grid_of(TWO, known(TWO + "002", TWO + "002"), GRIDS) == TWO + "002"
    assert grid_of(TWO, known(TWO + "001", TWO + "002"), GRIDS) is None
    assert grid_of(TWO, [], GRIDS) is None


def test_a_door_in_another_village_is_no_answer() -> None:
    assert grid_of(TWO, known(ONE + "001"), GRIDS) is None
    assert grid_of("441900006005", [], GRIDS) is None


@pytest.mark.parametrize("line", ["兴华路1号", "国贸大厦", "A栋", "兴隆工业园", "旗峰广场"])
def test_a_number_or_a_building_is_a_door(line: str) -> None:
    assert names_a_door(line)


@pytest.mark.parametrize("line", ["", "大岭", "管理区", "兴华路", "市场路"])
def test_a_quarter_or_a_whole_road_is_none(line: str) -> None:
    assert not names_a_door(line)


def test_the_latest_that_a_person_taught_outranks_the_file() -> None:
    one, two = TWO + "001", TWO + "002"
    file = AtDoor(one, learnt=False, number=9)
    taught, later = AtDoor(one, learnt=True, number=10), AtDoor(two, learnt=True, number=11)
    assert grid_of(TWO, [later, file, taught], GRIDS) == two
    assert grid_of(TWO, [file, taught], GRIDS) == one


@pytest.mark.parametrize(
    "line",
    ["兴华路1号", "振兴东街33号B座", "下横岭村二巷5号", "国贸大厦", "旗峰广场", "新基工业园3栋"],
)
def test_a_number_on_a_road_or_a_named_building_can_teach(line: str) -> None:
    assert can_teach(line)


@pytest.mark.parametrize(
    "line",
    ["", "兴华路", "市场旁", "兴华路附近", "兴华路1号对面", "101室", "管理区", "大厦", "兴华路与东街交汇处"],
)
def test_what_leaves_one_looking_around_teaches_nothing(line: str) -> None:
    assert not can_teach(line)


def test_a_point_is_held_against_the_village_that_is_stated() -> None:
    assert disagreement(TWO, TWO + "001", lambda _: True) == ""
    assert disagreement(TWO, ONE + "001", lambda _: True) == "other_village"
    assert disagreement(TWO, "441900003001001", lambda _: True) == "other_town"
    assert disagreement(TWO, None, lambda _: True) == "outside"
    assert disagreement(TWO, None, lambda _: False) == "", "without drawn grids nobody can tell"
