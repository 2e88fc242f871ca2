"""A database in which the toy process is installed beside the real ones, posts, and limits to run clocks by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

import gongzhi.notices.graph
import gongzhi.visits.graph  # noqa: F401  all that is registered is tested
from gongzhi.flow.bulk import Opening, open_cases
from gongzhi.flow.install import install_graphs
from gongzhi.flow.moment import Moment
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.roles import Role
from gongzhi.packs import load_national
from gongzhi.worktime import Limit, Unit, default_calendar
from tests.databases import Databases
from tests.flow.toy import TOY, registered

TOWN, OTHER_TOWN = "441900003", "441900004"
VILLAGE = TOWN + "001"
GRID = VILLAGE + "001"


def post(number: int, role: Role, area: str, name: str, department: str | None = None) -> Acting:
    """A post as a session would have it."""
    return Acting(post_id=number, role=role, area=area, department=department, name=name, title=role.value)


OFFICER = post(1, Role.OFFICER, GRID, "李娜")
VILLAGE_TEAM = post(2, Role.VILLAGE, VILLAGE, "王强")
TOWN_OFFICE = post(3, Role.TOWN_OFFICE, TOWN, "张敏")
OTHER_OFFICER = post(4, Role.OFFICER, OTHER_TOWN + "001001", "陈静")


def moment_of(at: datetime) -> Moment:
    """A moment with the limits of law and the toy's own, whatever the database says."""
    limits = {limit.name: Limit(limit.amount, Unit(limit.unit)) for limit in load_national().limits}
    limits |= {"toy.ten": Limit(10), "toy.three": Limit(3)}
    return Moment(at=at, calendar=default_calendar(), limits=limits)


@pytest.fixture
def moment(instant: datetime) -> Moment:
    """Monday 21 September 2026, ten in the morning."""
    return moment_of(instant)


@pytest.fixture
def later(instant: datetime) -> Callable[[int], Moment]:
    """The same hour so many days later."""
    return lambda days: moment_of(instant + timedelta(days=days))


@pytest.fixture(scope="module")
def kernel(databases: Databases, django_db_blocker: Any) -> Iterator[str]:
    """A database of this module's own with the toy in it; what its tests commit stays until the module ends."""
    with registered(TOY), django_db_blocker.unblock(), databases.clone("kernel") as name:
        install_graphs()
        yield name


@pytest.fixture
def toy_db(fresh_db: str) -> Iterator[str]:
    """A database of this test's own with the toy in it."""
    with registered(TOY):
        install_graphs()
        yield fresh_db


@pytest.fixture
def opened(kernel: str, moment: Moment) -> Callable[..., int]:
    """Opens a toy case in its grid and commits it."""

    def open_one(action: str = "start", area: str = GRID, department: str | None = None) -> int:
        with acting_as(SYSTEM):
            opening = Opening(area=area, started_on=moment.today, department=department)
            return open_cases(TOY, action, [opening], acting=SYSTEM, moment=moment)[0]

    return open_one
