"""How often somebody used the public pages lately, so that nobody floods or guesses; forgotten after a day."""

from __future__ import annotations

from django.db import models

from gongzhi.org.models import CODE


class Use(models.Model):
    """One report sent, unknown code asked for or address looked up. `key` is a keyed digest of what was done and
    from where: who did it, and what was asked, cannot be told from it."""

    key = models.CharField(max_length=64, **CODE)
    at = models.DateTimeField()

    class Meta:
        db_table = "portal_use"
        indexes = (models.Index(fields=("key", "at"), name="portal_use_key_at"),)

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.at}"
