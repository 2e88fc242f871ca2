"""Which systems may talk to us, and what they have been answered."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gongzhi.org.models import CODE, Post


class ConnectedSystem(models.Model):
    """Another system that acts as a post, such as a town's registration system.

    Of its token only the SHA-256 digest is kept: it is 256 random bits, which nobody finds by trying, so a slow hash
    would only slow every call. It ends on `valid_to` at the latest and at once when `revoked_at` is set.
    """

    name = models.CharField(max_length=80)
    post = models.ForeignKey(Post, models.PROTECT, related_name="connected_systems")
    token_digest = models.CharField(max_length=64, unique=True, **CODE)
    issued_at = models.DateTimeField(db_default=Now())
    valid_to = models.DateField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "exchange_system"

    def __str__(self) -> str:
        return self.name


class Call(models.Model):
    """One call that wrote something, with the answer it was given: the same key again is answered the same.

    `digest` is of the body that was sent, so that a key used for something else is noticed.
    """

    system = models.ForeignKey(ConnectedSystem, models.PROTECT, related_name="calls")
    key = models.CharField(max_length=80, **CODE)
    digest = models.CharField(max_length=64, **CODE)
    at = models.DateTimeField()
    rows = models.IntegerField()
    answer = models.JSONField(default=dict)

    class Meta:
        db_table = "exchange_call"
        constraints = (models.UniqueConstraint(fields=("system", "key"), name="exchange_call_once"),)
        indexes = (
            models.Index(fields=("system", "at"), name="exchange_call_lately"),
            models.Index(fields=("at",), name="exchange_call_at"),
        )

    def __str__(self) -> str:
        return f"{self.system_id} {self.key}"
