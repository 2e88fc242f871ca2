"""Clues, the operators they are about, their photos, and what departments say of them.

A clue is a suspicion, never a fact about anybody: nothing here is public or reaches a credit file.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Left, Now

from gongzhi.flow.models import Case
from gongzhi.org.models import CODE
from gongzhi.registry.models import Business


def _codes() -> ArrayField:
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
    `result` is the coded result it ended with. `town` and `village` are the beginnings of `area`, for lists.
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
    permits = _codes()
    situation = models.JSONField(default=dict)
    finding = models.JSONField(default=dict)
    duty = models.JSONField(default=dict)
    needed = _codes()
    serious = models.BooleanField(default=False)
    hazards = _codes()
    result = models.CharField(max_length=60, **CODE)
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
        )

    def __str__(self) -> str:
        return f"clue {self.case_id}"


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


class Objection(models.Model):
    """A department that said the clue is not its own: what it said, and what became of it. Never taken away.

    `round` counts within the clue. `decision` is empty while open, then upheld, refused, designated or closed;
    `decided_to` is the department that got the clue.
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

    class Meta:
        constraints = (models.UniqueConstraint(fields=("clue", "round"), name="clues_objection_round"),)
        indexes = (
            models.Index(
                fields=("decided_on", "id"),
                name="clues_objection_upheld",
                condition=models.Q(decision="upheld"),
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
    members = _codes()
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
