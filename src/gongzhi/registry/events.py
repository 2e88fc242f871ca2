"""What the registry tells the rest of the house, in batches, inside the transaction that made it true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting
from gongzhi.scopes import Match


class Known(NamedTuple):
    """One business as the registry knows it after the event.

    `area` is as long as the address could be placed: city 4, town 9, village 12 or grid 15 digits. `placed` is
    whether the machine may act on the place alone; otherwise a person looks first. `counts_from` is the day from
    which limits count: the registration for new business, the as-of day for old stock and for changes.
    """

    business_id: int
    uscc: str
    name: str
    scope: str
    match: Match
    address: str
    door_key: str
    area: str
    placed: bool
    method: str
    confidence: float
    counts_from: date
    stock: bool
    candidates: tuple[tuple[str, float | None], ...] = ()
    """Where the address may lie when nobody is sure: codes with how likely each is, best first.

    None instead of a number stands for a grid that only coordinates speak for.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """Businesses that were not known before."""

    businesses: tuple[Known, ...]
    acting: Acting
    moment: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Businesses whose scope, address or name is another; what is open for them may have to go elsewhere."""

    scope: tuple[Known, ...]
    address: tuple[Known, ...]
    acting: Acting
    moment: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """Businesses that ended (注销, 吊销): what is open for them closes."""

    business_ids: tuple[int, ...]
    reason: str
    acting: Acting
    moment: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapsed:
    """Permits ran out and were not renewed: by business, the codes. Whoever licenses them looks again."""

    businesses: tuple[Known, ...]
    permits: Mapping[int, frozenset[str]]
    acting: Acting
    moment: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A person said where these businesses are: their notices and visits can go on. `areas` is by business."""

    areas: Mapping[int, str]
    acting: Acting
    moment: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a visit found at one business: a coded result, never a conclusion."""

    business_id: int
    result: str
    visit_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """Businesses were visited; normal or not, the departments that were notified are told."""

    findings: tuple[Finding, ...]
    acting: Acting
    moment: Moment
