"""Sends long lists to PostgreSQL without looking at their items one by one.

The driver writes an array item by item in Python, which for the journal's twenty columns costs an import more than
its matching does. Lists of one plain kind are joined and escaped as one text here; any other list goes the usual way.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import date
from types import NoneType
from typing import Any

from django.db import connection
from psycopg import Cursor
from psycopg.types.array import ListDumper
from psycopg.types.json import Jsonb

_BETWEEN, _NULL = "\x01", "\x02"
compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""A value as JSON without blanks. `json.dumps` would make an encoder for each value."""


class QuickListDumper(ListDumper):
    """Dumps lists of texts, numbers, days or JSON values, each with or without NULLs."""

    def dump(self, obj: list[Any]) -> Any:
        """The array as PostgreSQL reads it (documentation, 8.15.6)."""
        kinds = set(map(type, obj)) - {NoneType}
        quick: str | None = None
        if not kinds and obj:
            quick = _plain(("None",) * len(obj))
        elif kinds == {str}:
            quick = _quoted([_NULL if item is None else item for item in obj], obj.count(None))
        elif kinds == {Jsonb}:
            quick = _quoted([_NULL if item is None else _json(item) for item in obj], obj.count(None))
        elif kinds == {int}:
            quick = _plain(map(str, obj))
        elif kinds == {bool}:
            quick = _plain("None" if item is None else "t" if item else "f" for item in obj)
        elif kinds == {date}:
            quick = _plain("None" if item is None else item.isoformat() for item in obj)
        return super().dump(obj) if quick is None else quick.encode()


def _plain(items: Any) -> str:
    return "{" + ",".join(items).replace("None", "NULL") + "}"


def _quoted(texts: list[str], nulls: int) -> str | None:
    joined = _BETWEEN.join(texts)
    if joined.count(_BETWEEN) != len(texts) - 1 or joined.count(_NULL) != nulls:
        return None  # a text that holds the marks themselves
    escaped = joined.replace("\\", "\\\\").replace('"', '\\"').replace(_BETWEEN, '","')
    return ('{"' + escaped + '"}').replace(f'"{_NULL}"', "NULL")


def _json(value: Jsonb) -> str:
    return str(value.dumps(value.obj)) if value.dumps else compact(value.obj)


@contextlib.contextmanager
def list_cursor() -> Iterator[Cursor[Any]]:
    """A cursor for statements that carry long lists, in the transaction that runs.

    The lists travel beside the statement: written into it, as Django does, each would be quoted once more here and
    read once more there.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.adapters.register_dumper(list, QuickListDumper)
        yield cursor
