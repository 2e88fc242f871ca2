"""One firm from its registration to the closed file, through the pages, as everybody who has a part in it."""

from __future__ import annotations

from datetime import date

from offices import DOOR, PHONE, SCOPE, Offices, act
from playwright.sync_api import Locator, Page, expect

from gongzhi.codes import uscc

NAME = "莞城虚拟烟酒小食店"
CODE = uscc.make("92", "441900", "XN90001A")


def open_from_home(page: Page, words: str) -> None:
    """From the first page to a piece of work, by its own link."""
    page.goto("/")
    page.get_by_role("link", name=words).first.click()


def fill_registration(page: Page, *, address: str = DOOR) -> None:
    page.get_by_role("navigation").get_by_role("link", name="登记录入").click()
    page.get_by_label("名称").fill(NAME)
    page.get_by_label("统一社会信用代码").fill(CODE)
    page.get_by_label("成立日期").fill("2026-09-21")
    page.get_by_label("经营范围").fill(SCOPE)
    page.get_by_label("住所（经营场所）").fill(address)
    page.get_by_role("button", name="查看会发生什么").click()


def step(page: Page, title: str) -> Locator:
    """The last entry of a timeline with this title."""
    heading = page.get_by_role("heading", name=title, exact=True)
    return page.locator(".timeline > li").filter(has=heading).last


