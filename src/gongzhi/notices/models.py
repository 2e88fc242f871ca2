"""Notices: what a department is told about one business, and the words that say why."""

from __future__ import annotations

from django.db import models

from gongzhi.flow.models import Case
from gongzhi.org.models import CODE
from gongzhi.registry.models import Business


class Notice(models.Model):
    """One notice to one department about one business; its state, owner and clock are its case's.

    `cause` is why it exists: registered, scope_changed or listed. `visit_result` is what a visit found, kept
    so that a notice which reaches its department later brings it along.
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="notice")
    business = models.ForeignKey(Business, models.PROTECT, related_name="notices")
    cause = models.CharField(max_length=20)
    visit_result = models.CharField(max_length=40, blank=True, **CODE)

    class Meta:
        ordering = ("case_id",)

    def __str__(self) -> str:
        return f"notice {self.case_id}"


class NoticePermit(models.Model):
    """One permit that the scope calls for, with the words, the rule and the law that say so.

    `words` is a list of {text, start, end} over the scope as it was registered; `rule` and `book` name the rule
    and the version of the rule book; `certainty` is sure or review.
    """

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="permits")
    permit = models.CharField(max_length=10, **CODE)
    certainty = models.CharField(max_length=10)
    words = models.JSONField(default=list)
    rule = models.CharField(max_length=60)
    book = models.CharField(max_length=40)
    basis = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("notice", "permit"), name="notices_permit_once"),)

    def __str__(self) -> str:
        return f"{self.permit} ({self.certainty})"
