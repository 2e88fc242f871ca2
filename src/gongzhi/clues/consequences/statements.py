"""What the reactions share: a statement's answer, how a line is signed beside the journal, and a clue's last line."""

from __future__ import annotations

from typing import Any

from django.db import connection

from gongzhi.flow.events import Moved

LAST_LINE = "JOIN flow_case c ON c.id = k.case_id JOIN flow_journal j ON j.case_id = c.id AND j.seq = c.seq"
"""Joins to clues_clue k its case c and the line j by which the case stands where it does."""


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """What a statement answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def signed(event: Moved) -> str:
    """Post and person of whoever acted."""
    return event.acting.signature
