"""Clues in a browser: a snack stall by a school, a tobacco shop without its permit, and who sees nothing of either."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from offices import OFFICE, PHONE, Offices, act, people_and_places, served, sign_in
from playwright.sync_api import Page, expect

from gongzhi.clues.models import Clue
from gongzhi.codes import uscc
from gongzhi.desk import translations
from gongzhi.flow.moment import moment_at
from gongzhi.notices.models import Notice
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.org.models import Person
from gongzhi.places.queries import placer
from gongzhi.registry.actions import register_one
from gongzhi.registry.intake.checking import Stated
from tests.clues.conftest import settle_clues
from tests.databases import Databases
from tests.loop.city import CITY, GRID, PASSWORD

DOOR = "广东省东莞市莞城街道北隅社区试风路36号"
SIGN = "北隅虚拟烟酒行"
CENTRES = ("city_centre", "town_centre", "village_centre")
NOT_THEIRS = (
    "other_town_office",
    "other_market",
    "other_village",
    "other_officer",
    "tobacco",
    "next_officer",
)
"""Who has no part in a clue of this grid that lies with the market department."""


@pytest.fixture(scope="module")
def site(databases: Databases, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[str]:
    """The desk of a small city with those who work on clues; gives its address."""
    translations.compile_catalogue()
    monday = datetime.fromisoformat("2026-09-21T10:00:00+08:00")
    with django_db_blocker.unblock(), databases.clone("browser-clues"):
        people_and_places(tmp_path_factory.mktemp("library"), monday, settling=settle_clues)
        with acting_as(SYSTEM):
            for person in Person.objects.filter(username__in=[*CENTRES, "report_desk", "market_manager"]):
                person.set_password(PASSWORD)
                person.save(update_fields=["password"])
        with served() as address:
            yield address


def report(page: Page, *, trade: str, address: str, sign: str = "", dangers: tuple[str, ...] = ()) -> None:
    """What an officer does in the street, up to what the machine thinks of it."""
    page.goto("/clues/report/")
    page.get_by_label("地址").fill(address)
    if sign:
        page.get_by_label("招牌上的字").fill(sign)
    page.get_by_text(trade, exact=True).click()
    for danger in dangers:
        page.get_by_text(danger, exact=True).click()
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("heading", name="确认上报").wait_for()


def last_clue() -> int:
    with acting_as(SYSTEM):
        return int(Clue.objects.order_by("-pk").values_list("pk", flat=True)[0])


def test_a_stall_with_gas_by_a_school_is_before_the_command_centres_at_once(
    offices: Offices, tmp_path: Path
) -> None:
    waiting = {who: offices.desk_of(who) for who in CENTRES}
    for page in waiting.values():
        expect(page.get_by_text("没有未签收的重大线索")).to_be_visible()
    page = offices.desk_of("officer", screen=PHONE)
    report(
        page,
        trade="餐饮服务",
        address="试风路18号旁",
        dangers=("室内使用或存放瓶装液化气", "校园周边、有未成年人"),
    )
    main = page.get_by_role("main")
    expect(main).to_contain_text("重大隐患")
    expect(main).to_contain_text("发出后立即送到市、镇街、村（社区）三级指挥中心。")
    page.get_by_role("button", name="发出线索").click()
    expect(page.get_by_text("三级指挥中心已同时收到")).to_be_visible()
    for who, centre in waiting.items():
        centre.reload()
        board = centre.locator("article").filter(has_text="试风路18号旁")
        expect(board, who).to_contain_text("室内使用或存放瓶装液化气")
        expect(board).to_contain_text("重大隐患")
    town = waiting["town_centre"]
    town.get_by_role("link", name="试风路18号旁").first.click()
    act(town, "指挥中心签收")
    town.goto("/")
    expect(town.get_by_text("没有未签收的重大线索")).to_be_visible()
    waiting["city_centre"].reload()
    expect(waiting["city_centre"].get_by_text("没有未签收的重大线索")).to_have_count(0)


def test_a_tobacco_shop_goes_where_the_law_says_and_ends_when_it_has_its_permit(offices: Offices) -> None:
    page = offices.desk_of("officer", screen=PHONE)
    report(page, trade="烟草零售", address=DOOR, sign=SIGN)
    page.get_by_text("看到了", exact=True).click()
    permit = page.get_by_role("group").filter(has_text="烟草专卖零售许可")
    permit.get_by_text("没有", exact=True).click()
    page.get_by_role("button", name="按回答重新判断").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("无证经营")
    expect(main).to_contain_text("市场监督管理")
    page.get_by_role("button", name="发出线索").click()
    expect(page.get_by_text("已上报，编号")).to_be_visible()
    number = last_clue()
    village = offices.desk_of("village")
    village.goto(f"/cases/{number}/")
    act(village, "催办：告知并引导办理")
    act(village, "未整改，转部门处置", pick_未整改情形="经劝导仍未整改")
    market = offices.desk_of("market")
    market.goto(f"/cases/{number}/")
    expect(market.get_by_role("main")).to_contain_text("已推送，待接收")
    _nobody_elsewhere_sees(offices, number, *NOT_THEIRS)
    _objected_and_upheld(offices, number)
    business = _registers_and_joins(offices, number)
    _gets_its_permit(offices, number, business)
    _nobody_elsewhere_sees(offices, number, "other_town_office", "market")


def _nobody_elsewhere_sees(offices: Offices, number: int, *others: str) -> None:
    for who in others:
        page = offices.desk_of(who)
        answer = page.goto(f"/cases/{number}/")
        assert answer is not None
        assert answer.status == 404, who
        page.goto("/cases/?mine=0&graph=clues")
        expect(page.get_by_text(SIGN)).to_have_count(0)
    stranger = offices.window(screen=PHONE)
    for address in (f"/cases/{number}/", "/clues/ledger/", "/clues/serious/", f"/clues/{number}/revise/"):
        stranger.goto(address)
        expect(stranger.get_by_label("密码")).to_be_visible()
    for address in ("/report/", "/report/track/"):
        stranger.goto(address)
        expect(stranger.get_by_text(SIGN)).to_have_count(0)


def _objected_and_upheld(offices: Offices, number: int) -> None:
    market = offices.desk_of("market")
    market.goto(f"/cases/{number}/")
    market.get_by_role("button", name="提出异议", exact=True).first.click()
    dialog = market.get_by_role("dialog", name="提出异议")
    dialog.get_by_label("异议理由").last.select_option(label="不属本部门职责")
    dialog.get_by_label("依据和证据").fill("烟草专卖法实施条例第五十七条，应由烟草专卖局牵头核实。")
    dialog.get_by_role("button", name="提出异议", exact=True).click()
    market.get_by_text("已完成：提出异议").wait_for()
    town = offices.desk_of("town_office")
    town.goto(f"/cases/{number}/")
    expect(town.get_by_role("main")).to_contain_text("第 1 轮")
    town.get_by_role("button", name="异议成立，改派其他部门").first.click()
    dialog = town.get_by_role("dialog", name="异议成立，改派其他部门")
    dialog.get_by_label("哪个部门").last.select_option(label="东莞市烟草专卖局")
    dialog.get_by_label("理由").fill("异议成立，由烟草专卖局办理。")
    dialog.get_by_role("button", name="异议成立，改派其他部门").click()
    town.get_by_text("已完成：异议成立，改派其他部门").wait_for()
    expect(town.get_by_role("main")).to_contain_text("异议成立")
    tobacco = offices.desk_of("tobacco")
    tobacco.goto(f"/cases/{number}/")
    expect(tobacco.get_by_role("main")).to_contain_text("已推送，待接收")
    answer = market.goto(f"/cases/{number}/")
    assert answer is not None
    assert answer.status == 404


def _registers_and_joins(offices: Offices, number: int) -> int:
    """The operator registers at the same door under the sign's name: one click, and the files are one."""
    offices.go_to(date(2026, 9, 28))
    moment = moment_at(offices.now)
    stated = Stated(
        line=1,
        name=SIGN,
        uscc=uscc.make("92", "441900", "XN77001A"),
        established=moment.today.isoformat(),
        scope="日用百货销售；烟草制品零售",
        address=DOOR,
    )
    with acting_as(SYSTEM):
        business = register_one(
            stated, places=placer(moment.today), city=CITY, acting=SYSTEM, moment=moment
        ).business_id
    town = offices.desk_of("town_office")
    town.goto(f"/businesses/{business}/")
    if not town.get_by_role("main").get_by_text("无证照线索").count():
        town.goto("/clues/alike/")
        town.get_by_role("button", name="是同一家，并入档案").click()
        town.get_by_role("dialog").get_by_role("button", name="确定").click()
        expect(town.get_by_text("档案已并入该主体。")).to_be_visible()
        town.goto(f"/businesses/{business}/")
    expect(town.get_by_role("main")).to_contain_text("无证照线索")
    town.goto(f"/cases/{number}/")
    expect(town.get_by_role("link", name=SIGN)).to_be_visible()
    expect(town.get_by_role("main")).to_contain_text("已推送，待接收")
    return int(business)


