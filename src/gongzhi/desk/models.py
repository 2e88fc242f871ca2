"""What the doors keep for themselves: attempts to sign in, so that guessing is slow."""

from __future__ import annotations

from django.db import models


class SignInAttempt(models.Model):
    """One failed attempt; swept after a day. `key` is a digest of the name or of the address it came from."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "desk_sign_in_attempt"
        indexes = (models.Index(fields=("key", "at"), name="desk_attempt_key_at"),)

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.at}"
