"""The version of the day decides every registration: at the window, from a file, and when a scope changes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from gongzhi.codes import uscc
from gongzhi.flow.moment import moment_at, noon
from gongzhi.notices import queries as notices
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.registry.actions import register_one
from gongzhi.registry.intake.checking import Stated
from gongzhi.registry.intake.running import run_import
from gongzhi.registry.models import Business
from gongzhi.rulebooks import actions
from gongzhi.rulebooks.models import Book
from tests.loop.city import CITY, TOBACCO, City, settle
from tests.registry.conftest import Library
from tests.rulebooks.drafting import FERRY, in_force

FRUIT = "神奇果零售"
SOON = date(2026, 9, 28)


def stated(scope: str, number: int = 1) -> Stated:
    return Stated(
        line=1,
        name=f"虚拟果店{number}",
        uscc=uscc.make("92", "441900", f"XN{number:06d}"),
        established="2026-09-20",
        scope=scope,
        address="东莞市莞城街道北隅社区试风路18号",
    )


def register(city: City, scope: str, number: int = 1) -> int:
    with acting_as(SYSTEM):
        taken = register_one(
            stated(scope, number), places=Library(), city=CITY, acting=SYSTEM, moment=city.moment
        )
    return taken.business_id


def books(city: City, business: int) -> set[str]:
    """The versions that open notices about a business name."""
    with acting_as(SYSTEM):
        found = notices.permits(notices.of_business(business))
        return {permit.book for some in found.values() for permit in some}


def open_permits(city: City, business: int) -> set[str]:
    return {code for case in city.notices(business) if case.is_open for code in city.permits(case.id)}


def test_who_registers_before_the_day_is_judged_by_the_old_rules_and_after_it_by_the_new(city: City) -> None:
    book = in_force(city, FERRY, SOON)
    early = register(city, FRUIT)
    city.go_to(SOON)
    late = register(city, FRUIT, number=2)

    assert open_permits(city, early) == set()
    assert open_permits(city, late) == {TOBACCO}
    assert books(city, late) == {f"{book.version}/{SOON}"}


def test_a_scope_that_changes_is_judged_by_the_rules_of_that_day(city: City) -> None:
    business = register(city, "日用百货销售")
    in_force(city, FERRY)
    register(city, f"日用百货销售；{FRUIT}")
    assert open_permits(city, business) == {TOBACCO}


def test_an_import_follows_the_version_of_its_own_day(fresh_db: str, tmp_path: Path) -> None:
    people = settle()
    city = City(people, datetime(2026, 9, 21, 2, tzinfo=UTC))
    version = in_force(city, FERRY, SOON).version

    def take(name: str, number: int, day: date) -> set[str]:
        one = stated(FRUIT, number)
        file = tmp_path / name
        line = f"{one.name},{one.uscc},{one.established},{one.scope},{one.address}"
        heading = "name,uscc,established_date,business_scope,address"
        file.write_text(f"{heading}\n{line}\n", encoding="utf-8")
        run_import(file, as_of=day, places=Library(), city=CITY, clock=lambda: noon(day))
        with acting_as(SYSTEM):
            found = notices.permits(notices.of_business(Business.objects.get(uscc=one.uscc).pk))
            return {f"{permit.permit} {permit.book}" for some in found.values() for permit in some}

    assert take("before.csv", 1, date(2026, 9, 25)) == set()
    assert take("after.csv", 2, SOON) == {f"{TOBACCO} {version}/{SOON}"}


def test_two_versions_of_the_same_day_hold_by_their_number(city: City) -> None:
    in_force(city, FERRY, SOON)
    second = in_force(city, {**FERRY, "rule": "P024-91", "objects": "仙桃"}, SOON)
    city.go_to(SOON)
    with acting_as(SYSTEM):
        assert len(actions.take_force(moment=city.moment)) == 2
    assert books(city, register(city, "仙桃零售")) == {f"{second.version}/{SOON}"}


def test_an_update_of_the_software_changes_no_approved_version(city: City, monkeypatch) -> None:
    book = in_force(city, FERRY)
    from gongzhi.rulebooks import queries  # noqa: PLC0415

    with acting_as(SYSTEM):
        before = queries.texts_of(Book.objects.get(pk=book.pk))["rules"]
        monkeypatch.setattr(queries, "shipped", lambda: {"rules": "rule\n"})
        assert queries.texts_of(Book.objects.get(pk=book.pk))["rules"] == before
        assert queries.book_on(moment_at(city.now).today).version.startswith(book.version)
