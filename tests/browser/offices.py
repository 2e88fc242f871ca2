"""The desk as a city has it, for a browser: a server in this process, people to sign in as, a clock that can be set."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.handlers.wsgi import WSGIHandler

from gongzhi.codes import uscc
from gongzhi.desk import words
from gongzhi.flow.moment import SHANGHAI, moment_at, set_clock
from gongzhi.flow.queries import cases_for
from gongzhi.notices import queries as notices
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.places.actions import import_library
from gongzhi.places.queries import placer
from gongzhi.registry.actions import register_one
from gongzhi.registry.intake.checking import Stated
from gongzhi.visits import queries as visits
from tests.loop.city import CITY, GRID, NEXT_GRID, NEXT_VILLAGE, PASSWORD, VILLAGE, settle

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

OFFICE = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 780}

DOOR = "广东省东莞市莞城街道北隅社区试风路18号"
SCOPE = "许可项目：烟草制品零售；餐饮服务。一般项目：日用百货销售。"
LIBRARY = [
    *((f"广东省东莞市莞城街道北隅社区试风路{number}号", VILLAGE, GRID) for number in range(2, 400, 2)),
    *((f"广东省东莞市莞城街道北隅社区样雨巷{number}号", VILLAGE, NEXT_GRID) for number in range(1, 30, 2)),
    *((f"广东省东莞市莞城街道西隅社区例云街{number}号", NEXT_VILLAGE, "") for number in range(1, 30)),
]
"""Invented roads in real communities: with their numbers an address can be placed down to the grid."""

_DOORS = itertools.count(40, 2)
"""A business that a test only needs at hand has a door of its own: nobody joins its visit."""

# Answers that a test asks for; the browser reports them as failures to load.
_REFUSALS = tuple(f"the server responded with a status of {status}" for status in (403, 404, 409, 422))


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Requests of a test need no log."""


@contextmanager
def served() -> Iterator[str]:
    """The desk on a free port of this machine, on the database that connections point to; gives its address."""
    server = make_server("127.0.0.1", 0, WSGIHandler(), server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def people_and_places(folder: Path, now: datetime, *, settling: Callable[[], Any] = settle) -> None:
    """Give the city its people and a small address library; commits."""
    settling()
    file = folder / "library.csv"
    lines = [f"{address},{village},{grid}" for address, village, grid in LIBRARY]
    file.write_text("\n".join(["address,village_code,grid_code", *lines, ""]), encoding="utf-8")
    with acting_as(SYSTEM):
        import_library(file, moment=moment_at(now))
    words.forget()


@dataclass
class Offices:
    """Everybody at work: who is signed in has a browser window of their own."""

    site: str
    browser: Browser
    now: datetime
    errors: list[str] = field(default_factory=list)
    _open: list[BrowserContext] = field(default_factory=list)
    _at: dict[tuple[str, str], Page] = field(default_factory=dict)

    def go_to(self, day: date, hour: int = 10) -> None:
        """Let it be another day for the desk."""
        self.now = datetime.combine(day, time(hour), tzinfo=SHANGHAI)
        set_clock(lambda: self.now)

    def window(self, *, screen: dict[str, int] = OFFICE, **wanted: Any) -> Page:
        """A fresh window of somebody who is not signed in."""
        context = self.browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport=screen, base_url=self.site, **wanted
        )
        self._open.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: message.type == "error" and self._note(message.text))
        page.on("pageerror", lambda error: self._note(str(error)))
        return page

    def desk_of(self, who: str, *, screen: dict[str, int] = OFFICE, window: str = "") -> Page:
        """The window of a person at work, signed in once; `window` tells several of theirs apart."""
        if (who, window) not in self._at:
            page = self.window(screen=screen)
            sign_in(page, who)
            self._at[who, window] = page
        page = self._at[who, window]
        page.set_viewport_size(screen)  # type: ignore[arg-type]
        return page

    def public(self, *, screen: dict[str, int] = PHONE) -> Page:
        """The one window of somebody who is not signed in."""
        if ("", "") not in self._at:
            self._at["", ""] = self.window(screen=screen)
        return self._at["", ""]

    def register(self, name: str, number: int, *, scope: str = SCOPE) -> int:
        """A business is registered today by the city's machine; returns its number."""
        moment = moment_at(self.now)
        stated = Stated(
            line=1,
            name=name,
            uscc=uscc.make("92", "441900", f"XN{number:06d}"),
            established=moment.today.isoformat(),
            scope=scope,
            address=f"广东省东莞市莞城街道北隅社区试风路{next(_DOORS)}号",
        )
        with acting_as(SYSTEM):
            places = placer(moment.today)
            taken = register_one(stated, places=places, city=CITY, acting=SYSTEM, moment=moment)
        return taken.business_id

    def cases_of(self, business: int) -> dict[str, int]:
        """The numbers of what is open for a business: its visit, and its notices by department."""
        with acting_as(SYSTEM):
            ids = [*notices.of_business(business), *visits.of_business(business)]
            found = cases_for(SYSTEM, ids, moment=moment_at(self.now))
        return {case.department or "visit": case.id for case in found if case.is_open}

    def close(self) -> None:
        """Everybody goes home."""
        for context in self._open:
            context.close()
        set_clock(None)

    def _note(self, text: str) -> None:
        if not any(refusal in text for refusal in _REFUSALS):
            self.errors.append(text)


def act(page: Page, words: str, **answers: str) -> None:
    """Press one of a case's buttons and answer its form.

    `pick_…` picks a card, `choose_…` an entry of the list with that label, `fill_…` fills the box with that label.
    """
    page.get_by_role("button", name=words, exact=True).first.click()
    dialog = page.get_by_role("dialog", name=words)
    for key, value in answers.items():
        how, _, label = key.partition("_")
        if how == "pick":
            dialog.get_by_text(value, exact=True).click()
        elif how == "choose":
            dialog.get_by_label(label).last.select_option(label=value)
        else:
            dialog.get_by_label(label).fill(value)
    dialog.get_by_role("button", name=words, exact=True).click()
    page.get_by_text(f"已完成：{words}").wait_for()


def sign_in(page: Page, who: str) -> None:
    """Sign in through the page, as everybody does."""
    page.goto("/sign-in/")
    page.get_by_label("用户名").fill(who)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("heading", level=1, name="首页").wait_for()
