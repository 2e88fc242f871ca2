"""Every page for everybody, in both languages, with as few queries however long the list."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.loop.busy import busy
from tests.loop.city import BOOKS, FOOD, GRID, HAIRDRESSER, POSTS, TOBACCO, VILLAGE, City, door
from tests.loop.visitor import Visitor, text_of
from tests.loop.workbooks import rows_of

from gongzhi.desk import context, words

Desk = Callable[..., Visitor]

EVERYBODY = [name for name in POSTS if not name.startswith("other_")]
CALLED_ON = {"to_visit", "guided"}
LISTS = ("home", "cases", "businesses", "review_addresses", "review_scopes")


class _Text(HTMLParser):
    """What a person reads on a page, and what a screen reader says."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"script", "style"}
        self.said += [
            value for name, value in attrs if value and name in {"aria-label", "placeholder", "title", "alt"}
        ]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.said.append(data.strip())


def said_on(page: str) -> list[str]:
    """Everything that a page says, piece by piece."""
    parser = _Text()
    parser.feed(page)
    return parser.said


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_stands_for_everybody_in_both_languages(desk: Desk, city: City, language: str) -> None:
    cases = {name: city.case(number) for name, number in busy(city).items()}
    for username in EVERYBODY:
        acting = city.people[username]
        visitor = desk(username, language)
        pages = {name: visitor.get(reverse(name)) for name in LISTS}
        pages["everything"] = visitor.get(reverse("cases"), mine="0")
        for name, case in cases.items():
            if not acting.sees(case.area, case.department):
                continue
            pages[name] = visitor.get(reverse("case", args=[case.id]))
            if name in {("visits", "to_visit"), ("visits", "guided")} and username == "officer":
                pages["call", *name] = visitor.get(reverse("call", args=[case.id]))
        for name, page in pages.items():
            assert page.status_code == 200, (username, name)
            assert f'<html lang="{language}"' in text_of(page), (username, name)
            assert "{{" not in text_of(page), (username, name)
            assert "{%" not in text_of(page), (username, name)


DATA = re.compile(
    "虚拟[0-9a-z_]+(?:号)?商行|振华路[0-9]+号|查不到的地方|无名巷|无名里|新编巷[0-9]+号|东正路[0-9]+号|岗位[a-z_]+|[a-z_]+的人|个体工商户|软件开发"
    "|[一-龥]+局|东莞[一-龥]*|松山湖|[一-龥]+(?:街道|社区|村|镇)|第[0-9]+网格|食品安全法 第35条"
    "|许可证库中已有有效许可。|无此事项。|材料已收。|不涉及食品。"
)
"""What the city's people wrote and what places and laws are called: that stays as it is in every language."""
CHINESE = re.compile("[一-龥]")


def test_an_english_page_speaks_english_but_for_names_and_what_people_wrote(desk: Desk, city: City) -> None:
    cases = [city.case(number) for number in busy(city).values()]
    left: set[str] = set()
    for username in ("city_registrar", "town_office", "market", "village", "officer"):
        visitor = desk(username, "en")
        addresses = [reverse(name) for name in LISTS] + [
            reverse("case", args=[case.id])
            for case in cases
            if city.people[username].sees(case.area, case.department)
        ]
        if username == "officer":
            addresses += [reverse("call", args=[case.id]) for case in cases if case.state in CALLED_ON]
        if username == "city_registrar":
            addresses += [reverse("register"), "/nowhere/", reverse("case", args=[2**40])]
        for address in addresses:
            for piece in said_on(text_of(visitor.get(address))):
                if CHINESE.search(DATA.sub("", piece)) and piece not in {"中文", "简体中文"}:
                    left.add(piece)
    assert sorted(left) == []


def test_the_whole_citys_open_cases_are_counted_after_its_first_page_and_by_a_link_without_scripts(
    desk: Desk, city: City
) -> None:
    busy(city)
    wide, town, part = desk("city_office"), desk("town_office"), reverse("home_overview")
    boards = '<div class="boards">'
    first = text_of(wide.get("/"))
    assert f'hx-get="{part}"' in first
    assert boards not in first
    assert boards in text_of(wide.get(part))
    with_them = text_of(wide.get("/", overview="1"))
    assert boards in with_them
    assert "hx-get" not in with_them
    assert boards in text_of(town.get("/"))
    assert desk("officer").get(part).status_code == 403


