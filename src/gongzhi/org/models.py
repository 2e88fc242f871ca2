"""Divisions, grids, departments, people and posts.

Codes are text compared byte by byte (collation "C"), so that everything below a division is one index
range: a town is `441900003`, its villages `441900003…`, their grids three digits longer.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from gongzhi.org.roles import LABELS, Role
from gongzhi.org.rules import Kind

CODE: dict[str, Any] = {"db_collation": "C"}


class Division(models.Model):
    """A city, county or district, town (镇街), or village (村/社区), as the statistics office codes it.

    `code` holds significant digits only: 4 city, 6 county, 9 town, 12 village. It is what `area` columns
    everywhere else start with.
    """

    class Level(models.TextChoices):
        CITY = "city", "市"
        COUNTY = "county", "县（区）"
        TOWN = "town", "镇街"
        VILLAGE = "village", "村（社区）"

    code = models.CharField(primary_key=True, max_length=12, **CODE)
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=60)
    level = models.CharField(max_length=8, choices=Level.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class FormerName(models.Model):
    """What a division used to be called; old registrations still say it."""

    division = models.ForeignKey(Division, models.CASCADE, related_name="former_names")
    name = models.CharField(max_length=80)
    valid_to = models.DateField(null=True)
    verified = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("division", "name"), name="org_former_name_once"),)

    def __str__(self) -> str:
        return self.name


class Grid(models.Model):
    """One grid as it was drawn for a span of days. A redraw adds rows and ends others; it never overwrites.

    `polygon` is WKT in WGS-84 (CGCS2000 differs by centimetres). `code` is the village's twelve digits and
    three more.
    """

    code = models.CharField(max_length=15, **CODE)
    village = models.ForeignKey(Division, models.PROTECT, related_name="grids")
    name = models.CharField(max_length=60)
    polygon = models.TextField(blank=True)
    invented = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("code", "valid_from"), name="org_grid_dated"),)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Department(models.Model):
    """A department that licenses, supervises or punishes."""

    code = models.CharField(primary_key=True, max_length=40, **CODE)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40)
    level = models.CharField(max_length=20)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Section(models.Model):
    """The part of a department that receives notices for an area, and how they reach it.

    `channel` is `desk` where the section works in Gongzhi's own pages (a notice is delivered when it lies in
    its inbox), `exchange` where another system has to confirm.
    """

    department = models.ForeignKey(Department, models.PROTECT, related_name="sections")
    area = models.CharField(max_length=15, **CODE)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    channel = models.CharField(max_length=10, default="desk")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("department", "area", "valid_from"), name="org_section_dated"),
        )
        indexes = (models.Index(fields=("area",), name="org_section_area"),)

    def __str__(self) -> str:
        return self.name


class People(BaseUserManager["Person"]):
    """Finds a person by the name they sign in with."""

    def create_person(self, username: str, name: str, password: str | None = None) -> Person:
        """Add a person; without a password nobody can sign in as them."""
        person = self.model(username=username, name=name)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody who may sign in. What they may do is said by their posts, never by the person."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=40)
    is_active = models.BooleanField(default=True)

    objects = People()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]  # noqa: RUF012  Django asks for a list

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A person in a role at a unit for a span of days.

    `area` is a division or grid code: the post sees what starts with it. `department` is set for department
    posts and narrows it further.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20, choices=[(role.value, LABELS[role][0]) for role in Role])
    area = models.CharField(max_length=15, **CODE)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="posts")
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, blank=True)
    substitutes = models.ForeignKey("self", models.PROTECT, null=True, related_name="substitutes_here")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        indexes = (models.Index(fields=("area", "role"), name="org_post_area_role"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(role=Role.DEPARTMENT, department__isnull=False)
                | (~models.Q(role=Role.DEPARTMENT) & models.Q(department__isnull=True)),
                name="org_post_department_only_for_departments",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Absence(models.Model):
    """Days on which somebody does not work in their post, who said so, and who stands in.

    Nothing in it is ever overwritten: who stands in and that it ended early are each said once. `role`, `area` and
    `department` are the post's own. `standing_in` is the dated post that the substitute holds for these days.
    `ended_on` is the day they were back.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="absences")
    role = models.CharField(max_length=20, **CODE)
    area = models.CharField(max_length=15, **CODE)
    department = models.CharField(max_length=40, null=True, **CODE)
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in Kind], **CODE)
    first_day = models.DateField()
    last_day = models.DateField()
    said_by = models.CharField(max_length=160)
    said_at = models.DateTimeField()
    substitute = models.ForeignKey(Post, models.PROTECT, null=True, related_name="stands_in_during")
    standing_in = models.OneToOneField(Post, models.PROTECT, null=True, related_name="stands_in_because")
    named_by = models.CharField(max_length=160, blank=True)
    named_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)
    ended_by = models.CharField(max_length=160, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("area", "last_day"), name="org_absence_area"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="org_absence_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_on__isnull=True)
                | models.Q(ended_on__gte=models.F("first_day"), ended_on__lte=models.F("last_day")),
                name="org_absence_ends_early",
            ),
        )

    def __str__(self) -> str:
        return f"post {self.post_id} {self.first_day} {self.last_day}"


class PassKey(models.Model):
    """The two halves of the HMAC key that passes are checked with; only the owner's functions can read it."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    inner = models.BinaryField()
    outer = models.BinaryField()

    class Meta:
        db_table = "org_pass_key"

    def __str__(self) -> str:
        return "pass key"
