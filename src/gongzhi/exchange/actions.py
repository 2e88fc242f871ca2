"""The only writers of the exchange: tokens are issued and revoked, calls are taken in once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from gongzhi.exchange.models import Call, ConnectedSystem
from gongzhi.org.models import Post

KEPT = timedelta(days=30)
"""So long a repeated key is answered as the first time; after that it would be taken for a new one."""
WINDOW = timedelta(minutes=1)
MOST_CALLS = 120
"""Writing calls of one system a minute: at 500 rows each, far more than any city registers."""


class KeyUsedOtherwiseError(Exception):
    """The key was sent before with something else."""


class TooManyCallsError(Exception):
    """The system writes more often than `MOST_CALLS` a `WINDOW`."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a call was answered, and whether it had been answered before."""

    answer: dict[str, Any]
    replayed: bool


def issue(name: str, post: Post, *, valid_to: date) -> tuple[ConnectedSystem, str]:
    """Let another system act as a post until `valid_to`; returns it with the token, which is shown this once."""
    token = secrets.token_urlsafe(32)
    system = ConnectedSystem.objects.create(
        name=name, post=post, token_digest=digest_of(token), valid_to=valid_to
    )
    return system, token


def revoke(system_id: int, *, now: datetime) -> bool:
    """Shut a system out from this moment; False when there is no such system or it was shut out before."""
    return bool(ConnectedSystem.objects.filter(pk=system_id, revoked_at=None).update(revoked_at=now))


def once(
    system: ConnectedSystem,
    key: str,
    body: bytes,
    rows: int,
    *,
    now: datetime,
    work: Callable[[], dict[str, Any]],
) -> Answered:
    """Do the work of a call and keep its answer, or give the answer of the same call before.

    Inside the caller's transaction: two calls with one key wait for each other, and a call that fails leaves nothing
    behind, so that it may be sent again. Raises KeyUsedOtherwiseError, TooManyCallsError.
    """
    digest = hashlib.sha256(body).hexdigest()
    if Call.objects.filter(system=system, at__gt=now - WINDOW).count() >= MOST_CALLS:
        raise TooManyCallsError
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exchange_call (system_id, key, digest, at, rows, answer) VALUES (%s, %s, %s, %s, %s, '{}')"
            " ON CONFLICT (system_id, key) DO NOTHING RETURNING id",
            [system.pk, key, digest, now, rows],
        )
        begun = cursor.fetchone()
    if begun is None:
        before = Call.objects.get(system=system, key=key)
        if before.digest != digest:
            raise KeyUsedOtherwiseError
        return Answered(before.answer, replayed=True)
    answer = work()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE exchange_call SET answer = %s WHERE id = %s", [Jsonb(answer), begun[0]])
    return Answered(answer, replayed=False)


def sweep(*, now: datetime) -> int:
    """Forget the answers of calls that are older than `KEPT`; returns how many."""
    return Call.objects.filter(at__lt=now - KEPT).delete()[0]


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
