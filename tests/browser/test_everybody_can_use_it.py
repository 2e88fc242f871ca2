"""The desk by keyboard, on a phone, in large type, in English, and with a screen reader."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from offices import DOOR, OFFICE, PHONE, SCOPE, Offices
from playwright.sync_api import Locator, Page, expect

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
HAN = re.compile(r"[\u3400-\u9fff]+")

# Everything that stands on a page for a reader of English but is what the register, the map or a law says.
DATA = re.compile(
    "莞城虚拟[^\\s·]*店|岗位[a-z_]+|[a-z_]+的人|莞城街道|[\u3400-\u9fff]{1,6}社区|第\\d+网格|"
    "东莞市莞城街道[^\\s]*|广东省东莞市[^\\s]*号|"
    f"{re.escape(DOOR)}|{re.escape(SCOPE)}|烟草制品零售|餐饮服务|个体工商户|简体中文|东莞市?"
)
SAID = """() => {
  const said = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const box = walker.currentNode.parentElement;
    // A law has its name in one language; a quotation is a quotation.
    const row = box.closest('dl.pairs > div');
    const law = row && row.querySelector('dt')?.textContent === 'Basis' && box.closest('dd');
    if (!box.closest('script, style, [lang^=zh], mark') && !law) said.push(walker.currentNode.textContent);
  }
  for (const one of document.querySelectorAll('[aria-label], [placeholder], [title], [alt], [data-confirm]'))
    for (const name of ['aria-label', 'placeholder', 'title', 'alt', 'data-confirm', 'data-confirm-title'])
      said.push(one.getAttribute(name) ?? '');
  return said.map(text => text.trim()).filter(Boolean);
}"""
NOT_NAMED = """() => [...document.querySelectorAll('input, select, textarea')].filter(one =>
    one.type !== 'hidden' && !one.labels?.length && !one.getAttribute('aria-label')
    && !one.getAttribute('aria-labelledby')).map(one => one.outerHTML)"""


@pytest.fixture
def work(offices: Offices, request: pytest.FixtureRequest) -> dict[str, int]:
    """A firm with a visit and two notices; each test has its own."""
    number = 920000 + sum(map(ord, request.node.name)) % 9000
    business = offices.register(f"莞城虚拟{number}号店", number)
    return {**offices.cases_of(business), "business": business}


def pages_of(who: str, work: dict[str, int]) -> Iterable[str]:
    own = {
        "officer": (f"/cases/{work['visit']}/", f"/cases/{work['visit']}/call/"),
        "registrar": (
            "/businesses/new/",
            "/review/addresses/",
            "/review/scopes/",
            f"/cases/{work['visit']}/",
        ),
        "market": (f"/cases/{work['market']}/",),
        "town_office": (f"/cases/{work['visit']}/", "/review/addresses/"),
    }
    return ("/", "/cases/", "/businesses/", f"/businesses/{work['business']}/", *own[who])


def wide(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth")


def prefer(page: Page, offices: Offices, **cookies: str) -> None:
    page.context.add_cookies(
        [{"name": f"gongzhi_{name}", "value": value, "url": offices.site} for name, value in cookies.items()]
    )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_officers_pages_fit_a_phone_also_in_large_type(
    offices: Offices, work: dict[str, int], language: str
) -> None:
    page = offices.desk_of("officer", screen=PHONE)
    sizes = {}
    for size in ("normal", "large"):
        prefer(page, offices, language=language, size=size)
        for address in pages_of("officer", work):
            page.goto(address)
            assert page.evaluate("document.documentElement.dataset.size") == size
            assert wide(page) <= PHONE["width"], (address, language, size)
        sizes[size] = page.evaluate("parseFloat(getComputedStyle(document.querySelector('main')).fontSize)")
    assert sizes["large"] > sizes["normal"]


@pytest.mark.parametrize("who", ["officer", "registrar", "market", "town_office"])
def test_a_reader_of_english_meets_chinese_only_in_what_is_registered(
    offices: Offices, work: dict[str, int], who: str
) -> None:
    page = offices.desk_of(who)
    prefer(page, offices, language="en")
    for address in pages_of(who, work):
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        left = {text for text in page.evaluate(SAID) if HAN.search(DATA.sub("", text))}
        assert not left, (address, left)


@pytest.mark.parametrize("who", ["officer", "registrar", "market", "town_office"])
def test_pages_have_one_heading_a_main_part_and_a_name_for_every_control(
    offices: Offices, work: dict[str, int], who: str
) -> None:
    page = offices.desk_of(who, screen=PHONE if who == "officer" else OFFICE)
    for address in pages_of(who, work):
        page.goto(address)
        expect(page.get_by_role("main")).to_have_count(1)
        expect(page.locator("h1")).to_have_count(1)
        assert page.evaluate(NOT_NAMED) == [], address
        page.evaluate(AXE.read_text(encoding="utf-8") + "; 0")
        found = page.evaluate(
            "tags => axe.run(document, { runOnly: tags })", ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
        )["violations"]
        broken = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]
        assert broken == [], address


def tab_to(page: Page, wanted: Locator) -> None:
    """Go on by the tabulator key until the control has the focus."""
    expect(wanted).to_be_attached()
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    pytest.fail(f"the tabulator key does not reach {wanted}")


def test_a_whole_act_is_done_by_keyboard_alone(offices: Offices, work: dict[str, int]) -> None:
    page = offices.desk_of("market")
    page.goto(f"/businesses/{work['business']}/")
    link = page.locator("tr").filter(has_text="食品经营许可").get_by_role("link")
    tab_to(page, link)
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/*/")
    tab_to(page, page.get_by_role("button", name="退回", exact=True).first)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="退回")
    expect(dialog).to_be_visible()
    tab_to(page, dialog.get_by_role("radio").first)
    page.keyboard.press("Space")
    tab_to(page, dialog.get_by_label("依据和说明"))
    page.keyboard.type("经营范围所列事项由其他部门许可")
    tab_to(page, dialog.get_by_role("button", name="退回", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_text("已完成：退回")).to_be_visible()
