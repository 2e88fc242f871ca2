"""What a registrar is told at the window before anything is registered."""

from __future__ import annotations

from offices import DOOR, SCOPE, Offices
from playwright.sync_api import Page, expect

from gongzhi.codes import uscc

CODE = uscc.make("92", "441900", "XN930001")


def fill(page: Page, **answers: str) -> None:
    page.goto("/businesses/new/")
    whole = {
        "名称": "莞城虚拟窗口店",
        "统一社会信用代码": CODE,
        "成立日期": "2026-09-21",
        "经营范围": SCOPE,
        "住所（经营场所）": DOOR,
    } | answers
    for label, value in whole.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="查看会发生什么").click()


def test_every_empty_field_is_named_at_once_and_what_was_written_stays(offices: Offices) -> None:
    page = offices.desk_of("registrar")
    fill(page, 名称="", 经营范围="")
    for words in ("缺少名称", "缺少经营范围"):
        expect(page.get_by_role("main")).to_contain_text(words)
    expect(page.get_by_label("统一社会信用代码")).to_have_value(CODE)
    expect(page.get_by_label("名称")).to_have_attribute("aria-invalid", "true")


def test_a_code_with_a_wrong_check_character_is_refused_beside_its_field(offices: Offices) -> None:
    page = offices.desk_of("registrar")
    wrong = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")
    fill(page, 统一社会信用代码=wrong)
    expect(page.locator("#uscc-error")).to_contain_text("统一社会信用代码校验码不符")
    expect(page.get_by_role("button", name="确认登记")).to_have_count(0)


def test_a_day_that_has_not_come_is_refused(offices: Offices) -> None:
    page = offices.desk_of("registrar")
    fill(page, 成立日期="2026-09-22")
    expect(page.locator("#established-error")).to_contain_text("晚于")


def test_another_towns_address_is_left_to_its_own_registrar(offices: Offices) -> None:
    page = offices.desk_of("other_registrar")
    fill(page)
    expect(page.locator("#address-error")).to_contain_text("莞城街道 · 北隅社区")
    expect(page.get_by_role("button", name="确认登记")).to_have_count(0)


def test_another_towns_business_cannot_be_changed_by_its_code(offices: Offices) -> None:
    offices.register("莞城虚拟邻镇店", 930002)
    page = offices.desk_of("other_registrar")
    fill(page, 统一社会信用代码=uscc.make("92", "441900", "XN930002"), **{"住所（经营场所）": "不知何处"})
    expect(page.locator("#uscc-error")).to_contain_text("该代码已由其他镇街登记")


def test_a_known_code_says_that_confirming_is_a_change(offices: Offices) -> None:
    business = offices.register("莞城虚拟改名前店", 930003)
    page = offices.desk_of("registrar")
    fill(page, 名称="莞城虚拟改名后店", 统一社会信用代码=uscc.make("92", "441900", "XN930003"))
    expect(page.get_by_role("main")).to_contain_text("确认后按变更处理：莞城虚拟改名前店")
    page.get_by_role("button", name="确认登记").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("莞城虚拟改名后店")
    assert page.url.endswith(f"/businesses/{business}/")


def test_nobody_but_a_registrar_has_the_page(offices: Offices) -> None:
    page = offices.desk_of("market")
    expect(page.get_by_role("link", name="登记录入")).to_have_count(0)
    answer = page.goto("/businesses/new/")
    assert answer is not None
    assert answer.status == 403
