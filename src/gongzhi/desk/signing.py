"""Signing in: who the person is, as which post they act, and how often somebody may guess."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Q
from django.utils.crypto import constant_time_compare

from gongzhi.desk.models import SignInAttempt
from gongzhi.desk.sessions import SessionStore
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
    SessionStore.clear_expired()
    return person


def begin(session: SessionBase, person: Person, post: Post) -> None:
    """Start a session as a post; an address of the session that somebody planted before is worth nothing."""
    session.flush()
    session["person"] = person.pk
    session["post"] = post.pk
    session["proof"] = person.get_session_auth_hash()


def current_post(session: SessionStore, today: date) -> Post | None:
    """The post of a session, if the person still may act as it: active, password unchanged, post not ended."""
    if session.get("post") is None:
        return None
    post = session.held
    if post is None or (post.pk, post.person_id) != (session["post"], session.get("person")):
        return None
    if not post.person.is_active or post.valid_from > today:
        return None
    if post.valid_to is not None and post.valid_to <= today:
        return None
    if not constant_time_compare(session.get("proof", ""), post.person.get_session_auth_hash()):
        return None
    return post


def _digest(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}:{text.casefold()}".encode()).hexdigest()


_NOBODY = make_password("a name that nobody has takes as long to refuse")
