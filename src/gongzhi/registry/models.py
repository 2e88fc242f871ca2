"""One file a business (一企一档): what is registered now, what was before, which import said so."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gongzhi.org.models import CODE


class Import(models.Model):
    """One file that was read in. `finished_at` stays empty when it was stopped half-way; the next run goes on."""

    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, **CODE)
    as_of = models.DateField()
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index(fields=("-started_at",), name="registry_import_started"),)

    def __str__(self) -> str:
        return f"{self.file_name} {self.as_of}"


class Status(models.TextChoices):
    """Whether a business still is one. The last three have ended: what is open for them closes."""

    ACTIVE = "active", "在业"
    SUSPENDED = "suspended", "歇业"
    CANCELLED = "cancelled", "注销"
    REVOKED = "revoked", "吊销"
    MOVED_OUT = "moved_out", "迁出"


class Business(models.Model):
    """One business as it is registered now.

    `area` is as long as its address could be placed: city 4, town 9, village 12 or grid 15 digits. `placed` says
    whether the machine or a person was sure; `method` and `confidence` say how. `content` is a digest of what the
    registrar states, by which an import sees that nothing changed. `remarks` are findings that do not stand in the
    way, such as a check character inside the code that does not fit.

    `old_number` is the registration number of 15 digits. A business that has no unified code yet is on file by it:
    `uscc` then is that number, until a registration states both.
    """

    uscc = models.CharField(max_length=18, **CODE)
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=80)
    status = models.CharField(max_length=10, choices=Status.choices, **CODE)
    established_on = models.DateField()
    scope = models.TextField()
    address = models.CharField(max_length=500)
    area = models.CharField(max_length=15, **CODE)
    door_key = models.CharField(max_length=300, **CODE)
    placed = models.BooleanField()
    method = models.CharField(max_length=40, **CODE)
    confidence = models.FloatField()
    extra = models.JSONField(default=dict)
    remarks = models.JSONField(default=list)
    invented = models.BooleanField(default=False)
    content = models.BinaryField()
    first_seen = models.DateField()
    as_of = models.DateField()
    source = models.ForeignKey(Import, models.PROTECT, null=True, related_name="businesses")
    old_number = models.CharField(max_length=15, db_default="", **CODE)

    class Meta:
        # Not by the field's own `unique`, which would keep a second index for patterns; this one finds them as well.
        constraints = (
            models.UniqueConstraint(fields=("uscc",), name="registry_business_once"),
            models.UniqueConstraint(
                fields=("old_number",),
                condition=~models.Q(old_number=""),
                name="registry_business_old_number_once",
            ),
        )
        indexes = (
            models.Index(fields=("area", "id"), name="registry_business_area"),
            models.Index(fields=("name", "id"), name="registry_business_name"),
            models.Index(fields=("door_key",), name="registry_business_door"),
        )

    def __str__(self) -> str:
        return self.name


class BusinessVersion(models.Model):
    """What a business was until `valid_to`, when `ended_by` said something else."""

    business = models.ForeignKey(Business, models.PROTECT, related_name="versions")
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=80)
    status = models.CharField(max_length=10, choices=Status.choices, **CODE)
    established_on = models.DateField()
    scope = models.TextField()
    address = models.CharField(max_length=500)
    area = models.CharField(max_length=15, **CODE)
    placed = models.BooleanField()
    extra = models.JSONField(default=dict)
    changed = models.JSONField(default=list)
    valid_from = models.DateField()
    valid_to = models.DateField()
    ended_by = models.ForeignKey(Import, models.PROTECT, null=True, related_name="ended_versions")
    uscc = models.CharField(max_length=18, db_default="", **CODE)
    """What it was on file by then; empty in versions that ended before this was kept."""

    class Meta:
        db_table = "registry_version"

    def __str__(self) -> str:
        return f"{self.name} {self.valid_from}–{self.valid_to}"


class PermitHeld(models.Model):
    """A permit that a business holds, as a department or another system stated it. `permit` is a catalogue code.

    `lapse_told_on` is the day on which it was noticed that it had run out; a renewal empties it.
    """

    # The unique triple's index begins with the business; a second one would be written for nothing.
    business = models.ForeignKey(Business, models.PROTECT, related_name="permits_held", db_index=False)
    permit = models.CharField(max_length=12, **CODE)
    number = models.CharField(max_length=80)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=80)
    recorded_at = models.DateTimeField(db_default=Now())
    lapse_told_on = models.DateField(null=True)

    class Meta:
        db_table = "registry_permit_held"
        constraints = (
            models.UniqueConstraint(
                fields=("business", "permit", "number"), name="registry_permit_held_once"
            ),
        )
        indexes = (
            models.Index(fields=("permit", "valid_to"), name="registry_permit_held_ending"),
            models.Index(
                fields=("valid_to", "id"),
                condition=models.Q(lapse_told_on=None, valid_to__isnull=False),
                name="registry_permit_held_to_lapse",
            ),
        )

    def __str__(self) -> str:
        return f"{self.permit} {self.number}"


class ReportList(models.Model):
    """A list of who has filed the yearly report of a year, as of a day: what is not on it has not been filed by then.

    `area` is whose businesses the list is about, by the post that handed it in: it says nothing of others.
    """

    year = models.IntegerField()
    area = models.CharField(max_length=15, **CODE)
    as_of = models.DateField()
    file_name = models.CharField(max_length=200)
    handed_in_by = models.CharField(max_length=160)
    post = models.BigIntegerField()
    handed_in_at = models.DateTimeField()
    counts = models.JSONField(default=dict)

    class Meta:
        db_table = "registry_report_list"
        indexes = (models.Index(fields=("year", "area"), name="registry_report_list_year"),)

    def __str__(self) -> str:
        return f"{self.year} {self.area} {self.as_of}"


class AnnualReport(models.Model):
    """That a business has filed the report of a year; `filed_on` where the list says so."""

    # The unique pair's index begins with the business.
    business = models.ForeignKey(Business, models.PROTECT, related_name="annual_reports", db_index=False)
    year = models.IntegerField()
    filed_on = models.DateField(null=True)
    source = models.ForeignKey(ReportList, models.PROTECT, related_name="reports")

    class Meta:
        db_table = "registry_annual_report"
        constraints = (models.UniqueConstraint(fields=("business", "year"), name="registry_report_once"),)

    def __str__(self) -> str:
        return f"{self.business_id} {self.year}"


class Equipment(models.Model):
    """A piece of special equipment that a business uses, and the last day on which its inspection holds."""

    class Kind(models.TextChoices):
        """The codes that visit items name (`applies_to`)."""

        LIFT = "lift", "电梯"
        FORKLIFT = "forklift", "叉车"
        BOILER = "boiler", "锅炉"

    # The unique triple's index begins with the business.
    business = models.ForeignKey(Business, models.PROTECT, related_name="equipment", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices, **CODE)
    number = models.CharField(max_length=80)
    valid_to = models.DateField()
    as_of = models.DateField()
    source = models.CharField(max_length=200)

    class Meta:
        db_table = "registry_equipment"
        constraints = (
            models.UniqueConstraint(fields=("business", "kind", "number"), name="registry_equipment_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
