"""The clues' lists as workbooks: whole, to those alone who have the page, and nothing of who reported."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils.timezone import localtime
from tests.clues.conftest import POSTS as CLUE_POSTS
from tests.clues.conftest import Clues
from tests.desk.clues.conftest import SIGN, Desk
from tests.loop.city import GRID, OTHER_TOWN, POSTS, TOWN
from tests.loop.visitor import text_of
from tests.loop.workbooks import cells_of, rows_of

from gongzhi.clues.models import Copy, JointOperation, Report
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.org.roles import Role

EVERYBODY = {**POSTS, **CLUE_POSTS}
READERS = {
    "clue_copies": {Role.DEPARTMENT},
    "clue_operations": {Role.TOWN_OFFICE, Role.CITY_OFFICE, Role.DEPARTMENT, Role.COMMAND},
    "clue_reports": {Role.REPORT_DESK, Role.REPORT_REWARD},
}
"""The roles that may see each page, and so its workbook; every other may not."""


@pytest.mark.parametrize("username", EVERYBODY)
def test_a_workbook_is_handed_to_exactly_those_who_have_its_page(desk: Desk, username: str) -> None:
    visitor = desk(username)
    for page, roles in READERS.items():
        expected = 200 if EVERYBODY[username][0] in roles else 403
        assert visitor.get(reverse(page)).status_code == expected, page
        answer = visitor.get(reverse(f"{page}_export"))
        assert answer.status_code == expected, page
        assert answer.streaming == (expected == 200), page
        assert expected == 403 or rows_of(answer), page


def test_a_department_takes_home_all_that_it_was_told_unread_first_and_nothing_told_to_another(
    desk: Desk, city: Clues, numbers: dict[str, int]
) -> None:
    with acting_as(SYSTEM):
        made = [
            Copy.objects.create(
                clue_id=numbers["case_id"],
                area=TOWN,
                department="market",
                sent_by_department="health",
                words=f"请知晓{number:02d}",
                about=f"虚拟{number:02d}号店",
                sent_at=city.now + timedelta(minutes=number),
                sent_by="x",
                read_at=city.now if number % 2 else None,
            )
            for number in range(34)
        ]
    visitor = desk("market")
    assert reverse("clue_copies_export") in text_of(visitor.get(reverse("clue_copies")))
    heads, *rows = rows_of(visitor.get(reverse("clue_copies_export")))
    assert heads == ("由谁告知", "对象", "内容", "属地", "告知时间", "状态")
    unread = [one.about for one in made[::-1] if one.read_at is None]
    read = [one.about for one in made[::-1] if one.read_at is not None]
    assert [row[1] for row in rows] == [*unread, SIGN, *read]
    assert rows[0][2] == "请知晓32"
    assert rows[0][4] == localtime(city.now + timedelta(minutes=32)).replace(tzinfo=None)
    assert [row[5] for row in rows] == ["未阅"] * 18 + ["已阅"] * 17
    for username in ("health", "tobacco", "other_market"):
        _heads, *rows = rows_of(desk(username).get(reverse("clue_copies_export")))
        assert not {row[1] for row in rows} & {one.about for one in made}, username
    # Taken home is not read: only who says so has read it.
    with acting_as(SYSTEM):
        assert Copy.objects.filter(department="market", read_at__isnull=True).count() == 18


def test_joint_operations_are_handed_out_whole_to_who_leads_or_takes_part(desk: Desk, city: Clues) -> None:
    with acting_as(SYSTEM):
        for number in range(35):
            JointOperation.objects.create(
                area=OTHER_TOWN if number == 34 else TOWN,
                title=f"虚拟{number:02d}号行动",
                plan="不外传的方案",
                members=["market", "health"] if number else ["health"],
                planned_on=city.moment.today + timedelta(number),
                made_by="x",
                made_on=city.moment.today,
                done_on=city.moment.today if number % 3 == 0 else None,
            )
    under_way = [number for number in range(33, -1, -1) if number % 3]
    ours = [*under_way, *(number for number in range(33, -1, -1) if number % 3 == 0)]
    visitor = desk("town_office")
    page = text_of(visitor.get(reverse("clue_operations")))
    assert reverse("clue_operations_export") in page
    heads, *rows = rows_of(visitor.get(reverse("clue_operations_export")))
    assert heads == ("方案", "属地", "参加部门", "行动日期", "结束")
    assert [row[0] for row in rows] == [f"虚拟{number:02d}号行动" for number in ours]
    assert rows[0][3].date() == city.moment.today + timedelta(ours[0])
    assert "不外传的方案" not in str(rows)
    seen = {
        username: {row[0] for row in rows_of(desk(username).get(reverse("clue_operations_export")))[1:]}
        for username in ("market", "tobacco", "other_town_office", "other_market", "city_office")
    }
    assert len(seen["market"]) == 33
    assert "虚拟00号行动" not in seen["market"]
    assert seen["tobacco"] == set()
    assert seen["other_town_office"] == seen["other_market"] == {"虚拟34号行动"}
    assert len(seen["city_office"]) == 35


def _reports(city: Clues, clue: int, named: int, others: int) -> None:
    """So many reports that wait for an answer, and so many that don't: answered ones, and some without a name."""
    with acting_as(SYSTEM):
        for number in range(named + others):
            waits = number < named
            answered = not waits and number % 2 == 0
            Report.objects.create(
                code_mark=f"{number:064d}",
                area=GRID,
                clue_id=clue,
                words=f"虚拟举报{number:03d}",
                named=waits or answered,
                received_at=city.now + timedelta(minutes=number),
                answer_due=city.moment.today + timedelta(1 + number) if waits or answered else None,
                answer="不外传的答复" if answered else "",
                answered_at=city.now if answered else None,
                answered_by="x" if answered else "",
            )


