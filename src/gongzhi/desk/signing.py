"""Signing in: who the person is, as which post they act, and how often somebody may guess."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django.db.models import Q
from django.utils.crypto import constant_time_compare

from gongzhi.desk.models import SignInAttempt
from gongzhi.org.access import posts_of
from gongzhi.org.models import Person, Post

WINDOW = timedelta(minutes=15)
MOST_BY_NAME = 10
MOST_BY_ADDRESS = 100
"""A town hall shares one address, a person does not share a name."""


class TooManyAttemptsError(Exception):
    """Somebody guessed too often; they may try again after WINDOW."""


class WrongCredentialsError(Exception):
    """The name and the password don't belong together, or the person holds no post today."""


def authenticate(username: str, password: str, *, address: str, now: datetime, today: date) -> Person:
    """The person with this name and password. Takes as long for a name that nobody has.

    Raises TooManyAttemptsError or WrongCredentialsError.
    """
    keys = {_digest("name", username): MOST_BY_NAME, _digest("address", address): MOST_BY_ADDRESS}
    for key, most in keys.items():
        if SignInAttempt.objects.filter(key=key, at__gt=now - WINDOW).count() >= most:
            raise TooManyAttemptsError
    person = Person.objects.filter(username=username, is_active=True).first()
    fits = check_password(password, person.password if person else _NOBODY)
    if person is None or not fits or not posts_of(person.pk, today):
        SignInAttempt.objects.bulk_create(SignInAttempt(key=key, at=now) for key in keys)
        raise WrongCredentialsError
    SignInAttempt.objects.filter(
        Q(key=_digest("name", username)) | Q(at__lt=now - timedelta(days=1))
    ).delete()
    return person


def begin(session: SessionBase, person: Person, post: Post) -> None:
    """Start a session as a post; an address of the session that somebody planted before is worth nothing."""
    session.flush()
    session["person"] = person.pk
    session["post"] = post.pk
    session["proof"] = person.get_session_auth_hash()


def current_post(session: SessionBase, today: date) -> Post | None:
    """The post of a session, if the person still may act as it: active, password unchanged, post not ended."""
    post_id = session.get("post")
    if post_id is None:
        return None
    post = _held(post_id, session.get("person"), today)
    if post is None or not constant_time_compare(
        session.get("proof", ""), post.person.get_session_auth_hash()
    ):
        return None
    return post


def _held(post_id: int, person_id: int | None, today: date) -> Post | None:
    """A post that an active person holds today, with the person. Every request asks, so the query is written out."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [post_id, person_id, today, today])
        row = cursor.fetchone()
    if row is None:
        return None
    post = Post.from_db(connection.alias, _POST, row[: len(_POST)])
    post.person = Person.from_db(connection.alias, _PERSON, row[len(_POST) :])
    return post


_POST = [field.attname for field in Post._meta.concrete_fields]  # noqa: SLF001  how Django lets one ask for columns
_PERSON = [field.attname for field in Person._meta.concrete_fields]  # noqa: SLF001
_HELD = f"""
SELECT {", ".join(f'post."{name}"' for name in _POST)}, {", ".join(f'person."{name}"' for name in _PERSON)}
FROM org_post post JOIN org_person person ON person.id = post.person_id
WHERE post.id = %s AND person.id = %s AND person.is_active AND post.valid_from <= %s
    AND (post.valid_to IS NULL OR post.valid_to > %s)
"""


def _digest(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}:{text.casefold()}".encode()).hexdigest()


_NOBODY = make_password("a name that nobody has takes as long to refuse")
