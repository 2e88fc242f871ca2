"""The few statements that every request or every act makes, sent as cheaply as the server and the driver allow.

Everything else goes through Django's own cursors, which send a statement's text each time: under row security
planning it costs more than running it. And a cursor costs more of Python's time than the statement it sends, so
these go to libpq itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.adapt import Transformer
from psycopg.pq import Escaping, ExecStatus, TransactionStatus

_KEPT = "gongzhi_prepared"
"""Under which name a connection keeps the numbers of what was prepared on it."""


def prepared(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement, planned once for each connection. Errors are Django's.

    `sql` has %s where values come, of types that the server can tell from their place: texts (also of JSON), numbers,
    days, instants and None.
    """
    wrapper = connections[DEFAULT_DB_ALIAS]
    wrapper.close_if_health_check_failed()
    wrapper.ensure_connection()
    wrapper.validate_no_broken_transaction()
    raw = wrapper.connection
    with wrapper.wrap_database_errors:
        texts = [_text(value) for value in values]
        if not raw.autocommit and raw.pgconn.transaction_status == TransactionStatus.IDLE:
            _sent(raw.pgconn.exec_(b"BEGIN"))
        known: dict[str, bytes] = raw.__dict__.setdefault(_KEPT, {})
        name = known.get(sql)
        if name is None:
            name = b"gongzhi_%d" % len(known)
            _sent(raw.pgconn.prepare(name, _numbered(sql)))
            known[sql] = name
        result = _sent(raw.pgconn.exec_prepared(name, texts))
        if not result.ntuples:
            return []
        loading = Transformer(raw)
        loading.set_pgresult(result)
        return loading.load_rows(0, result.ntuples, tuple)


def begin(setting: str, value: str) -> None:
    """Let the transaction that Django has opened begin with a setting of its own, in one round trip.

    To be called first inside `atomic()`; in a transaction that has begun already it just sets it.
    """
    wrapper = connections[DEFAULT_DB_ALIAS]
    wrapper.validate_no_broken_transaction()
    raw = wrapper.connection
    statement = b"SELECT set_config('%b', %b, true)" % (
        setting.encode(),
        Escaping(raw.pgconn).escape_literal(value.encode()),
    )
    if not raw.autocommit and raw.pgconn.transaction_status == TransactionStatus.IDLE:
        statement = b"BEGIN; " + statement
    with wrapper.wrap_database_errors:
        _sent(raw.pgconn.exec_(statement))


def _sent(result: Any) -> Any:
    if result.status not in _GOOD:
        raise psycopg.errors.error_from_result(result)
    return result


_GOOD = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})


@lru_cache(maxsize=64)
def _numbered(sql: str) -> bytes:
    first, *others = sql.split("%s")
    return (first + "".join(f"${at}{text}" for at, text in enumerate(others, 1))).encode()


def _text(value: Any) -> bytes | None:
    """A value as PostgreSQL reads it from text."""
    if value is None:
        return None
    if isinstance(value, str):
        if "\0" in value:
            raise psycopg.DataError("a text of PostgreSQL's cannot hold NUL")
        return value.encode()
    if isinstance(value, bool):
        return b"t" if value else b"f"
    if isinstance(value, int):
        return b"%d" % value
    if isinstance(value, date):  # also instants
        return value.isoformat().encode()
    raise TypeError(f"{type(value).__name__} has no text here")
