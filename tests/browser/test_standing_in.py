"""An officer is on leave: the village says so and names somebody, who signs in and does the visit in that grid."""

from __future__ import annotations

from datetime import date

from offices import PHONE, Offices
from playwright.sync_api import expect

from gongzhi.flow.moment import moment_at
from gongzhi.flow.queries import cases_for, journal_of
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM

WARNING = "第01网格：2026-09-22 至 2026-09-24 有 3 天无人在岗"


def test_a_village_names_a_substitute_who_does_the_visit_in_the_grid(offices: Offices) -> None:
    visit = offices.cases_of(offices.register("莞城虚拟顶岗一试店", 970001))["visit"]
    village = offices.desk_of("village")
    village.goto("/")
    village.get_by_role("navigation").get_by_role("link", name="人员与负荷", exact=True).click()
    village.get_by_role("link", name="officer的人", exact=True).click()
    village.get_by_label("第一天").fill("2026-09-22")
    village.get_by_label("最后一天").fill("2026-09-25")
    village.get_by_text("培训", exact=True).click()
    village.get_by_role("button", name="登记", exact=True).click()
    expect(village.get_by_text("已登记。")).to_be_visible()

    # Nobody is named yet: the village and the town above it are told on their first page.
    for who in ("village", "town_office"):
        page = offices.desk_of(who)
        page.goto("/")
        expect(page.get_by_role("main")).to_contain_text(WARNING)

    village.goto("/people/")
    village.locator("#away").get_by_role("link", name="officer的人").click()
    panel = village.locator("section", has=village.get_by_role("heading", name="指定顶岗人员"))
    panel.get_by_label("顶岗人员").select_option(label="next_officer的人（第02网格）")
    panel.get_by_role("button", name="指定", exact=True).click()
    expect(village.get_by_text("已指定顶岗人员。")).to_be_visible()
    village.goto("/")
    expect(village.get_by_role("main")).not_to_contain_text(WARNING)

    # Today it is still the officer's own grid.
    substitute = offices.desk_of("next_officer", screen=PHONE)
    substitute.goto("/")
    substitute.locator("details.menu summary").filter(has_text="next_officer的人").click()
    expect(substitute.locator("button[name=post]").filter(has_text="第01网格")).to_have_count(0)

    offices.go_to(date(2026, 9, 22))
    substitute.goto("/")
    substitute.locator("details.menu summary").filter(has_text="next_officer的人").click()
    substitute.locator("button[name=post]").filter(has_text="第01网格").click()
    substitute.goto(f"/cases/{visit}/")
    expect(substitute.get_by_role("main")).to_contain_text("由同网格其他人员或顶岗人员办理")
    substitute.get_by_role("link", name="填写走访结果").click()
    substitute.get_by_text("信息相符，无需跟进", exact=True).click()
    substitute.get_by_role("button", name="提交走访结果").click()
    expect(substitute.get_by_text("走访结果已提交，相关部门会收到。")).to_be_visible()
    with acting_as(SYSTEM):
        [case] = cases_for(SYSTEM, [visit], moment=moment_at(offices.now))
        assert case.state == "done"
        assert journal_of([visit])[-1].by == "岗位officer（顶岗） next_officer的人"

    # Back a day early: the grid is the officer's alone again.
    offices.go_to(date(2026, 9, 24))
    village.goto("/people/")
    village.locator("#away").get_by_role("link", name="officer的人").click()
    village.get_by_label("返岗日").fill("2026-09-24")
    village.get_by_role("button", name="登记返岗").click()
    expect(village.get_by_text("已登记返岗。")).to_be_visible()
    substitute.goto(f"/cases/{visit}/")
    expect(substitute.get_by_label("用户名")).to_be_visible()
