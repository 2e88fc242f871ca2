"""Signing in: who the person is, as which post they act, and how often somebody may guess."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.backends.base import SessionBase
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
    post = (
        Post.objects.select_related("person", "department")
        .filter(pk=post_id, person_id=session.get("person"), person__is_active=True, valid_from__lte=today)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today))
        .first()
    )
    if post is None or not constant_time_compare(
        session.get("proof", ""), post.person.get_session_auth_hash()
    ):
        return None
    return post


def _digest(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}:{text.casefold()}".encode()).hexdigest()


_NOBODY = make_password("a name that nobody has takes as long to refuse")
