"""A wrong routing is found, its rule corrected in a draft, tested, approved by a second person, and in force.

What the new version touches is listed, nothing changes by itself, and each matter is decided by a person.
"""

from __future__ import annotations

import re

from offices import PHONE, Offices, act
from playwright.sync_api import Page, expect

from gongzhi.desk.tasks import try_rulebook
from gongzhi.flow.moment import moment_at
from gongzhi.flow.queries import cases_for, journal_of
from gongzhi.notices.models import Correction
from gongzhi.notices.queries import of_business
from gongzhi.notices.tasks import go_through_city
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.rulebooks.models import BookTrial

EATERY = "大排档"
"""A word of the shipped rules that this city takes out: street stalls are recorded there, not licensed."""
HERB = "灵草零售"
"""A word that no rule knows yet."""


def run_latest_trial() -> None:
    """What the worker would do."""
    with acting_as(SYSTEM):
        trial = BookTrial.objects.latest("id").pk
    try_rulebook.func(trial)


def go_through_latest() -> None:
    with acting_as(SYSTEM):
        correction = Correction.objects.latest("id").pk
    go_through_city.func(correction)


def steps(offices: Offices, business: int) -> dict[int, tuple[str, int]]:
    """How each notice of a business stands, and by how many lines."""
    with acting_as(SYSTEM):
        found = cases_for(SYSTEM, of_business(business), moment=moment_at(offices.now))
    return {case.id: (case.state, case.seq) for case in found}


def take_word_out(page: Page, word: str) -> None:
    box = page.get_by_label("认哪些词")
    lines = box.input_value().split("\n")
    assert word in lines
    box.fill("\n".join(line for line in lines if line != word))


def put(page: Page, why: str) -> None:
    page.get_by_label("为什么这样改").fill(why)
    page.get_by_role("button", name="记入草稿").click()
    expect(page.get_by_text("已记入草稿")).to_be_visible()


