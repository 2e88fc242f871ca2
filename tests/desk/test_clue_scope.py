"""Whose clue is whose at the pages: the neighbouring town, another department and the public find nothing."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse
from PIL import Image
from tests.clues.conftest import MARKET, TOBACCO_SHOP, Clues, settle_clues
from tests.databases import Databases
from tests.loop.city import GRID, OTHER_GRID, PASSWORD, VILLAGE
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
from gongzhi.exchange.actions import issue
from gongzhi.flow.moment import set_clock
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.models import Person, Post
from gongzhi.registry.models import Business

Desk = Callable[..., Visitor]
SIGN = "虚拟机密小吃"
THEIRS = ("other_town_office", "other_market", "other_village", "other_officer")
OURS_WITHOUT = ("tobacco", "next_officer")
PAGES = (
    "clue_report",
    "clue_serious",
    "clue_ledger",
    "clue_ledger_export",
    "clue_ledger_sums",
    "clue_plans",
    "clue_pairs",
    "clue_operations",
    "clue_copies",
    "clue_market",
    "clue_reports",
    "clue_readings",
    "clue_hotline",
    "rule_objections",
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


OPEN_TO_ALL = {"clues_market"}
"""What is no clue: the list of markets."""
OF_THE_REPORTS = {"clues_report", "clues_hotline_file", "clues_hotline_row", "clues_identity_access"}


def _seen_in_tables() -> dict[str, int]:
    """Rows of each table of the clues, of their cases and journals, that the pass of the moment shows; what the
    application may not read at all counts as none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relname LIKE 'clues\\_%%'"
            " AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1"
        )
        tables = [row[0] for row in cursor.fetchall()]
        found = {}
        for table in [*tables, "flow_case", "flow_journal"]:
            graphs = " WHERE graph LIKE 'clue%%'" if table.startswith("flow") else ""
            cursor.execute(f"SELECT count(*) FROM {table}{graphs}")
            found[table] = cursor.fetchone()[0]
    return found


def test_raw_sql_shows_a_neighbour_and_a_stranger_no_row_of_a_clue(
    city: Clues, numbers: dict[str, int]
) -> None:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO clues_hotline_file (file_name, sha256, read_at, counts) VALUES ('x', %s, now(), '{}')"
            " RETURNING id",
            ["0" * 64],
        )
        cursor.execute(
            "INSERT INTO clues_hotline_row (file_id, line, order_no, outcome, clue_id, why)"
            " VALUES (%s, 2, 'A1', 'opened', %s, '[]')",
            [cursor.fetchone()[0], numbers["case_id"]],
        )
    city.act("village", city.report(sign="已办结").case_id, "correct", result="licensed", words="已办照")
    with acting_as(SYSTEM):
        everything = _seen_in_tables()
    # Whatever table is added later has to be filled here, or this test would say nothing about it.
    empty = {table for table, count in everything.items() if not count}
    assert empty <= {"clues_assistance", "clues_joint_clue", "clues_stage_plan", "clues_market_report"} | {
        "clues_objection",
        "clues_alert",
        "clues_revisit",
        "clues_identity_access",
    }
    for who in (*THEIRS, *OURS_WITHOUT, "market_manager"):
        with acting_as(city.people[who]):
            seen = {table: count for table, count in _seen_in_tables().items() if table not in OPEN_TO_ALL}
        # The law of the trade has the licensing department told (抄告): of that copy it reads, and of nothing else.
        assert seen.pop("clues_copy") == (who == "tobacco"), who
        assert set(seen.values()) == {0}, (who, seen)
    # The application itself, for nobody: as any page without a post.
    seen = {table: count for table, count in _seen_in_tables().items() if table not in OPEN_TO_ALL}
    assert set(seen.values()) == {0}


def test_the_two_posts_reach_of_the_clues_what_was_reported_and_no_file_of_anybodys(
    desk: Desk, city: Clues, numbers: dict[str, int]
) -> None:
    with acting_as(SYSTEM):
        reported = Report.objects.get(pk=numbers["report_id"]).clue_id
    for who in ("report_desk", "report_reward"):
        with acting_as(city.people[who]), connection.cursor() as cursor:
            cursor.execute("SELECT case_id FROM clues_clue")
            assert cursor.fetchall() == [(reported,)], who
            seen = _seen_in_tables()
            assert (seen["flow_case"], seen["flow_journal"], seen["clues_ended"]) == (0, 0, 0)
            assert seen["clues_operator"] == 1
        visitor = desk(who)
        for case in (reported, numbers["case_id"]):
            assert visitor.get(reverse("case", args=[case])).status_code == 404
        page = visitor.get(reverse("clue_report_one", args=[numbers["report_id"]]))
        assert page.status_code == 200
        assert "已收到，正在核实" in text_of(page)
    for who in ("village", "town_office", "registrar", "market"):
        with acting_as(city.people[who]):
            seen = _seen_in_tables()
        assert {table: seen[table] for table in OF_THE_REPORTS} == dict.fromkeys(OF_THE_REPORTS, 0), who


