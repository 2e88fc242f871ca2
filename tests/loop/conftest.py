"""A city for each test: settled once a module, and taken back to its first morning after every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from gongzhi.desk import words
from gongzhi.desk.views import intake
from gongzhi.flow.moment import set_clock
from gongzhi.org.acting import Acting
from tests.databases import Databases
from tests.loop.city import City, settle
from tests.loop.visitor import Visitor


@pytest.fixture(scope="module")
def settled(databases: Databases, django_db_blocker: Any) -> Iterator[dict[str, Acting]]:
    """A database of the module's own in which the city's people live."""
    with django_db_blocker.unblock(), databases.clone("city"):
        words.forget()
        yield settle()
        words.forget()


@pytest.fixture
def city(settled: dict[str, Acting], instant: datetime) -> Iterator[City]:
    """The city on Monday 21 September 2026, ten in the morning."""
    with transaction.atomic():
        yield City(settled, instant)
        transaction.set_rollback(True)


@pytest.fixture
def desk(city: City, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Visitor]]:
    """Opens a browser at the desk on the city's day, signed in as whoever is named."""
    set_clock(lambda: city.now)
    # A thread of its own would read another database than the one that this test will take back.
    monkeypatch.setattr(intake, "_warm", lambda: None)

    def open_one(username: str = "", language: str = "zh-hans") -> Visitor:
        visitor = Visitor(language)
        if username:
            assert visitor.sign_in(username).status_code == 302
        return visitor

    yield open_one
    set_clock(None)
