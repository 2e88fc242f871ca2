"""Every list of the desk is handed out as a workbook: whole, as it is filtered, and to nobody who has not the page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localtime
from tests.loop.city import GRID, OTHER_GRID, POSTS, City, door
from tests.loop.visitor import Visitor, text_of
from tests.loop.workbooks import cells_of, rows_of
from tests.rulebooks.drafting import FERRY, draft, in_force

from gongzhi.desk import spreadsheet
from gongzhi.desk.models import FileIntake
from gongzhi.notices import corrections
from gongzhi.notices.models import Correction, Touched
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.places.models import Redraw

Desk = Callable[..., Visitor]
FRUIT = "神奇果零售；日用百货销售"
READERS_OF_RULES = {"administrator", "city_office", "city_registrar", "registrar", "other_registrar"}
READERS = {
    "files": {"city_registrar"},
    "redraws": {"city_office"},
    "rulebooks": READERS_OF_RULES,
    "touched": READERS_OF_RULES - {"administrator"},
}
"""Who may see each page, and so its workbook; everybody else may not."""


def hand_in(city: City, name: str, **more: Any) -> None:
    with acting_as(SYSTEM):
        FileIntake.objects.create(
            file_name=name,
            token=f"{name:x>40}"[:40],
            suffix=".csv",
            as_of=city.moment.today,
            post_id=city.people["city_registrar"].post_id,
            by="登记人",
            handed_in_at=city.now,
            seen_at=city.now,
            **more,
        )


def redraw(city: City, name: str, **more: Any) -> None:
    with acting_as(SYSTEM):
        Redraw.objects.create(
            file_name=name,
            digest="x",
            valid_from=city.moment.today + timedelta(3),
            handed_in_by="提交人",
            post=city.people["city_office"].post_id,
            handed_in_at=city.now,
            **more,
        )


def touch(city: City) -> int:
    """A version comes in force and what it touches is listed; returns the version's number in addresses."""
    book = in_force(city, FERRY)
    with acting_as(SYSTEM):
        correction = Correction.objects.get(book=book.pk).pk
    corrections.go_through(correction, clock=lambda: city.now)
    return int(book.pk)


@pytest.mark.parametrize("username", POSTS)
def test_a_workbook_is_handed_to_exactly_those_who_have_its_page(desk: Desk, username: str) -> None:
    visitor = desk(username)
    for page, readers in READERS.items():
        expected = 200 if username in readers else 403
        assert visitor.get(reverse(page)).status_code == expected, page
        answer = visitor.get(reverse(f"{page}_export"))
        assert answer.status_code == expected, page
        assert answer.streaming == (expected == 200), page
        assert expected == 403 or rows_of(answer), page


@pytest.mark.parametrize("page", READERS)
def test_who_is_not_signed_in_gets_no_workbook_and_nothing_is_sent_to_it(desk: Desk, page: str) -> None:
    address = reverse(f"{page}_export")
    answer = desk().get(address)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("sign_in"))
    assert desk(min(READERS[page])).post(address).status_code == 405


def test_the_workbook_of_files_holds_those_that_left_the_page_latest_first(desk: Desk, city: City) -> None:
    states = ("waiting", "running", "done", "stopped", "failed")
    names = [f"{number:02d}月.csv" for number in range(15)]
    for number, name in enumerate(names):
        hand_in(city, name, state=states[number % 5])
    visitor = desk("city_registrar")
    page = text_of(visitor.get(reverse("files")))
    assert reverse("files_export") in page
    assert names[0] not in page
    heads, *rows = rows_of(visitor.get(reverse("files_export")))
    assert heads == ("文件", "数据基准日", "提交人", "状态")
    assert [row[0] for row in rows] == names[::-1]
    assert rows[-1][1].date() == city.moment.today
    assert {row[3] for row in rows} == {"排队中", "导入中", "已导入", "已停止", "未能导入"}


def test_the_workbook_of_redraws_holds_those_that_left_the_page_latest_first(desk: Desk, city: City) -> None:
    names = [f"网格{number:02d}.csv" for number in range(23)]
    for name in names:
        redraw(city, name, state="dropped" if name == names[0] else "draft")
    visitor = desk("city_office")
    page = text_of(visitor.get(reverse("redraws")))
    assert reverse("redraws_export") in page
    assert names[0] not in page
    heads, *rows = rows_of(visitor.get(reverse("redraws_export")))
    assert heads == ("文件", "生效日", "提交人", "状态")
    assert [row[0] for row in rows] == names[::-1]
    assert rows[-1][2:] == ("提交人", "已作废")


def test_the_workbook_of_rule_versions_says_what_the_page_says_of_each(desk: Desk, city: City) -> None:
    in_force(city, FERRY)
    draft(city, title="更正烟具")
    visitor = desk("registrar")
    page = text_of(visitor.get(reverse("rulebooks")))
    assert reverse("rulebooks_export") in page
    heads, *rows = rows_of(visitor.get(reverse("rulebooks_export")))
    assert heads == ("版本", "状态", "生效日期", "起草", "批准")
    assert [row[0] for row in rows] == ["第 2 版 更正烟具", "第 1 版 试改"]
    assert rows[1][2].date() == city.moment.today
    assert [row[3:] for row in rows] == [
        ("administrator的人", None),
        ("administrator的人", "city_office的人"),
    ]
    for row in rows:
        assert row[0] in page
        assert row[1] in page


