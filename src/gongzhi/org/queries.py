"""Reads about the organisation that every floor above needs."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from gongzhi.org.models import Section


@dataclass(frozen=True, slots=True)
class DeskSections:
    """Which departments have a section at Gongzhi's own desk for which areas, on one day."""

    areas: dict[str, tuple[str, ...]]

    def reaches(self, department: str | None, area: str) -> bool:
        """Whether a notice for this department about a place in this area lies before a section at once."""
        return department is not None and area.startswith(self.areas.get(department, ()))


def desk_sections(on: date) -> DeskSections:
    """The sections that work in the desk on a day."""
    rows = Section.objects.filter(channel="desk", valid_from__lte=on).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    )
    areas: dict[str, list[str]] = defaultdict(list)
    for department, area in rows.values_list("department_id", "area"):
        areas[department].append(area)
    return DeskSections({department: tuple(found) for department, found in areas.items()})
