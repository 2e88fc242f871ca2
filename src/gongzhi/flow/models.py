"""Cases, their journal, the edges the database allows, and dated limits.

`flow_case` is where every case of every process stands now; a room's own table (a notice, a visit) shares its
key. The application's role can read and open cases and add journal lines, and nothing else: a case moves
because a line was added to its journal, by a trigger that refuses any edge not in `flow_edge`.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gongzhi.org.models import CODE


class Case(models.Model):
    """Where one piece of work stands.

    `due` is the last day of the limit that runs now; `suspended_due`/`suspended_on` keep a limit that was put
    aside and the day it was. `seq` and `head` are the number and hash of the last journal line.
    """

    id = models.BigAutoField(primary_key=True)
    graph = models.CharField(max_length=30, **CODE)
    state = models.CharField(max_length=30, **CODE)
    is_open = models.BooleanField()
    owner_role = models.CharField(max_length=20, null=True, **CODE)
    area = models.CharField(max_length=15, **CODE)
    department = models.CharField(max_length=40, null=True, **CODE)
    holder = models.BigIntegerField(null=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    limit_name = models.CharField(max_length=60, null=True)
    started_on = models.DateField(null=True)
    due = models.DateField(null=True)
    provisional = models.BooleanField(default=False)
    suspended_due = models.DateField(null=True)
    suspended_on = models.DateField(null=True)
    calendar = models.CharField(max_length=40, null=True)
    seq = models.IntegerField(default=1)
    head = models.BinaryField()
    lock_slot = models.SmallIntegerField(default=0)
    """Never written. The application's role may update only this column, which is what PostgreSQL asks of
    somebody who wants to lock the row."""

    class Meta:
        # One for each way a list is read: a role's work in order of its days, a state's, an area's, a department's,
        # one clerk's. Only open cases are listed, so only they are indexed.
        indexes = (
            models.Index(fields=("due", "id"), name="flow_case_due", condition=models.Q(is_open=True)),
            models.Index(
                fields=("owner_role", "due", "id"),
                name="flow_case_owner_due",
                condition=models.Q(is_open=True),
            ),
            models.Index(
                fields=("graph", "state", "due", "id"),
                name="flow_case_waiting",
                condition=models.Q(is_open=True),
            ),
            models.Index(
                fields=("area", "due", "id"), name="flow_case_area_due", condition=models.Q(is_open=True)
            ),
            models.Index(
                fields=("department", "due", "id"),
                name="flow_case_department_due",
                condition=models.Q(is_open=True, department__isnull=False),
            ),
            models.Index(
                fields=("holder",),
                name="flow_case_holder",
                condition=models.Q(is_open=True, holder__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.graph} {self.pk} {self.state}"


class JournalLine(models.Model):
    """One act on one case. Lines are only ever added; each carries the hash of the one before it.

    The columns after `form` are what the case's own columns are after this line, so that replaying a journal
    rebuilds its case.
    """

    pk = models.CompositePrimaryKey("case_id", "seq")
    # Not checked a second time: a first line opens its case, every other one locks it, and no case is ever removed.
    case = models.ForeignKey(
        Case, models.PROTECT, related_name="journal", db_index=False, db_constraint=False
    )
    seq = models.IntegerField()
    graph = models.CharField(max_length=30, **CODE)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    post_id = models.BigIntegerField()
    by = models.CharField(max_length=160)
    action = models.CharField(max_length=40)
    source = models.CharField(max_length=30, **CODE)
    target = models.CharField(max_length=30, **CODE)
    form = models.JSONField(default=dict)
    client_key = models.CharField(max_length=64, null=True)
    area = models.CharField(max_length=15, **CODE)
    department = models.CharField(max_length=40, null=True, **CODE)
    holder = models.BigIntegerField(null=True)
    on_day = models.DateField()
    limit_name = models.CharField(max_length=60, null=True)
    started_on = models.DateField(null=True)
    due = models.DateField(null=True)
    provisional = models.BooleanField(default=False)
    suspended_due = models.DateField(null=True)
    suspended_on = models.DateField(null=True)
    calendar = models.CharField(max_length=40, null=True)
    prev = models.BinaryField(null=True)
    hash = models.BinaryField()

    class Meta:
        db_table = "flow_journal"
        constraints = (
            models.UniqueConstraint(
                fields=("case", "client_key"),
                condition=models.Q(client_key__isnull=False),
                name="flow_journal_client_key",
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.action}"


class AllowedState(models.Model):
    """The states the database knows, copied from the graphs when a release is installed."""

    graph = models.CharField(max_length=30, **CODE)
    state = models.CharField(max_length=30, **CODE)
    owner_role = models.CharField(max_length=20, null=True)
    final = models.BooleanField()

    class Meta:
        db_table = "flow_state"
        constraints = (models.UniqueConstraint(fields=("graph", "state"), name="flow_state_once"),)

    def __str__(self) -> str:
        return f"{self.graph}.{self.state}"


class AllowedEdge(models.Model):
    """The edges the database allows, copied from the graphs when a release is installed."""

    graph = models.CharField(max_length=30, **CODE)
    source = models.CharField(max_length=30, **CODE)
    action = models.CharField(max_length=40, **CODE)
    target = models.CharField(max_length=30, **CODE)

    class Meta:
        db_table = "flow_edge"
        constraints = (models.UniqueConstraint(fields=("graph", "source", "action"), name="flow_edge_once"),)

    def __str__(self) -> str:
        return f"{self.graph}: {self.source} –{self.action}→ {self.target}"


class StoredLimit(models.Model):
    """A time limit with the days it holds for, its basis, and whether that basis was confirmed."""

    name = models.CharField(max_length=60, **CODE)
    amount = models.IntegerField()
    unit = models.CharField(max_length=20)
    basis = models.TextField()
    verified = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "flow_limit"
        constraints = (models.UniqueConstraint(fields=("name", "valid_from"), name="flow_limit_dated"),)

    def __str__(self) -> str:
        return f"{self.name}: {self.amount} {self.unit}"
