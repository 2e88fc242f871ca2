"""What law and the city say about unlicensed trade, as dated rows, in the columns of `gongzhi.packs.clue_rows`."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from gongzhi.catalog.models import Dated
from gongzhi.org.models import CODE


def _codes() -> ArrayField:
    return ArrayField(models.CharField(max_length=200), default=list, blank=True)


def _code(**options: object) -> models.CharField:
    return models.CharField(max_length=60, **CODE, **options)


def _dated(name: str, *fields: str) -> tuple[models.UniqueConstraint, ...]:
    return (models.UniqueConstraint(fields=(*fields, "valid_from"), name=f"catalog_{name}_dated"),)


class TradePermit(Dated):
    """When a trade calls for a permit, and what is done there in the words of a law that divides the duty."""

    trade = _code()
    permit = _code()
    answers = _codes()
    act = _code(blank=True)

    class Meta:
        constraints = _dated("trade_permit", "trade", "permit")

    def __str__(self) -> str:
        return f"{self.trade}: {self.permit}"


class TradeQuestion(Dated):
    """Something to find out on the spot."""

    code = _code()
    name_zh = models.TextField()
    name_en = models.TextField()

    class Meta:
        constraints = _dated("trade_question", "code")

    def __str__(self) -> str:
        return self.name_zh


class Exemption(Dated):
    """A way in which an operator needs no business licence, or no permit either. `own`: as this city has it."""

    own = models.BooleanField(default=False)
    code = _code()
    name_zh = models.TextField()
    name_en = models.TextField()
    needs = models.CharField(max_length=20)
    permit = _code(blank=True)
    answers = _codes()
    frees = models.CharField(max_length=10)

    class Meta:
        constraints = _dated("exemption", "own", "code")

    def __str__(self) -> str:
        return self.name_zh


class DesignatedPlace(Dated):
    """A place and time that the government designated for some trade."""

    code = _code()
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=240)
    area = models.CharField(max_length=15, **CODE)
    outline = _codes()
    weekdays = _codes()
    opens = models.CharField(max_length=5)
    closes = models.CharField(max_length=5)
    exemptions = _codes()

    class Meta:
        constraints = _dated("designated_place", "code")

    def __str__(self) -> str:
        return self.name_zh


class ClueDecision(Dated):
    """A line of the law's table: what an operator is whose permits, licence and filings stand so."""

    permits = models.CharField(max_length=10)
    licence = models.CharField(max_length=10)
    filings = models.CharField(max_length=10)
    kind = models.CharField(max_length=20)
    articles = _codes()

    class Meta:
        constraints = _dated("clue_decision", "permits", "licence", "filings")

    def __str__(self) -> str:
        return f"{self.permits}, {self.licence}, {self.filings}: {self.kind}"


class DutyRule(Dated):
    """Whose a clue is. `own`: this city's rule, in place of the national one of the same class and `applies`."""

    own = models.BooleanField(default=False)
    step = models.IntegerField()
    kind = models.CharField(max_length=20)
    applies = models.CharField(max_length=20)
    who = models.CharField(max_length=20)
    designates = models.CharField(max_length=10)
    name_zh = models.TextField()
    name_en = models.TextField()
    articles = _codes()

    class Meta:
        constraints = _dated("duty_rule", "own", "kind", "applies")

    def __str__(self) -> str:
        return self.name_zh


class EnforcementAct(Dated):
    """Who acts on what, where a law divides the duty for one permit by the act."""

    permit = _code()
    act = _code()
    function = _code()
    name_zh = models.TextField()
    name_en = models.TextField()

    class Meta:
        constraints = _dated("enforcement_act", "permit", "act", "function")

    def __str__(self) -> str:
        return self.name_zh


class Hazard(Dated):
    """Something at the place that makes a clue serious, or worth a note."""

    position = models.IntegerField()
    code = _code()
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=240)
    grade = models.CharField(max_length=10)
    bypass = models.BooleanField()
    permits = _codes()
    trades = _codes()

    class Meta:
        constraints = _dated("hazard", "code")

    def __str__(self) -> str:
        return self.name_zh


class Treatment(Dated):
    """What a result of handling fits, needs and leads to; its words are the `Reason` of kind `clue_result`."""

    code = _code()
    fits = _codes()
    ends = models.CharField(max_length=20)
    proof = _codes()
    follow_up = _code(blank=True)
    decides = models.BooleanField()

    class Meta:
        constraints = _dated("treatment", "code")

    def __str__(self) -> str:
        return self.code


class GuideMaterial(Dated):
    """What somebody brings who wants to be licensed."""

    matter = _code()
    code = _code()
    name_zh = models.TextField()
    name_en = models.TextField()

    class Meta:
        constraints = _dated("guide_material", "matter", "code")

    def __str__(self) -> str:
        return self.name_zh


class ObjectionEvidence(Dated):
    """What a department has to lay before the town with an objection of one reason."""

    reason = _code()
    code = _code()
    name_zh = models.TextField()
    name_en = models.TextField()
    required = models.BooleanField()

    class Meta:
        constraints = _dated("objection_evidence", "reason", "code")

    def __str__(self) -> str:
        return f"{self.reason}: {self.name_zh}"


class Count(Dated):
    """A number that a city may change and that is no time limit."""

    name = _code()
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=240)
    amount = models.IntegerField()
    unit = models.CharField(max_length=10)

    class Meta:
        constraints = _dated("count", "name")

    def __str__(self) -> str:
        return self.name_zh


class CityDepartment(Dated):
    """A department with the functions it carries out here; `org.Department` is what cases refer to."""

    code = _code()
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=240)
    short_zh = models.CharField(max_length=60)
    short_en = models.CharField(max_length=60)
    level = models.CharField(max_length=20)
    role = models.CharField(max_length=20)
    covers = _codes()

    class Meta:
        constraints = _dated("city_department", "code")

    def __str__(self) -> str:
        return self.name_zh
