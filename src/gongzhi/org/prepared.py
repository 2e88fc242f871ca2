"""Statements that the server plans once for each connection instead of at every call.

For the few that every request or every act makes: under row security planning them costs more than running them.
Everything else goes through Django's own cursors, which send a statement's text each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection


@contextmanager
def prepared(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> Iterator[psycopg.Cursor[Any]]:
    """A cursor on which the statement has been run; values are bound by the server, so write their types where
    PostgreSQL can't see them. Errors are Django's."""
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        yield cursor.execute(sql, values, prepare=True)
