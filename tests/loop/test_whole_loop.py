"""One firm from its registration to its closed file, through the registrar's file and everybody's pages."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from gongzhi.codes import uscc
from gongzhi.desk import words
from gongzhi.flow.moment import moment_at, set_clock
from gongzhi.flow.queries import Standing, cases_for
from gongzhi.notices import queries as notices
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.places.actions import import_library
from gongzhi.places.queries import placer
from gongzhi.registry.intake.running import Outcome, run_import
from gongzhi.registry.models import Business
from gongzhi.visits import queries as visits
from tests.loop.city import CITY, GRID, settle
from tests.loop.visitor import Visitor, text_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHOP = "东莞市莞城街道北隅社区振华路18号"
LIBRARY = [(f"东莞市莞城街道北隅社区振华路{number}号", GRID) for number in range(2, 60, 2)]


class Loop:
    """The installed city, its register file, and the clock on everybody's wall."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = datetime(2026, 9, 21, 10, tzinfo=SHANGHAI)

    def go_to(self, month: int, day: int) -> None:
        """Let it be ten in the morning of another day."""
        self.now = datetime(2026, month, day, 10, tzinfo=SHANGHAI)

    def imported(self, *rows: dict[str, str]) -> Outcome:
        """The registrar's file of the day is taken in."""
        file = self.folder / "registrations.csv"
        with file.open("w", newline="") as out:
            writer = csv.DictWriter(
                out, ["name", "uscc", "established_date", "business_scope", "address", "status"]
            )
            writer.writeheader()
            writer.writerows(rows)
        with acting_as(SYSTEM):
            places = placer(self.now.date())
        return run_import(
            file, as_of=self.now.date(), places=places, city=CITY, clock=lambda: self.now, invented=True
        )

    def cases(self, code: str) -> dict[str, Standing]:
        """The cases of a firm: its visit, and its notices by department."""
        with acting_as(SYSTEM):
            number = Business.objects.get(uscc=code).pk
            found = cases_for(
                SYSTEM,
                [*notices.of_business(number), *visits.of_business(number)],
                moment=moment_at(self.now),
            )
        return {case.department or case.graph: case for case in found}

    def number(self, code: str) -> int:
        """The number of a firm's file."""
        with acting_as(SYSTEM):
            return Business.objects.get(uscc=code).pk


@pytest.fixture
def loop(fresh_db: str, tmp_path: Path) -> Iterator[Loop]:
    """A city with an address library and its people, on Monday 21 September 2026."""
    words.forget()
    settle()
    made = Loop(tmp_path)
    library = tmp_path / "library.csv"
    lines = ["address,village_code,grid_code", *(f"{text},{grid[:12]},{grid}" for text, grid in LIBRARY)]
    library.write_text("\n".join(lines))
    with acting_as(SYSTEM):
        assert import_library(library, moment=moment_at(made.now)).added == len(LIBRARY)
    set_clock(lambda: made.now)
    yield made
    set_clock(None)
    words.forget()


def row(**stated: str) -> dict[str, str]:
    """One line of the registrar's file."""
    return {
        "name": "虚拟满堂红小吃店",
        "uscc": uscc.make("92", "441900", "XN000777"),
        "established_date": "2026-09-21",
        "business_scope": "餐饮服务；烟草制品零售。",
        "address": SHOP,
        "status": "存续",
    } | stated


def signed_in(username: str) -> Visitor:
    """A browser at which somebody has signed in."""
    visitor = Visitor()
    assert visitor.sign_in(username).status_code == 302
    return visitor