@pytest.mark.parametrize("username", ["report_desk", "report_reward"])
def test_the_workbook_of_reports_holds_every_one_that_waits_first_as_on_the_page(
    desk: Desk, city: Clues, numbers: dict[str, int], username: str
) -> None:
    with acting_as(SYSTEM):
        clue = Report.objects.get(pk=numbers["report_id"]).clue_id
    assert clue is not None
    _reports(city, clue, 35, 60)
    visitor = desk(username)
    page = text_of(visitor.get(reverse("clue_reports")))
    assert reverse("clue_reports_export") in page
    _heads, *rows = rows_of(visitor.get(reverse("clue_reports_export")))
    assert len(rows) == 96
    said = [row[0] for row in rows]
    assert len(set(said)) == 96
    waiting = [one for one in said[:36] if one.startswith("虚拟举报")]
    assert waiting == [f"虚拟举报{number:03d}" for number in range(35)]
    assert said[36:] == [f"虚拟举报{number:03d}" for number in range(94, 34, -1)]
    assert {row[4] for row in rows[:36]} == {"待答复"}
    assert {row[4] for row in rows[36:]} == {"已答复", "匿名"}
    # What the page shows is the workbook's beginning.
    shown = re.findall(r"虚拟举报\d{3}", page)
    assert set(shown) <= set(said)


@pytest.mark.parametrize("username", ["report_desk", "report_reward"])
def test_the_workbook_of_reports_has_the_columns_of_the_page_and_nothing_of_who_reported(
    desk: Desk, city: Clues, numbers: dict[str, int], username: str
) -> None:
    visitor = desk(username)
    with acting_as(SYSTEM):
        report = Report.objects.get(pk=numbers["report_id"])
        Report.objects.filter(pk=report.pk).update(
            words="长" * 80 + "举报人自己说的尾巴", answer="不外传的答复"
        )
    page = text_of(visitor.get(reverse("clue_reports")))
    columns = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page, re.DOTALL)
    plain = [unescape(re.sub(r"<[^>]+>", "", one)).strip() for one in columns]
    cells = cells_of(visitor.get(reverse("clue_reports_export")))
    assert (
        [cell.value for cell in cells[0]] == plain[:5] == ["举报内容", "属地", "收到时间", "答复期限", "状态"]
    )
    assert len(cells) == 2
    everything = " ".join(
        f"{cell.value} {cell.hyperlink and cell.hyperlink.target} {cell.comment and cell.comment.text}"
        for row in cells
        for cell in row
    )
    secrets = ("隔壁", "老张", "13800009999", report.code_mark, "尾巴", "不外传", "东正路9号")
    for secret in secrets:
        assert secret not in everything, secret


def test_the_heads_of_every_workbook_are_said_in_english(desk: Desk, numbers: dict[str, int]) -> None:
    for page, username in (
        ("clue_copies", "market"),
        ("clue_operations", "town_office"),
        ("clue_reports", "report_desk"),
    ):
        heads, *rows = rows_of(desk(username, language="en").get(reverse(f"{page}_export")))
        assert all(head.isascii() for head in heads), page
        assert rows, page
