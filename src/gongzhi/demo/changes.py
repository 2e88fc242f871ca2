"""What happens to invented businesses later: new scopes, moves, new names, closings."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gongzhi.demo import written
from gongzhi.demo.businesses import CANCELLED, IN_BUSINESS, Business
from gongzhi.demo.trades import read_trades
from gongzhi.demo.wording import DRAWS as SCOPE_DRAWS
from gongzhi.demo.wording import ScopeWriter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.random import Generator

    from gongzhi.demo.library import Entry
    from gongzhi.demo.trades import Phrase


class Event(StrEnum):
    """What changed in a row."""

    SCOPE = "scope"
    ADDRESS = "address"
    CANCELLED = "cancelled"


SHARES: dict[Event, float] = {Event.SCOPE: 0.015, Event.ADDRESS: 0.012, Event.CANCELLED: 0.008}


class Change(NamedTuple):
    """One business as a later file shows it, and what is different from before."""

    event: Event
    row: Business


def invent_changes(
    rows: Sequence[Business],
    library: Sequence[Entry],
    rng: Generator,
    shares: Mapping[Event, float] = SHARES,
) -> list[Change]:
    """Invent one change for some of the rows that are in business, in the order of the rows.

    `shares` says what part of those rows has each event; a row has one event at most. Only changed rows are
    returned: a later registration file holds them, alone or among the unchanged ones.
    """
    trades = read_trades()
    place_of = {trade.id: number for number, trade in enumerate(trades)}
    scopes = ScopeWriter(trades, rng)
    addresses = written.AddressWriter(library)
    open_rows = [row for row in rows if row.status == IN_BUSINESS]
    limits = np.cumsum([shares.get(event, 0.0) for event in Event]).tolist()
    chances = rng.random(len(open_rows)).tolist()
    changes = []
    for row, chance in zip(open_rows, chances, strict=True):
        event = next((event for event, limit in zip(Event, limits, strict=True) if chance < limit), None)
        if event is Event.SCOPE:
            place = place_of[row.trade]
            lead = trades[place].ending(row.name).lead
            changes.append(Change(event, _rescoped(row, scopes, place, lead, rng)))
        elif event is Event.ADDRESS:
            changes.append(Change(event, _moved(row, addresses, library, rng)))
        elif event is Event.CANCELLED:
            changes.append(Change(event, row._replace(status=CANCELLED)))
    return changes


def _rescoped(
    row: Business, scopes: ScopeWriter, trade: int, lead: Phrase | None, rng: Generator
) -> Business:
    """A scope of the same trade in today's wording, with more in it; never the words it had."""
    scope = row.business_scope
    further = 2
    while scope == row.business_scope:
        scope = scopes.standard(trade, further, _draws(rng, SCOPE_DRAWS), lead)
        further += 1
    return row._replace(business_scope=scope)


def _moved(
    row: Business, addresses: written.AddressWriter, library: Sequence[Entry], rng: Generator
) -> Business:
    """Another address of the library, as the business writes it."""
    while True:
        place = int(rng.integers(len(library)))
        address = addresses.write(place, _draws(rng, written.DRAWS))
        if address != row.address:
            return row._replace(address=address, village_code=library[place].village_code)


def _draws(rng: Generator, count: int) -> list[int]:
    drawn: list[int] = rng.integers(0, 2**31, size=count).tolist()
    return drawn
