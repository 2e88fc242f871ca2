"""The look-up for applicants in a browser: on a phone, by keyboard, without scripts, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from offices import DOOR, PHONE, Offices
from playwright.sync_api import Page, expect

from gongzhi.places.queries import placer

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
ASKED = {
    "known": DOOR,
    "new": "莞城街道北隅社区试风路9999号",
    "incomplete": "莞城街道北隅社区试风路",
    "elsewhere": "莞城街道西隅社区试风路18号",
    "nothing": "",
}


@pytest.fixture(autouse=True)
def _library_in_memory(offices: Offices) -> None:
    """A city's site has read its library long before the first applicant comes."""
    placer(offices.now.date())


def broken(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8") + "; 0")
    found = page.evaluate(
        "tags => axe.run(document, { runOnly: tags })", ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
    )["violations"]
    return [one["id"] for one in found]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_each_answer_fits_a_phone_and_everybody_can_read_it(offices: Offices, language: str) -> None:
    page = offices.window(screen=PHONE)
    for size in ("normal", "large"):
        page.context.add_cookies(
            [
                {"name": f"gongzhi_{name}", "value": value, "url": offices.site}
                for name, value in {"language": language, "size": size}.items()
            ]
        )
        for name, asked in ASKED.items():
            page.goto(f"/address/?q={asked}")
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], (name, size)
            expect(page.locator("h1")).to_have_count(1)
            assert broken(page) == [], (name, size)


def test_without_scripts_and_by_keyboard_alone_an_applicant_finds_the_address(offices: Offices) -> None:
    page = offices.window(java_script_enabled=False)
    page.goto("/address/")
    page.get_by_label("地址", exact=True).focus()
    page.keyboard.type(ASKED["elsewhere"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("这个门址在另外的村（社区）")
    page.get_by_role("link", name="东莞市莞城街道北隅社区试风路18号").press("Enter")
    expect(page.get_by_text("标准地址库里有这个门址")).to_be_visible()
    expect(page.get_by_text("东莞市莞城街道北隅社区试风路18号")).to_be_visible()
