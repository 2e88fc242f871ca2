"""The clues' small city with people who sign in, and one clue with everything that has a number."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from PIL import Image
from tests.clues.conftest import MARKET, TOBACCO_SHOP, Clues, settle_clues
from tests.databases import Databases
from tests.loop.city import GRID, PASSWORD, VILLAGE
from tests.loop.visitor import Visitor

from gongzhi.clues.actions import keep_photo
from gongzhi.clues.discovering import Discovery
from gongzhi.clues.models import (
    Copy,
    Joining,
    JointOperation,
    Likeness,
    Market,
)
from gongzhi.clues.reports import receive_report
from gongzhi.clues.rules import Situation, Where
from gongzhi.desk import words
from gongzhi.flow.moment import set_clock
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.models import Person

Desk = Callable[..., Visitor]
SIGN = "虚拟机密小吃"


@pytest.fixture(scope="module")
def settled(databases: Databases, django_db_blocker: Any) -> Iterator[dict[str, Acting]]:
    with django_db_blocker.unblock(), databases.clone("clue-pages"):
        words.forget()
        people = settle_clues()
        with acting_as(SYSTEM):
            Market.objects.create(code=MARKET, name="虚拟共治市场", area=GRID, address="试风路1号")
            for person in Person.objects.exclude(password__startswith="argon2"):
                person.set_password(PASSWORD)
                person.save(update_fields=["password"])
        yield people
        words.forget()


@pytest.fixture
def city(settled: dict[str, Acting], instant: datetime) -> Iterator[Clues]:
    with transaction.atomic():
        yield Clues(settled, instant)
        transaction.set_rollback(True)


@pytest.fixture
def desk(city: Clues) -> Iterator[Desk]:
    set_clock(lambda: city.now)

    def open_one(username: str = "", language: str = "zh-hans") -> Visitor:
        visitor = Visitor(language)
        if username:
            assert visitor.sign_in(username).status_code == 302
        return visitor

    yield open_one
    set_clock(None)


def a_photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def numbers(city: Clues) -> dict[str, int]:
    """Everything of a clue that has a number and an address of its own, in the town of the tests."""
    case = city.push(TOBACCO_SHOP, sign=SIGN)
    twin = city.report(TOBACCO_SHOP, sign=SIGN).case_id
    village = city.people["village"]
    with acting_as(village):
        photo = keep_photo(case, a_photo(), purpose="found", acting=village, moment=city.moment)
    business = city.register(name=SIGN)
    with acting_as(SYSTEM):
        likeness = Likeness.objects.first() or Likeness.objects.create(
            clue_id=twin, other_id=case, verdict="probable", score=0.9, proposed_on=city.moment.today
        )
        joining = Joining.objects.create(
            operator=city.clue(case).operator,
            business_id=business,
            verdict="probable",
            score=0.9,
            proposed_on=city.moment.today,
        )
        operation = JointOperation.objects.create(
            area=VILLAGE[:9],
            title=SIGN,
            plan="x",
            members=["market"],
            planned_on=city.moment.today,
            made_by="x",
            made_on=city.moment.today,
        )
        copy = Copy.objects.create(
            clue_id=case,
            area=VILLAGE[:9],
            department="market",
            sent_by_department="health",
            words=SIGN,
            about=SIGN,
            sent_at=city.now,
            sent_by="x",
        )
    report = receive_report(
        Discovery(
            source="public",
            area=GRID,
            found_on=city.moment.today,
            situation=Situation(where=Where(area=GRID)),
            address="东正路9号",
            words=SIGN + "的秘密",
        ),
        name="隔壁老张",
        phone="13800009999",
        moment=city.moment,
    )
    return {
        "case_id": case,
        "clue_id": case,
        "photo_id": photo.pk,
        "likeness_id": likeness.pk,
        "joining_id": joining.pk,
        "operator_id": city.clue(case).operator_id,
        "operation_id": operation.pk,
        "copy_id": copy.pk,
        "report_id": report.report_id,
    }
