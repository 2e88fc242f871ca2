"""The desk and the public's pages by keyboard, on a phone, in large type, in English, and with a screen reader.

Every page is visited: the list comes from the URL configuration, and a page that is not in it fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import everything
import pytest
from offices import OFFICE, PHONE, Offices, people_and_places, served
from playwright.sync_api import Locator, Page, expect

from gongzhi.desk import translations
from tests.databases import Databases

Pages = dict[str, list[tuple[str, str]]]

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
HAN = re.compile(r"[\u3400-\u9fff]+")

# Everything that stands on a page for a reader of English but is what the register, the map or a law says.
DATA = re.compile(
    f"[\u3400-\u9fff0-9]*{everything.INVENTED}[\u3400-\u9fff0-9a-z_]*|"
    "岗位[a-z_]+|[a-z_]+的人|莞城街道|[\u3400-\u9fff]{1,6}(?:社区|村|街道|镇|局)|第\\d+网格|"
    "东莞市莞城街道[^\\s]*|广东省东莞市[^\\s]*号|[东正振华无名新编试风]+[路巷里]\\d*号?|查不到的地方|"
    "老王小吃|试改?|许可证库中已有有效许可。|无此事项。|材料已收。|不涉及食品。|"
    "烟草制品零售|餐饮服务|个体工商户|简体中文|东莞市?"
)
SAID = """() => {
  // A page about something that has its name in one language is titled by it.
  const said = document.querySelector('h1[lang^=zh]') ? [] : [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const box = walker.currentNode.parentElement;
    // A law has its name in one language; a quotation is a quotation.
    const row = box.closest('dl.pairs > div');
    const law = row && ['Basis', 'Law'].includes(row.querySelector('dt')?.textContent) && box.closest('dd');
    if (!box.closest('script, style, textarea, [lang^=zh], mark') && !law) said.push(walker.currentNode.textContent);
  }
  for (const one of document.querySelectorAll('[aria-label], [placeholder], [title], [alt], [data-confirm]'))
    for (const name of ['aria-label', 'placeholder', 'title', 'alt', 'data-confirm', 'data-confirm-title'])
      said.push(one.getAttribute(name) ?? '');
  return said.map(text => text.trim()).filter(Boolean);
}"""
# What a machine can see of a page at once: its frame, its controls, the ring of focus, and axe's rules.
LOOKED_AT = """async ([width, language, rules]) => {
  const wrong = [], all = selector => [...document.querySelectorAll(selector)];
  if (document.documentElement.scrollWidth > width) wrong.push('has to be pushed sideways: ' + all('body *')
    .filter(one => one.getBoundingClientRect().right > width && !one.closest('.visually-hidden'))
    .slice(0, 3).map(one => one.outerHTML.slice(0, 90)).join(' | '));
  if (document.documentElement.lang !== language) wrong.push('lang is ' + document.documentElement.lang);
  if (document.documentElement.dataset.size !== 'large') wrong.push('not in large type');
  if (all('main').length !== 1 || all('h1').length !== 1) wrong.push('one main part and one heading are wanted');
  const shown = one => one.checkVisibility() && one.getClientRects().length && !one.closest('dialog:not([open])');
  for (const one of all('a[href], button, input, select, textarea, summary')) {
    if (!shown(one) || one.disabled || one.type === 'hidden' || one.closest('[aria-hidden=true]')) continue;
    one.focus();
    if (document.activeElement !== one) { wrong.push('not by keyboard: ' + one.outerHTML.slice(0, 90)); continue; }
    const rings = [one, one.closest('.choice, .tile, .door'), one.nextElementSibling].filter(Boolean)
      .flatMap(box => [getComputedStyle(box), getComputedStyle(box, '::after')]);
    const own = one.tagName === 'A' ? [getComputedStyle(one, '::after')] : [];
    if (![...rings, ...own].some(style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2))
      wrong.push('no ring of focus: ' + one.outerHTML.slice(0, 90));
  }
  for (const one of all('[tabindex]')) if (one.tabIndex > 0) wrong.push('tabindex: ' + one.outerHTML.slice(0, 90));
  document.activeElement?.blur();
  const found = await axe.run(document, { runOnly: rules, preload: false });
  for (const one of found.violations)
    wrong.push(one.id + ': ' + one.nodes.slice(0, 3).map(node => node.html.slice(0, 140)).join(' | '));
  return wrong;
}"""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE_RULES = {
    "zh-hans": {"type": "tag", "values": WCAG},
    "en": {"type": "rule", "values": ["html-has-lang", "label"]},
}
"""What axe looks for: everything in the first language, in the second what depends on words."""


@pytest.fixture(scope="module")
def pages() -> Pages:
    """Each page's addresses by its name; filled by `site`."""
    return {}