def _gets_its_permit(offices: Offices, number: int, business: int) -> None:
    """The notice of its registration brings it to the tobacco bureau; with the permit on file the clue has ended."""
    with acting_as(SYSTEM):
        (notice,) = Notice.objects.filter(business_id=business, case__department="tobacco")
    tobacco = offices.desk_of("tobacco")
    tobacco.goto(f"/cases/{notice.pk}/")
    act(tobacco, "接收")
    act(tobacco, "由我经办")
    act(tobacco, "反馈结果", pick_result="已办证", fill_许可证编号="XN-7701")
    tobacco.goto(f"/cases/{number}/")
    expect(tobacco.get_by_role("main")).to_contain_text("已取得许可")
    expect(tobacco.get_by_role("main")).to_contain_text("XN-7701")
    with acting_as(SYSTEM):
        assert not Clue.objects.get(pk=number).case.is_open


def test_a_neighbour_reports_without_an_account_and_only_the_report_desk_learns_who(offices: Offices) -> None:
    stranger = offices.window(screen=PHONE)
    stranger.goto("/report/")
    stranger.get_by_label("在什么地方").fill("莞城街道北隅社区试风路40号")
    stranger.get_by_label("看到了什么").fill("楼下有人无证卖烟，我住在隔壁")
    stranger.get_by_label("您的姓名").fill("隔壁老张")
    stranger.get_by_label("您的电话").fill("13800009999")
    stranger.get_by_role("button", name="提交举报").click()
    code = stranger.locator(".tracking-code").inner_text()
    assert stranger.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    stranger.goto("/report/track/")
    stranger.get_by_label("查询码").fill(code)
    stranger.get_by_role("button", name="查询").click()
    expect(stranger.get_by_role("main")).to_contain_text("已收到，正在核实")
    number = last_clue()
    for who in ("village", "town_office", "city_office"):
        page = offices.desk_of(who)
        page.goto(f"/cases/{number}/")
        expect(page.get_by_role("main")).to_contain_text("试风路40号")
        for secret in ("隔壁", "老张", "13800009999"):
            expect(page.get_by_text(secret)).to_have_count(0)
        answer = page.goto("/clues/reports/")
        assert answer is not None
        assert answer.status == 403, who
    desk = offices.desk_of("report_desk")
    desk.goto("/clues/reports/")
    desk.get_by_role("link", name="楼下有人无证卖烟").click()
    desk.get_by_label("为什么需要知道举报人").fill("核实地点")
    desk.get_by_role("button", name="查看").click()
    expect(desk.get_by_role("main")).to_contain_text("隔壁老张")
    expect(desk.get_by_role("main")).to_contain_text("本次查看已记录")
    desk.goto("/clues/reports/readings/")
    expect(desk.get_by_role("main")).to_contain_text("核实地点")