def registered(offices: Offices) -> None:
    """Monday 21 September: what follows is shown before it is registered, and has followed afterwards."""
    page = offices.desk_of("registrar")
    fill_registration(page)
    main = page.get_by_role("main")
    expect(main).to_contain_text("推送期限2026-09-29")
    expect(main).to_contain_text("首次走访期限2026-10-12")
    expect(main).to_contain_text("莞城街道 · 北隅社区 · 第01网格")
    for words, rule, law in (("餐饮服务", "P001", "食品安全法"), ("烟草制品零售", "P024", "烟草专卖法")):
        reason = page.locator("details.why").filter(has=page.locator("summary mark", has_text=words))
        expect(reason).to_contain_text(rule)
        expect(reason).to_contain_text(law)
    page.get_by_role("button", name="确认登记").click()
    expect(page.get_by_text("已登记，告知和走访已派出。")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    pushed = page.locator(".timeline > li").filter(has_text="双告知 · 推送")
    expect(pushed).to_have_count(2)
    for one in pushed.all():
        expect(one).to_contain_text("推送期限2026-09-29")
        expect(one.locator("details.why")).to_have_count(1)
    delivered = page.locator(".timeline > li").filter(has_text="双告知 · 确认送达")
    expect(delivered).to_have_count(2)
    for one in delivered.all():
        expect(one).to_contain_text("2026-09-21 10:00")
    expect(step(page, "网格走访核实 · 派到网格")).to_contain_text("期限 2026-10-12")


def received(offices: Offices) -> None:
    """The next day the department takes it in, and a clerk takes it on."""
    offices.go_to(date(2026, 9, 22))
    page = offices.desk_of("market")
    open_from_home(page, NAME)
    page.locator("details.why summary").first.click()
    expect(page.locator("details.why").first).to_contain_text("食品安全法")
    act(page, "接收")
    act(page, "由我经办")
    expect(page.get_by_role("main")).to_contain_text("经办中")


def address_put_right(offices: Offices) -> None:
    """A wrong address stops the clock on the 24th; corrected on the 29th, it goes on two working days later."""
    offices.go_to(date(2026, 9, 24))
    page = offices.desk_of("officer", screen=PHONE)
    open_from_home(page, "试风路18号")
    expect(page.get_by_role("main")).to_contain_text("期限 2026-10-12")
    act(page, "地址有误", pick_reason="没有此门牌号")
    offices.go_to(date(2026, 9, 29))
    registrar = offices.desk_of("registrar")
    registrar.get_by_role("link", name="地址核定").click()
    registrar.get_by_role("link", name="地址有误，待更正").click()
    registrar.get_by_role("link", name="都不是？打开这件事项").click()
    expect(registrar.get_by_role("main")).to_contain_text("计时已暂停")
    act(registrar, "确定网格", choose_网格="莞城街道 · 北隅社区 · 第01网格")
    expect(registrar.get_by_role("main")).to_contain_text("期限 2026-10-14")
    expect(step(registrar, "网格走访核实 · 地址有误")).to_contain_text("2026-10-12 停止计时")
    expect(step(registrar, "网格走访核实 · 确定网格")).to_contain_text("2026-10-12 → 2026-10-14")


def visited(offices: Offices) -> None:
    """Guided on 30 September, to return by 20 October; on the 15th it is put right."""
    offices.go_to(date(2026, 9, 30))
    page = offices.desk_of("officer", screen=PHONE)
    open_from_home(page, "试风路18号")
    expect(page.get_by_role("main")).to_contain_text("期限 2026-10-14")
    page.get_by_role("link", name="填写走访结果").click()
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    page.get_by_text("已提醒，约定再次走访", exact=True).click()
    page.get_by_role("button", name="提交走访结果").click()
    expect(page.get_by_text("走访结果已提交，相关部门会收到。")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("期限 2026-10-20")
    offices.go_to(date(2026, 10, 15))
    open_from_home(page, "试风路18号")
    page.get_by_role("link", name="填写走访结果").click()
    expect(page.get_by_role("main")).to_contain_text("回访")
    page.get_by_text("信息相符，无需跟进", exact=True).click()
    page.get_by_role("button", name="提交走访结果").click()
    expect(page.get_by_text("走访结果已提交，相关部门会收到。")).to_be_visible()


def fed_back(offices: Offices) -> None:
    """Both departments have fifteen working days from the result, and answer before they are over."""
    for day, who, answers in (
        (date(2026, 10, 16), "market", {"pick_result": "已办证", "fill_许可证编号": "XN-0001"}),
        (date(2026, 11, 5), "tobacco", {"pick_result": "不需许可", "fill_说明": "已改为不经营烟草"}),
    ):
        offices.go_to(day)
        page = offices.desk_of(who)
        open_from_home(page, NAME)
        expect(page.get_by_role("main")).to_contain_text("期限 2026-11-05")
        act(page, "反馈结果", **answers)
        expect(page.get_by_role("main")).to_contain_text("已反馈")


def the_file_tells_why(offices: Offices) -> None:
    """Closed, the file shows every step with its day, what was found and why."""
    page = offices.desk_of("registrar")
    page.goto("/businesses/?q=" + CODE)
    page.get_by_role("link", name=NAME).click()
    states = page.locator("table tbody tr")
    expect(states.filter(has_text="已反馈")).to_have_count(2)
    expect(states.filter(has_text="已走访")).to_have_count(1)
    for title, day, said in (
        ("双告知 · 接收", "2026-09-22", "期限"),
        ("双告知 · 由我经办", "2026-09-22", "market的人"),
        ("网格走访核实 · 地址有误", "2026-09-24", "没有此门牌号"),
        ("网格走访核实 · 确定网格", "2026-09-29", "2026-10-14"),
        ("网格走访核实 · 引导改正，约定回访", "2026-09-30", "2026-10-20"),
        ("网格走访核实 · 回访：已改正", "2026-10-15", "信息相符，无需跟进"),
        ("双告知 · 收到走访结果", "2026-10-15", "2026-11-05"),
        ("双告知 · 反馈结果", "2026-11-05", "tobacco的人"),
    ):
        expect(step(page, title)).to_contain_text(day)
        expect(step(page, title)).to_contain_text(said)
    for words, rule, law in (("餐饮服务", "P001", "食品安全法"), ("烟草制品零售", "P024", "烟草专卖法")):
        why = page.locator(".timeline details.why").filter(has=page.locator("summary mark", has_text=words))
        why.locator("summary").click()
        expect(why.locator("blockquote")).to_have_text(SCOPE)
        expect(why.locator("blockquote mark")).to_have_text(words)
        expect(why).to_contain_text(rule)
        expect(why).to_contain_text(law)


def test_a_firm_is_followed_from_its_registration_to_the_closed_file(offices: Offices) -> None:
    registered(offices)
    received(offices)
    address_put_right(offices)
    visited(offices)
    fed_back(offices)
    the_file_tells_why(offices)
