"""The standard address library (标准地址库): what the matcher knows, and what people taught it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gongzhi.org.models import CODE


class StandardAddress(models.Model):
    """One address of the library and where it lies.

    `area` is the longest code known for it, the village's twelve digits or a grid's fifteen. `lon` and `lat` are
    WGS-84 degrees, whatever system they were `stated_in`. `learnt_from` is the case in which a person placed the
    address, `how` and `learnt_by` say in what way and who; such a row can be taken back, and the row that it
    `replaces` holds again. `ended_by` and `ended_why` are only filled when a person ended the row. `changed_at` lets a
    reader see that the library is another one than it holds in memory.
    """

    class Source(models.TextChoices):
        LIBRARY = "library", "标准地址库"
        LEARNT = "learnt", "人工核实"

    class How(models.TextChoices):
        """In what way a person taught the library."""

        VISIT = "visit", "走访找到"
        GRID = "grid", "改派网格"
        CLERK = "clerk", "核定地址"
        ADDED = "added", "补录地址"

    text = models.CharField(max_length=300)
    door_key = models.CharField(max_length=300, **CODE)
    area = models.CharField(max_length=15, **CODE)
    village_code = models.CharField(max_length=12, **CODE)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    source = models.CharField(max_length=10, choices=Source.choices)
    stated_in = models.CharField(max_length=20, db_default="")
    learnt_from = models.BigIntegerField(null=True)
    how = models.CharField(max_length=10, choices=How.choices, db_default="", **CODE)
    learnt_by = models.CharField(max_length=160, db_default="")
    learnt_post = models.BigIntegerField(null=True)
    replaces = models.BigIntegerField(null=True)
    ended_by = models.CharField(max_length=160, db_default="")
    ended_post = models.BigIntegerField(null=True)
    ended_why = models.CharField(max_length=500, db_default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "places_address"
        indexes = (
            models.Index(fields=("changed_at",), name="places_address_changed"),
            models.Index(fields=("area", "id"), name="places_address_area"),
            models.Index(fields=("door_key",), name="places_address_door"),
            models.Index(
                fields=("learnt_from",),
                name="places_address_learnt",
                condition=models.Q(learnt_from__isnull=False),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("text",), condition=models.Q(valid_to__isnull=True), name="places_address_once"
            ),
        )

    def __str__(self) -> str:
        return self.text


class Doubt(models.Model):
    """An address of a library whose coordinates lie elsewhere than it says: a person decides which to believe.

    `area` is the village that the file states, `found` the grid in which the point (WGS-84) lies, empty outside all.
    """

    class Why(models.TextChoices):
        """What does not fit."""

        OUTSIDE = "outside", "坐标不在任何网格内"
        OTHER_TOWN = "other_town", "坐标在其他镇街"
        OTHER_VILLAGE = "other_village", "坐标在其他村（社区）"

    class Decision(models.TextChoices):
        """What a person decided to believe."""

        STATED = "stated", "以所写村（社区）为准"
        POINT = "point", "以坐标为准"
        NEITHER = "neither", "两者都不采用"

    text = models.CharField(max_length=300)
    area = models.CharField(max_length=12, **CODE)
    found = models.CharField(max_length=15, **CODE)
    why = models.CharField(max_length=20, choices=Why.choices, **CODE)
    lon = models.FloatField()
    lat = models.FloatField()
    stated_in = models.CharField(max_length=20)
    opened_on = models.DateField()
    decision = models.CharField(max_length=10, choices=Decision.choices, db_default="", **CODE)
    settled_by = models.CharField(max_length=160, db_default="")
    settled_post = models.BigIntegerField(null=True)
    settled_on = models.DateField(null=True)

    class Meta:
        db_table = "places_doubt"
        constraints = (
            models.UniqueConstraint(fields=("text", "area", "lon", "lat"), name="places_doubt_once"),
        )
        indexes = (
            models.Index(
                fields=("area", "id"),
                name="places_doubt_waiting",
                condition=models.Q(settled_on__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.text} ({self.why})"


class Redraw(models.Model):
    """A new drawing of some villages' grids: handed in, looked at, and in force from its day on.

    Until that day nothing of it is in the grids' table, so it can be dropped. `counts` says what moved.
    """

    class State(models.TextChoices):
        """Where it stands."""

        DRAFT = "draft", "待确认"
        PLANNED = "planned", "待生效"
        EFFECTIVE = "effective", "已生效"
        DROPPED = "dropped", "已作废"

    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, **CODE)
    valid_from = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, **CODE)
    handed_in_by = models.CharField(max_length=160)
    post = models.BigIntegerField()
    handed_in_at = models.DateTimeField()
    decided_by = models.CharField(max_length=160, default="")
    effective_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    class Meta:
        db_table = "places_redraw"
        indexes = (models.Index(fields=("state", "valid_from"), name="places_redraw_due"),)

    def __str__(self) -> str:
        return f"{self.file_name} {self.valid_from}"


class RedrawnGrid(models.Model):
    """One grid of a drawing, as its file has it; `polygon` is WKT in WGS-84."""

    redraw = models.ForeignKey(Redraw, models.PROTECT, related_name="grids")
    code = models.CharField(max_length=15, **CODE)
    name = models.CharField(max_length=60)
    polygon = models.TextField()
    invented = models.BooleanField(default=False)

    class Meta:
        db_table = "places_redrawn_grid"
        constraints = (models.UniqueConstraint(fields=("redraw", "code"), name="places_redrawn_once"),)

    def __str__(self) -> str:
        return self.code


class Moved(models.Model):
    """What a redraw moved: the number of a business or of a visit, from which area to which.

    History keeps the grid of its day: this is where a business's former grid stands.
    """

    class Kind(models.TextChoices):
        """What was moved."""

        BUSINESS = "business", "市场主体"
        VISIT = "visit", "走访"

    redraw = models.ForeignKey(Redraw, models.PROTECT, related_name="moved")
    kind = models.CharField(max_length=10, choices=Kind.choices, **CODE)
    number = models.BigIntegerField()
    before = models.CharField(max_length=15, **CODE)
    after = models.CharField(max_length=15, **CODE)

    class Meta:
        db_table = "places_moved"
        indexes = (models.Index(fields=("kind", "number"), name="places_moved_thing"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.number}: {self.before} → {self.after}"