def test_a_clue_is_reported_by_keyboard_alone_and_the_position_may_be_refused(offices: Offices) -> None:
    page = offices.window(screen=OFFICE, permissions=[])
    sign_in(page, "officer")
    page.goto("/clues/report/")
    page.get_by_role("button", name="用手机定位").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("写地址或选网格也可以。")).to_be_visible()
    page.get_by_label("地址").focus()
    page.keyboard.type("试风路60号")
    page.get_by_label("招牌上的字").focus()
    page.keyboard.type("键盘理发")
    page.get_by_role("radio", name="理发美容").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="下一步").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="确认上报").wait_for()
    page.get_by_role("button", name="发出线索").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("键盘理发")


def test_the_telephones_position_places_a_clue(offices: Offices) -> None:
    page = offices.window(
        screen=PHONE,
        permissions=["geolocation"],
        geolocation={"longitude": 113.75, "latitude": 23.04, "accuracy": 12},
    )
    sign_in(page, "officer")
    page.goto("/clues/report/")
    page.get_by_role("button", name="用手机定位").click()
    expect(page.get_by_text("已定位，误差约 12 米")).to_be_visible()
    page.get_by_text("理发美容", exact=True).click()
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("input[name=lon]")).to_have_value("113.750000")
    expect(page.locator("input[name=area]")).to_have_count(0)
    assert GRID.startswith(CITY)
