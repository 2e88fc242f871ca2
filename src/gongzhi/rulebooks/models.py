"""Versions of the rule book, what each changes, and what a trial of it found."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from gongzhi.flow.models import Case
from gongzhi.org.models import CODE, Person
from gongzhi.rulebooks.tables import TABLES


class Book(models.Model):
    """One version of the city's rules; its state is its case's.

    `texts` are the whole tables as they were proposed, so that what was tested and approved is what comes in force,
    also after the software brought other tables; until then they are the shipped tables with the edits over them.
    `version` names them in answers. `approved_by` is another person than `drafted_by` and than anybody who edited.
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="rulebook")
    number = models.IntegerField(unique=True)
    title = models.CharField(max_length=120)
    basis = models.TextField(blank=True)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, related_name="successors")
    shipped = models.CharField(max_length=12, **CODE)
    texts = models.JSONField(null=True)
    version = models.CharField(max_length=30, blank=True, **CODE)
    valid_from = models.DateField(null=True)
    drafted_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn = models.BooleanField(default=False)

    class Meta:
        db_table = "rulebooks_book"
        constraints = (
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("drafted_by")),
                name="rulebooks_second_person",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | Q(texts__isnull=False, valid_from__isnull=False) & ~Q(version=""),
                name="rulebooks_approved_is_whole",
            ),
        )
        indexes = (models.Index(fields=("valid_from", "number"), name="rulebooks_book_in_force"),)

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class BookEdit(models.Model):
    """One row by which a version differs from the shipped tables.

    `row` NULL retires it; `was` is the shipped row it stands for, NULL where there was none. `inherited` came with
    the version that this one is based on.
    """

    book = models.ForeignKey(Book, models.PROTECT, related_name="edits")
    table = models.CharField(
        max_length=20, choices=[(name, table.zh) for name, table in TABLES.items()], **CODE
    )
    key = models.TextField()
    row = models.JSONField(null=True)
    was = models.JSONField(null=True)
    words = models.TextField(blank=True)
    inherited = models.BooleanField(default=False)
    post_id = models.BigIntegerField()
    by = models.CharField(max_length=160)
    at = models.DateTimeField()

    class Meta:
        db_table = "rulebooks_edit"
        constraints = (models.UniqueConstraint(fields=("book", "table", "key"), name="rulebooks_edit_once"),)

    def __str__(self) -> str:
        return f"{self.table} {self.key}"


class BookTrial(models.Model):
    """One test of a version against the stored examples and a sample of the city's scopes, done by the worker.

    `version` names the tables that were tested: after another edit it no longer counts. `report` holds the figures.
    """

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        STOPPED = "stopped"
        FAILED = "failed"

    book = models.ForeignKey(Book, models.PROTECT, related_name="trials")
    version = models.CharField(max_length=30, **CODE)
    against = models.CharField(max_length=60, **CODE)
    on_day = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    stop_asked = models.BooleanField(default=False)
    report = models.JSONField(default=dict)
    problem = models.TextField(default="")
    post_id = models.BigIntegerField()
    by = models.CharField(max_length=160)
    asked_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "rulebooks_trial"

    def __str__(self) -> str:
        return f"{self.book_id} {self.state}"

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in {self.State.DONE, self.State.STOPPED, self.State.FAILED}


class TrialScope(models.Model):
    """A scope that a version would answer otherwise. `permits` are those it is answered otherwise for."""

    trial = models.ForeignKey(BookTrial, models.PROTECT, related_name="scopes")
    scope = models.TextField()
    businesses = models.IntegerField()
    permits = ArrayField(models.CharField(max_length=12))
    gained = ArrayField(models.CharField(max_length=12))
    lost = ArrayField(models.CharField(max_length=12))
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        db_table = "rulebooks_trial_scope"

    def __str__(self) -> str:
        return self.scope[:40]


class Remark(models.Model):
    """What somebody who may not edit the rules finds wrong with one: a scope, the rule, and their words.

    Whoever keeps the rules answers it; `notice` is the case from whose page it came.
    """

    rule = models.CharField(max_length=60, **CODE)
    scope = models.TextField()
    words = models.TextField()
    notice = models.BigIntegerField(null=True)
    post_id = models.BigIntegerField()
    by = models.CharField(max_length=160)
    at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=160, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "rulebooks_remark"
        indexes = (
            models.Index(fields=("id",), name="rulebooks_remark_open", condition=Q(answered_at__isnull=True)),
        )

    def __str__(self) -> str:
        return f"{self.rule}: {self.words[:40]}"
