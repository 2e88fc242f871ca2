"""The clues' lists as workbooks: whole, to those alone who have the page, and nothing of who reported."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils.timezone import localtime
from tests.clues.conftest import POSTS as CLUE_POSTS
from tests.clues.conftest import TOBACCO_SHOP, Clues
from tests.desk.clues.conftest import SIGN, Desk
from tests.loop.city import GRID, OTHER_TOWN, POSTS, TOWN
from tests.loop.visitor import text_of
from tests.loop.workbooks import cells_of, rows_of

from gongzhi.clues import learning
from gongzhi.clues.models import Copy, JointOperation, MarketReport, Report
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.org.roles import Role

EVERYBODY = {**POSTS, **CLUE_POSTS}
READERS = {
    "clue_copies": {Role.DEPARTMENT},
    "clue_operations": {Role.TOWN_OFFICE, Role.CITY_OFFICE, Role.DEPARTMENT, Role.COMMAND},
    "clue_reports": {Role.REPORT_DESK, Role.REPORT_REWARD},
    "clue_readings": {Role.REPORT_DESK, Role.REPORT_REWARD, Role.CITY_OFFICE},
    "clue_market": {Role.MARKET_MANAGER},
    "rule_objections": {Role.ADMINISTRATOR, Role.CITY_OFFICE},
}
"""The roles that may see each page, and so its workbook; every other may not."""
EMPTY = {"clue_readings", "clue_market", "rule_objections"}
"""Have no row in the city of these tests unless one is made."""


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


def test_every_reading_of_an_identity_is_handed_out_and_no_identity_with_it(
    desk: Desk, city: Clues, numbers: dict[str, int]
) -> None:
    with acting_as(SYSTEM):
        report = Report.objects.get(pk=numbers["report_id"])
        Report.objects.filter(pk=report.pk).update(named=True)
    reader = desk("report_desk")
    for number in range(102):
        reader.post(reverse("clue_identity", args=[report.pk]), why=f"第{number:03d}次核实")
    visitor = desk("city_office")
    assert reverse("clue_readings_export") in text_of(visitor.get(reverse("clue_readings")))
    heads, *rows = rows_of(visitor.get(reverse("clue_readings_export")))
    assert heads == ("时间", "举报", "查看人", "理由")
    assert [row[3] for row in rows] == [f"第{number:03d}次核实" for number in reversed(range(102))]
    assert {row[1:3] for row in rows} == {(report.pk, "岗位report_desk report_desk的人")}


def test_a_market_takes_home_all_that_it_reported_and_nothing_of_another(desk: Desk, city: Clues) -> None:
    with acting_as(SYSTEM):
        MarketReport.objects.bulk_create(
            MarketReport(
                market=market,
                clue_id=number,
                stall=f"A{number:02d}",
                words="没挂照",
                reported_at=city.now + timedelta(minutes=number),
                ended_on=city.moment.today if number % 2 else None,
            )
            for number, market in enumerate([city.people["market_manager"].area] * 52 + ["m9999"], 1)
        )
    visitor = desk("market_manager")
    assert reverse("clue_market_export") in text_of(visitor.get(reverse("clue_market")))
    heads, *rows = rows_of(visitor.get(reverse("clue_market_export")))
    assert heads == ("摊位或铺位", "描述", "上报时间", "状态", "办结")
    assert [row[0] for row in rows] == [f"A{number:02d}" for number in range(52, 0, -1)]
    assert [row[3] for row in rows[:2]] == ["办理中", "已办结"]


def test_the_objections_that_were_right_are_handed_out_those_nobody_looked_at_first(
    desk: Desk, city: Clues, numbers: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "_TOGETHER", 1)
    cases = [numbers["case_id"], *(city.push(TOBACCO_SHOP, sign=f"虚拟{sign}店") for sign in "甲乙")]
    for case in cases:
        city.act("market", case, "object", reason="not_our_duty", words=f"依据{case}")
        city.act("town_office", case, "reroute", department="health", words="异议成立")
    first = city.rows("SELECT min(id) FROM clues_objection")[0][0]
    visitor = desk("city_office")
    visitor.post(reverse("rule_objection", args=[first]), words="十月起改职责表")
    assert reverse("rule_objections_export") in text_of(visitor.get(reverse("rule_objections")))
    heads, *rows = rows_of(visitor.get(reverse("rule_objections_export")))
    assert heads[:3] == ("线索编号", "行业", "类别")
    at = {head: place for place, head in enumerate(heads)}
    assert [row[at["异议理由"]].split("依据")[1] for row in rows] == [
        str(case) for case in (*cases[:0:-1], cases[0])
    ]
    assert [row[at["怎样处理"]] or "" for row in rows] == ["", "", "十月起改职责表"]
    assert {row[at["裁定说明"]].split(" · ")[0] for row in rows} == {"异议成立"}
    assert len({row[at["改派部门"]] for row in rows}) == 1


def test_the_heads_of_every_workbook_are_said_in_english(desk: Desk, numbers: dict[str, int]) -> None:
    for page, username in (
        ("clue_copies", "market"),
        ("clue_operations", "town_office"),
        ("clue_reports", "report_desk"),
        ("clue_readings", "report_desk"),
        ("clue_market", "market_manager"),
        ("rule_objections", "city_office"),
    ):
        heads, *rows = rows_of(desk(username, language="en").get(reverse(f"{page}_export")))
        assert all(head.isascii() for head in heads), page
        assert rows or page in EMPTY, page
