"""Invented businesses: names, codes, scopes and addresses in a city's proportions.

Six in ten are sole traders. Nothing is taken from a real register: names are put together from the word lists
of `gongzhi.demo.names`, codes carry the mark of `gongzhi.demo.invented_codes`.
"""

from __future__ import annotations

import csv
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gongzhi.demo import names, written
from gongzhi.demo.invented_codes import invent_codes
from gongzhi.demo.library import SITES
from gongzhi.demo.titles import COMPANY, COOPERATIVE, PARTNERSHIP, SOLE_OWNED, SOLE_TRADER, TitleWriter
from gongzhi.demo.trades import read_trades
from gongzhi.demo.wording import DRAWS as SCOPE_DRAWS
from gongzhi.demo.wording import ScopeWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.random import Generator

    from gongzhi.demo.library import Entry
    from gongzhi.demo.trades import Trade

COLUMNS = (
    "name",
    "uscc",
    "established_date",
    "business_scope",
    "address",
    "kind",
    "status",
    "operator",
)
IN_BUSINESS, SUSPENDED, CANCELLED, REVOKED = "开业", "歇业", "注销", "吊销"
_STATUS_ODDS = {IN_BUSINESS: 0.962, SUSPENDED: 0.003, CANCELLED: 0.026, REVOKED: 0.009}
_KIND_ODDS = {SOLE_TRADER: 0.62, COMPANY: 0.36, SOLE_OWNED: 0.011, PARTNERSHIP: 0.006, COOPERATIVE: 0.003}
_PREFIXES = {SOLE_TRADER: "92", COMPANY: "91", SOLE_OWNED: "91", PARTNERSHIP: "91", COOPERATIVE: "93"}
_OLDEST = date(1993, 1, 1)
_STANDARD_SINCE = date(2020, 7, 1)  # about when scopes began to be picked from the standard catalogue
_MEAN_AGE_DAYS = {True: 2100, False: 1600}  # firms, others
_OLD_WORDING = 0.55  # of those registered before the standard catalogue; many have changed to it since
_CLUSTERED = 0.03  # of all businesses, at a few addresses that host hundreds each
_PER_CLUSTER = 200
_CLUSTER_TRADES = {"tech", "trading", "consulting", "online_shop", "investment", "accounting", "advertising"}
_BATCH = 10_000


class Business(NamedTuple):
    """One invented row of a register.

    `village_code` and `trade` say what it really is, whatever its address and name say; they are for
    measuring and are not written to the registration file. `operator` is a sole trader's invented owner.
    """

    name: str
    uscc: str
    established_date: date
    business_scope: str
    address: str
    kind: str
    status: str
    operator: str
    village_code: str
    trade: str


def invent_businesses(
    count: int, library: Sequence[Entry], rng: Generator, today: date, *, first_serial: int = 1
) -> Iterator[Business]:
    """Invent `count` businesses of the library's city, registered up to `today`, in no order.

    The same generator state gives the same rows. `first_serial` numbers the codes: pass another range to add
    to an earlier file without a clash. Raises ValueError for an empty library.
    """
    if not library:
        raise ValueError("businesses need an address library")
    city = _City(library, count, rng)
    for start in range(0, count, _BATCH):
        yield from city.batch(min(_BATCH, count - start), first_serial + start, today)


