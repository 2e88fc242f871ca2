"""Whose clue is whose at the pages: the neighbouring town, another department and the public find nothing."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse
from tests.clues.conftest import TOBACCO_SHOP, Clues
from tests.desk.clues.conftest import SIGN, Desk
from tests.loop.city import OTHER_GRID
from tests.loop.visitor import text_of
from tests.loop.workbooks import words_of

from gongzhi.clues.models import (
    Copy,
    IdentityAccess,
    Joining,
    Likeness,
    Report,
)
from gongzhi.exchange.actions import issue
from gongzhi.flow.moment import set_clock
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.org.models import Post
from gongzhi.registry.models import Business

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
    "clue_operations_export",
    "clue_copies",
    "clue_copies_export",
    "clue_market",
    "clue_reports",
    "clue_reports_export",
    "clue_readings",
    "clue_hotline",
    "rule_objections",
)


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
        assert SIGN not in words_of(answer), name


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
