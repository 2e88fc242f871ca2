"""What offices do about a clue beside its acts: objections, alarms, letters, copies, return visits, joint operations.

What is here belongs to one clue, but for the stage plans, which count them.
"""

from __future__ import annotations

from django.db import models

from gongzhi.clues.models.clue import Clue, codes
from gongzhi.flow.models import Case
from gongzhi.org.models import CODE


class Objection(models.Model):
    """A department that said the clue is not its own: what it said, and what became of it. Never taken away.

    `round` counts within the clue. `decision` is empty while open, then upheld, refused, designated or closed;
    `decided_to` is the department that got the clue. One that was right says that a rule was wrong: `rule_words` is
    what whoever keeps the rules made of it.
    """

    clue = models.ForeignKey(Clue, models.PROTECT, related_name="objections", db_index=False)
    round = models.IntegerField()
    department = models.CharField(max_length=40, **CODE)
    reason = models.CharField(max_length=60, **CODE)
    proposed = models.CharField(max_length=40, **CODE)
    words = models.CharField(max_length=1000)
    made_on = models.DateField()
    made_by = models.CharField(max_length=160)
    decision = models.CharField(max_length=12, **CODE)
    decided_on = models.DateField(null=True)
    decided_by = models.CharField(max_length=160)
    decided_to = models.CharField(max_length=40, **CODE)
    decided_words = models.CharField(max_length=1000)
    rule_words = models.CharField(max_length=1000, db_default="")
    rule_by = models.CharField(max_length=160, db_default="")
    rule_on = models.DateField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("clue", "round"), name="clues_objection_round"),)
        indexes = (
            models.Index(
                fields=("-id",),
                name="clues_objection_right",
                condition=models.Q(decision__in=("upheld", "designated"), rule_on=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.clue_id}/{self.round} {self.department}"


class Alert(models.Model):
    """A serious clue before one of the three command centres, from the minute it was raised until it was seen."""

    class Level(models.TextChoices):
        """Which of the three."""

        CITY = "city", "市指挥中心"
        TOWN = "town", "镇街指挥中心"
        VILLAGE = "village", "村（社区）指挥室"

    clue = models.ForeignKey(Clue, models.PROTECT, related_name="alerts", db_index=False)
    level = models.CharField(max_length=8, choices=Level.choices, **CODE)
    area = models.CharField(max_length=15, **CODE)
    raised_at = models.DateTimeField()
    raised_by = models.CharField(max_length=160)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.CharField(max_length=160)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("clue", "level", "raised_at"), name="clues_alert_once"),
        )
        indexes = (
            models.Index(
                fields=("level", "area", "id"),
                name="clues_alert_unseen",
                condition=models.Q(seen_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.clue_id} {self.level}"


class Assistance(models.Model):
    """A department's letter to another about a clue. `about` says what the helper has to know, and no more."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="clue_assistance")
    clue = models.ForeignKey(Clue, models.PROTECT, related_name="assistance", db_constraint=True)
    asked_by = models.CharField(max_length=40, **CODE)
    question = models.CharField(max_length=1000)
    about = models.CharField(max_length=800)

    def __str__(self) -> str:
        return f"assistance {self.case_id}"


class Copy(models.Model):
    """抄告: a department told of a clue because the law says it should know (Decree 684 art. 8)."""

    clue = models.ForeignKey(Clue, models.PROTECT, related_name="copies")
    area = models.CharField(max_length=15, **CODE)
    department = models.CharField(max_length=40, **CODE)
    sent_by_department = models.CharField(max_length=40, **CODE)
    words = models.CharField(max_length=1000)
    about = models.CharField(max_length=800)
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=160)
    read_at = models.DateTimeField(null=True)
    read_by = models.CharField(max_length=160)

    class Meta:
        indexes = (
            models.Index(
                fields=("department", "id"),
                name="clues_copy_unread",
                condition=models.Q(read_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.clue_id} → {self.department}"


class Revisit(models.Model):
    """One return visit after a clue was closed; its case is opened when its day has come.

    `reason` is closed_premises or relapse. Until then `case` is empty and only the worker looks here.
    """

    id = models.BigAutoField(primary_key=True)
    clue = models.ForeignKey(Clue, models.PROTECT, related_name="revisits", db_index=False)
    area = models.CharField(max_length=15, **CODE)
    reason = models.CharField(max_length=20, **CODE)
    planned_on = models.DateField()
    case = models.OneToOneField(Case, models.PROTECT, null=True, related_name="clue_revisit")
    dropped = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("clue", "reason"), name="clues_revisit_once"),)
        indexes = (
            models.Index(
                fields=("planned_on", "id"),
                name="clues_revisit_planned",
                condition=models.Q(case__isnull=True, dropped=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.clue_id} {self.reason} {self.planned_on}"


class JointOperation(models.Model):
    """A town-led operation against stubborn clues: who takes part, what is planned, what came of it."""

    area = models.CharField(max_length=15, **CODE)
    title = models.CharField(max_length=200)
    plan = models.TextField()
    members = codes()
    planned_on = models.DateField()
    made_by = models.CharField(max_length=160)
    made_on = models.DateField()
    results = models.TextField(blank=True)
    done_on = models.DateField(null=True)

    class Meta:
        db_table = "clues_joint_operation"

    def __str__(self) -> str:
        return self.title


class JointClue(models.Model):
    """One clue that a joint operation takes up."""

    operation = models.ForeignKey(JointOperation, models.PROTECT, related_name="clues", db_index=False)
    clue = models.ForeignKey(Clue, models.PROTECT, related_name="operations")

    class Meta:
        db_table = "clues_joint_clue"
        constraints = (models.UniqueConstraint(fields=("operation", "clue"), name="clues_joint_once"),)

    def __str__(self) -> str:
        return f"{self.operation_id}: {self.clue_id}"


class StagePlan(models.Model):
    """A stage of clearing (清无阶段计划): by when how much of what was open on the base day is to be ended.

    The target is on clearing, never on finding or fining. `share` is a fraction between 0 and 1 of the stock that
    was open at the end of `base_on`; `trade` and `kind` narrow it where they are not empty.
    """

    area = models.CharField(max_length=15, **CODE)
    title = models.CharField(max_length=200)
    base_on = models.DateField()
    ends_on = models.DateField()
    share = models.FloatField()
    trade = models.CharField(max_length=60, **CODE)
    kind = models.CharField(max_length=20, **CODE)
    made_by = models.CharField(max_length=160)
    made_on = models.DateField()

    class Meta:
        db_table = "clues_stage_plan"
        indexes = (models.Index(fields=("area", "ends_on"), name="clues_stage_plan_area"),)

    def __str__(self) -> str:
        return self.title
