"""What is known of one operator at one place on one day. Whatever nobody has looked at is not known, not absent."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime


class Licence(StrEnum):
    """How the business licence (营业执照) stands."""

    HELD = "held"
    NONE = "none"
    CLAIMED = "claimed"
    """Said to be held; its number is not known, so nobody could look it up."""
    CANCELLED = "cancelled"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class Standing(StrEnum):
    """How one permit or filing stands."""

    HELD = "held"
    NONE = "none"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PermitFact:
    """How a permit stands, with the last day on which it holds or held, where that is known."""

    standing: Standing
    until: date | None = None

    def on(self, day: date) -> Standing:
        """The standing on a day: what is held past its last day has expired."""
        if self.standing is Standing.HELD and self.until is not None and self.until < day:
            return Standing.EXPIRED
        return self.standing


@dataclass(frozen=True, slots=True)
class Matched:
    """A permit that the words of the description call for; what is not `sure` waits to be confirmed."""

    permit: str
    sure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where and when the operator was seen: `area` a division's code of any length, `lon`/`lat` in degrees (WGS 84),
    `at` an aware instant, `designated` the code of a designated place that somebody on the spot named."""

    area: str = ""
    lon: float | None = None
    lat: float | None = None
    at: datetime | None = None
    designated: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known of one operator.

    `trades` are codes of the pack's trades, `matched` what `gongzhi.scopes` read in the description; with neither
    the trade is a new one. `answers` holds the trade's questions that were answered, and under
    `calls_for:<permit>` whether a doubtful reading was confirmed. `permits` lists the permits and filings that
    somebody looked at; of any other `otherwise` holds. `individual`: somebody living by their own skill, without
    staff. `act` is what is done, in the words of a law that divides the duty by the act. `found_by` is the function
    of the department that found it, `hazards` the codes that somebody ticked.
    """

    trades: tuple[str, ...] = ()
    matched: tuple[Matched, ...] = ()
    answers: Mapping[str, bool] = field(default_factory=dict)
    permits: Mapping[str, PermitFact] = field(default_factory=dict)
    otherwise: Standing = Standing.UNKNOWN
    licence: Licence = Licence.UNKNOWN
    individual: bool | None = None
    where: Where = field(default_factory=Where)
    act: str = ""
    found_by: str = ""
    hazards: tuple[str, ...] = ()

    def standing(self, permit: str, on: date) -> Standing:
        """How a permit or filing stands on a day."""
        fact = self.permits.get(permit)
        return self.otherwise if fact is None else fact.on(on)
