"""The small invented city with those who work on clues, and short ways to let them act."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection, transaction

from gongzhi.clues.actions import Reported, report_clue
from gongzhi.clues.discovering import Discovery
from gongzhi.clues.models import Clue
from gongzhi.clues.rules import Licence, PermitFact, Situation, Standing, Where
from gongzhi.org.access import acting_as, acting_for
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.models import Person, Post
from gongzhi.org.roles import Role
from tests.databases import Databases
from tests.loop.city import CITY, GRID, TOWN, VILLAGE, City, settle

MARKET = "m0001"
POSTS: dict[str, tuple[Role, str, str | None]] = {
    "city_centre": (Role.COMMAND, CITY, None),
    "town_centre": (Role.COMMAND, TOWN, None),
    "village_centre": (Role.COMMAND, VILLAGE, None),
    "health": (Role.DEPARTMENT, TOWN, "health"),
    "urban": (Role.DEPARTMENT, TOWN, "urban"),
    "culture": (Role.DEPARTMENT, TOWN, "culture"),
    "market_manager": (Role.MARKET_MANAGER, MARKET, None),
    "report_desk": (Role.REPORT_DESK, CITY, None),
    "report_reward": (Role.REPORT_REWARD, CITY, None),
}
"""Posts beside those of the loop's city."""


def settle_clues() -> dict[str, Acting]:
    """Give the city its people and those who work on clues; commits."""
    people = settle()
    with acting_as(SYSTEM):
        for name, (role, area, department) in POSTS.items():
            person = Person.objects.create_person(name, f"{name}的人", None)
            post = Post.objects.create(
                person=person,
                role=role,
                area=area,
                department_id=department,
                title=f"岗位{name}",
                title_en=name,
                valid_from=date(2026, 1, 1),
            )
            people[name] = acting_for(post)
    return people


@pytest.fixture(scope="module")
def settled(databases: Databases, django_db_blocker: Any) -> Iterator[dict[str, Acting]]:
    """A database of the module's own in which the city's people live."""
    with django_db_blocker.unblock(), databases.clone("clues"):
        yield settle_clues()


TOBACCO_SHOP = Situation(
    trades=("tobacco_retail",),
    permits={"P024": PermitFact(Standing.NONE)},
    licence=Licence.HELD,
    where=Where(area=GRID),
)
"""A shop with a licence and no tobacco permit: surely the market regulator's, by the law of the trade."""
NO_LICENCE = Situation(
    trades=("clothing",),
    otherwise=Standing.NONE,
    licence=Licence.NONE,
    where=Where(area=GRID),
)
"""Clothes sold without a licence: surely the market regulator's."""
NEW_TRADE = Situation(licence=Licence.NONE, where=Where(area=GRID))
"""Nobody knows what it is: the town decides."""


@dataclass
class Clues(City):
    """The city with clues in it."""

    def report(
        self, situation: Situation = TOBACCO_SHOP, *, by: str = "officer", area: str = GRID, **more: Any
    ) -> Reported:
        """Somebody reports an operator."""
        discovery = Discovery(
            **{
                "source": "patrol",
                "area": area,
                "found_on": self.moment.today,
                "situation": situation,
                "address": "东正路1号",
                "sign": "老王小吃",
                **more,
            }
        )
        with acting_as(self.people[by]) as acting:
            return report_clue(discovery, acting=acting, moment=self.moment)

    def clue(self, case_id: int) -> Clue:
        """A clue's row, whoever may see it."""
        with acting_as(SYSTEM):
            return Clue.objects.select_related("operator").get(pk=case_id)

    def state(self, case_id: int) -> str:
        """Where a case stands."""
        return self.case(case_id).state

    def push(self, situation: Situation = TOBACCO_SHOP, **more: Any) -> int:
        """A clue that the village could not settle and that was passed on."""
        case_id = self.report(situation, **more).case_id
        self.act("village", case_id, "urge")
        self.act("village", case_id, "not_corrected", reason="refused")
        return case_id

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a statement answers to the machine."""
        with acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()


@pytest.fixture
def city(settled: dict[str, Acting], instant: datetime) -> Iterator[Clues]:
    """The city on Monday 21 September 2026, ten in the morning."""
    with transaction.atomic():
        yield Clues(settled, instant)
        transaction.set_rollback(True)
