"""Visits: one door, everything that is open there, and what was found."""

from __future__ import annotations

from django.db import models

from gongzhi.flow.models import Case
from gongzhi.org.models import CODE
from gongzhi.registry.models import Business


class Visit(models.Model):
    """One call at one door; its state, owner and clock are its case's.

    `door_key` is the canonical key of the door (`gongzhi.addresses.door_key`); all businesses behind it are called
    on together.
    """

    # What an import writes by the hundred thousand is checked once a statement (`org.parents`).
    case = models.OneToOneField(
        Case, models.PROTECT, primary_key=True, related_name="visit", db_constraint=False
    )
    door_key = models.CharField(max_length=200, **CODE)
    address = models.CharField(max_length=500)

    class Meta:
        ordering = ("case_id",)
        indexes = (models.Index(fields=("door_key",), name="visits_visit_door"),)

    def __str__(self) -> str:
        return f"visit {self.case_id}"


class VisitedBusiness(models.Model):
    """One business on a visit's list, why it is there, and what was found there.

    `result` is a coded reason (`visit_result`), empty until somebody called. `returned_result` is what the second
    call found. A coded result says what was seen; it concludes nothing.
    """

    # The unique pair's index begins with the visit; a second one would be written for nothing.
    visit = models.ForeignKey(
        Visit, models.PROTECT, related_name="businesses", db_index=False, db_constraint=False
    )
    business = models.ForeignKey(Business, models.PROTECT, related_name="visits", db_constraint=False)
    cause = models.CharField(max_length=20)
    result = models.CharField(max_length=40, blank=True, **CODE)
    returned_result = models.CharField(max_length=40, blank=True, **CODE)
    permit_seen = models.CharField(max_length=80, blank=True)
    words = models.CharField(max_length=500, blank=True)
    answers = models.JSONField(default=dict)
    """What was noted of single items (入格事项), by item code: the code of the answer. Never required."""
    left = models.BooleanField(default=False)
    """Whether the business ended or moved away before anybody called."""
    told_on = models.DateField(null=True)
    """The day the departments were told what was found here."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=("visit", "business"), name="visits_business_once"),)

    def __str__(self) -> str:
        return f"visit {self.visit_id}: business {self.business_id}"


class Silence(models.Model):
    """That a business may be dormant, as data propose it: `years` without a report, and a `call` that found nobody.

    Internal, never a conclusion. A person decides whether a visit asks; `answered_on` is the day on which one did.
    """

    class Decision(models.TextChoices):
        """What a person decided."""

        ASK = "ask", "下次走访时了解"
        SET_ASIDE = "set_aside", "不需了解"

    # The unique pair's index begins with the business.
    business = models.ForeignKey(Business, models.PROTECT, related_name="silences", db_index=False)
    call = models.ForeignKey(VisitedBusiness, models.PROTECT, related_name="silences")
    years = models.JSONField()
    missed_on = models.DateField()
    proposed_on = models.DateField()
    decision = models.CharField(max_length=10, choices=Decision.choices, db_default="", **CODE)
    words = models.CharField(max_length=500, db_default="")
    decided_by = models.CharField(max_length=160, db_default="")
    decided_post = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    answered_on = models.DateField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("business", "call"), name="visits_silence_once"),)
        indexes = (
            models.Index(fields=("id",), condition=models.Q(decision=""), name="visits_silence_waiting"),
        )

    def __str__(self) -> str:
        return f"{self.business_id} {self.proposed_on}"
