"""What was found: operators, the clues about them, their photos, and what may be the same; people decide."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Left

from gongzhi.flow.models import Case
from gongzhi.org.models import CODE
from gongzhi.registry.models import Business


def codes() -> ArrayField:
    """A column of codes, none to begin with."""
    return ArrayField(models.CharField(max_length=60), default=list)


class Operator(models.Model):
    """Somebody who trades at a place without a code: known by place, sign and, where they said so, person.

    `person` is sealed (`sealing`); `person_shown` is what a page may show, `person_mark` and `phone_mark` are keyed
    digests by which the same person is found again. When the operator registers, `business` joins the two files and
    nothing of this one is lost. `lon` and `lat` are WGS-84 degrees.
    """

    id = models.BigAutoField(primary_key=True)
    area = models.CharField(max_length=15, **CODE)
    address = models.CharField(max_length=500)
    door_key = models.CharField(max_length=300, **CODE)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    sign = models.CharField(max_length=200)
    trade = models.CharField(max_length=60, **CODE)
    person = models.BinaryField(null=True)
    person_shown = models.CharField(max_length=60)
    person_mark = models.CharField(max_length=32, **CODE)
    phone_mark = models.CharField(max_length=32, **CODE)
    business = models.ForeignKey(Business, models.PROTECT, null=True, related_name="operators")
    joined_on = models.DateField(null=True)
    joined_by = models.CharField(max_length=160)
    invented = models.BooleanField(default=False)

    class Meta:
        indexes = (
            models.Index(fields=("door_key",), name="clues_operator_door"),
            models.Index(fields=("area", "trade"), name="clues_operator_area"),
            models.Index(
                fields=("phone_mark",), name="clues_operator_phone", condition=~models.Q(phone_mark="")
            ),
        )

    def __str__(self) -> str:
        return self.sign or self.address


class Clue(models.Model):
    """One clue; its state, owner and clock are its case's, and `area` and `department` follow the case.

    `kind` is the class (`rules.Kind`), `finding` the decision with its reasons, articles and version, `duty` whose
    it is by the rules, `situation` what was known. `permits` are those that are missing. `needed` are the
    departments that all have to end where each acts by its own duty; the further ones have a part each (`part_of`).
    `result` is the coded result it ended with, `ended` the final state, empty while it is open. `town` and `village`
    are the beginnings of `area`, for lists.
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="clue")
    operator = models.ForeignKey(Operator, models.PROTECT, related_name="clues")
    area = models.CharField(max_length=15, **CODE)
    town = models.GeneratedField(
        expression=Left("area", 9), output_field=models.CharField(max_length=9, **CODE), db_persist=True
    )
    village = models.GeneratedField(
        expression=Left("area", 12), output_field=models.CharField(max_length=12, **CODE), db_persist=True
    )
    department = models.CharField(max_length=40, **CODE)
    source = models.CharField(max_length=20, **CODE)
    source_ref = models.CharField(max_length=80, **CODE)
    found_on = models.DateField()
    words = models.CharField(max_length=1000)
    trade = models.CharField(max_length=60, **CODE)
    kind = models.CharField(max_length=20, **CODE)
    permits = codes()
    situation = models.JSONField(default=dict)
    finding = models.JSONField(default=dict)
    duty = models.JSONField(default=dict)
    needed = codes()
    serious = models.BooleanField(default=False)
    hazards = codes()
    result = models.CharField(max_length=60, **CODE)
    ended = models.CharField(max_length=30, db_default="", **CODE)
    part_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")
    relapse_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="relapses")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    invented = models.BooleanField(default=False)

    class Meta:
        # The ledger walks one of these to its first page, newest first, whatever it is narrowed to.
        indexes = (
            models.Index(fields=("area",), name="clues_clue_area"),
            models.Index(fields=("town", "-case"), name="clues_clue_town"),
            models.Index(fields=("village", "-case"), name="clues_clue_village"),
            models.Index(fields=("trade", "-case"), name="clues_clue_trade"),
            models.Index(fields=("kind", "-case"), name="clues_clue_kind"),
            models.Index(fields=("department", "-case"), name="clues_clue_department"),
            models.Index(fields=("-case",), name="clues_clue_serious", condition=models.Q(serious=True)),
            models.Index(fields=("source", "source_ref"), name="clues_clue_source"),
            models.Index(
                fields=("result", "-case"), name="clues_clue_result", condition=~models.Q(result="")
            ),
            models.Index(
                fields=("town", "department", "-case"), name="clues_clue_open", condition=models.Q(ended="")
            ),
        )

    def __str__(self) -> str:
        return f"clue {self.case_id}"


