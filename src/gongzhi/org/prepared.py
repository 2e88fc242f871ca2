"""The few statements that every request or every act makes, sent as cheaply as the server and the driver allow.

Everything else goes through Django's own cursors, which send a statement's text each time: under row security
planning it costs more than running it. And a cursor costs more of Python's time than the statement it sends, so
these go to libpq itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from typing import Any, cast

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from psycopg.pq import Escaping, TransactionStatus

from gongzhi.database.base import DatabaseWrapper, sent


def prepared(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement, planned once for each connection. Errors are Django's.

    `sql` has %s where values come, of types that the server can tell from their place: texts (also of JSON), numbers,
    days, instants and None.
    """
    wrapper = cast("DatabaseWrapper", connections[DEFAULT_DB_ALIAS])
    wrapper.close_if_health_check_failed()
    wrapper.ensure_connection()
    wrapper.validate_no_broken_transaction()
    raw = wrapper.connection
    with wrapper.wrap_database_errors:
        texts = [_text(value) for value in values]
        if not raw.autocommit and raw.pgconn.transaction_status == TransactionStatus.IDLE:
            sent(raw.pgconn.exec_(b"BEGIN"))
        name = wrapper.known.get(sql)
        if name is None:
            name = b"gongzhi_%d" % len(wrapper.known)
            sent(raw.pgconn.prepare(name, _numbered(sql)))
            wrapper.known[sql] = name
        result = sent(raw.pgconn.exec_prepared(name, texts))
        if not result.ntuples:
            return []
        wrapper.loading.set_pgresult(result)
        rows: list[tuple[Any, ...]] = wrapper.loading.load_rows(0, result.ntuples, tuple)
        return rows


@contextmanager
def opened_with(setting: str, value: str) -> Iterator[None]:
    """The transaction that Django begins inside begins with a setting of its own, in one round trip."""
    wrapper = cast("DatabaseWrapper", connections[DEFAULT_DB_ALIAS])
    wrapper.close_if_health_check_failed()
    wrapper.ensure_connection()
    wrapper.opening = b"SELECT set_config('%b', %b, true)" % (
        setting.encode(),
        Escaping(wrapper.connection.pgconn).escape_literal(value.encode()),
    )
    try:
        with transaction.atomic():
            # What is called after the commit may begin transactions of its own.
            wrapper.opening = b""
            yield
    finally:
        # Where no transaction began the next one may be somebody else's.
        wrapper.opening = b""


@lru_cache(maxsize=64)
def _numbered(sql: str) -> bytes:
    first, *others = sql.split("%s")
    return (first + "".join(f"${at}{text}" for at, text in enumerate(others, 1))).encode()


def _text(value: Any) -> bytes | None:
    """A value as PostgreSQL reads it from text."""
    written = _WRITTEN.get(type(value))
    if written is None:
        return _otherwise(value)
    return written(value)


def _text_of_str(value: str) -> bytes:
    if "\0" in value:
        raise psycopg.DataError("a text of PostgreSQL's cannot hold NUL")
    return value.encode()


def _text_of_date(value: date) -> bytes:
    return value.isoformat().encode()


_WRITTEN: dict[type, Callable[[Any], bytes | None]] = {
    str: _text_of_str,
    int: b"%d".__mod__,
    bool: lambda value: b"t" if value else b"f",
    date: _text_of_date,
    datetime: _text_of_date,
    type(None): lambda _: None,
}


def _otherwise(value: Any) -> bytes | None:
    """The same for what derives from these types, such as an enumeration's texts."""
    for kind in (str, int, date):
        if isinstance(value, kind):
            return _WRITTEN[kind](value)
    raise TypeError(f"{type(value).__name__} has no text here")
