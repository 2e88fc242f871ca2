"""For whom a transaction runs, said to PostgreSQL in a way the application's role cannot forge.

Row security asks `org_scope()` which rows the current post may touch. A plain session variable would let
any SQL that reaches the database name another post; so the variable carries a *pass* signed with a key that
the application's role cannot read, and `org_scope()` checks the signature. Raw SQL without a valid pass
sees no scoped row at all.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.models import Post
from gongzhi.org.prepared import opened_with
from gongzhi.org.roles import Role

PASS_SECONDS = 600
"""How long a pass can begin a transaction, in seconds: it is shown at the start, so only a stolen one grows old."""


def acting_for(post: Post) -> Acting:
    """What a stored post may see and do."""
    return Acting(
        post_id=post.pk,
        role=Role(post.role),
        area=post.area,
        department=post.department_id,
        name=post.person.name,
        title=post.title,
        title_en=post.title_en,
    )


def posts_of(person_id: int, today: date) -> list[Post]:
    """The posts that a person holds today, the first being the one they start in."""
    held = Post.objects.filter(person_id=person_id, valid_from__lte=today).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=today)
    )
    return list(held.select_related("person", "department").order_by("id"))


def sign(acting: Acting, now: datetime) -> str:
    """A pass for this post that `org_scope()` accepts for PASS_SECONDS from `now`.

    `now` is the machine's time, never the moment at which the act counts: PostgreSQL compares it with its own.
    """
    expires = int(now.timestamp()) + PASS_SECONDS
    message = f"{acting.post_id}|{acting.role}|{acting.area}|{acting.department or ''}|{expires}"
    signature = hmac.new(settings.PASS_KEY, message.encode(), hashlib.sha256).hexdigest()
    return f"{message}|{signature}"


def key_halves(key: bytes) -> tuple[bytes, bytes]:
    """HMAC-SHA-256's inner and outer padded keys (RFC 2104), which SQL can use without an extension."""
    block = key.ljust(64, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)


@contextmanager
def acting_as(acting: Acting, _now: datetime | None = None) -> Iterator[Acting]:
    """One transaction on behalf of a post: commits at the end, rolls everything back on an error.

    Inside another post's transaction it is a savepoint, and the outer post's pass holds again afterwards.
    """
    if connection.in_atomic_block:
        with transaction.atomic(), _presented(acting):
            yield acting
        return
    with opened_with("gongzhi.pass", _pass(acting)):
        yield acting


@contextmanager
def elevated() -> Iterator[Acting]:
    """Inside a transaction, run a consequence that reaches beyond the post's own rows, then step back.

    Reactions need it: a department that returns a notice may cause one for another department, whose rows
    it must not see.
    """
    with _presented(SYSTEM):
        yield SYSTEM


def _pass(acting: Acting) -> str:
    # The one clock read below the doors: what counts for a case is its Moment, which may be last spring's, but
    # how long a pass may be used is a matter of this minute.
    return sign(acting, datetime.now(UTC))


@contextmanager
def _presented(acting: Acting) -> Iterator[None]:
    """Part of a transaction for another post. On an error the savepoint or the transaction rolls the pass back."""
    pass_ = _pass(acting)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('gongzhi.pass', true), set_config('gongzhi.pass', %s, true)", [pass_]
        )
        before = cursor.fetchone()[0]
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('gongzhi.pass', %s, true)", [before or ""])


def narrowed(acting: Acting, area: str) -> Acting:
    """The same post looking at a smaller area; a wider one is refused."""
    if not area.startswith(acting.area):
        raise PermissionError(f"{area} lies outside {acting.area}")
    return replace(acting, area=area)