class Ended(models.Model):
    """What the ledger's sums ask of a clue that has ended, as it was when it did; nothing of it changes any more.

    Narrow rows beside the clues' own wide ones: a city's sums read hundreds of thousands of them. `state` is the final
    one, `part` whether it is a department's part of another clue.
    """

    clue = models.OneToOneField(Clue, models.PROTECT, primary_key=True, related_name="end")
    area = models.CharField(max_length=15, **CODE)
    department = models.CharField(max_length=40, **CODE)
    state = models.CharField(max_length=30, **CODE)
    part = models.BooleanField()
    serious = models.BooleanField()
    found_on = models.DateField()
    trade = models.CharField(max_length=60, **CODE)
    kind = models.CharField(max_length=20, **CODE)
    source = models.CharField(max_length=20, **CODE)
    result = models.CharField(max_length=60, **CODE)

    class Meta:
        indexes = (
            models.Index(fields=("area",), name="clues_ended_area"),
            models.Index(fields=("department", "area"), name="clues_ended_department"),
        )

    def __str__(self) -> str:
        return f"{self.clue_id} {self.state}"


class Photo(models.Model):
    """A photo in the file: redrawn when it came, so that it says nothing but what it shows.

    `digest` (SHA-256 of the stored bytes) names the file below the home folder; `purpose` is found, corrected,
    handled, objection or revisit.
    """

    clue = models.ForeignKey(Clue, models.PROTECT, related_name="photos", db_index=False)
    digest = models.CharField(max_length=64, **CODE)
    purpose = models.CharField(max_length=12, **CODE)
    width = models.IntegerField()
    height = models.IntegerField()
    size = models.IntegerField()
    by = models.CharField(max_length=160)
    added_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("clue", "digest"), name="clues_photo_once"),)

    def __str__(self) -> str:
        return self.digest[:12]


class Likeness(models.Model):
    """Two clues that may be the same, as the machine saw it; a person decides.

    `decision` is empty while nobody has, then merged or different. `reasons` are those of `rules.Resemblance`.
    """

    clue = models.ForeignKey(Clue, models.PROTECT, related_name="likenesses", db_index=False)
    other = models.ForeignKey(Clue, models.PROTECT, related_name="likenesses_of")
    verdict = models.CharField(max_length=10, **CODE)
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    proposed_on = models.DateField()
    decision = models.CharField(max_length=10, **CODE)
    decided_on = models.DateField(null=True)
    decided_by = models.CharField(max_length=160)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("clue", "other"), name="clues_likeness_once"),)

    def __str__(self) -> str:
        return f"{self.clue_id} ~ {self.other_id}"


class Joining(models.Model):
    """An operator's file and a business that registered since, which may be the same; a person decides."""

    operator = models.ForeignKey(Operator, models.PROTECT, related_name="joinings", db_index=False)
    business = models.ForeignKey(Business, models.PROTECT, related_name="joinings")
    verdict = models.CharField(max_length=10, **CODE)
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    proposed_on = models.DateField()
    decision = models.CharField(max_length=10, **CODE)
    decided_on = models.DateField(null=True)
    decided_by = models.CharField(max_length=160)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("operator", "business"), name="clues_joining_once"),)

    def __str__(self) -> str:
        return f"{self.operator_id} ~ {self.business_id}"
