"""The few statements that every request or every act makes, sent as cheaply as the server allows.

Everything else goes through Django's own cursors, which send a statement's text each time: under row security
planning it costs more than running it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from psycopg.pq import ExecStatus, TransactionStatus


@contextmanager
def prepared(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> Iterator[psycopg.Cursor[Any]]:
    """A cursor on which the statement has been run, planned once for each connection. Errors are Django's."""
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        yield cursor.execute(sql, values, prepare=True)


def begin(setting: str, value: str) -> None:
    """Let the transaction that Django has opened begin with a setting of its own, in one round trip.

    To be called first inside `atomic()`; in a transaction that has begun already it just sets it.
    """
    connection.validate_no_broken_transaction()
    raw = connection.connection
    literal = psycopg.sql.Literal(value).as_string(raw)
    statement = f"SELECT set_config('{setting}', {literal}, true)"
    if not raw.autocommit and raw.pgconn.transaction_status == TransactionStatus.IDLE:
        statement = f"BEGIN; {statement}"
    with connection.wrap_database_errors:
        result = raw.pgconn.exec_(statement.encode())
        if result.status != ExecStatus.TUPLES_OK:
            raise psycopg.errors.error_from_result(result)
