"""Invented people who work in the loop: grid officers, offices, department clerks and liaisons."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gongzhi.demo import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator

MOST_PER_GRID = 5  # 一格五员


class Role(StrEnum):
    """What a person does; the letters begin their sign-in names."""

    CITY_OFFICE = "sj"  # 市市场监管办
    REGISTRAR = "dj"  # 登记窗口
    TOWN_OFFICE = "zj"  # 镇街综合部门
    VILLAGE_TEAM = "cz"  # 村（社区）联合处置队伍
    GRID_OFFICER = "wg"  # 网格管理员
    CLERK = "bm"  # 部门经办人
    LIAISON = "ll"  # 部门联络员


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person.

    `area` is the code of the grid (15 digits), village (12) or town (9) that they work for, empty for the whole
    city; `department` is the name given to `invent_people`, empty for grids and offices. `rank` is 1 for the one who
    is asked first in that area and role, 2 and more for those who stand in.
    """

    login: str
    name: str
    role: Role
    area: str
    department: str
    rank: int


def invent_people(
    grids: Sequence[str],
    departments: Sequence[str],
    rng: Generator,
    *,
    officers: int,
    team: int = 2,
    clerks: int = 1,
) -> list[Person]:
    """Invent everybody that the given grids (codes) need, in a fixed order.

    `officers` grid officers in all, at least one a grid and at most five; `team` people in each village's team; an
    office of two in each town; for each department and town `clerks` clerks and a liaison; two people at the
    city's office and two registrars. Raises ValueError when `officers` do not fit the grids.
    """
    towns = list(dict.fromkeys(code[:9] for code in grids))
    villages = list(dict.fromkeys(code[:12] for code in grids))
    posts = [(Role.CITY_OFFICE, "", "")] * 2 + [(Role.REGISTRAR, "", "")] * 2
    posts += [(Role.TOWN_OFFICE, town, "") for town in towns for _ in range(2)]
    posts += [
        (role, town, department)
        for town in towns
        for department in departments
        for role in (*[Role.CLERK] * clerks, Role.LIAISON)
    ]
    posts += [(Role.VILLAGE_TEAM, village, "") for village in villages for _ in range(team)]
    per_grid = _officers_per_grid(len(grids), officers, rng)
    posts += [
        (Role.GRID_OFFICER, grid, "")
        for grid, number in zip(grids, per_grid, strict=True)
        for _ in range(number)
    ]
    serials: Counter[Role] = Counter()
    ranks: Counter[tuple[Role, str, str]] = Counter()
    people = []
    for post, name in zip(posts, names.people_names(len(posts), rng), strict=True):
        role, area, department = post
        serials[role] += 1
        ranks[post] += 1
        people.append(Person(f"{role}{serials[role]:05d}", name, role, area, department, ranks[post]))
    return people


def _officers_per_grid(grids: int, officers: int, rng: Generator) -> list[int]:
    if not grids <= officers <= grids * MOST_PER_GRID:
        raise ValueError(f"{officers} officers do not fit {grids} grids of one to {MOST_PER_GRID} each")
    # Seats beyond the first are drawn from all that exist, so that no grid passes five and the sum is exact.
    seats = rng.permutation(grids * (MOST_PER_GRID - 1))[: officers - grids] % grids
    extra = Counter(seats.tolist())
    return [1 + extra[grid] for grid in range(grids)]
