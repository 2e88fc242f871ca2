"""Addresses in a browser: one click in the queue, a missing one reported at the door and added, and what was learnt."""

from __future__ import annotations

from datetime import date

import shapely
from offices import CITY, NEXT_GRID, PHONE, Offices
from playwright.sync_api import Page, expect

from gongzhi.codes import uscc
from gongzhi.flow.moment import moment_at
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.org.models import Grid
from gongzhi.places.queries import placer
from gongzhi.registry.actions import register_one
from gongzhi.registry.intake.checking import Stated

REPORT = "库中无此地址，申请补录"


def registered(offices: Offices, name: str, number: int, address: str) -> int:
    """A business at an address that the test chooses; returns its number."""
    moment = moment_at(offices.now)
    stated = Stated(
        line=1,
        name=name,
        uscc=uscc.make("92", "441900", f"XN{number:06d}"),
        established=moment.today.isoformat(),
        scope="一般项目：日用百货销售。",
        address=address,
    )
    with acting_as(SYSTEM):
        taken = register_one(stated, places=placer(moment.today), city=CITY, acting=SYSTEM, moment=moment)
    return taken.business_id


def fits(page: Page) -> None:
    """Nothing sticks out of the screen to the side."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels too wide"


def test_one_click_in_the_queue_places_a_door_and_the_library_knows_it(offices: Offices) -> None:
    address = "东莞市莞城街道试云街77号"
    visit = offices.cases_of(registered(offices, "莞城虚拟一点即定店", 920001, address))["visit"]
    clerk = offices.desk_of("registrar")
    clerk.goto("/review/addresses/")
    panel = clerk.locator("section, .panel").filter(has_text=address).last
    choice = panel.locator("button[data-candidate]").first
    place = choice.locator("span").nth(1).inner_text().strip()
    choice.click()
    clerk.get_by_text("已完成：确定村（社区）").wait_for()
    expect(clerk.get_by_role("main")).not_to_contain_text(address)
    clerk.goto(f"/cases/{visit}/")
    expect(clerk.get_by_role("main")).to_contain_text("待派到网格")
    clerk.goto("/places/learnt/")
    row = clerk.get_by_role("row").filter(has_text=address)
    expect(row).to_contain_text("核定地址")
    expect(row).to_contain_text(place)
    row.get_by_role("link").click()
    clerk.get_by_label("撤销理由").fill("点错了村")
    clerk.get_by_role("button", name="撤销这条地址").click()
    expect(clerk.get_by_role("main")).to_contain_text("点错了村")
    expect(clerk.get_by_role("main")).to_contain_text("已撤销")


def test_an_address_missing_from_the_library_is_reported_added_and_costs_no_day(offices: Offices) -> None:
    business = offices.register("莞城虚拟新编门牌店", 920002)
    visit = offices.cases_of(business)["visit"]
    with acting_as(SYSTEM):
        inside = shapely.from_wkt(Grid.objects.get(code=NEXT_GRID).polygon).representative_point()
    offices.go_to(date(2026, 9, 22))
    officer = offices.desk_of("officer", screen=PHONE)
    officer.goto(f"/cases/{visit}/")
    expect(officer.get_by_role("main")).to_contain_text("期限 2026-10-12")
    officer.get_by_role("button", name=REPORT, exact=True).first.click()
    dialog = officer.get_by_role("dialog", name=REPORT)
    dialog.get_by_label("实际地址").fill("东莞市莞城街道北隅社区样雨巷88号")
    dialog.get_by_text("新建楼房或新编门牌", exact=True).click()
    dialog.get_by_role("textbox", name="坐标").fill(f"{inside.x:.6f}, {inside.y:.6f}")
    dialog.get_by_text("WGS-84（卫星定位）", exact=True).click()
    fits(officer)
    dialog.get_by_role("button", name=REPORT, exact=True).click()
    officer.get_by_text(f"已完成：{REPORT}").wait_for()
    fits(officer)
    officer.goto(f"/cases/{visit}/")
    expect(officer.get_by_role("main")).to_contain_text("计时已暂停")
    fits(officer)
    offices.go_to(date(2026, 9, 23))
    clerk = offices.desk_of("registrar")
    clerk.goto("/review/addresses/?state=address_missing")
    expect(clerk.get_by_role("main")).to_contain_text("样雨巷88号")
    clerk.locator("button[data-candidate]").filter(has_text="坐标所在网格").first.click()
    clerk.get_by_text("已完成：补录到网格").wait_for()
    clerk.goto(f"/cases/{visit}/")
    expect(clerk.get_by_role("main")).to_contain_text("期限 2026-10-13")
    right = offices.desk_of("next_officer", screen=PHONE)
    right.goto(f"/cases/{visit}/")
    expect(right.get_by_role("link", name="填写走访结果")).to_be_visible()
    right.goto("/places/")
    right.get_by_label("地址", exact=True).fill("莞城街道北隅社区样雨巷88号二楼")
    right.keyboard.press("Enter")
    expect(right.get_by_role("main")).to_contain_text("莞城街道 · 北隅社区 · 第02网格")
    expect(right.get_by_role("main")).to_contain_text("东莞市莞城街道北隅社区样雨巷88号")
    fits(right)


def test_a_point_is_looked_up_on_a_phone_and_says_what_is_wrong_with_it(offices: Offices) -> None:
    officer = offices.desk_of("officer", screen=PHONE)
    officer.goto("/places/")
    officer.get_by_label("坐标", exact=True).fill("三点一四")
    officer.get_by_role("button", name="查坐标").click()
    expect(officer.get_by_role("main")).to_contain_text("应为两个数")
    officer.get_by_label("坐标", exact=True).fill("23.05, 113.75")
    officer.get_by_label("坐标系").select_option(label="GCJ-02（高德、腾讯地图）")
    officer.get_by_role("button", name="查坐标").click()
    expect(officer.get_by_role("main")).to_contain_text("网格代码")
    fits(officer)
