"""What every test may ask for."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.db import connections

from gongzhi.flow.moment import forget_limits
from tests.databases import Databases
from tests.ground import leave_home

# How long an example takes says how busy the machine is, and nothing about what is promised.
hypothesis.settings.register_profile("gongzhi", deadline=None)
hypothesis.settings.load_profile("gongzhi")

_CHECKOUT = Path(__file__).resolve().parents[1]


def pytest_collection_finish() -> None:
    """What thousands of collected tests are made of stays to the end: nobody need look through it for garbage again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Whoever started the others leaves last."""
    if not hasattr(config, "workerinput"):
        leave_home()


@pytest.fixture(scope="session")
def evaluation() -> Path:
    """The folder of real records that measurements are made on; it is never part of the project.

    `.ci/run` sets GONGZHI_EVALUATION_REQUIRED, so that a missing folder fails there instead of skipping.
    """
    stated = os.environ.get("GONGZHI_EVALUATION")
    folder = Path(stated) if stated else _CHECKOUT.parent / "shared" / "evaluation"
    if not folder.is_dir():
        if os.environ.get("GONGZHI_EVALUATION_REQUIRED"):
            pytest.fail(f"the evaluation data is required here and {folder} is absent")
        pytest.skip(f"needs the evaluation data; {folder} is absent (set GONGZHI_EVALUATION)")
    return folder


@pytest.fixture(scope="session")
def databases(django_db_blocker: Any) -> Iterator[Databases]:
    """The server that tests use, with one migrated, loaded database to clone from."""
    with Databases.started(django_db_blocker.unblock) as databases:
        yield databases


@pytest.fixture(scope="session")
def django_db_setup(databases: Databases) -> Iterator[None]:
    """Tests marked `django_db` share one clone; each is rolled back, so none sees another."""
    with databases.clone("shared"):
        yield


@pytest.fixture
def fresh_db(databases: Databases, django_db_blocker: Any) -> Iterator[str]:
    """A database of this test's own, for what really commits: threads, servers, commands. Gives its name."""
    with django_db_blocker.unblock(), databases.clone("own") as name:
        yield name


@pytest.fixture
def instant() -> datetime:
    """Monday 21 September 2026, ten in the morning in Shanghai: the week before the National Day holidays."""
    return datetime(2026, 9, 21, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nothing_stays() -> Iterator[None]:
    """A connection that a test opened is closed with it, and limits it loaded are read anew."""
    yield
    connections.close_all()
    forget_limits()
