"""The public's two pages: what they take in, what they say, and what they never say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from gongzhi.clues.models import Clue, Report
from gongzhi.desk import words
from gongzhi.flow.moment import set_clock
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.portal.actions import MOST, WINDOW, note_use, too_often
from gongzhi.portal.models import Use
from tests.clues.conftest import Clues, settle_clues
from tests.databases import Databases
from tests.loop.visitor import Visitor, text_of

Desk = Callable[..., Visitor]
FORM = {"place": "莞城街道北隅社区试风路40号", "words": "楼下无证卖早餐，用煤气罐", "client_key": "0a" * 20}
WRONG = "ABCD-EFGH-JKMN"


@pytest.fixture(scope="module")
def settled(databases: Databases, django_db_blocker: Any) -> Iterator[dict[str, Acting]]:
    with django_db_blocker.unblock(), databases.clone("portal"):
        words.forget()
        yield settle_clues()
        words.forget()


@pytest.fixture
def city(settled: dict[str, Acting], instant: datetime) -> Iterator[Clues]:
    with transaction.atomic():
        yield Clues(settled, instant)
        transaction.set_rollback(True)


@pytest.fixture
def stranger(city: Clues) -> Iterator[Visitor]:
    set_clock(lambda: city.now)
    yield Visitor()
    set_clock(None)


def code_of(answer: Any) -> str:
    found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", text_of(answer))
    assert found, text_of(answer)
    return found[0]


def test_a_report_without_an_account_gives_a_code_by_which_it_is_followed(stranger: Visitor) -> None:
    answer = stranger.post("/report/", **FORM)
    assert answer.status_code == 200
    followed = stranger.post("/report/track/", code=code_of(answer).lower().replace("-", " "))
    assert "已收到，正在核实" in text_of(followed)
    assert "2026-09-21" in text_of(followed)


def test_the_same_form_sent_twice_is_one_report_with_one_code(stranger: Visitor) -> None:
    first, again = (stranger.post("/report/", **FORM) for _tap in range(2))
    assert code_of(first) == code_of(again)
    with acting_as(SYSTEM):
        assert Report.objects.count() == Clue.objects.count() == 1


def test_tracking_says_nothing_of_the_operator_the_place_or_who_handles_it(
    stranger: Visitor, city: Clues
) -> None:
    code = code_of(
        stranger.post("/report/", **FORM, sign="虚拟机密早餐", name="隔壁老张", phone="13800009999")
    )
    page = text_of(stranger.post("/report/track/", code=code))
    for secret in ("虚拟机密", "试风路", "煤气罐", "老张", "13800009999", "XS2026", "村", "市场监督管理局"):
        assert secret not in page, secret


def test_an_unknown_and_a_misspelt_code_are_answered_alike(stranger: Visitor) -> None:
    pages = [stranger.post("/report/track/", code=code) for code in (WRONG, "不是查询码", "1' OR 1=1")]
    assert {page.status_code for page in pages} == {404}
    # The code that was typed stands in its box again, and each page carries a token of its own.
    own = re.compile(r'value="[^"]*"|"X-CSRFToken": "[^"]*"')
    bodies = {own.sub("", text_of(page)) for page in pages}
    assert len(bodies) == 1


def test_guessing_codes_is_slowed_down_and_let_go_after_a_while(stranger: Visitor, city: Clues) -> None:
    for _guess in range(MOST["track"]):
        assert stranger.post("/report/track/", code=WRONG).status_code == 404
    assert stranger.post("/report/track/", code=WRONG).status_code == 429
    city.now += WINDOW + timedelta(seconds=1)
    assert stranger.post("/report/track/", code=WRONG).status_code == 404


def test_flooding_is_refused_and_nothing_typed_is_lost(stranger: Visitor, city: Clues) -> None:
    for number in range(MOST["report"]):
        assert stranger.post("/report/", **FORM | {"client_key": f"{number:040x}"}).status_code == 200
    refused = stranger.post("/report/", **FORM | {"client_key": "f" * 40})
    assert refused.status_code == 429
    assert FORM["words"] in text_of(refused)
    assert not any("127.0.0.1" in key for key in Use.objects.values_list("key", flat=True))


def test_a_program_that_fills_in_every_field_leaves_nothing(stranger: Visitor) -> None:
    assert stranger.post("/report/", **FORM, website="http://example.invalid").status_code == 422
    with acting_as(SYSTEM):
        assert not Report.objects.exists()


def test_a_form_of_another_site_is_refused(city: Clues, stranger: Visitor) -> None:
    assert stranger.client.post("/report/", FORM).status_code == 403
    with acting_as(SYSTEM):
        assert not Report.objects.exists()


@pytest.mark.parametrize("missing", ["place", "words"])
def test_what_is_missing_is_named_and_the_rest_stays(stranger: Visitor, missing: str) -> None:
    answer = stranger.post("/report/", **{name: text for name, text in FORM.items() if name != missing})
    assert answer.status_code == 422
    kept = "words" if missing == "place" else "place"
    assert FORM[kept] in text_of(answer)


def test_dangers_that_somebody_reports_reach_the_command_centres_at_once(
    stranger: Visitor, city: Clues
) -> None:
    stranger.post("/report/", **FORM, hazards=["gas_bottles"])
    levels = city.rows("SELECT level FROM clues_alert ORDER BY level")
    assert levels == [("city",), ("town",), ("village",)]


def test_both_pages_speak_plain_english_too(city: Clues, stranger: Visitor) -> None:
    visitor = Visitor("en")
    assert "Report unlicensed trade" in text_of(visitor.get("/report/"))
    answer = visitor.post("/report/", **FORM)
    assert "Your tracking code" in text_of(answer)
    assert "Received and being looked into" in text_of(visitor.post("/report/track/", code=code_of(answer)))


def test_who_has_a_block_of_addresses_is_counted_as_one(city: Clues) -> None:
    for last in range(MOST["track"]):
        with acting_as(SYSTEM):
            note_use("track", f"2001:db8:0:1::{last:x}", now=city.now)
    with acting_as(SYSTEM):
        assert too_often("track", "2001:db8:0:1:ffff::1", now=city.now)
        assert not too_often("track", "2001:db8:0:2::1", now=city.now)
        assert not too_often("track", "198.51.100.7", now=city.now)
