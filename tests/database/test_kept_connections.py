"""A kept connection that the server has ended is not handed out."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest
from django.db import connections

from gongzhi.database.base import DatabaseWrapper


@pytest.fixture
def kept(fresh_db: str) -> Iterator[DatabaseWrapper]:
    """The application's way into the database, through a pool of one connection."""
    settings = copy.deepcopy(connections["default"].settings_dict)
    settings["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 1, "timeout": 10}
    wrapper = DatabaseWrapper(settings, alias="default")
    try:
        yield wrapper
    finally:
        wrapper.close()
        wrapper.close_pool()


def _backend(wrapper: DatabaseWrapper) -> int:
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def test_a_quiet_connection_is_used_again(kept: DatabaseWrapper) -> None:
    first = _backend(kept)
    kept.close()
    assert _backend(kept) == first


def test_one_that_the_server_ended_is_replaced_without_anybody_noticing(kept: DatabaseWrapper) -> None:
    first = _backend(kept)
    kept.close()
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10_000)", [first])
        assert cursor.fetchone() == (True,)
    assert _backend(kept) != first