def _queries(visitor: Visitor, address: str, **query: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert visitor.get(address, **query).status_code == 200
    return len(queries)


MOST = {"home": 20, "cases": 16, "businesses": 14, "review_addresses": 16, "review_scopes": 18}
"""Queries that a page may ask for at most: the session, the post, the pass, the counts, the rows."""


def _some_of_everything(city: City, number: int, first: int) -> None:
    for one in range(first, first + number):
        at = door(GRID, f"东正路{one}号")
        city.register(sure=[FOOD, TOBACCO], review=[HAIRDRESSER, BOOKS], at=at)
        city.register(at=door(VILLAGE, f"无名巷{one}号", sure=False))


@pytest.mark.parametrize("username", ["registrar", "town_office", "market", "officer"])
def test_a_longer_list_asks_the_database_no_more_questions(
    desk: Desk, city: City, monkeypatch: pytest.MonkeyPatch, username: str
) -> None:
    # What places and departments are called is kept for minutes, and on a slow machine they pass meanwhile.
    monkeypatch.setattr(words, "_SECONDS", 86_400)
    words.forget()
    visitor = desk(username)
    _some_of_everything(city, 5, first=1)
    for name in LISTS:
        visitor.get(reverse(name))
    few = {name: _queries(visitor, reverse(name), mine="0") for name in LISTS}
    _some_of_everything(city, 20, first=6)
    many = {name: _queries(visitor, reverse(name), mine="0") for name in LISTS}
    assert {name: (few[name], count) for name, count in many.items() if count > few[name]} == {}
    assert {name: count for name, count in many.items() if count > MOST[name]} == {}


def test_a_door_with_many_businesses_asks_no_more_questions_than_one_with_few(desk: Desk, city: City) -> None:
    visitor = desk("officer")
    first = city.register(sure=[FOOD])
    visit = city.visit(first).id
    addresses = [reverse("case", args=[visit]), reverse("call", args=[visit])]
    for address in addresses:
        visitor.get(address)
    few = [_queries(visitor, address) for address in addresses]
    city.register_many(19, sure=[FOOD, TOBACCO])
    assert [_queries(visitor, address) for address in addresses] == few
    assert max(few) <= 20


def test_a_long_file_asks_no_more_questions_than_a_short_one(desk: Desk, city: City) -> None:
    visitor = desk("town_office")
    business = city.register(sure=[FOOD])
    address = reverse("business", args=[business])
    visitor.get(address)
    few = _queries(visitor, address)
    for permits in ([FOOD, TOBACCO], [HAIRDRESSER], [FOOD], [BOOKS, TOBACCO]):
        city.change(business, sure=permits)
    assert _queries(visitor, address) == few <= 20


def test_the_workbook_asks_no_more_questions_for_more_rows(desk: Desk, city: City) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert rows_of(visitor.get(reverse("cases_export")))
        return len(queries)

    visitor = desk("registrar")
    _some_of_everything(city, 2, first=1)
    asked()
    few = asked()
    _some_of_everything(city, 20, first=3)
    assert asked() == few


def test_the_file_of_one_business_says_nothing_of_its_neighbours(desk: Desk, city: City) -> None:
    ours, theirs = city.register_many(2, sure=[FOOD])
    visit = city.visit(ours).id
    city.call("officer", visit, {ours: "in_order", theirs: "moved_away"})
    visitor = desk("town_office")
    file = text_of(visitor.get(reverse("business", args=[ours])))
    assert "信息相符" in file
    assert "已搬离" not in file
    assert "已搬离" in text_of(visitor.get(reverse("case", args=[visit])))


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "您的操作没有保存"), ("en", "Nothing was saved")])
def test_where_the_database_is_gone_a_page_still_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    visitor = desk("town_office", language)
    visitor.client.cookies["gongzhi_size"] = "large"

    def gone(*_: Any, **__: Any) -> Any:
        raise OperationalError("connection refused")

    monkeypatch.setattr(context, "posts_of", gone)
    monkeypatch.setattr(words, "city", gone)
    page = visitor.get(reverse("home"))
    assert page.status_code == 500
    assert said in text_of(page)
    assert 'data-size="large"' in text_of(page)
