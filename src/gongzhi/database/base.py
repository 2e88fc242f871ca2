"""Connections that are kept, looked at without asking the server, and transactions that begin with what they are for.

Django would send an empty query before each request (CONN_HEALTH_CHECKS), a round trip. A server that ended a
connection, because it was restarted or told to, has closed the socket or written why: either makes it readable, which
that of a quiet connection never is.

And it would have the driver begin and commit, by machinery that these two statements don't need. So a connection stays
in the driver's autocommit, and BEGIN and COMMIT go to libpq, as on databases that need them said.
"""

from __future__ import annotations

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from django.db.backends.utils import debug_transaction
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """Looks at a kept connection before it is used again, and replaces one that has ended."""

    opening: bytes = b""
    """What the next transaction begins with, in the same round trip; whoever sets it takes it away again."""

    known: dict[str, bytes]
    """Under which names statements are prepared on this connection (see `gongzhi.org.prepared`)."""

    loading: Any
    """Makes values of what this connection answers."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection on which nothing is prepared yet."""
        connection = super().get_new_connection(conn_params)
        self.known, self.loading = {}, Transformer(connection)
        return connection

    def is_usable(self) -> bool:
        """Whether the connection still stands. After an error the server itself is asked."""
        if self.errors_occurred:
            return bool(super().is_usable())
        return not self.connection.closed and _quiet(self.connection.pgconn.socket)

    def _start_transaction_under_autocommit(self) -> None:
        """Called by Django where a transaction begins, because it is there."""
        self._send(b"BEGIN; " + self.opening if self.opening else b"BEGIN")

    def _set_autocommit(self, autocommit: bool) -> None:
        if self.connection.autocommit != autocommit:
            super()._set_autocommit(autocommit)

    def _commit(self) -> None:
        if (
            self.connection is not None
            and self.connection.pgconn.transaction_status != TransactionStatus.IDLE
        ):
            self._send(b"COMMIT")

    def _send(self, statement: bytes) -> None:
        with debug_transaction(self, statement.decode()), self.wrap_database_errors:
            sent(self.connection.pgconn.exec_(statement))


def sent(result: Any) -> Any:
    """The result of a statement that went to libpq itself; the driver's error where it failed."""
    if result.status not in _GOOD:
        error = psycopg.errors.error_from_result(result)
        # Without a code of the server's it is libpq that speaks: the connection was lost on the way.
        raise error if error.sqlstate else psycopg.OperationalError(str(error))
    return result


_GOOD = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK})


def _quiet(socket: int) -> bool:
    ready = select.poll()
    ready.register(socket, select.POLLIN)
    return not ready.poll(0)