@pytest.fixture(scope="module")
def site(databases: Databases, django_db_blocker: Any, tmp_path_factory: Any, pages: Pages) -> Iterator[str]:
    """The desk of a city in which every page has something to show; gives its address."""
    translations.compile_catalogue()
    monday = datetime.fromisoformat("2026-09-21T10:00:00+08:00")
    with django_db_blocker.unblock(), databases.clone("browser-everything"):
        people_and_places(
            tmp_path_factory.mktemp("library"),
            monday,
            settling=lambda: pages.update(everything.busy_city(monday)),
        )
        with served() as address:
            yield address


@pytest.fixture
def desk(offices: Offices) -> Any:
    """The window of a user, or of somebody who is not signed in."""

    def of(who: str, screen: dict[str, int] = PHONE) -> Page:
        return offices.desk_of(who, screen=screen) if who else offices.public(screen=screen)

    return of


def wide(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth")


def prefer(page: Page, offices: Offices, **cookies: str) -> None:
    page.context.add_cookies(
        [{"name": f"gongzhi_{name}", "value": value, "url": offices.site} for name, value in cookies.items()]
    )


def visits(pages: Pages) -> list[tuple[str, str]]:
    """Who reads what, one person after the other."""
    return sorted({visit for some in pages.values() for visit in some})


def test_no_page_is_forgotten(site: str, pages: Pages, desk: Any) -> None:
    names = everything.page_names()
    assert set(pages) <= names
    assert set(everything.EXCUSED) <= names - set(pages)
    page = desk("city_office")
    for name in everything.not_visited(pages):
        answer = page.request.get(site + everything.any_address(name))
        workbook = "spreadsheet" in answer.headers.get("content-type", "") or name.endswith(
            ("_export", "_report")
        )
        assert answer.status == 405 or workbook, f"{name} is a page that nobody visits here"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_can_be_used_by_everybody(
    site: str, pages: Pages, offices: Offices, desk: Any, language: str
) -> None:
    """On the smallest phone in large type: nothing sideways, everything by keyboard, no rule of WCAG broken."""
    wrong: list[Any] = []
    prepared: set[Page] = set()
    for who, address in visits(pages):
        page = desk(who)
        if page not in prepared:
            # Kept by the browser and compiled once a window; sent with each page it costs as much as the page.
            page.add_init_script(path=AXE)
            prepared.add(page)
        prefer(page, offices, language=language, size="large")
        answer = page.goto(address)
        if answer is None or answer.status != 200:
            wrong.append((who, address, answer and answer.status))
            continue
        page.keyboard.press("Tab")
        found = page.evaluate(LOOKED_AT, [PHONE["width"], language, AXE_RULES[language]])
        if language == "en":
            found += [f"Chinese: {text}" for text in page.evaluate(SAID) if HAN.search(DATA.sub("", text))]
        wrong += [(who, address, one) for one in found]
    assert not wrong, "\n".join(map(str, wrong))


def test_large_type_is_larger(offices: Offices, desk: Any) -> None:
    sizes = {}
    for size in ("normal", "large"):
        page = desk("officer")
        prefer(page, offices, language="zh-hans", size=size)
        page.goto("/")
        assert page.evaluate("document.documentElement.dataset.size") == size
        assert wide(page) <= PHONE["width"]
        sizes[size] = page.evaluate("parseFloat(getComputedStyle(document.querySelector('main')).fontSize)")
    assert sizes["large"] > sizes["normal"]


def tab_to(page: Page, wanted: Locator) -> None:
    """Go on by the tabulator key until the control has the focus."""
    expect(wanted).to_be_attached()
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    pytest.fail(f"the tabulator key does not reach {wanted}")


def test_a_whole_act_is_done_by_keyboard_alone(offices: Offices) -> None:
    business = offices.register("莞城虚拟键盘店", 920001)
    page = offices.desk_of("market", screen=OFFICE)
    prefer(page, offices, language="zh-hans", size="normal")
    page.goto(f"/businesses/{business}/")
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
