"""What law, documents and the city say about permits, visits and reasons, as dated rows.

The columns are those of the packs' tables (`gongzhi.packs.rows`), so that a row in the database can be laid beside
the line of the file it came from. A row holds from `valid_from` up to but not including `valid_to`.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from gongzhi.org.models import CODE


def _codes(**options: object) -> ArrayField:
    return ArrayField(models.CharField(max_length=60), default=list, **options)


class Dated(models.Model):
    """A row that law or a city may change, with what it rests on. Unless `verified`, a screen says so."""

    basis = models.TextField()
    verified = models.BooleanField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        abstract = True


class Permit(Dated):
    """A permit or filing. `departments` and `enforcement` are functions; `Routing` says who they are here."""

    code = models.CharField(max_length=12, **CODE)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=240)
    stage = models.CharField(max_length=10)
    stage_basis = models.TextField()
    stage_verified = models.BooleanField()
    departments = _codes()
    department_written = models.CharField(max_length=200)
    tiers = _codes()
    trigger = models.CharField(max_length=20)
    trigger_by = models.CharField(max_length=200, blank=True)
    industries = _codes()
    limit_days = models.IntegerField(null=True)
    limit_unit = models.CharField(max_length=20, blank=True)
    limit_kind = models.CharField(max_length=10, blank=True)
    limit_note = models.TextField(blank=True)
    enforcement = _codes()
    enforcement_mode = models.CharField(max_length=12)
    enforcement_basis = models.TextField(blank=True)
    enforcement_verified = models.BooleanField()
    licence_exempt = models.BooleanField()
    note_zh = models.TextField(blank=True)
    note_en = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("code", "valid_from"), name="catalog_permit_dated"),)

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class Routing(Dated):
    """Which departments of this city license, supervise, are notified and punish, for a permit.

    A row with a `town_code9` comes before the general one. `level` is where a notice is dealt with.
    """

    permit = models.CharField(max_length=12, **CODE)
    town_code9 = models.CharField(max_length=9, blank=True, **CODE)
    written = _codes()
    approving = _codes()
    supervising = _codes()
    notice = _codes()
    enforcement = _codes()
    enforcement_mode = models.CharField(max_length=12)
    level = models.CharField(max_length=10)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("permit", "town_code9", "valid_from"), name="catalog_routing_dated"
            ),
        )

    def __str__(self) -> str:
        return f"{self.permit} {self.town_code9}".strip()


class VisitItem(Dated):
    """One thing to verify on a visit; `limit`, `return_limit` and `department_limit` name limits."""

    item_no = models.IntegerField()
    class_no = models.IntegerField()
    code = models.CharField(max_length=60, **CODE)
    class_code = models.CharField(max_length=60, **CODE)
    class_zh = models.CharField(max_length=60)
    class_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120)
    content_zh = models.TextField()
    content_en = models.TextField()
    object_zh = models.TextField()
    object_en = models.TextField()
    standard_zh = models.TextField()
    standard_en = models.TextField()
    pre_handling_zh = models.TextField()
    pre_handling_en = models.TextField()
    limit = models.CharField(max_length=60)
    return_limit = models.CharField(max_length=60)
    department_limit = models.CharField(max_length=60)
    hazard = models.CharField(max_length=10)
    special = models.BooleanField()
    applies_when = models.CharField(max_length=30)
    applies_to = _codes(blank=True)
    season = models.CharField(max_length=11, db_default="", **CODE)
    answer = models.CharField(max_length=10)
    photo = models.CharField(max_length=10)
    confirmed = models.BooleanField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("code", "valid_from"), name="catalog_visit_item_dated"),
        )

    def __str__(self) -> str:
        return self.name_zh


class VisitChoice(Dated):
    """One answer to a visit's item, and what it leads to."""

    item = models.CharField(max_length=60, **CODE)
    position = models.IntegerField()
    code = models.CharField(max_length=60, **CODE)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=240)
    leads_to = models.CharField(max_length=20)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("item", "code", "valid_from"), name="catalog_visit_choice_dated"),
        )

    def __str__(self) -> str:
        return f"{self.item}: {self.name_zh}"


class Reason(Dated):
    """A coded reason or result; with `needs_words` it has to be explained in words as well."""

    kind = models.CharField(max_length=30, **CODE)
    code = models.CharField(max_length=60, **CODE)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=240)
    needs_words = models.BooleanField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("kind", "code", "valid_from"), name="catalog_reason_dated"),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.name_zh}"


class Trade(Dated):
    """A trade to pick from on the spot, with the permits it usually calls for; the frequent ones come first."""

    number = models.IntegerField()
    code = models.CharField(max_length=60, **CODE)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=160)
    group_zh = models.CharField(max_length=60)
    group_en = models.CharField(max_length=60)
    frequent = models.BooleanField()
    permits = _codes(blank=True)
    industry = models.CharField(max_length=60, blank=True, **CODE)
    exemptions = _codes(blank=True)
    emerging = models.BooleanField()
    confirmed = models.BooleanField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("code", "valid_from"), name="catalog_trade_dated"),)

    def __str__(self) -> str:
        return self.name_zh


class InstalledPack(models.Model):
    """The city this installation serves, and which state of its pack was loaded. One row at most.

    `digest` names the pack's files and changes with any of them. `invented` is what the screens say about parts
    that no public source gives: a list of `{code, text_zh, text_en}`.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    code = models.CharField(max_length=30, **CODE)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    city_code4 = models.CharField(max_length=4, **CODE)
    has_counties = models.BooleanField()
    coordinates = models.CharField(max_length=10)
    divisions_as_of = models.DateField()
    documents = models.JSONField(default=list)
    invented = models.JSONField(default=list)
    digest = models.CharField(max_length=64, **CODE)
    installed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "catalog_pack"
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="catalog_one_pack"),)

    def __str__(self) -> str:
        return self.name_zh
