"""The only writers of businesses outside an import: one registration, a place a person gave, a permit held."""

from __future__ import annotations

from collections.abc import Sequence
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
from gongzhi.scopes import default_book

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
        match_entries([entry], places, default_book(moment.today)),
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


def place_businesses(
    business_ids: Sequence[int], area: str, *, confirmed: bool, acting: Acting, moment: Moment
) -> int:
    """Say where businesses are, inside the caller's transaction; returns how many were elsewhere before.

    `confirmed` is whether a person was sure of the place rather than only passing it on. What is open for them
    follows by the event.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_business SET area = %s, placed = placed OR %s, method = %s, confidence = 1"
            " WHERE id = ANY(%s) AND (area <> %s OR placed < (placed OR %s)) RETURNING id",
            [area, confirmed, BY_PERSON, list(business_ids), area, confirmed],
        )
        moved = tuple(sorted(row[0] for row in cursor.fetchall()))
    if moved:
        publish(
            Placed(business_ids=moved, area=area, acting=acting, moment=moment), acting=acting, moment=moment
        )
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