def test_a_pair_across_the_border_is_shown_to_neither_side(city: Clues, numbers: dict[str, int]) -> None:
    there = city.report(TOBACCO_SHOP, sign=SIGN, area=OTHER_GRID).case_id
    with acting_as(SYSTEM):
        Likeness.objects.create(
            clue_id=there,
            other_id=numbers["case_id"],
            verdict="probable",
            score=0.9,
            proposed_on=city.moment.today,
        )
    for who in ("town_office", "other_town_office"):
        with acting_as(city.people[who]):
            assert not Likeness.objects.filter(clue_id=there).exists(), who
    with acting_as(city.people["city_office"]):
        assert Likeness.objects.filter(clue_id=there).exists()


def test_the_api_of_other_systems_says_nothing_of_a_clue(city: Clues, numbers: dict[str, int]) -> None:
    with acting_as(SYSTEM):
        held = Post.objects.get(pk=city.people["registrar"].post_id)
        _, token = issue("别的系统", held, valid_to=date(2026, 12, 31))
        code = Business.objects.get(name=SIGN).uscc
    set_clock(lambda: city.now)
    try:
        client = Client(headers={"authorization": f"Bearer {token}"})
        answers = [
            client.get(address)
            for address in (
                f"/api/v1/businesses/{code}",
                "/api/v1/openapi.json",
                "/api/v1/clues",
                f"/api/v1/clues/{numbers['case_id']}",
                f"/api/v1/cases/{numbers['case_id']}",
                f"/api/v1/reports/{numbers['report_id']}",
            )
        ]
    finally:
        set_clock(None)
    assert [answer.status_code for answer in answers] == [200, 200, 404, 404, 404, 404]
    told = json.dumps(answers[0].json(), ensure_ascii=False)
    for secret in ("clue", "线索", "无证", "隔壁", str(numbers["case_id"])):
        assert secret not in told, secret
    assert "clue" not in answers[1].content.decode()


def test_an_upheld_objection_is_in_the_rule_workbench_and_what_was_made_of_it_is_put_down(
    desk: Desk, city: Clues, numbers: dict[str, int]
) -> None:
    case = numbers["case_id"]
    city.act("market", case, "object", reason="not_our_duty", words="依据职责清单")
    city.act("town_office", case, "reroute", department="health", words="异议成立")
    visitor = desk("city_office")
    assert reverse("rule_objections") in text_of(visitor.get(reverse("rulebooks")))
    page = text_of(visitor.get(reverse("rule_objections")))
    for said in ("依据职责清单", "异议成立", reverse("case", args=[case])):
        assert said in page, said
    ((objection,),) = city.rows("SELECT id FROM clues_objection")
    address = reverse("rule_objection", args=[objection])
    assert visitor.post(address, words=" ").status_code == 302
    assert visitor.post(address, words="十月起改职责表").status_code == 302
    page = text_of(visitor.get(reverse("rule_objections")))
    assert "十月起改职责表" in page
    assert "依据职责清单" not in page
    for username in ("town_office", "market", "registrar", "report_desk"):
        assert desk(username).get(reverse("rule_objections")).status_code == 403
        assert desk(username).post(address, words="x").status_code == 403


def test_the_guidance_sheet_is_in_both_languages_and_its_handing_over_is_kept(
    desk: Desk, city: Clues, numbers: dict[str, int]
) -> None:
    address = reverse("clue_guidance", args=[numbers["case_id"]])
    visitor = desk("town_office")
    assert address in text_of(visitor.get(reverse("case", args=[numbers["case_id"]])))
    for language in ("zh-hans", "en"):
        page = text_of(desk("town_office", language).get(address))
        for said in (
            "烟草专卖零售许可",
            "Tobacco monopoly retail permit",
            "20 个工作日",
            "20 working days",
            "行政许可法",
        ):
            assert said in page, (language, said)
    assert visitor.post(address).status_code == 302
    assert city.journal(numbers["case_id"])[-1].form["guidance"] == ["P024"]
    assert desk("city_centre").get(address).status_code == 403


def test_over_a_whole_city_the_sums_come_after_the_list_and_by_a_link_without_scripts(
    desk: Desk, city: Clues
) -> None:
    city.report(TOBACCO_SHOP)
    wide, town = desk("city_office"), desk("town_office")
    page = text_of(wide.get(reverse("clue_ledger"), trade="tobacco_retail"))
    sums = f"{reverse('clue_ledger_sums')}?trade=tobacco_retail&amp;by=town"
    assert f'hx-get="{sums}"' in page
    assert '<th scope="col"' in text_of(wide.get(reverse("clue_ledger_sums"), trade="tobacco_retail"))
    assert "hx-get" not in text_of(wide.get(reverse("clue_ledger"), sums="1"))
    assert "hx-get" not in text_of(town.get(reverse("clue_ledger")))
    assert desk("officer").get(reverse("clue_ledger_sums")).status_code == 403


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
