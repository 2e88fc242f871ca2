"""What one line of each table about unlicensed trade says, as frozen values; written as in `rows`.

No `from __future__ import annotations` here: `tables` reads these annotations while it parses.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

from gongzhi.packs.rows import Dated

ClueClass = Literal["no_permit", "no_licence", "neither", "not_filed", "not_unlicensed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Count(Dated):
    """A number that a city may change and that is no time limit."""

    KEY: ClassVar = ("name",)
    name: str
    name_zh: str
    name_en: str
    amount: int
    unit: Literal["times", "metres", "percent"]


@dataclass(frozen=True, kw_only=True, slots=True)
class TradePermit(Dated):
    """When a trade calls for a permit: always, or where each answer in `answers` (`question=yes`) was given.

    `act` is what the operator of such a trade does in the words of a law that divides the duty by the act.
    """

    KEY: ClassVar = ("trade", "permit")
    trade: str
    permit: str
    answers: tuple[str, ...] = ()
    act: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TradeQuestion(Dated):
    """Something to find out on the spot, to be answered with yes, no or not known."""

    KEY: ClassVar = ("code",)
    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Exemption(Dated):
    """A way in which an operator needs no business licence, or no permit either.

    `needs` says what has to be true: a place and time that the government designated (`designated`), an
    individual's own skill without any permit (`skill`), a permit or filing in hand (`holds`, named in `permit`),
    the answers in `answers` (`answers`), or nothing else, because the law says it of the activity (`nature`).
    """

    KEY: ClassVar = ("code",)
    code: str
    name_zh: str
    name_en: str
    needs: Literal["designated", "skill", "holds", "answers", "nature"]
    permit: str = ""
    answers: tuple[str, ...] = ()
    frees: Literal["licence", "both"]


@dataclass(frozen=True, kw_only=True, slots=True)
class DesignatedPlace(Dated):
    """A place and time that the government designated for some trade (Decree 684, art. 3).

    `outline` is a ring of corners `lon lat` in degrees (WGS 84); without one the whole `area` is meant. `weekdays`
    are 1 (Monday) to 7, none for every day. `opens` and `closes` are local times HH:MM; a closing time before
    the opening time is on the next day.
    """

    KEY: ClassVar = ("code",)
    code: str
    name_zh: str
    name_en: str
    area: str
    outline: tuple[str, ...] = ()
    weekdays: tuple[str, ...] = ()
    opens: str
    closes: str
    exemptions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ClueDecision(Dated):
    """A line of the law's table: what an operator is whose permits, licence and filings stand so.

    `missing` means needed and not there; `in_order` held or not needed; `any` that it makes no difference.
    """

    KEY: ClassVar = ("permits", "licence", "filings")
    permits: Literal["missing", "in_order", "any"]
    licence: Literal["missing", "in_order", "any"]
    filings: Literal["missing", "in_order", "any"]
    kind: ClueClass
    articles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DutyRule(Dated):
    """Whose a clue is: of a class's rules the first by `step` that `applies` says it.

    A city's own rule takes the place of the national one of the same class and `applies`. `applies`: the law itself
    names who acts (`law`), a permit or filing is missing (`permit`), the trade has a competent department
    (`industry`), or in any case (`any`). `who`: whom the law names, who licenses, who supervises where a bureau
    of approvals licenses, the trade's department, the market regulator, or who keeps the filing. `designates` is who
    decides where nobody or several answer.
    """

    KEY: ClassVar = ("kind", "applies")
    step: int
    kind: ClueClass
    applies: Literal["law", "permit", "industry", "any"]
    who: Literal["named", "licensing", "supervising", "industry", "market", "filing"]
    designates: Literal["province", "city", "area"]
    name_zh: str
    name_en: str
    articles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class EnforcementAct(Dated):
    """Who acts on what, where a law divides the duty for one permit by the act."""

    KEY: ClassVar = ("permit", "act", "function")
    permit: str
    act: str
    function: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Hazard(Dated):
    """Something at the place that makes a clue serious, or worth a note.

    With `bypass` it reaches the three command centres at once and waits in no queue. Whoever lacks one of
    `permits`, or runs one of `trades`, is taken to show it even when nobody ticked it.
    """

    KEY: ClassVar = ("code",)
    position: int
    code: str
    name_zh: str
    name_en: str
    grade: Literal["ordinary", "serious"]
    bypass: bool
    permits: tuple[str, ...] = ()
    trades: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Treatment(Dated):
    """What a result of handling (`Reason` of kind `clue_result`) fits, needs and leads to.

    `fits` are the classes it may be given for. `ends`: the operator is licensed or permitted (`licensed`), no
    longer trades (`stopped`), was no clue (`dismissed`), goes elsewhere (`elsewhere`), or it goes on
    (`continues`). `proof` is what has to be shown, `follow_up` the limit after which somebody looks again.
    """

    KEY: ClassVar = ("code",)
    code: str
    fits: tuple[str, ...]
    ends: Literal["licensed", "stopped", "dismissed", "elsewhere", "continues"]
    proof: tuple[str, ...] = ()
    follow_up: str = ""
    decides: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class GuideMaterial(Dated):
    """What somebody brings who wants to be licensed: to the registrar (`matter` is licence), for any permit (permit) or
    any filing (filing), or beside it for the one whose code `matter` is. In the file's order."""

    KEY: ClassVar = ("matter", "code")
    matter: str
    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectionEvidence(Dated):
    """What a department has to lay before the town with an objection of one reason."""

    KEY: ClassVar = ("reason", "code")
    reason: str
    code: str
    name_zh: str
    name_en: str
    required: bool
