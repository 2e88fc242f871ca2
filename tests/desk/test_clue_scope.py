"""Whose clue is whose at the pages: the neighbouring town, another department and the public find nothing."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse
from PIL import Image
from tests.clues.conftest import MARKET, TOBACCO_SHOP, Clues, settle_clues
from tests.databases import Databases
from tests.loop.city import GRID, PASSWORD, VILLAGE
from tests.loop.visitor import Visitor, text_of

from gongzhi.clues.actions import keep_photo
from gongzhi.clues.discovering import Discovery
from gongzhi.clues.models import (
    Copy,
    IdentityAccess,
    Joining,
    JointOperation,
    Likeness,
    Market,
    Photo,
    Report,
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
THEIRS = ("other_town_office", "other_market", "other_village", "other_officer")
OURS_WITHOUT = ("tobacco", "next_officer")
PAGES = (
    "clue_report",
    "clue_serious",
    "clue_ledger",
    "clue_ledger_export",
    "clue_plans",
    "clue_pairs",
    "clue_operations",
    "clue_copies",
    "clue_market",
    "clue_reports",
    "clue_readings",
    "clue_hotline",
)


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


def _by_number() -> dict[str, str]:
    """The names of the clues' addresses that take a number, with what it numbers."""
    names = get_resolver().reverse_dict
    return {
        name: argument
        for name in names
        if isinstance(name, str) and name.startswith("clue_")
        for argument in names[name][0][0][1]
        if argument.endswith("_id")
    }


@pytest.mark.parametrize("username", [*THEIRS, *OURS_WITHOUT])
def test_who_has_no_part_in_a_clue_finds_nothing_of_it_by_any_number(
    desk: Desk, city: Clues, numbers: dict[str, int], username: str
) -> None:
    visitor = desk(username)
    before = city.case(numbers["case_id"]).seq
    assert visitor.get(reverse("case", args=[numbers["case_id"]])).status_code == 404
    for name, of in _by_number().items():
        address = reverse(name, args=[numbers[of]])
        form = {"decision": "joined" if name == "clue_join" else "merged", "words": "x", "number": "1"}
        sent = visitor.post(address, **form, why="x", purpose="found", answer="x")
        for answer in (visitor.get(address), sent):
            assert answer.status_code in {302, 403, 404, 405}, (name, answer.status_code)
            assert SIGN not in text_of(answer), name
    assert city.case(numbers["case_id"]).seq == before
    with acting_as(SYSTEM):
        assert Likeness.objects.get(pk=numbers["likeness_id"]).decision == ""
        assert Joining.objects.get(pk=numbers["joining_id"]).decision == ""
        assert Copy.objects.get(pk=numbers["copy_id"]).read_at is None
        assert Report.objects.get(pk=numbers["report_id"]).answer == ""
        assert not IdentityAccess.objects.exists()


@pytest.mark.parametrize("username", [*THEIRS, "market_manager"])
def test_no_page_or_workbook_of_clues_shows_another_towns(
    desk: Desk, numbers: dict[str, int], username: str
) -> None:
    visitor = desk(username)
    for name in (*PAGES, "home", "cases"):
        answer = visitor.get(reverse(name), mine="0")
        assert answer.status_code in {200, 403}, name
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert SIGN.encode() not in body, name


def test_the_public_is_sent_to_sign_in_whatever_it_asks_for(desk: Desk, numbers: dict[str, int]) -> None:
    visitor = desk()
    addresses = [reverse(name, args=[numbers[of]]) for name, of in _by_number().items()]
    for address in [*addresses, *map(reverse, PAGES)]:
        answer = visitor.get(address)
        assert answer.status_code == 302, address
        assert answer.headers["Location"].startswith(reverse("sign_in"))


@pytest.mark.parametrize(
    "username", ["officer", "village", "town_office", "city_office", "market", "town_centre", "city_centre"]
)
def test_who_works_on_a_clue_reads_neither_who_reported_nor_their_words(
    desk: Desk, city: Clues, numbers: dict[str, int], username: str
) -> None:
    visitor = desk(username)
    with acting_as(SYSTEM):
        clue = Report.objects.get(pk=numbers["report_id"]).clue_id
    page = visitor.get(reverse("case", args=[clue]))
    assert page.status_code == (404 if username == "market" else 200)
    for secret in ("隔壁", "13800009999", "的秘密"):
        assert secret not in text_of(page)
    number = numbers["report_id"]
    assert visitor.get(reverse("clue_report_one", args=[number])).status_code == 403
    assert visitor.post(reverse("clue_identity", args=[number]), why="x").status_code == 403


