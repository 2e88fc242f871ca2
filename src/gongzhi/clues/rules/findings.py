"""What the rules answer: which class a clue is, whose it is, how urgent, and how far two of them are the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal


class Kind(StrEnum):
    """The classes of Decree 684, a missing filing, and what cannot be told yet."""

    NO_PERMIT = "no_permit"
    NO_LICENCE = "no_licence"
    NEITHER = "neither"
    NOT_FILED = "not_filed"
    NOT_UNLICENSED = "not_unlicensed"
    UNKNOWN = "unknown"

    @property
    def zh(self) -> str:
        return _NAMES[self.value][0]

    @property
    def en(self) -> str:
        return _NAMES[self.value][1]

    @property
    def unlicensed(self) -> bool:
        """Whether the class is one of the three that Decree 684 is about."""
        return self in {Kind.NO_PERMIT, Kind.NO_LICENCE, Kind.NEITHER}


_NAMES = {
    "no_permit": ("无证经营", "No permit"),
    "no_licence": ("无照经营", "No business licence"),
    "neither": ("无证且无照经营", "Neither permit nor business licence"),
    "not_filed": ("未备案（不属于无证无照经营）", "Not filed (this is not unlicensed trade)"),
    "not_unlicensed": ("不属于无证无照经营", "Not unlicensed trade"),
    "unknown": ("尚不能判断", "Cannot be told yet"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence of why, with a code that stays and words that may change."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Something to find out. `kind` is what the answer fills: a `question`, a `permit`, the `licence`, whether the
    operator is an `individual`, a doubtful `reading` of the description, or the `trade` or `place`."""

    kind: Literal["question", "permit", "licence", "individual", "reading", "trade", "place"]
    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Duty:
    """Something the operator has to do by a limit of this name, counted from `since` where that is known (ISO)."""

    code: str
    limit: str
    since: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a clue is. `possible` holds every class that what is known allows; with one it is `kind`.

    `called` are the permits that are needed or may be, `missing` those surely needed and not there, `may_miss`
    those of which that cannot be told, `filings` missing filings. `verified` says whether every row used was
    compared with its source.
    """

    kind: Kind
    possible: tuple[Kind, ...]
    called: tuple[str, ...]
    missing: tuple[str, ...]
    may_miss: tuple[str, ...]
    filings: tuple[str, ...]
    reasons: tuple[Reason, ...]
    articles: tuple[str, ...]
    asks: tuple[Ask, ...]
    duties: tuple[Duty, ...]
    version: str
    verified: bool

    def facts(self) -> dict[str, Any]:
        """The finding as JSON, for the journal."""
        return {
            "kind": self.kind.value,
            "possible": [kind.value for kind in self.possible],
            "called": list(self.called),
            "missing": list(self.missing),
            "may_miss": list(self.may_miss),
            "filings": list(self.filings),
            "reasons": [_words(reason) for reason in self.reasons],
            "articles": list(self.articles),
            "asks": [{"kind": ask.kind, **_words(ask)} for ask in self.asks],
            "duties": [{"limit": duty.limit, "since": duty.since, **_words(duty)} for duty in self.duties],
            "version": self.version,
            "verified": self.verified,
        }


def _words(said: Reason | Ask | Duty) -> dict[str, str]:
    return {"code": said.code, "zh": said.zh, "en": said.en}


Mode = Literal["single", "either", "each", "on_request", "split", "none"]
Unclear = Literal["", "new_trade", "several", "none", "class_open", "act_open"]


@dataclass(frozen=True, slots=True)
class Party:
    """One department's part. `function` is what the law names, `department` who does that here (empty where nobody
    is known to), `role` whether it acts, asks another to act, or is told. `permits` are what it acts on."""

    function: str
    department: str
    role: Literal["handles", "requests", "told"]
    permits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsibility:
    """Whose a clue is. Where only a filing is missing nobody handles and the filing's department is told.

    `parties` in order: the first that handles or requests receives the clue, those told get a copy. With
    `certainty` `unclear` nothing is pushed: `decides` names who settles it (`town`, and above it `designates`), for
    the reason in `unclear`; `parties` are then candidates. `step` names the rule that answered.
    """

    parties: tuple[Party, ...]
    mode: Mode
    step: str
    certainty: Literal["sure", "unclear"]
    unclear: Unclear
    decides: str
    designates: str
    articles: tuple[str, ...]
    reasons: tuple[Reason, ...]
    version: str
    verified: bool

    @property
    def receives(self) -> Party | None:
        """Who gets the clue first; None where nobody acts or the town has to decide."""
        if self.certainty == "unclear":
            return None
        return next((party for party in self.parties if party.role != "told"), None)

    @property
    def told(self) -> tuple[str, ...]:
        """The functions that get a copy (抄告)."""
        return tuple(party.function for party in self.parties if party.role == "told")

    @property
    def handlers(self) -> tuple[str, ...]:
        """The functions that act, the leading one first."""
        return tuple(party.function for party in self.parties if party.role == "handles")

    def facts(self) -> dict[str, Any]:
        """The answer as JSON, for the journal."""
        return {
            "parties": [
                {
                    "function": party.function,
                    "department": party.department,
                    "role": party.role,
                    "permits": list(party.permits),
                }
                for party in self.parties
            ],
            "mode": self.mode,
            "step": self.step,
            "certainty": self.certainty,
            "unclear": self.unclear,
            "decides": self.decides,
            "designates": self.designates,
            "articles": list(self.articles),
            "reasons": [_words(reason) for reason in self.reasons],
            "version": self.version,
            "verified": self.verified,
        }


@dataclass(frozen=True, slots=True)
class Grade:
    """How urgent. With `bypass` the three command centres get it at once; `hazards` are what was seen or follows."""

    serious: bool
    bypass: bool
    hazards: tuple[str, ...]
    reasons: tuple[Reason, ...]
    basis: tuple[str, ...]
    verified: bool


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How far two clues are the same: `probable`, `possible` or `different`, with the reasons on both sides."""

    verdict: Literal["probable", "possible", "different"]
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a clue of the same kind ended: who handled it at last, and how many departments had refused it."""

    function: str
    trades: tuple[str, ...]
    kind: Kind
    town: str
    days_ago: int
    upheld: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A department that similar clues ended with. `share` of their weight lies between 0 and 1."""

    function: str
    share: float
    clues: int
    reasons: tuple[Reason, ...]
