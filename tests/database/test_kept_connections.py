"""A kept connection that the server has ended is not used again."""

from __future__ import annotations

import copy
import os
import socket
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connections

from gongzhi.database.base import DatabaseWrapper


@pytest.fixture
def kept(fresh_db: str) -> Iterator[DatabaseWrapper]:
    """The application's way into the database, kept from request to request."""
    settings = copy.deepcopy(connections["default"].settings_dict)
    settings |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
    wrapper = DatabaseWrapper(settings, alias="default")
    try:
        yield wrapper
    finally:
        wrapper.close()


def _backend(wrapper: DatabaseWrapper) -> int:
    """Who answers the next request."""
    wrapper.close_if_unusable_or_obsolete()
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def _end(backend: int) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10_000)", [backend])
        assert cursor.fetchone() == (True,)


def test_a_quiet_connection_is_used_again(kept: DatabaseWrapper) -> None:
    first = _backend(kept)
    assert _backend(kept) == first


def test_one_that_the_server_ended_is_replaced_without_anybody_noticing(kept: DatabaseWrapper) -> None:
    first = _backend(kept)
    _end(first)
    assert _backend(kept) != first


def test_after_an_error_the_server_itself_is_asked(kept: DatabaseWrapper) -> None:
    first = _backend(kept)
    kept.errors_occurred = True
    assert _backend(kept) == first
    assert not kept.errors_occurred
    _end(first)
    kept.errors_occurred = True
    assert _backend(kept) != first


def test_between_two_requests_of_the_web_server_an_ended_one_is_replaced_too(kept: DatabaseWrapper) -> None:
    """The web server goes through its connections at the end of a request alone."""
    first = _backend(kept)
    kept.close_if_unusable_or_obsolete()
    _end(first)
    with kept.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() != (first,)


def test_one_that_was_lost_on_the_way_says_so_in_the_drivers_own_kind(kept: DatabaseWrapper) -> None:
    """As where the server was killed: nobody is left to give a reason."""
    _backend(kept)
    with socket.socket(fileno=os.dup(kept.connection.pgconn.socket)) as wire:
        wire.shutdown(socket.SHUT_RDWR)
    with pytest.raises(OperationalError, match="closed the connection"):
        kept._start_transaction_under_autocommit()
