"""A city for each test: settled once a module, and taken back to its first morning after every test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from gongzhi.desk import words
from gongzhi.org.acting import Acting
from tests.databases import Databases
from tests.loop.city import City, settle


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
