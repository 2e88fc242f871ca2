"""Take the READMEs' pictures anew from a running demo.

    make run                                                       # in one terminal; it prints address and password
    .venv/bin/python docs/take_pictures.py http://127.0.0.1:8000 PASSWORD   # in another

What is on the pictures is found by following links, so that they show whatever the demo holds today.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT / "tests" / "browser"))
import chromium  # noqa: E402  it lies beside the browser tests

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PICTURES = PROJECT / "docs" / "pictures"
OFFICE = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 800}
COLOURS = 128
"""Enough for flat pages; keeps a picture light."""


class Camera:
    """Takes pictures of one site as one person after the other."""

    def __init__(self, browser: Browser, site: str, password: str) -> None:
        self._browser = browser
        self._site = site
        self._password = password

    def page(self, who: str, *, screen: dict[str, int] = OFFICE, language: str = "zh-hans") -> Page:
        """A window of somebody signed in, or of nobody where `who` is empty."""
        context = self._browser.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport=screen,
            base_url=self._site,
            device_scale_factor=1,
            reduced_motion="reduce",
        )
        context.add_cookies([{"name": "gongzhi_language", "value": language, "url": self._site}])
        page = context.new_page()
        page.set_default_timeout(60_000)
        if who:
            page.goto(f"/sign-in/?user={who}")
            page.locator("input[type=password]").fill(self._password)
            page.keyboard.press("Enter")
            page.wait_for_url(lambda address: "sign-in" not in address)
        return page


def first(page: Page, address: str) -> None:
    """Open a list and the first thing on it."""
    page.goto(address)
    page.locator("main tbody a, main .door-place a").first.click()
    page.wait_for_load_state()


def shot(page: Page) -> Image.Image:
    """What the window shows."""
    page.mouse.move(0, 0)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def keep(picture: Image.Image, name: str) -> None:
    """Write a picture with few colours."""
    file = PICTURES / f"{name}.png"
    picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        file, optimize=True
    )
    print(f"{file.relative_to(PROJECT)}  {file.stat().st_size // 1024} KB")


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    """Phones beside each other, with a gap between."""
    gap = 24
    wide = sum(one.width for one in pictures) + gap * (len(pictures) - 1)
    sheet = Image.new("RGB", (wide, max(one.height for one in pictures)), "white")
    left = 0
    for one in pictures:
        sheet.paste(one, (left, 0))
        left += one.width + gap
    return sheet


def take(camera: Camera) -> None:
    """All of them."""
    town = camera.page("demo-town")
    town.goto("/")
    keep(shot(town), "town-office")
    town.goto("/clues/ledger/?by=village")
    keep(shot(town), "ledger")
    first(town, "/cases/?graph=clues&mine=0")
    keep(shot(town), "clue")
    registrar = camera.page("demo-registrar")
    registrar.goto("/review/addresses/")
    keep(shot(registrar), "address-review")
    market = camera.page("demo-market")
    first(market, "/cases/?graph=notices&state=received")
    market.locator("details.why summary").first.click()
    keep(shot(market), "notice")
    english = camera.page("demo-town", language="en")
    first(english, "/businesses/")
    keep(shot(english), "business-file-english")
    keeper = camera.page("demo-administrator")
    keeper.goto("/rules/0/rules/?q=P001")
    keep(shot(keeper), "rules")
    officer = camera.page("demo-officer", screen=PHONE)
    officer.goto("/")
    phones = [shot(officer)]
    first(officer, "/cases/?graph=visits&state=to_visit")
    officer.goto(officer.url + "call/")
    phones.append(shot(officer))
    officer.goto("/clues/report/")
    phones.append(shot(officer))
    public = camera.page("", screen=PHONE)
    public.goto("/report/")
    phones.append(shot(public))
    keep(side_by_side(phones), "phones")


def main() -> None:
    """Read the command line and take the pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("site", help="address of the running demo")
    parser.add_argument("password", help="the demo's password, as `gongzhi demo accounts` prints it")
    given = parser.parse_args()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        take(Camera(browser, given.site, given.password))
        browser.close()


if __name__ == "__main__":
    main()
