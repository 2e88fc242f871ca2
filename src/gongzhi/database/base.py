"""Kept connections are looked at before each request without asking the server anything.

Django would send an empty query (CONN_HEALTH_CHECKS), a round trip for each request. A server that ended a
connection, because it was restarted or told to, has closed the socket or written why: either makes it readable, which
that of a quiet connection never is.
"""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Hands out only connections that still stand."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection, from the pool where there is one; those that ended meanwhile are replaced by the pool."""
        while True:
            found = super().get_new_connection(conn_params)
            if self.pool is None or _quiet(found.pgconn.socket):
                return found
            found.close()
            self.pool.putconn(found)


def _quiet(socket: int) -> bool:
    ready = select.poll()
    ready.register(socket, select.POLLIN)
    return not ready.poll(0)
