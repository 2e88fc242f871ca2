"""Several people at one case: wrong grids, two at once, and what a post is not offered."""

from __future__ import annotations

from datetime import date

from offices import PHONE, Offices, act
from playwright.sync_api import Page, expect


def test_a_visit_in_the_wrong_grid_goes_back_with_one_tap_and_loses_no_day(offices: Offices) -> None:
    business = offices.register("莞城虚拟走错格小店", 910001)
    visit = offices.cases_of(business)["visit"]
    offices.go_to(date(2026, 9, 22))
    officer = offices.desk_of("officer", screen=PHONE)
    officer.goto(f"/cases/{visit}/")
    act(officer, "不在本网格")
    officer.goto(f"/cases/{visit}/")
    expect(officer.get_by_role("main")).to_contain_text("计时已暂停")
    offices.go_to(date(2026, 9, 23))
    village = offices.desk_of("village")
    village.goto(f"/cases/{visit}/")
    act(village, "改派网格", pick_area="莞城街道 · 北隅社区 · 第02网格")
    expect(village.get_by_role("main")).to_contain_text("期限 2026-10-13")
    right = offices.desk_of("next_officer", screen=PHONE)
    right.goto(f"/cases/{visit}/")
    expect(right.get_by_role("link", name="填写走访结果")).to_be_visible()
    officer.goto(f"/cases/{visit}/")
    expect(officer.get_by_role("heading", level=1)).not_to_contain_text("试风路")


def test_of_two_who_act_at_once_one_is_told_who_was_first(offices: Offices) -> None:
    business = offices.register("莞城虚拟两人同办店", 910002)
    notice = offices.cases_of(business)["market"]
    first, second = offices.desk_of("market"), offices.desk_of("market", window="second")
    for page in (first, second):
        page.goto(f"/cases/{notice}/")
    act(first, "接收")
    second.get_by_role("button", name="接收", exact=True).first.click()
    second.get_by_role("dialog", name="接收").get_by_role("button", name="接收", exact=True).click()
    told = second.get_by_role("alert")
    expect(told).to_contain_text("这件事刚由岗位market market的人办过（接收）")
    expect(told).to_contain_text("您的操作没有写入")
    expect(second.get_by_role("main")).to_contain_text("已接收")
    received = second.locator(".timeline > li").filter(has_text="双告知 · 接收")
    expect(received).to_have_count(1)


def buttons(page: Page) -> set[str]:
    return {text.strip() for text in page.locator(".action-bar button, .action-bar a").all_inner_texts()}


def test_a_post_is_offered_its_own_acts_and_no_others(offices: Offices) -> None:
    cases = offices.cases_of(offices.register("莞城虚拟各司其职店", 910003))
    seen: dict[str, set[str]] = {}
    for who in ("officer", "market", "village", "town_office", "registrar"):
        page = offices.desk_of(who)
        for case in (cases["market"], cases["visit"]):
            page.goto(f"/cases/{case}/")
            seen.setdefault(who, set()).update(buttons(page))
    assert seen["officer"] == {"库中无此地址，申请补录", "填写走访结果", "地址有误", "不在本网格", "到过未遇"}
    assert seen["market"] == {"接收", "退回"}
    assert seen["village"] == {"改派"}
    assert seen["town_office"] == {"改派", "无需走访"}
    assert seen["registrar"] == set()


def test_an_act_that_was_not_offered_is_refused_when_it_is_sent_all_the_same(offices: Offices) -> None:
    cases = offices.cases_of(offices.register("莞城虚拟越权一试店", 910004))
    officer = offices.desk_of("officer")
    officer.goto(f"/cases/{cases['visit']}/")
    token = officer.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    answer = officer.request.post(
        f"/cases/{cases['market']}/act/receive/", form={"csrfmiddlewaretoken": token}, max_redirects=0
    )
    assert answer.status in {403, 404}
    other = offices.desk_of("other_market")
    other.goto("/")
    token = other.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    answer = other.request.post(
        f"/cases/{cases['market']}/act/receive/", form={"csrfmiddlewaretoken": token}, max_redirects=0
    )
    assert answer.status == 404
    clerk = offices.desk_of("market")
    clerk.goto(f"/cases/{cases['market']}/")
    expect(clerk.get_by_role("main")).to_contain_text("已送达，待接收")
