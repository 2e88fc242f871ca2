"""The only writers of businesses outside an import: one registration, a place a person gave, a permit held."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, connection

from gongzhi.flow.events import publish
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting
from gongzhi.registry.events import Placed
from gongzhi.registry.intake.checking import Stated, check
from gongzhi.registry.intake.loading import Counts, load
from gongzhi.registry.intake.matching import Answer, match_entries
from gongzhi.registry.intake.renumbering import numbers_of
from gongzhi.registry.rules import Entry, Places, Status, Why
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


@dataclass(frozen=True, slots=True)
class RowTaken:
    """What became of one row of several: an outcome as in `Taken`, or `rejected` with why."""

    line: int
    uscc: str
    outcome: str
    why: Why | None = None


def register_many(
    rows: Sequence[Stated],
    *,
    places: Places,
    city: str,
    acting: Acting,
    moment: Moment,
    may: Callable[[str], bool] = lambda _area: True,
    invented: bool = False,
) -> list[RowTaken]:
    """Take in some registrations, each accounted for in the order given, inside the caller's transaction.

    `may` answers whether whoever sends them may speak for an area; a row that is known or placed elsewhere is
    rejected. Of a code that stands in several rows the last one counts. Raises django.db.IntegrityError when
    somebody else registers one of them at this moment: the whole is then tried again.
    """
    checked = check(rows, moment.today)
    last = {entry.uscc: place for place, entry in enumerate(checked) if not isinstance(entry, Why)}
    whys: dict[int, Why] = {}
    for place, entry in enumerate(checked):
        if isinstance(entry, Why):
            whys[place] = entry
        elif last[entry.uscc] != place:
            whys[place] = Why.SUPERSEDED
    kept = [(place, entry) for place, entry in enumerate(checked) if place not in whys]
    entries = [entry for _, entry in kept if not isinstance(entry, Why)]
    standing = _standing_of([*(entry.uscc for entry in entries), *numbers_of(entries)])
    chosen: list[tuple[Entry, Answer]] = []
    for entry, answer in zip(entries, match_entries(entries, places, book_on(moment.today)), strict=True):
        known = standing.get(entry.uscc) or standing.get(entry.old_number)
        if (known is not None and not may(known.area)) or (answer.where.area and not may(answer.where.area)):
            whys[last[entry.uscc]] = Why.ELSEWHERE
        else:
            chosen.append((entry, answer))
    counts = Counts()
    found = load(
        [entry for entry, _ in chosen],
        [answer for _, answer in chosen],
        source=None,
        city=city,
        acting=acting,
        moment=moment,
        counts=counts,
        invented=invented,
    )
    if found - standing.keys():
        # Committed between the two readings: what may be said of it, and by whom, has to be asked anew.
        raise IntegrityError("somebody else registered one of these businesses meanwhile")
    whys |= {last[entry.uscc]: why for entry, why in counts.refused}
    return [
        RowTaken(row.line, row.uscc, "rejected", whys[place])
        if place in whys
        else RowTaken(
            row.line, entry.uscc, _became(entry, standing.get(entry.uscc) or standing.get(entry.old_number))
        )
        for place, (row, entry) in enumerate(zip(rows, checked, strict=True))
        if place in whys or not isinstance(entry, Why)
    ]


@dataclass(frozen=True, slots=True)
class _Before:
    """A business before rows about it were taken in, as far as telling what became of them needs it."""

    area: str
    content: bytes
    ended: bool


def _standing_of(codes: Sequence[str]) -> dict[str, _Before]:
    """What is on file of these, locked, so that it still is when the rows are written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT uscc, area, content, status FROM registry_business WHERE uscc = ANY(%s)"
            " ORDER BY id FOR NO KEY UPDATE",
            [list(codes)],
        )
        return {
            code: _Before(area, bytes(content), Status(status).ended)
            for code, area, content, status in cursor.fetchall()
        }


def _became(entry: Entry, before: _Before | None) -> str:
    ended = Status(entry.status).ended
    if before is None:
        return "cancelled" if ended else "accepted"
    if before.content == entry.content:
        return "unchanged"
    return "cancelled" if ended and not before.ended else "changed"


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


@dataclass(frozen=True, slots=True)
class Held:
    """A permit that a business holds, by number; `valid_to` is its last day, None where it has none."""

    business_id: int
    permit: str
    number: str
    valid_from: date | None
    valid_to: date | None


def record_permits_held(held: Sequence[Held], *, source: str) -> None:
    """Record permits that businesses hold; the same permit and number again brings its days up to date."""
    if not held:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_permit_held (business_id, permit, number, valid_from, valid_to, source)"
            " SELECT DISTINCT ON (1, 2, 3) stated.*, %s FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::date[],"
            " %s::date[]) AS stated ON CONFLICT (business_id, permit, number) DO UPDATE"
            " SET valid_from = excluded.valid_from, valid_to = excluded.valid_to, source = excluded.source,"
            " lapse_told_on = NULL",
            [
                source,
                [one.business_id for one in held],
                [one.permit for one in held],
                [one.number for one in held],
                [one.valid_from for one in held],
                [one.valid_to for one in held],
            ],
        )