def test_the_workbook_of_what_a_version_touches_is_whole_and_filtered_like_the_page(
    desk: Desk, city: City
) -> None:
    made = city.register_many(25, scope=FRUIT)
    book = touch(city)
    with acting_as(SYSTEM):
        matters = list(Touched.objects.order_by("pk").select_related("business"))
    names = [one.business.name for one in matters]
    assert len(names) == len(made) == 25
    visitor = desk("registrar")
    page = text_of(visitor.get(reverse("touched"), book=book))
    assert f"{reverse('touched_export')}?book={book}" in page
    assert names[24] not in page
    heads, *rows = rows_of(visitor.get(reverse("touched_export"), book=book))
    assert heads[:4] == ("版本", "市场主体", "属地", "有何不同")
    assert [row[1] for row in rows] == names
    assert rows[0][0] == "第 1 版"
    assert rows[0][3:9] == (
        "新规则涉及，尚未告知",
        "P024 烟草专卖零售许可",
        "不涉及",
        "直接推送",
        FERRY["rule"],
        FRUIT,
    )
    assert {row[11] for row in rows} == {"待决定"}

    decided = visitor.post(
        reverse("touched_decide", args=[matters[3].pk]), decision="none", words="已另行告知"
    )
    assert decided.status_code == 302
    _heads, *rows = rows_of(visitor.get(reverse("touched_export")))
    assert [row[1] for row in rows] == [*names[:3], *names[4:]]
    _heads, *rows = rows_of(visitor.get(reverse("touched_export"), show="all", book=book))
    assert len(rows) == 25
    assert rows[3][11:13] == ("不必告知", "已另行告知")
    assert "registrar的人" in rows[3][13]
    assert rows[3][14] == localtime(city.now).replace(tzinfo=None)
    # A version that there is not is no filter, on the page as in the workbook.
    assert len(rows_of(visitor.get(reverse("touched_export"), show="all", book="x"))) == 26


def test_the_workbook_of_what_a_version_touches_holds_no_other_towns(desk: Desk, city: City) -> None:
    city.register(scope=FRUIT, name="虚拟甲果店", at=door(GRID))
    city.register(scope=FRUIT, name="虚拟乙果店", at=door(OTHER_GRID, "东城路8号"))
    touch(city)
    for username, seen in (
        ("registrar", ["虚拟甲果店"]),
        ("other_registrar", ["虚拟乙果店"]),
        ("city_office", ["虚拟甲果店", "虚拟乙果店"]),
    ):
        _heads, *rows = rows_of(desk(username).get(reverse("touched_export"), show="all"))
        assert sorted(row[1] for row in rows) == sorted(seen), username


def test_the_heads_of_every_workbook_are_said_in_english(desk: Desk, city: City) -> None:
    touch(city)
    for page, readers in READERS.items():
        heads, *_rows = rows_of(desk(min(readers), language="en").get(reverse(f"{page}_export")))
        assert all(head.isascii() for head in heads), page


def test_a_long_list_is_read_a_few_rows_at_a_time_and_asks_no_more_questions(
    desk: Desk, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheet, "READ_AT_ONCE", 4)
    visitor = desk("registrar")

    def asked(rows: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(rows_of(visitor.get(reverse("touched_export")))) == rows + 1
        return len(queries)

    city.register_many(3, scope=FRUIT)
    touch(city)
    asked(3)
    few = asked(3)
    more = city.register_many(10, scope=FRUIT)
    with acting_as(SYSTEM):
        (one, *_others) = Touched.objects.order_by("pk")
        Touched.objects.bulk_create(
            Touched(
                correction_id=one.correction_id,
                business_id=business,
                kind=one.kind,
                permits=one.permits,
                before=one.before,
                after=one.after,
            )
            for business in more
        )
    assert asked(13) == few


def test_no_cell_is_a_formula_and_no_unfit_character_spoils_a_workbook(desk: Desk, city: City) -> None:
    for name in ('=HYPERLINK("http://elsewhere.example")', "\x0b=1+1", "九月\x01\ufffe.csv"):
        hand_in(city, name)
    _heads, *rows = cells_of(desk("city_registrar").get(reverse("files_export")))
    assert [row[0].value for row in rows] == ["九月.csv", "=1+1", '=HYPERLINK("http://elsewhere.example")']
    assert all(cell.data_type != "f" for row in rows for cell in row)


def test_a_moment_in_a_workbook_is_what_the_citys_clocks_showed() -> None:
    at = datetime.fromisoformat("2026-09-21T02:05:00+00:00")
    with closing(spreadsheet.spreadsheet("x", ["x"], [[at]], day=at.date())) as answer:
        assert rows_of(answer)[1] == (datetime.fromisoformat("2026-09-21T10:05:00"),)
