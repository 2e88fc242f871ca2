"""The look-up for applicants: asked by anybody, told in plain words, and nothing about anybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import transaction

from gongzhi.desk import words
from gongzhi.flow.moment import set_clock
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.places import queries
from gongzhi.places.actions import import_library
from gongzhi.places.learning import Teaching, learn_many
from gongzhi.places.models import StandardAddress
from gongzhi.portal.actions import MOST, WINDOW
from gongzhi.portal.models import Use
from tests.databases import Databases
from tests.loop.city import GRID, NEXT_VILLAGE, VILLAGE, City, door, settle
from tests.loop.visitor import Visitor, text_of

PAGE = "/address/"
DOOR = "莞城街道北隅社区试风路18号"
SECRET = "东莞市莞城街道北隅社区试风路22号秘密商行仓库"


@pytest.fixture(scope="module")
def settled(databases: Databases, django_db_blocker: Any) -> Iterator[dict[str, Acting]]:
    with django_db_blocker.unblock(), databases.clone("applicants"):
        words.forget()
        yield settle()
        words.forget()


@pytest.fixture
def city(
    settled: dict[str, Acting], instant: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[City]:
    monkeypatch.setattr(queries, "_made", None)
    monkeypatch.setattr(queries, "recall", lambda _: None)
    monkeypatch.setattr(queries, "keep", lambda *_: None)
    lines = [f"广东省东莞市莞城街道北隅社区试风路{n}号,{VILLAGE},{GRID}" for n in range(2, 200, 2)]
    lines += [f"广东省东莞市莞城街道西隅社区例云街{n}号,{NEXT_VILLAGE}," for n in range(1, 60)]
    file = tmp_path / "library.csv"
    file.write_text("\n".join(["address,village_code,grid_code", *lines, ""]), encoding="utf-8")
    with transaction.atomic():
        city = City(settled, instant)
        with acting_as(SYSTEM):
            import_library(file, moment=city.moment)
        yield city
        transaction.set_rollback(True)


@pytest.fixture
def stranger(city: City) -> Iterator[Visitor]:
    set_clock(lambda: city.now)
    yield Visitor()
    set_clock(None)


def test_somebody_without_an_account_is_told_the_standard_address_and_its_village(stranger: Visitor) -> None:
    answer = stranger.get(PAGE, q="莞城街道北隅社区试风路十八号三楼")
    page = text_of(answer)
    assert answer.status_code == 200
    assert "标准地址库里有这个门址" in page
    assert "东莞市莞城街道北隅社区试风路18号3楼" in page
    assert "库里没有怎么办" not in page


def test_the_page_alone_is_a_form_that_is_sent_by_get(stranger: Visitor) -> None:
    page = text_of(stranger.get(PAGE))
    assert 'method="get"' in page
    assert 'name="q"' in page
    assert not Use.objects.exists(), "looking at the form is not counted"


def test_what_is_missing_is_said_in_plain_words(stranger: Visitor) -> None:
    assert "缺门牌号" in text_of(stranger.get(PAGE, q="莞城街道北隅社区试风路"))
    assert "缺镇街" in text_of(stranger.get(PAGE, q="某某路18号"))


def test_what_the_library_lacks_comes_with_what_to_do_and_how_long_it_takes(stranger: Visitor) -> None:
    page = text_of(stranger.get(PAGE, q="莞城街道北隅社区试风路999号"))
    assert "标准地址库里还没有这个门址" in page
    assert "1 个工作日内答复" in page


def test_a_possible_village_is_picked_by_a_link_and_leads_to_an_answer(stranger: Visitor) -> None:
    page = text_of(stranger.get(PAGE, q="莞城街道西隅社区试风路18号"))
    assert "这个门址在另外的村（社区）" in page
    (link,) = [part.partition('"')[0] for part in page.split('href="') if part.startswith("/address/?q=")]
    assert "北隅社区试风路18号" in unquote(link)
    assert "标准地址库里有这个门址" in text_of(stranger.client.get(link))


def test_nobody_learns_who_is_at_an_address_nor_which_grid_it_is(stranger: Visitor, city: City) -> None:
    city.register(name="虚拟不可外泄商行", at=(DOOR, door(GRID, "试风路18号")[1]))
    with acting_as(SYSTEM):
        learn_many(
            [Teaching(text=SECRET, area=GRID, case=1, how="visit", by="王老师", post=9)], moment=city.moment
        )
    for asked in (DOOR, "莞城街道北隅社区试风路22号", "莞城街道试风路", "试风路18号"):
        page = text_of(stranger.get(PAGE, q=asked))
        for secret in ("虚拟不可外泄商行", "秘密商行", "王老师", "第01网格", GRID, VILLAGE):
            assert secret not in page, (asked, secret)


def test_a_visitor_without_a_post_still_reads_no_row_of_the_library(stranger: Visitor, city: City) -> None:
    stranger.get(PAGE, q=DOOR)
    assert not StandardAddress.objects.exists(), "outside of the answer the table stays closed"
    with acting_as(SYSTEM):
        assert StandardAddress.objects.exists()


def test_what_is_asked_is_kept_nowhere(stranger: Visitor) -> None:
    stranger.get(PAGE, q="莞城街道北隅社区某甲的家3号")
    ((key,),) = Use.objects.values_list("key")
    assert len(key) == 64
    assert "127.0.0.1" not in key


def test_asking_over_and_over_is_slowed_down_and_let_go_after_a_while(
    stranger: Visitor, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MOST, "address", 3)
    for _ask in range(3):
        assert stranger.get(PAGE, q=DOOR).status_code == 200
    refused = stranger.get(PAGE, q=DOOR)
    assert refused.status_code == 429
    assert DOOR in text_of(refused), "what was typed stays"
    city.now += WINDOW + timedelta(seconds=1)
    assert stranger.get(PAGE, q=DOOR).status_code == 200


@pytest.mark.parametrize(
    "asked",
    ["", " ", "？？？", "长" * 5000, "<script>alert(1)</script>", "441900006003/试风路18号", "💥", "%s"],
)
def test_any_text_is_answered_and_none_is_run(stranger: Visitor, asked: str) -> None:
    answer = stranger.get(PAGE, q=asked)
    assert answer.status_code == 200
    assert "<script>alert" not in text_of(answer)


def test_nothing_can_be_sent_to_the_page(stranger: Visitor) -> None:
    assert stranger.post(PAGE, q=DOOR).status_code == 405


def test_the_page_speaks_plain_english_too(city: City, stranger: Visitor) -> None:
    page = text_of(Visitor("en").get(PAGE, q="莞城街道北隅社区试风路999号"))
    assert "the library does not have this door yet" in page
    assert "answers within 1 working day." in page
