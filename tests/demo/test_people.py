"""Invented people: enough for every grid, nobody without a place, sign-in names unlike."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from gongzhi.demo.people import MOST_PER_GRID, Role, invent_people

GRIDS = [
    f"44190011{town}{village:03d}{grid:03d}" for town in (1, 2) for village in (1, 2) for grid in range(1, 11)
]


def test_a_full_city_has_9884_officers_on_2801_grids_and_never_more_than_five_on_one() -> None:
    grids = [f"441900111{k:06d}" for k in range(2801)]
    people = invent_people(grids, [], np.random.default_rng(1), officers=9884, team=0)
    officers = Counter(person.area for person in people if person.role is Role.GRID_OFFICER)
    assert sum(officers.values()) == 9884
    assert set(officers) == set(grids)
    assert max(officers.values()) <= MOST_PER_GRID


def test_every_area_and_department_has_its_people() -> None:
    people = invent_people(GRIDS, ["烟草专卖", "公安"], np.random.default_rng(1), officers=100, clerks=2)
    held = Counter((person.role, person.area, person.department) for person in people)
    for town in ("441900111", "441900112"):
        assert held[Role.TOWN_OFFICE, town, ""] == 2
        for department in ("烟草专卖", "公安"):
            assert held[Role.CLERK, town, department] == 2
            assert held[Role.LIAISON, town, department] == 1
    assert all(held[Role.VILLAGE_TEAM, code[:12], ""] == 2 for code in GRIDS)
    assert all(held[Role.GRID_OFFICER, code, ""] >= 1 for code in GRIDS)


def test_sign_in_names_are_unlike_and_one_person_of_an_area_is_asked_first() -> None:
    people = invent_people(GRIDS, ["公安"], np.random.default_rng(2), officers=120)
    assert len({person.login for person in people}) == len(people)
    first = Counter((p.role, p.area, p.department) for p in people if p.rank == 1)
    assert set(first.values()) == {1}
    assert set(first) == {(p.role, p.area, p.department) for p in people}


@pytest.mark.parametrize("officers", [0, 39, 201])
def test_officers_that_do_not_fit_the_grids_are_refused(officers: int) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        invent_people(GRIDS, [], np.random.default_rng(1), officers=officers)


def test_the_same_seed_invents_the_same_people() -> None:
    once = invent_people(GRIDS, ["公安"], np.random.default_rng(3), officers=90)
    assert once == invent_people(GRIDS, ["公安"], np.random.default_rng(3), officers=90)