def test_one_firm_is_followed_from_its_registration_to_its_closed_file(loop: Loop) -> None:
    code = row()["uscc"]
    outcome = loop.imported(row())
    assert (outcome.rows, outcome.accepted) == (1, 1)
    cases = loop.cases(code)
    assert {name: (case.state, case.area, case.due) for name, case in cases.items()} == {
        "visits": ("to_visit", GRID, date(2026, 10, 12)),
        "market": ("delivered", GRID, date(2026, 10, 12)),
        "tobacco": ("delivered", GRID, date(2026, 10, 12)),
    }
    number, visit = loop.number(code), cases["visits"].id

    market = signed_in("market")
    assert "虚拟满堂红小吃店" in text_of(market.get(reverse("home")))
    page = text_of(market.get(reverse("case", args=[cases["market"].id])))
    assert "<mark>餐饮服务</mark>" in page
    _act(market, cases["market"], "receive")

    loop.go_to(9, 30)
    officer = signed_in("officer")
    doors = text_of(officer.get(reverse("cases")))
    assert "振华路18号" in doors
    assert "北隅社区" in doors
    _call(officer, loop, code, number, "needs_correction")
    assert (loop.cases(code)["visits"].state, loop.cases(code)["visits"].due) == (
        "guided",
        date(2026, 10, 20),
    )
    assert loop.cases(code)["market"].state == "received"

    loop.go_to(10, 15)
    _call(officer, loop, code, number, "in_order")
    after = loop.cases(code)
    assert after["visits"].state == "done"
    assert {after[d].due for d in ("market", "tobacco")} == {date(2026, 11, 5)}

    for department in ("market", "tobacco"):
        clerk = signed_in(department)
        _act(clerk, after[department], "feed_back", result="licensed", permit_number="JY24419000001")
    assert not any(case.is_open for case in loop.cases(code).values())

    story = text_of(signed_in("city_registrar").get(reverse("business", args=[number])))
    for told in (
        "推送",
        "引导改正，约定回访",
        "回访：已改正",
        "收到走访结果",
        "反馈结果",
        "餐饮服务",
        "食品安全法",
    ):
        assert told in story, told
    assert visit == after["visits"].id


def _act(visitor: Visitor, case: Standing, action: str, **form: str) -> None:
    answer = visitor.post(reverse("act", args=[case.id, action]), expected_seq=case.seq, **form)
    assert answer.status_code == 302, text_of(answer)


def _call(officer: Visitor, loop: Loop, code: str, business: int, result: str) -> None:
    visit = loop.cases(code)["visits"]
    address = reverse("call", args=[visit.id])
    assert f'name="result-{business}"' in text_of(officer.get(address))
    answer = officer.post(address, expected_seq=visit.seq, **{f"result-{business}": result})
    assert answer.status_code == 302


def test_the_same_file_again_changes_nothing(loop: Loop) -> None:
    loop.imported(row())
    before = loop.cases(row()["uscc"])
    loop.go_to(9, 22)
    outcome = loop.imported(row())
    assert (outcome.rows, outcome.unchanged, sum(outcome.opened.values())) == (1, 1, 0)
    after = loop.cases(row()["uscc"])
    assert {name: case.seq for name, case in after.items()} == {
        name: case.seq for name, case in before.items()
    }


def test_a_firm_that_ends_takes_everything_open_with_it(loop: Loop) -> None:
    loop.imported(row())
    loop.go_to(9, 22)
    outcome = loop.imported(row(status="注销"))
    assert outcome.cancelled == 1
    assert {case.state for case in loop.cases(row()["uscc"]).values()} == {"withdrawn"}


def test_an_address_that_no_library_knows_waits_for_a_person_and_then_goes_its_way(loop: Loop) -> None:
    loop.imported(row(address="东莞市莞城街道某处"))
    visit = loop.cases(row()["uscc"])["visits"]
    assert visit.state == "to_place"
    registrar = signed_in("registrar")
    assert "东莞市莞城街道某处" in text_of(registrar.get(reverse("review_addresses")))
    _act(registrar, visit, "place_in_grid", area=GRID)
    placed = loop.cases(row()["uscc"])
    assert (placed["visits"].state, placed["market"].area) == ("to_visit", GRID)
    assert placed["visits"].due == date(2026, 10, 12)
