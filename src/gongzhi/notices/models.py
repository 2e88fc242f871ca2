"""Notices: what a department is told about one business, and the words that say why."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from gongzhi.flow.models import Case
from gongzhi.org.models import CODE
from gongzhi.registry.models import Business


class Notice(models.Model):
    """One notice to one department about one business; its state, owner and clock are its case's.

    `cause` is why it exists: registered, scope_changed, address_changed or rule_corrected. `visit_result` is what a
    visit found, kept so that a notice which reaches its department later brings it along.
    """

    # What an import writes by the hundred thousand is checked once a statement (`org.parents`).
    case = models.OneToOneField(
        Case, models.PROTECT, primary_key=True, related_name="notice", db_constraint=False
    )
    business = models.ForeignKey(Business, models.PROTECT, related_name="notices", db_constraint=False)
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

    # The unique pair's index begins with the notice; a second one would be written for nothing.
    notice = models.ForeignKey(
        Notice, models.PROTECT, related_name="permits", db_index=False, db_constraint=False
    )
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


class Correction(models.Model):
    """What a version of the rules touches, gone through business by business after it took force.

    `book` is the version's case, `before` and `after` name the rules compared. It is done when every business was
    looked at; `done` counts them. Whoever decides may stop it, as `stopped_by` says, and let it go on.
    """

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting"
        RUNNING = "running"
        STOPPED = "stopped"
        DONE = "done"
        FAILED = "failed"

    book = models.BigIntegerField(unique=True)
    number = models.IntegerField()
    before = models.CharField(max_length=60, **CODE)
    after = models.CharField(max_length=60, **CODE)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    reached = models.BigIntegerField(default=0)
    stopped_by = models.CharField(max_length=160, null=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "notices_correction"

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class Touched(models.Model):
    """One matter that a version touches, listed for a decision; nothing about it changes by itself.

    `kind`: no_longer (an open notice names a permit that is no longer called for), otherwise (it is still called
    for, with another certainty) or missing (a permit is called for that nobody was told of). `before` and `after` are
    {code: [certainty, rule]}. `decision`: keep, withdraw, send or none; NULL until somebody decided.
    """

    correction = models.ForeignKey(Correction, models.PROTECT, related_name="touched")
    business = models.ForeignKey(Business, models.PROTECT, related_name="+")
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, related_name="touched")
    kind = models.CharField(max_length=12, **CODE)
    permits = ArrayField(models.CharField(max_length=12))
    before = models.JSONField()
    after = models.JSONField()
    decision = models.CharField(max_length=10, null=True, **CODE)
    words = models.TextField(blank=True)
    decided_by = models.CharField(max_length=160, blank=True)
    decided_post = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notices_touched"
        constraints = (
            models.UniqueConstraint(
                fields=("correction", "business", "notice", "kind"),
                nulls_distinct=False,
                name="notices_touched_once",
            ),
            models.CheckConstraint(
                condition=models.Q(decision__isnull=True)
                | models.Q(decided_at__isnull=False, decided_post__isnull=False),
                name="notices_touched_by_somebody",
            ),
        )
        indexes = (
            models.Index(
                fields=("correction", "id"),
                name="notices_touched_open",
                condition=models.Q(decision__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.business_id}"
