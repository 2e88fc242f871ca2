"""What the doors keep for themselves: sessions, attempts to sign in (so guessing is slow), files on their way in."""

from __future__ import annotations

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """A browser's session as Django keeps it; the post of who is signed in also stands in a column, to join by.

    Only the signed `session_data` says who somebody is.
    """

    post_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "desk_session"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """The store that reads these rows."""
        from gongzhi.desk.sessions import SessionStore  # noqa: PLC0415  it needs this class

        return SessionStore


class SignInAttempt(models.Model):
    """One failed attempt; swept after a day. `key` is a digest of the name or of the address it came from."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "desk_sign_in_attempt"
        indexes = (models.Index(fields=("key", "at"), name="desk_attempt_key_at"),)

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.at}"


class FileIntake(models.Model):
    """A file of registrations that somebody handed in at a page, and how far the worker has come with it.

    The file and the report of its rejected rows lie in the home folder under `token`; `seen_at` is the worker's last
    sign of life. `counts` holds what became of the rows, `problem` why nothing became of them.
    """

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        STOPPED = "stopped"
        FAILED = "failed"

    file_name = models.CharField(max_length=200)
    token = models.CharField(max_length=40, unique=True)
    suffix = models.CharField(max_length=12)
    as_of = models.DateField()
    post_id = models.BigIntegerField()
    by = models.CharField(max_length=160)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    stage = models.CharField(max_length=10, default="")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    stop_asked = models.BooleanField(default=False)
    counts = models.JSONField(default=dict)
    problem = models.TextField(default="")
    handed_in_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "desk_file_intake"

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in {self.State.DONE, self.State.STOPPED, self.State.FAILED}
