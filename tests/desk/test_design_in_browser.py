"""The style guide in a real browser: nothing breaks the policy, everything fits a phone and works by keyboard."""

from __future__ import annotations

import os
import sys
import threading
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings
from playwright.sync_api import expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
import chromium
import styleguide_settings

from gongzhi.desk import translations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 780}
OFFICE = {"width": 1440, "height": 900}


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Requests of a test need no log."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The style guide behind its own strict policy, without a database; gives its address."""
    translations.compile_catalogue()
    names = ("ROOT_URLCONF", "MIDDLEWARE", "TEMPLATES", "MESSAGE_STORAGE", "LOCALE_PATHS", "LANGUAGES")
    own = {name: getattr(styleguide_settings, name) for name in names}
    with override_settings(**own, LANGUAGE_COOKIE_NAME="language", ALLOWED_HOSTS=["127.0.0.1"]):
        server = make_server("127.0.0.1", 0, StaticFilesHandler(WSGIHandler()), handler_class=_Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, as tests/browser finds it."""
    if os.environ.get("GONGZHI_NO_BROWSER"):
        pytest.skip("GONGZHI_NO_BROWSER is set")
    path = chromium.find()
    assert path is not None, "no Chromium: run `make setup-browser`, or set GONGZHI_NO_BROWSER=1"
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as driver:
        # The driver's event loop runs in this thread, and Django would refuse to close a connection from it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = driver.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page; an error in its console fails the test."""
    context = browser.new_context(locale="zh-CN", viewport=OFFICE)
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def prefer(page: Page, site: str, *, language: str = "zh-hans", size: str = "normal") -> None:
    page.context.add_cookies(
        [
            {"name": "language", "value": language, "url": site},
            {"name": "gongzhi_size", "value": size, "url": site},
        ]
    )


@pytest.mark.parametrize("size", ["normal", "large"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_page_has_to_be_pushed_sideways(page: Page, site: str, language: str, size: str) -> None:
    prefer(page, site, language=language, size=size)
    for address, screen in product(("/styleguide/", "/sign-in/"), (PHONE, OFFICE)):
        page.set_viewport_size(screen)  # type: ignore[arg-type]
        if not page.url.endswith(address):
            page.goto(site + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]
        past_the_edge = """width => [...document.querySelectorAll('main *')].filter(one =>
            one.getBoundingClientRect().right > width + 1 && !one.closest('.table-box, .visually-hidden'))
            .map(one => one.outerHTML.slice(0, 90))"""
        assert page.evaluate(past_the_edge, screen["width"]) == []


@pytest.mark.parametrize("screen", [PHONE, OFFICE], ids=["phone", "office"])
def test_no_rule_of_wcag_21_aa_that_a_machine_can_check_is_broken(
    page: Page, site: str, screen: dict[str, int]
) -> None:
    axe = (Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    page.set_viewport_size(screen)  # type: ignore[arg-type]
    for address in ("/styleguide/", "/sign-in/", "/missing/"):
        page.goto(site + address)
        page.evaluate(axe + "; 0")
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
        found = page.evaluate("tags => axe.run(document, { runOnly: tags })", tags)["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


def test_everything_a_thumb_has_to_hit_is_large_enough(page: Page, site: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(site + "/styleguide/")
    small = """() => [...document.querySelectorAll('.door-place a, .action-bar .btn, .candidates button, .choice, ' +
        '.pager .btn, form .actions .btn, .table-box.stacks .row-link')].filter(one => {
            const card = one.closest('.door'), box = (card ?? one).getBoundingClientRect();
            return box.height && (box.height < 44 || box.width < 44);
        }).map(one => one.outerHTML.slice(0, 90))"""
    assert page.evaluate(small) == []
    bar = page.locator(".action-bar .btn")
    assert min(box["height"] for box in (one.bounding_box() for one in bar.all()) if box) >= 48


def test_the_first_tab_leads_past_the_menu(page: Page, site: str) -> None:
    page.goto(site + "/sign-in/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_whatever_has_the_focus_shows_it(page: Page, site: str) -> None:
    page.goto(site + "/sign-in/")
    ring = """() => [document.activeElement.tagName,
        parseFloat(getComputedStyle(document.activeElement).outlineWidth)]"""
    seen = set()
    for _ in range(8):
        page.keyboard.press("Tab")
        tag, width = page.evaluate(ring)
        if tag != "BODY":
            seen.add(tag)
            assert width >= 2, tag
    assert {"A", "SUMMARY", "INPUT", "BUTTON"} <= seen


def test_a_menu_opens_and_closes_by_keyboard(page: Page, site: str) -> None:
    page.goto(site + "/styleguide/")
    summary = page.locator("details.menu summary").last
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details.menu").last).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(page.locator("details.menu").last).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()


def test_the_side_menu_opens_on_a_phone_and_stands_open_in_an_office(page: Page, site: str) -> None:
    page.goto(site + "/styleguide/")
    expect(page.locator("#nav")).to_be_visible()
    expect(page.locator(".nav-open")).to_be_hidden()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    expect(page.locator("#nav")).to_be_hidden()
    page.locator(".nav-open").click()
    expect(page.locator("#nav")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#nav")).to_be_hidden()


def test_a_dialog_keeps_the_focus_and_gives_it_back(page: Page, site: str) -> None:
    page.goto(site + "/styleguide/")
    opener = page.locator("[data-dialog-open=sample-dialog]")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#sample-dialog")
    expect(dialog).to_be_visible()
    assert page.evaluate("document.getElementById('sample-dialog').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_confirmation_is_asked_and_no_is_the_answer_by_habit(page: Page, site: str) -> None:
    page.goto(site + "/styleguide/")
    before = page.url
    button = page.locator("#notes form[data-confirm] button")
    button.click()
    confirm = page.locator("#confirm")
    expect(confirm).to_be_visible()
    expect(confirm.locator("[data-confirm-title]")).to_have_text("退回这一件？")
    page.keyboard.press("Enter")
    expect(confirm).to_be_hidden()
    assert page.url == before
    button.click()
    with page.expect_navigation():
        confirm.locator("[data-confirm-yes]").click()
    assert page.url != before


def test_a_message_comes_with_the_page_and_can_be_closed(page: Page, site: str) -> None:
    page.goto(site + "/styleguide/?toast=bad")
    toast = page.locator("[data-toasts] .toast-note")
    expect(toast).to_have_count(1)
    expect(toast).to_have_text("已登记反馈结果")
    toast.locator("[data-toast-close]").click()
    expect(toast).to_have_count(0)


def test_large_type_enlarges_everything_and_stays(page: Page, site: str) -> None:
    page.goto(site + "/styleguide/")
    size = "parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)"
    before = page.evaluate(size)
    page.locator("details.menu summary").first.click()
    page.locator("[data-size-choice=large]").click()
    assert page.evaluate(size) == pytest.approx(before * 1.25)
    page.reload()
    assert page.evaluate(size) == pytest.approx(before * 1.25)


def test_the_language_changes_and_the_page_stays(page: Page, site: str) -> None:
    page.goto(site + "/styleguide/")
    expect(page.locator("h1")).to_have_text("设计规范")
    page.locator("details.menu summary").first.click()
    page.locator("button[name=language][value=en]").click()
    expect(page.locator("h1")).to_have_text("Style guide")
    assert page.url.endswith("/styleguide/")


def test_a_line_of_the_summary_leads_to_its_field(page: Page, site: str) -> None:
    page.goto(site + "/styleguide/")
    page.locator("[data-error-summary] a").last.click()
    expect(page.locator("#b-seen_on")).to_be_focused()


def test_a_few_letters_narrow_a_long_list(page: Page, site: str) -> None:
    page.goto(site + "/styleguide/")
    page.locator("[data-narrows=c-grid]").fill("17")
    expect(page.locator("#c-grid")).to_have_value("17")
    page.locator("[data-narrows=c-grid]").fill("3")
    assert (
        page.evaluate("[...document.getElementById('c-grid').options].filter(one => !one.disabled).length")
        == 14
    )
    expect(page.locator("#c-grid")).to_have_value("")


def test_on_paper_the_reasons_stay_and_the_buttons_go(page: Page, site: str) -> None:
    page.goto(site + "/styleguide/")
    page.emulate_media(media="print")
    expect(page.locator(".nav-side")).to_be_hidden()
    expect(page.locator(".action-bar")).to_be_hidden()
    expect(page.locator(".ribbon")).to_be_visible()
    expect(page.locator(".why").last.locator("blockquote")).to_be_visible()


def test_a_filter_fetches_the_list_alone_and_gives_it_an_address(page: Page, site: str) -> None:
    page.goto(site + "/filtered/")
    page.evaluate("document.getElementById('count').textContent = 'untouched'")
    page.locator("#filter-state").select_option("b")
    expect(page.locator("#results")).to_have_text("b")
    expect(page.locator("#count")).to_have_text("untouched")
    assert page.url.endswith("/filtered/?state=b")


def test_work_under_way_is_asked_after_until_it_is_done(page: Page, site: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "polled" in request.url else None)
    page.goto(site + "/filtered/")
    expect(page.locator("#progress [role=status]")).to_have_text("0 / 2（0%）")
    expect(page.locator("#progress [role=status]")).to_have_text("2 / 2（100%）", timeout=10_000)
    page.wait_for_timeout(2500)
    assert len(asked) == 1


def test_a_form_is_sent_once_however_often_it_is_pressed(page: Page, site: str) -> None:
    sent: list[str] = []

    def answer_nothing(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(route.request.url)
            route.fulfill(status=204)
        else:
            route.continue_()

    page.goto(site + "/sign-in/")
    page.route("**/sign-in/", answer_nothing)
    page.evaluate("""() => {
        const form = document.querySelector('main form');
        form.requestSubmit();
        setTimeout(() => form.requestSubmit(), 300);
    }""")
    page.wait_for_timeout(1000)
    assert len(sent) == 1
