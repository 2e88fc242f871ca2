"""The only writers of businesses outside an import: one registration, a place a person gave, a permit held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection

from gongzhi.flow.events import publish
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting
from gongzhi.registry.events import Placed
from gongzhi.registry.intake.checking import Stated, check
from gongzhi.registry.intake.loading import Counts, load
from gongzhi.registry.intake.matching import match_entries
from gongzhi.registry.models import PermitHeld
from gongzhi.registry.rules import Places, Why
from gongzhi.rulebooks.queries import book_on

BY_PERSON = "person"
"""The method of a place that a person gave."""


class RefusedError(ValueError):
    """A registration can't be accepted; `why` says so in both languages."""

    def __init__(self, why: Why) -> None:
        super().__init__(f"{why.zh} / {why.en}")
        self.why = why


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one registration: the business, and `accepted`, `changed`, `cancelled` or `unchanged`."""

    business_id: int
    outcome: str


def register_one(
    stated: Stated, *, places: Places, city: str, acting: Acting, moment: Moment, invented: bool = False
) -> Taken:
    """Take in one registration with everything that follows, inside the caller's transaction.

    `city` is the city's four digits. Raises RefusedError.
    """
    entry = check([stated], moment.today)[0]
    if isinstance(entry, Why):
        raise RefusedError(entry)
    counts = Counts()
    load(
        [entry],
        match_entries([entry], places, book_on(moment.today)),
        source=None,
        city=city,
        acting=acting,
        moment=moment,
        counts=counts,
        invented=invented,
    )
    if counts.rejected:
        raise RefusedError(next(iter(counts.rejected)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM registry_business WHERE uscc = %s", [entry.uscc])
        (business_id,) = cursor.fetchone()
    outcome = next(
        name for name in ("accepted", "changed", "cancelled", "unchanged") if getattr(counts, name)
    )
    return Taken(business_id, outcome)


def place_businesses(areas: Mapping[int, str], *, confirmed: bool, acting: Acting, moment: Moment) -> int:
    """Say where businesses are (area by business), inside the caller's transaction; returns how many this changed.

    `confirmed` is whether a person was sure of the place rather than only passing it on. What is open for them
    follows by the event.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_business b SET area = said.area, placed = placed OR %(sure)s, method = %(method)s,"
            " confidence = 1 FROM unnest(%(ids)s::bigint[], %(areas)s::text[]) AS said (id, area)"
            " WHERE b.id = said.id AND (b.area <> said.area OR placed < (placed OR %(sure)s)) RETURNING b.id",
            {"sure": confirmed, "method": BY_PERSON, "ids": list(areas), "areas": list(areas.values())},
        )
        moved = {row[0]: areas[row[0]] for row in cursor.fetchall()}
    if moved:
        publish(Placed(areas=moved, acting=acting, moment=moment), acting=acting, moment=moment)
    return len(moved)


def record_permit_held(
    business_id: int,
    permit: str,
    number: str,
    *,
    valid_from: date | None,
    valid_to: date | None,
    source: str,
) -> PermitHeld:
    """Record a permit that a business holds; the same permit and number again brings its days up to date."""
    held, _ = PermitHeld.objects.update_or_create(
        business_id=business_id,
        permit=permit,
        number=number,
        defaults={"valid_from": valid_from, "valid_to": valid_to, "source": source},
    )
    return held