@pytest.mark.parametrize("username", ["report_desk", "report_reward"])
def test_the_two_posts_read_an_identity_only_with_a_reason_and_on_record(
    desk: Desk, numbers: dict[str, int], username: str
) -> None:
    visitor = desk(username)
    address = reverse("clue_identity", args=[numbers["report_id"]])
    assert visitor.get(address).status_code == 405
    assert visitor.post(address, why=" ").status_code == 302
    with acting_as(SYSTEM):
        assert not IdentityAccess.objects.exists()
    page = text_of(visitor.post(address, why="核实地点"))
    assert "隔壁老张" in page
    assert "13800009999" in page
    assert "本次查看已记录" in page
    with acting_as(SYSTEM):
        assert IdentityAccess.objects.get().why == "核实地点"
    assert "核实地点" in text_of(visitor.get(reverse("clue_readings")))


def test_a_markets_manager_reports_a_stall_and_sees_only_that_it_goes_on(desk: Desk, city: Clues) -> None:
    visitor = desk("market_manager")
    form = {"client_key": "a" * 32, "stall": "A12", "trade": "hair_beauty", "words": "没挂照"}
    assert "确认上报" in text_of(visitor.post(reverse("clue_report"), **form))
    for _tap in range(2):
        answer = visitor.post(reverse("clue_report"), **form, step="save")
        assert answer.status_code == 302
    page = text_of(visitor.get(reverse("clue_market")))
    assert page.count("没挂照") == 1
    assert "办理中" in page
    ((case, area),) = city.rows("SELECT case_id, area FROM clues_clue")
    assert area == GRID
    assert visitor.get(reverse("case", args=[case])).status_code == 404


def test_two_taps_are_one_clue_and_an_error_keeps_what_was_typed(desk: Desk, city: Clues) -> None:
    visitor = desk("officer")
    address = reverse("clue_report")
    wrong = visitor.post(address, client_key="b" * 32, sign=SIGN, address="东正路3号")
    assert wrong.status_code == 422
    assert SIGN in text_of(wrong)
    assert "东正路3号" in text_of(wrong)
    form = {"client_key": "b" * 32, "sign": SIGN, "address": "东正路3号", "trade": "hair_beauty"}
    looked = visitor.client.post(
        address, {**form, "csrfmiddlewaretoken": visitor._token(), "photo": io.BytesIO(a_photo())}
    )
    token = text_of(looked).split('name="draft" value="')[1].split('"')[0]
    first = visitor.post(address, **form, step="save", draft=token)
    again = visitor.post(address, **form, step="save", draft=token)
    assert first.headers["Location"] == again.headers["Location"]
    ((count,),) = city.rows("SELECT count(*) FROM clues_clue")
    assert count == 1
    with acting_as(SYSTEM):
        assert Photo.objects.count() == 1


def test_what_is_there_already_may_be_joined_instead_of_reported_twice(desk: Desk, city: Clues) -> None:
    case = city.report(TOBACCO_SHOP, sign=SIGN, door_key="d").case_id
    visitor = desk("officer")
    form = {"client_key": "c" * 32, "sign": SIGN, "trade": "tobacco_retail"}
    page = text_of(visitor.post(reverse("clue_report"), **form))
    assert f'name="join" value="{case}"' in page or "没有更准的位置" in page
    joined = visitor.post(reverse("clue_report"), **form, join=case)
    assert joined.headers["Location"] == reverse("case", args=[case])
    assert city.journal(case)[-1].action == "note"
    ((count,),) = city.rows("SELECT count(*) FROM clues_clue")
    assert count == 1


def test_a_stage_is_set_on_clearing_and_its_progress_is_shown(desk: Desk, city: Clues) -> None:
    city.report(TOBACCO_SHOP)
    city.go_to(date(2026, 9, 22))
    visitor = desk("town_office")
    form = {"title": "清存量", "base_on": "2026-09-21", "ends_on": "2026-12-31", "share": "80"}
    assert visitor.post(reverse("clue_plans"), **form | {"ends_on": "2026-09-01"}).status_code == 422
    assert visitor.post(reverse("clue_plans"), **form).status_code == 302
    page = text_of(visitor.get(reverse("clue_plans")))
    assert "存量 1，计划清理 1（80%），已清理 0" in page
    assert desk("village").post(reverse("clue_plans"), **form).status_code == 403


def test_the_ledgers_workbook_has_a_title_its_filters_and_numbered_columns(desk: Desk, city: Clues) -> None:
    from openpyxl import load_workbook  # noqa: PLC0415

    city.report(TOBACCO_SHOP, sign="=危险公式")
    answer = desk("town_office").get(reverse("clue_ledger_export"), trade="tobacco_retail")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "无证无照经营线索台账"
    assert "填报单位" in rows[1][0]
    assert "烟草零售" in rows[2][0]
    assert rows[3][:2] == ["序号", "线索编号"]
    assert rows[4][:3] == [1, 2, 3]
    assert len(rows) == 6
    assert "=危险公式" in rows[5]
    assert any(str(merged).startswith("A1:") for merged in sheet.merged_cells.ranges)
