"""Who is called on, by which way in, and what a call's results add up to. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

GRID_DIGITS = 15
VILLAGE_DIGITS = 12

NEEDS_CORRECTION = "needs_correction"
"""The one coded result that calls for guidance and a second call; every other ends the visit there."""

MOST_AT_ONE_DOOR = 20
"""As many businesses as fit one list that a person can work through at one door; the next ones get a second."""

PROVED_BY_DATA = "proved_by_data"
"""What is told of businesses for which data prove what a visit would have found."""

CANNOT_BE_FOUND = "not_found"
"""What is told of the businesses when a person finds that their address does not exist."""


CONFIRMS = frozenset({"in_order", NEEDS_CORRECTION, "declined", "clue"})
"""Results that only somebody can report who found the business at its address."""


@dataclass(frozen=True, slots=True)
class Redrawing:
    """What is known of a village's new grids: see `places.events.Redrawn`."""

    village: str
    touched: Collection[str]
    doors: Mapping[str, str]
    becomes: Mapping[str, str]
    mostly: Mapping[str, str]
    only: str | None


def after_redraw(state: str, area: str, door: str, drawing: Redrawing) -> tuple[str, str] | None:
    """By which edge an open visit follows a redraw, and to which area; None where it stays.

    The door's own place decides, then the grid in which all of the old one lies. Where neither tells, a first visit
    goes back to its village, which knows its doors; a return visit stays with whoever took over most of the old grid,
    since somebody has been promised it.
    """
    known = drawing.doors.get(door) or drawing.only
    if area == drawing.village:
        return ("rematch_to_grid", known) if state == "to_assign" and known else None
    if area not in drawing.touched:
        return None
    found = known or drawing.becomes.get(area)
    if found is None and state == "guided":
        found = drawing.mostly.get(area)
    if found is None:
        return ("rematch_to_village" if state == "to_visit" else "rematch", drawing.village)
    return None if found == area else ("rematch", found)


def way_in(area: str, *, placed: bool) -> str:
    """The opening edge for a place: to its grid, to its village to be assigned, or to a person first."""
    if not placed or len(area) < VILLAGE_DIGITS:
        return "ask_place"
    return "send" if len(area) >= GRID_DIGITS else "send_to_village"


OPEN_FACTS = ("annual_report_due", "permit_expiring", "silent")
"""What other data leave open about a business, as visit items name it (`applies_when`)."""


class Item(Protocol):
    """One thing to verify, as the catalogue has it (入格事项)."""

    code: str
    applies_when: str
    applies_to: Sequence[str]
    season: str


OneItem = TypeVar("OneItem", bound=Item)


def items_for(
    items: Iterable[OneItem],
    *,
    permits: Collection[str],
    filings: Collection[str],
    held: Collection[str],
    open_facts: Collection[str] = (),
    equipment: Collection[str] = (),
    today: date | None = None,
) -> list[OneItem]:
    """The items that concern a business on a day, in the catalogue's order.

    `permits` and `filings` are the codes that departments were told of, `held` those on record. `open_facts` are those
    of OPEN_FACTS that data leave open about it, `equipment` the kinds of which an inspection has run out: such items
    are asked only where data call for them, and no more once data prove the fact. Items of places wait for data.
    """
    known = {*permits, *filings, *held}
    applies = {
        "all": lambda _: True,
        "notified_permit": lambda _: bool(permits),
        "notified_filing": lambda _: bool(filings),
        "holds_permit": lambda _: bool(held),
        "permit": lambda item: not known.isdisjoint(item.applies_to),
        "equipment": lambda item: not set(equipment).isdisjoint(item.applies_to),
        **{fact: lambda item: item.applies_when in open_facts for fact in OPEN_FACTS},
    }
    return [
        item
        for item in items
        if applies.get(item.applies_when, lambda _: False)(item) and in_season(item.season, today)
    ]


def in_season(season: str, day: date | None) -> bool:
    """Whether a day lies in a season (`03-01/06-30`, both days in it, also across the new year); empty: all year."""
    if not season or day is None:
        return not season
    begins, _, ends = season.partition("/")
    said = day.strftime("%m-%d")
    return begins <= said <= ends if begins <= ends else said >= begins or said <= ends


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call comes to: the edge to make, the businesses that are done, and those to be called on again."""

    action: str
    told: tuple[int, ...]
    again: tuple[int, ...]


class IncompleteError(ValueError):
    """Some businesses on the list have no result yet; `missing` are their numbers."""

    def __init__(self, missing: Iterable[int]) -> None:
        self.missing = tuple(missing)
        super().__init__(f"no result yet for {len(self.missing)} on the list")


def first_call(listed: Iterable[int], results: Mapping[int, str]) -> Outcome:
    """What the first call comes to. What is in order is told at once; what is not is guided and seen again.

    Raises IncompleteError unless every business on the list has a result.
    """
    listed = _complete(listed, results)
    again = tuple(business for business in listed if results[business] == NEEDS_CORRECTION)
    told = tuple(business for business in listed if results[business] != NEEDS_CORRECTION)
    return Outcome("guide" if again else "finish", told, again)


def second_call(listed: Iterable[int], results: Mapping[int, str]) -> Outcome:
    """What the return visit comes to: all of them are told now; what is still not put right is passed on."""
    listed = _complete(listed, results)
    left = any(results[business] == NEEDS_CORRECTION for business in listed)
    return Outcome("pass_on" if left else "finish", listed, ())


def _complete(listed: Iterable[int], results: Mapping[int, str]) -> tuple[int, ...]:
    listed = tuple(listed)
    missing = [business for business in listed if not results.get(business)]
    if missing:
        raise IncompleteError(missing)
    return listed
