"""A real browser, and pages on which an error in the console is a failure."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent))
import chromium
from offices import Offices, people_and_places, served

from gongzhi.desk import translations
from gongzhi.flow.moment import set_clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Playwright

    from tests.databases import Databases


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives the browser."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


# Not for the whole session: while the driver's event loop runs, no other test could start one of its own.
@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as driver:
        # The driver's event loop runs in this thread, and Django would refuse to touch the database from it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield driver


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium; missing, it is a failure unless GONGZHI_NO_BROWSER says that it is known to be missing."""
    if os.environ.get("GONGZHI_NO_BROWSER"):
        pytest.skip("GONGZHI_NO_BROWSER is set")
    path = chromium.find()
    if path is None:
        pytest.fail("no Chromium: run `make setup-browser`, or set GONGZHI_NO_BROWSER=1 to go without")
    browser = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page as an office in China has it; an error in the console or a script fails the test."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    errors: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(f"{message.text} ({message.location.get('url', '')})")

    def on_page_error(error: Error) -> None:
        errors.append(str(error))

    page.on("console", on_console)
    page.on("pageerror", on_page_error)
    yield page
    context.close()
    assert not errors, "the page reported errors:\n" + "\n".join(errors)


@pytest.fixture(scope="module")
def site(databases: Databases, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[str]:
    """The desk of a small city, on a database of the module's own; gives its address."""
    translations.compile_catalogue()
    monday = datetime.fromisoformat("2026-09-21T10:00:00+08:00")
    with django_db_blocker.unblock(), databases.clone("browser"):
        people_and_places(tmp_path_factory.mktemp("library"), monday)
        with served() as address:
            yield address


@pytest.fixture
def offices(site: str, browser: Browser, django_db_blocker: Any) -> Iterator[Offices]:
    """Everybody at work on Monday 21 September 2026; an error in anybody's console fails the test."""
    offices = Offices(site, browser, datetime.fromisoformat("2026-09-21T10:00:00+08:00"))
    offices.go_to(offices.now.date())
    with django_db_blocker.unblock():
        yield offices
    offices.close()
    set_clock(None)
    assert not offices.errors, "a page reported errors:\n" + "\n".join(offices.errors)
