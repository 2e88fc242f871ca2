"""Kept connections are looked at before each request without asking the server anything.

Django would send an empty query (CONN_HEALTH_CHECKS), a round trip for each request. A server that ended a
connection, because it was restarted or told to, has closed the socket or written why: either makes it readable, which
that of a quiet connection never is.
"""

from __future__ import annotations

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Looks at a kept connection before it is used again, and replaces one that has ended."""

    def is_usable(self) -> bool:
        """Whether the connection still stands. After an error the server itself is asked."""
        if self.errors_occurred:
            return bool(super().is_usable())
        return not self.connection.closed and _quiet(self.connection.pgconn.socket)


def _quiet(socket: int) -> bool:
    ready = select.poll()
    ready.register(socket, select.POLLIN)
    return not ready.poll(0)