def test_a_wrong_routing_is_corrected_and_what_it_touches_is_decided_by_people(offices: Offices) -> None:
    eatery = offices.register("莞城虚拟小灶店", 960001, scope=f"{EATERY}；日用百货零售")
    herbs = offices.register("莞城虚拟灵草店", 960002, scope=HERB)
    notice = offices.cases_of(eatery)["market"]

    # The department says that this is not its to license; the city looks at the rule behind the notice.
    market = offices.desk_of("market")
    market.goto(f"/cases/{notice}/")
    expect(market.get_by_role("link", name="查看判定规则、提出更正")).to_have_count(0)
    drafter = offices.desk_of("administrator")
    drafter.goto(f"/cases/{notice}/")
    drafter.locator("details.why summary").first.click()
    drafter.get_by_role("link", name="查看判定规则、提出更正").click()
    expect(drafter.get_by_role("main")).to_contain_text("为客人制作并供应饮食")
    expect(drafter.get_by_role("main")).to_contain_text("莞城虚拟小灶店")
    drafter.get_by_role("button", name="起草更正").click()

    # In the draft the rule is changed, and the scope at hand shows at once what that does.
    take_word_out(drafter, EATERY)
    put(drafter, "本市大排档实行食品摊贩登记，不办食品经营许可")
    row = drafter.get_by_role("row").filter(has_text="食品经营许可")
    expect(row).to_contain_text("直接推送")
    expect(row).to_contain_text("不涉及")
    expect(row).to_contain_text("有变化")
    drafter.get_by_role("link", name=re.compile("^第 1 版")).first.click()
    drafter.get_by_role("link", name="判定规则", exact=True).last.click()
    drafter.get_by_label("许可代码、规则编号或词语").fill("P024-3")
    drafter.get_by_role("button", name="查找").click()
    drafter.get_by_role("link", name="零售烟草制品").click()
    words = drafter.get_by_label("认哪些词")
    words.fill(words.input_value() + f"\n{HERB}")
    put(drafter, "灵草按烟草制品管理")
    drafter.get_by_role("link", name=re.compile("^第 1 版")).first.click()

    # Untested nothing can be proposed.
    expect(drafter.get_by_role("button", name="提请批准")).to_have_count(0)
    drafter.get_by_role("button", name="测试这一版").click()
    expect(drafter.get_by_role("main")).to_contain_text("等待开始")
    run_latest_trial()
    main = drafter.get_by_role("main")
    expect(main).to_contain_text("判定有变化的许可")
    table = drafter.locator("section.panel").filter(has_text="新增推送").first
    expect(table.get_by_role("row").filter(has_text="P001")).to_contain_text("食品经营许可")
    expect(table.get_by_role("row").filter(has_text="P024")).to_be_visible()
    table.get_by_role("link", name=re.compile("^P001")).click()
    expect(main).to_contain_text(EATERY)
    drafter.get_by_role("link", name="返回测试报告").click()
    with drafter.expect_download() as download:
        drafter.get_by_role("link", name="导出 Excel").click()
    assert download.value.path().read_bytes().startswith(b"PK")

    # Whoever drafted it does not approve it.
    drafter.get_by_role("link", name=re.compile("^第 1 版")).first.click()
    act(
        drafter,
        "提请批准",
        fill_自哪天起生效=offices.now.date().isoformat(),
        fill_为什么改="本市食品摊贩登记办法",
    )
    expect(main).to_contain_text("须由另一人审批")
    expect(drafter.get_by_role("button", name="批准", exact=True)).to_have_count(0)

    before = {business: steps(offices, business) for business in (eatery, herbs)}
    second = offices.desk_of("city_office")
    second.goto("/")
    second.get_by_role("navigation").get_by_role("link", name="判定规则", exact=True).click()
    second.get_by_role("link", name=re.compile("^第 1 版")).click()
    act(second, "批准", fill_理由="测试无误，依据充分")
    expect(second.get_by_role("main")).to_contain_text("已生效")

    # In force: who registers from now on is judged by it. What is open has not changed.
    assert "market" not in offices.cases_of(offices.register("莞城虚拟后来小灶店", 960003, scope=EATERY))
    assert "tobacco" in offices.cases_of(offices.register("莞城虚拟后来灵草店", 960004, scope=HERB))
    assert {business: steps(offices, business) for business in before} == before

    go_through_latest()
    assert {business: steps(offices, business) for business in before} == before
    second.get_by_role("link", name="查看清单").click()
    matters = second.get_by_role("main")
    expect(matters).to_contain_text("莞城虚拟小灶店")
    expect(matters).to_contain_text("莞城虚拟灵草店")

    # The registrar of the town decides, on a phone: one is withdrawn, for the other a notice is sent.
    registrar = offices.desk_of("registrar", screen=PHONE)
    registrar.goto("/rules/touched/")
    assert registrar.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    matter = registrar.locator("section.panel").filter(has_text="莞城虚拟小灶店")
    expect(matter).to_contain_text("新规则不再涉及")
    matter.get_by_role("button", name="撤回告知").click()
    matter = registrar.locator("section.panel").filter(has_text="莞城虚拟小灶店")
    expect(matter.get_by_role("alert")).to_contain_text("请填写此项")
    matter.get_by_label("理由").fill("按摊贩登记，不办许可")
    matter.get_by_role("button", name="撤回告知").click()
    expect(registrar.get_by_text("已记录决定")).to_be_visible()
    matter = registrar.locator("section.panel").filter(has_text="莞城虚拟灵草店")
    expect(matter).to_contain_text("新规则涉及，尚未告知")
    matter.get_by_label("理由").fill("应告知烟草部门")
    matter.get_by_role("button", name="发出新告知").click()
    expect(registrar.get_by_role("main")).to_contain_text("没有待决定的事项")

    assert steps(offices, eatery)[notice][0] == "withdrawn"
    assert "tobacco" in offices.cases_of(herbs)
    with acting_as(SYSTEM):
        last = journal_of([notice])[-1]
    assert (last.action, last.form["words"]) == ("retract", "按摊贩登记，不办许可")
    market.goto(f"/cases/{notice}/")
    expect(market.locator(".timeline")).to_contain_text("规则更正，撤回")


def test_the_pages_of_the_rules_fit_a_phone_and_speak_english(offices: Offices) -> None:
    page = offices.desk_of("city_office", screen=PHONE)
    for language in ("zh-hans", "en"):
        page.context.add_cookies([{"name": "gongzhi_language", "value": language, "url": offices.site}])
        for address in (
            "/rules/",
            "/rules/0/rules/",
            "/rules/0/examples/",
            "/rules/0/rules/row/?key=P001-1",
            "/rules/0/try/",
            "/rules/touched/",
        ):
            page.goto(address)
            expect(page.locator("h1")).to_have_count(1)
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], (
                address,
                language,
            )
