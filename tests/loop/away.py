"""Somebody is away, as their village says it; for the tests of several rooms."""

from __future__ import annotations

from datetime import date

from gongzhi.org import absences
from gongzhi.org.absences import When
from gongzhi.org.access import acting_as
from gongzhi.org.models import Absence
from gongzhi.org.rules import Kind
from tests.loop.city import (
    City,
)

MONDAY, WEDNESDAY, FRIDAY = date(2026, 9, 21), date(2026, 9, 23), date(2026, 9, 25)


def when(city: City) -> When:
    return When(city.now, city.moment.today)


def say(
    city: City,
    who: str = "officer",
    first: date = MONDAY,
    last: date = FRIDAY,
    *,
    by: str = "village",
    substitute: str | None = None,
) -> Absence:
    """Somebody is away, as somebody else says."""
    with acting_as(city.people[by]) as acting:
        return absences.say_away(
            city.people[who].post_id,
            first,
            last,
            Kind.LEAVE,
            acting=acting,
            when=when(city),
            substitute_id=city.people[substitute].post_id if substitute else None,
        )


def name(city: City, absence: Absence, substitute: str, *, by: str = "village") -> Absence:
    with acting_as(city.people[by]) as acting:
        return absences.name_substitute(
            absence.pk, city.people[substitute].post_id, acting=acting, when=when(city)
        )


def back(city: City, absence: Absence, on: date, *, by: str = "village") -> Absence:
    with acting_as(city.people[by]) as acting:
        return absences.end_early(absence.pk, on, acting=acting, when=when(city))
