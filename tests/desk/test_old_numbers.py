"""A business's file shows both its numbers, what it went by before, and what was noticed in its registration."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse
from tests.loop.city import CITY, GRID, City
from tests.loop.visitor import Visitor, text_of
from tests.registry.files import code, old_number

from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.registry.intake.checking import Stated, check
from gongzhi.registry.intake.loading import Counts, load
from gongzhi.registry.intake.matching import Answer
from gongzhi.registry.models import Business
from gongzhi.registry.rules import Entry, Where
from gongzhi.scopes import Match

Desk = Callable[..., Visitor]


def take(city: City, uscc: str, number: str) -> int:
    """One row of a file, as the import writes it; returns the business's number."""
    stated = Stated(
        1,
        "莞城虚拟老字号",
        uscc,
        "2009-05-06",
        "日用百货销售",
        "莞城街道北隅社区试风路6号",
        old_number=number,
    )
    (entry,) = check([stated], city.moment.today)
    assert isinstance(entry, Entry)
    answer = Answer(Match((), "2026-test"), Where(GRID, True, f"{GRID[:12]}/试风路6号", "road-number", 0.97))
    with acting_as(SYSTEM):
        load([entry], [answer], source=None, city=CITY, acting=SYSTEM, moment=city.moment, counts=Counts())
        return Business.objects.get(uscc=entry.uscc).pk


def test_it_is_found_by_the_old_number_and_shows_both_once_it_has_a_code(desk: Desk, city: City) -> None:
    registrar = desk("registrar")
    business = take(city, "", old_number(7))
    page = text_of(registrar.get(reverse("business", args=[business])))
    assert "尚无，按注册号建档" in page
    assert old_number(7) in page
    assert take(city, code(7), old_number(7)) == business
    page = text_of(registrar.get(reverse("business", args=[business])))
    for shown in (code(7), old_number(7), "当时的代码"):
        assert shown in page
    for wanted in (code(7), old_number(7)):
        assert "莞城虚拟老字号" in text_of(registrar.get(reverse("businesses"), q=wanted))
    english = text_of(desk("registrar", language="en").get(reverse("business", args=[business])))
    assert "Registration number (15 digits)" in english


def test_what_is_wrong_with_an_old_number_stands_in_the_file(desk: Desk, city: City) -> None:
    business = take(city, code(8), "粤莞个00123")
    page = text_of(desk("registrar").get(reverse("business", args=[business])))
    assert "登记所填注册号 粤莞个00123 不是有效的 15 位注册号" in page


def test_an_old_number_is_not_registered_at_the_window(desk: Desk, city: City) -> None:
    answer = desk("registrar").post(
        reverse("register"),
        name="某店",
        uscc=old_number(9),
        established="2026-09-01",
        scope="餐饮服务",
        address="莞城街道北隅社区试风路8号",
    )
    assert answer.status_code == 422
    assert "统一社会信用代码不是 18 位" in text_of(answer)
