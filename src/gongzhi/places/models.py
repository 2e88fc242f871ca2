"""The standard address library (标准地址库): what the matcher knows, and what people taught it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gongzhi.org.models import CODE


class StandardAddress(models.Model):
    """One address of the library and where it lies.

    `area` is the longest code known for it, the village's twelve digits or a grid's fifteen. `lon` and `lat` are in
    the datum of the grids (WGS-84 or CGCS2000, which differ by centimetres). `learnt_from` is the case in which a
    person placed the address; such a row can be taken back. `changed_at` lets a reader see that the library is
    another one than it holds in memory.
    """

    class Source(models.TextChoices):
        LIBRARY = "library", "标准地址库"
        LEARNT = "learnt", "人工核实"

    text = models.CharField(max_length=300)
    door_key = models.CharField(max_length=300, **CODE)
    area = models.CharField(max_length=15, **CODE)
    village_code = models.CharField(max_length=12, **CODE)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    source = models.CharField(max_length=10, choices=Source.choices)
    learnt_from = models.BigIntegerField(null=True)
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