def write_csv(rows: Iterable[Business], path: Path) -> int:
    """Write a registration file (UTF-8, COLUMNS); returns the number of rows."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(COLUMNS)
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the count is what is returned
            lines.writerow(row[: len(COLUMNS)])
    return count


class _City:
    """What is prepared once for all rows: weights of trades, addresses and clusters."""

    def __init__(self, library: Sequence[Entry], count: int, rng: Generator) -> None:
        self._rng = rng
        self._library = library
        self._trades = read_trades()
        self._scopes = ScopeWriter(self._trades, rng)
        self._addresses = written.AddressWriter(library)
        self._titles = TitleWriter(self._trades)
        self._clusters = _clusters(library, count, rng)
        self._sites = _site_steps(library, rng)
        self._site_odds = _site_odds(self._trades, set(self._sites))
        self._weights = {
            kind: _steps(np.array([_weight(trade, kind) for trade in self._trades])) for kind in _KIND_ODDS
        }
        self._may_cluster = np.array([trade.id in _CLUSTER_TRADES for trade in self._trades])

    def batch(self, size: int, serial: int, today: date) -> Iterator[Business]:
        """Invent `size` rows; all random numbers are drawn at once, the rows only put words together."""
        rng = self._rng
        kinds = _pick(_KIND_ODDS, size, rng)
        firm = np.array([kind != SOLE_TRADER for kind in kinds])
        trades = self._pick_trades(kinds)
        entries, clustered = self._pick_entries(trades, firm)
        dates = _dates(firm, today, rng)
        aged = np.array([day < _STANDARD_SINCE for day in dates]) & (rng.random(size) < _OLD_WORDING)
        columns = zip(
            kinds,
            trades.tolist(),
            entries.tolist(),
            clustered.tolist(),
            dates,
            aged.tolist(),
            self._scopes.lengths(firm, rng),
            rng.integers(0, 2**31, size=(size, SCOPE_DRAWS)).tolist(),
            rng.integers(0, 2**31, size=(size, written.DRAWS)).tolist(),
            rng.integers(0, 2**31, size=(size, self._titles.draws)).tolist(),
            names.people_names(size, rng),
            _pick(_STATUS_ODDS, size, rng),
            invent_codes([_PREFIXES[kind] for kind in kinds], first=serial),
            strict=True,
        )
        for (
            kind,
            trade,
            place,
            cluster,
            day,
            old,
            further,
            scope_draws,
            address_draws,
            title_draws,
            person,
            status,
            code,
        ) in columns:
            entry = self._library[place]
            lead = self._titles.lead(kind, trade, title_draws)
            yield Business(
                self._titles.write(kind, trade, entry, person, day, title_draws),
                code,
                day,
                self._scopes.old(trade, scope_draws, lead)
                if old
                else self._scopes.standard(trade, further, scope_draws, lead),
                self._addresses.write(place, address_draws, clustered=cluster),
                kind,
                status,
                person if kind == SOLE_TRADER else "",
                entry.village_code,
                self._trades[trade].id,
            )

    def _pick_trades(self, kinds: list[str]) -> np.ndarray:
        chances = self._rng.random(len(kinds))
        trades = np.zeros(len(kinds), dtype=np.int64)
        stated = np.array(kinds)
        for kind, steps in self._weights.items():
            own = stated == kind
            trades[own] = np.searchsorted(steps, chances[own], side="right")
        return trades

    def _pick_entries(self, trades: np.ndarray, firm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where each business is: at a site that its trade prefers, or at one of the cluster addresses."""
        rng = self._rng
        size = len(trades)
        sites = (rng.random(size)[:, None] > self._site_odds[trades]).sum(axis=1)
        entries = np.zeros(size, dtype=np.int64)
        for number, site in enumerate(SITES):
            own = sites == number
            if own.any():
                members, steps = self._sites[site]
                entries[own] = members[np.searchsorted(steps, rng.random(int(own.sum())), side="right")]
        able = firm & self._may_cluster[trades]
        share = _CLUSTERED * size / max(1, int(able.sum()))
        clustered = able & (rng.random(size) < share)
        entries[clustered] = self._clusters[rng.integers(len(self._clusters), size=int(clustered.sum()))]
        return entries, clustered


def _weight(trade: Trade, kind: str) -> float:
    if kind == COOPERATIVE:
        return float(trade.coop)
    if kind == PARTNERSHIP:
        return trade.firm * (trade.id in {"investment", "consulting"})
    return trade.sole if kind == SOLE_TRADER else trade.firm


def _steps(weights: np.ndarray) -> np.ndarray:
    """Cumulative shares that a number in [0, 1) is looked up in."""
    steps: np.ndarray = np.cumsum(weights) / weights.sum()
    steps[-1] = 1.0
    return steps


def _pick(odds: dict[str, float], size: int, rng: Generator) -> list[str]:
    labels = list(odds)
    found = np.searchsorted(_steps(np.array(list(odds.values()))), rng.random(size), side="right")
    return [labels[k] for k in found.tolist()]


def _site_steps(library: Sequence[Entry], rng: Generator) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """For each kind of site its entries, some of them much busier than others."""
    stated = np.array([entry.site for entry in library])
    steps = {}
    for site in SITES:
        members = np.flatnonzero(stated == site)
        if members.size:
            steps[site] = (members, _steps(rng.lognormal(0.0, 0.75, size=members.size)))
    return steps


def _site_odds(trades: Sequence[Trade], known: set[str]) -> np.ndarray:
    """Cumulative odds of the sites for each trade; the first named is liked best, missing ones are out."""
    rows = []
    for trade in trades:
        weights = dict.fromkeys(SITES, 0.0)
        for rank, site in enumerate(trade.sites):
            if site in known:
                weights[site] += 1 / (1 + rank)
        if not any(weights.values()):
            weights[next(site for site in SITES if site in known)] = 1.0
        rows.append(_steps(np.array(list(weights.values())))[:-1])
    return np.array(rows)


def _clusters(library: Sequence[Entry], count: int, rng: Generator) -> np.ndarray:
    """The entries that host hundreds of paper addresses: gates of office towers where there are any."""
    towers = [k for k, entry in enumerate(library) if entry.site == "tower" and not entry.unit]
    wanted = max(1, round(count * _CLUSTERED / _PER_CLUSTER))
    return rng.choice(np.array(towers or range(len(library))), size=wanted)


def _dates(firm: np.ndarray, today: date, rng: Generator) -> list[date]:
    """Days of registration: mostly recent years, never a weekend, never after `today`."""
    mean = np.where(firm, _MEAN_AGE_DAYS[True], _MEAN_AGE_DAYS[False])
    ages = np.minimum(rng.exponential(mean), (today - _OLDEST).days).astype(np.int64)
    days = today.toordinal() - ages
    # The registers' offices are closed at weekends: a Saturday's registration is Friday's. Day 1 was a Monday.
    days -= np.maximum(0, (days - 1) % 7 - 4)
    return [date.fromordinal(day) for day in days.tolist()]
