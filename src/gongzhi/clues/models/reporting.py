"""How others tell of what they see: the public and their sealed identities, co-governed markets, the 12345 hotline.

Who reported is never in a clue, and nothing here is seen by whoever handles one.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gongzhi.clues.models.clue import Clue
from gongzhi.org.models import CODE


class Report(models.Model):
    """What somebody of the public reported, in their words, and how they may ask what became of it.

    `code_mark` is a keyed digest of the tracking code, which only the reporter has. Who they are stands elsewhere
    (`identity`), if they said so: `named`. `clue` is what it became.
    """

    id = models.BigAutoField(primary_key=True)
    code_mark = models.CharField(max_length=64, unique=True, **CODE)
    area = models.CharField(max_length=15, **CODE)
    clue = models.ForeignKey(Clue, models.PROTECT, null=True, related_name="reports")
    words = models.CharField(max_length=2000)
    named = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    answer_due = models.DateField(null=True)
    answer = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=160, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("answer_due", "id"),
                name="clues_report_to_answer",
                condition=models.Q(named=True, answered_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"report {self.pk}"


class ReporterIdentity(models.Model):
    """Who reported, sealed. The application cannot read this table: only a function of the owner's gives a row out,
    to two roles, and writes down that it did (`identity_sql`)."""

    report = models.OneToOneField(Report, models.PROTECT, primary_key=True, related_name="identity")
    area = models.CharField(max_length=15, **CODE)
    sealed = models.BinaryField()

    class Meta:
        db_table = "clues_reporter_identity"

    def __str__(self) -> str:
        return "reporter"


class IdentityAccess(models.Model):
    """One reading of a reporter's identity: who, when, and why they said they had to."""

    report_id = models.BigIntegerField()
    area = models.CharField(max_length=15, **CODE)
    post_id = models.BigIntegerField()
    role = models.CharField(max_length=20, **CODE)
    why = models.CharField(max_length=300)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "clues_identity_access"
        indexes = (models.Index(fields=("area", "-at"), name="clues_identity_access_area"),)

    def __str__(self) -> str:
        return f"{self.report_id} by {self.post_id}"


class Market(models.Model):
    """A co-governed market (共治市场). Its manager's post has the market's `code` for an area, so that row security
    shows them what they reported and nothing of the grid around them."""

    code = models.CharField(max_length=15, primary_key=True, **CODE)
    name = models.CharField(max_length=120)
    area = models.CharField(max_length=15, **CODE)
    address = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.name


class MarketReport(models.Model):
    """What a market's manager reported, as they see it afterwards: their own words and whether it has ended."""

    market = models.CharField(max_length=15, **CODE)
    stall = models.CharField(max_length=120)
    words = models.CharField(max_length=1000)
    reported_at = models.DateTimeField()
    clue_id = models.BigIntegerField()
    ended_on = models.DateField(null=True)

    class Meta:
        db_table = "clues_market_report"
        indexes = (
            models.Index(fields=("market", "-id"), name="clues_market_report_own"),
            models.Index(fields=("clue_id",), name="clues_market_report_clue"),
        )

    def __str__(self) -> str:
        return f"{self.market} {self.clue_id}"


class HotlineFile(models.Model):
    """One 12345 file that was read in. Reading the same file again changes nothing."""

    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, unique=True, **CODE)
    read_at = models.DateTimeField()
    counts = models.JSONField(default=dict)

    class Meta:
        db_table = "clues_hotline_file"

    def __str__(self) -> str:
        return self.file_name


class HotlineRow(models.Model):
    """One row of a 12345 file and what became of it: a clue, a row already known, or refused with its reasons."""

    file = models.ForeignKey(HotlineFile, models.PROTECT, related_name="rows")
    line = models.IntegerField()
    order_no = models.CharField(max_length=80, **CODE)
    outcome = models.CharField(max_length=20, **CODE)
    clue_id = models.BigIntegerField(null=True)
    why = models.JSONField(default=list)

    class Meta:
        db_table = "clues_hotline_row"
        constraints = (models.UniqueConstraint(fields=("file", "line"), name="clues_hotline_row_once"),)
        indexes = (models.Index(fields=("order_no",), name="clues_hotline_row_order"),)

    def __str__(self) -> str:
        return f"{self.order_no}: {self.outcome}"
