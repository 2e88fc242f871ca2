"""Who sees what: raw SQL as the application's role, with the passes of real posts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections

from gongzhi.clues import queries
from gongzhi.clues.actions import report_clue
from gongzhi.clues.discovering import Discovery
from gongzhi.clues.markets import report_from_market, reports_of_market
from gongzhi.clues.models import Market
from gongzhi.clues.reports import (
    answer_report,
    follow_report,
    identity_readings,
    read_identity,
    receive_report,
    waiting_reports,
)
from gongzhi.clues.rules import Where
from gongzhi.clues.sealing import OPERATORS, REPORTERS, SealBrokenError, mark, opened, seal
from gongzhi.flow.errors import NotAllowedError
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM, Acting
from tests.clues.conftest import GRID, NEW_TRADE, TOBACCO_SHOP, Clues, settle_clues

TABLES = (
    "flow_case WHERE graph = 'clues'",
    "clues_clue",
    "clues_operator",
    "clues_objection",
    "clues_alert",
    "clues_likeness",
    "clues_photo",
    "clues_revisit",
)


def _sees(acting: Acting) -> dict[str, int]:
    found = {}
    with acting_as(acting), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table.split()[0]] = cursor.fetchone()[0]
    return found


def test_a_department_sees_what_was_sent_to_it_and_neighbours_see_nothing(city: Clues) -> None:
    city.report()
    pushed = city.push()
    city.act("market", pushed, "receive")
    city.act("market", pushed, "object", reason="not_our_duty", words="依据")
    assert _sees(city.people["officer"])["clues_clue"] == 2
    assert _sees(city.people["town_office"])["clues_objection"] == 1
    market = _sees(city.people["market"])
    assert (market["flow_case"], market["clues_clue"], market["clues_operator"]) == (1, 1, 1)
    for who in ("health", "tobacco", "next_officer", "other_town_office", "other_market", "other_village"):
        assert set(_sees(city.people[who]).values()) == {0}, who


def test_who_objected_and_was_right_sees_no_more_of_it(city: Clues) -> None:
    case_id = city.push()
    city.act("market", case_id, "object", reason="not_our_duty", words="依据")
    city.act("town_office", case_id, "reroute", department="health", words="异议成立")
    assert set(_sees(city.people["market"]).values()) == {0}
    assert _sees(city.people["health"])["clues_clue"] == 1


def test_a_department_has_its_part_and_not_the_others(city: Clues) -> None:
    case_id = city.push()
    city.act("town_office", case_id, "add_department", department="health", words="同时涉及")
    with acting_as(city.people["health"]), connection.cursor() as cursor:
        cursor.execute("SELECT case_id, part_of_id, department FROM clues_clue")
        [(part, lead, department)] = cursor.fetchall()
    assert (lead, department) == (case_id, "health")
    assert part != case_id


def test_the_person_is_sealed_shown_in_part_and_opened_for_who_has_to_talk_to_them(city: Clues) -> None:
    case_id = city.report(person="王小明", phone="13800001234").case_id
    [(sealed, shown)] = city.rows("SELECT person, person_shown FROM clues_operator")
    assert "王小明".encode() not in bytes(sealed)
    assert shown == "王** 138****34"
    for who, may in (("village", True), ("officer", True), ("city_office", False), ("town_centre", False)):
        with acting_as(city.people[who]) as acting:
            clue = queries.clue(case_id)
            assert clue is not None
            assert queries.person(clue, acting) == ({"name": "王小明", "phone": "13800001234"} if may else {})


def test_what_was_sealed_for_one_row_opens_for_no_other_and_with_no_other_key() -> None:
    sealed = seal({"name": "王小明"}, key=OPERATORS, belongs_to="operator 1")
    assert opened(sealed, key=OPERATORS, belongs_to="operator 1") == {"name": "王小明"}
    assert seal({"name": "王小明"}, key=OPERATORS, belongs_to="operator 1") != sealed
    for key, owner, value in (
        (OPERATORS, "operator 2", sealed),
        (REPORTERS, "operator 1", sealed),
        (OPERATORS, "operator 1", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (OPERATORS, "operator 1", b""),
    ):
        with pytest.raises(SealBrokenError):
            opened(value, key=key, belongs_to=owner)
    assert mark("138 0000", of="phone") == mark("1380000", of="phone") != mark("1380000", of="person")
    assert mark("  ", of="phone") == ""


@pytest.fixture
def reported(fresh_db: str, instant: datetime) -> Iterator[tuple[Clues, Any]]:
    """A committed city and a named report in it: identities are read in transactions of their own."""
    city = Clues(settle_clues(), instant)
    received = receive_report(
        Discovery(
            source="public",
            area=GRID,
            found_on=city.moment.today,
            situation=replace(NEW_TRADE, where=Where(area=GRID)),
            address="东正路9号",
            sign="无名小店",
            words="我是隔壁的老张，他们天天半夜营业",
        ),
        name="张三",
        phone="13911112222",
        moment=city.moment,
    )
    yield city, received
    connections.close_all()


def test_nobody_but_two_posts_learns_who_reported_and_each_reading_is_on_record(
    reported: tuple[Clues, Any],
) -> None:
    city, received = reported
    for who in ("report_desk", "report_reward"):
        assert read_identity(received.report_id, f"{who}核实", acting=city.people[who]) == {
            "name": "张三",
            "phone": "13911112222",
        }
    for who, acting in {**city.people, "system": SYSTEM}.items():
        if who in {"report_desk", "report_reward"}:
            continue
        with pytest.raises(NotAllowedError):
            read_identity(received.report_id, "想看看", acting=acting)
        with (
            pytest.raises(DatabaseError, match="may not know"),
            acting_as(acting),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT clues_read_identity(%s, 'raw')", [received.report_id])
    for who, acting in {**city.people, "system": SYSTEM}.items():
        for statement in (
            "SELECT * FROM clues_reporter_identity",
            "UPDATE clues_reporter_identity SET sealed = ''",
            "DELETE FROM clues_identity_access",
            "INSERT INTO clues_identity_access (report_id, area, post_id, role, why) VALUES (1, '4419', 1, 'x', 'x')",
        ):
            with (
                pytest.raises(DatabaseError, match="permission denied"),
                acting_as(acting),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
            assert who
    with acting_as(city.people["city_office"]) as acting:
        readings = list(identity_readings(acting))
    assert [(one.role, one.why) for one in readings] == [
        ("report_reward", "report_reward核实"),
        ("report_desk", "report_desk核实"),
    ]


def test_without_a_reason_nothing_is_read(reported: tuple[Clues, Any]) -> None:
    city, received = reported
    with pytest.raises(ValueError, match="why"):
        read_identity(received.report_id, " ", acting=city.people["report_desk"])
    with (
        pytest.raises(DatabaseError, match="says why"),
        acting_as(city.people["report_desk"]),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT clues_read_identity(%s, ' ')", [received.report_id])


def test_the_reporters_words_stay_with_the_report(reported: tuple[Clues, Any]) -> None:
    city, received = reported
    clue = city.clue(received.case_id)
    assert (clue.words, clue.operator.person, clue.source) == ("", None, "public")
    assert all("老张" not in str(line.form) for line in city.journal(received.case_id))
    for who in ("village", "town_office", "officer", "city_office", "market"):
        with acting_as(city.people[who]), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM clues_report")
            assert cursor.fetchone() == (0,), who
    with acting_as(city.people["report_desk"]) as acting:
        [waiting] = waiting_reports(acting)
        assert waiting.words.startswith("我是隔壁的老张")


def test_a_reporter_follows_the_report_by_its_code_and_is_answered(reported: tuple[Clues, Any]) -> None:
    city, received = reported
    followed = follow_report(received.code.lower())
    assert followed is not None
    assert (followed.stage, followed.ended_on, followed.answer) == ("received", None, "")
    city.act("village", received.case_id, "correct", result="stopped", words="已停止经营")
    with acting_as(city.people["report_desk"]) as acting:
        answer_report(received.report_id, "经核实，该处已停止经营。", acting=acting, moment=city.moment)
        with pytest.raises(LookupError):
            answer_report(received.report_id, "又一次", acting=acting, moment=city.moment)
    followed = follow_report(received.code)
    assert followed is not None
    assert (followed.stage, followed.answer) == ("ended", "经核实，该处已停止经营。")
    assert follow_report("AAAA-BBBB-CCCC") is None
    assert follow_report("不是号码") is None
    with acting_as(city.people["village"]) as acting, pytest.raises(NotAllowedError):
        answer_report(received.report_id, "我来答", acting=acting, moment=city.moment)


def test_a_markets_manager_reports_and_sees_that_and_no_more(city: Clues) -> None:
    with acting_as(SYSTEM):
        Market.objects.create(code="m0001", name="虚构农贸市场", area=GRID, address="振兴路1号")
    with acting_as(city.people["market_manager"]) as acting:
        reported = report_from_market("A12档", TOBACCO_SHOP, "未见许可证", acting=acting, moment=city.moment)
        assert [(row.stall, row.ended_on) for row in reports_of_market(acting)] == [("A12档", None)]
    assert reported.state == "found"
    assert set(_sees(city.people["market_manager"]).values()) == {0}
    city.act("village", reported.case_id, "correct", result="licensed", words="已办证")
    with acting_as(city.people["market_manager"]) as acting:
        assert [row.ended_on for row in reports_of_market(acting)] == [city.moment.today]
    with acting_as(city.people["officer"]) as acting, pytest.raises(NotAllowedError):
        report_from_market("A12档", TOBACCO_SHOP, "", acting=acting, moment=city.moment)


def test_who_walks_past_reports_a_place_that_is_not_their_own(city: Clues) -> None:
    with acting_as(city.people["other_market"]) as acting:
        found = Discovery(
            source="department",
            area=GRID,
            found_on=city.moment.today,
            situation=TOBACCO_SHOP,
            address="东正路1号",
        )
        reported = report_clue(found, acting=acting, moment=city.moment)
    assert city.case(reported.case_id).department == "market"
    assert _sees(city.people["other_market"])["clues_clue"] == 0
    [first] = [line for line in city.journal(reported.case_id) if line.seq == 1]
    assert first.post_id == city.people["other_market"].post_id
