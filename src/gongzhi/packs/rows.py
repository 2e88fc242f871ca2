"""What one line of each table says, as frozen values.

A field without a default has to be filled in; `tuple` fields are written with `|` between their parts; `bool`
fields say `yes` or `no`; a `Literal` lists every word that the column may hold.

No `from __future__ import annotations` here: `tables` reads these annotations while it parses.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Literal

Coordinates = Literal["CGCS2000", "WGS84", "GCJ02"]
EnforcementMode = Literal["single", "either", "each", "on_request", "split"]
LeadsTo = Literal["in_order", "note", "guide", "wrong_address", "clue"]
ReasonKind = Literal[
    "notice_return",
    "notice_feedback",
    "notice_progress",
    "visit_result",
    "wrong_address",
    "wrong_grid",
    "missing_address",
    "address_refused",
    "no_visit_needed",
    "clock_pause",
    "close",
    "clue_source",
    "clue_urge",
    "clue_result",
    "clue_objection",
    "clue_close",
    "clue_check",
    "clue_return",
    "clue_revisit",
    "clue_extension",
    "clue_town",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A line of a table. `line` is its line in the file, for whoever has to mend it."""

    KEY: ClassVar[tuple[str, ...]] = ()
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Dated(Row):
    """A line that law or a city may change.

    It holds on `valid_from` and every day after it, up to but not including `valid_to`; without `valid_to` it
    still holds. `basis` is the law or document it rests on. Unless `verified`, nobody has compared it with
    the official text, and a screen that shows it says so.
    """

    basis: str
    verified: bool
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Function(Row):
    """A line of work that a permit names as its department, whatever a city calls the bureau that does it."""

    KEY: ClassVar = ("code",)
    code: str
    name_zh: str
    name_en: str
    tier: Literal["town", "local", "province", "state"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Permit(Dated):
    """A permit or filing. `departments` and `enforcement` are functions; the first named leads.

    `stage_verified` and `enforcement_verified` say whether those two answers were compared with the law;
    `verified` speaks for the permit and its basis. `licence_exempt`: its holder needs no business licence.
    `limit_days` is the time to decide, or with `limit_kind` `file` that within which the operator files.
    """

    KEY: ClassVar = ("code",)
    code: str
    name_zh: str
    name_en: str
    stage: Literal["pre", "post", "filing"]
    stage_basis: str
    stage_verified: bool
    departments: tuple[str, ...]
    department_written: str
    tiers: tuple[str, ...]
    trigger: Literal["scope", "non_scope", "scope_superior"]
    trigger_by: str = ""
    industries: tuple[str, ...]
    limit_days: int | None
    limit_unit: Literal["", "working_days", "calendar_days"] = ""
    limit_kind: Literal["", "decide", "file"] = ""
    limit_note: str = ""
    enforcement: tuple[str, ...]
    enforcement_mode: EnforcementMode
    enforcement_basis: str = ""
    enforcement_verified: bool
    licence_exempt: bool
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit(Dated):
    """How long something may take. A city's own row of the same name replaces the national one."""

    KEY: ClassVar = ("name",)
    name: str
    name_zh: str
    name_en: str
    amount: int
    unit: Literal["working_days", "calendar_days", "hours"]
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitChoice(Dated):
    """One answer to a visit's item, and what it leads to."""

    KEY: ClassVar = ("item", "code")
    item: str
    position: int
    code: str
    name_zh: str
    name_en: str
    leads_to: LeadsTo


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitItem(Dated):
    """One thing to verify on a visit: information and reminders, never an inspection's conclusion.

    `applies_when` says to which businesses it belongs, `applies_to` names the permits, equipment or places; `season` is
    the part of the year in which it is asked, `03-01/06-30` with both days in it, or empty for all of it.
    `confirmed` items are named in a public document; the others are this pack's proposal.
    """

    KEY: ClassVar = ("code",)
    item_no: int
    class_no: int
    code: str
    class_code: str
    class_zh: str
    class_en: str
    name_zh: str
    name_en: str
    content_zh: str
    content_en: str
    object_zh: str
    object_en: str
    standard_zh: str
    standard_en: str
    pre_handling_zh: str
    pre_handling_en: str
    limit: str
    return_limit: str
    department_limit: str
    hazard: Literal["ordinary", "serious"]
    special: bool
    applies_when: Literal[
        "all",
        "notified_permit",
        "notified_filing",
        "permit",
        "holds_permit",
        "permit_expiring",
        "annual_report_due",
        "silent",
        "equipment",
        "place",
        "noticed",
    ]
    applies_to: tuple[str, ...] = ()
    season: str = ""
    answer: Literal["choice"]
    photo: Literal["none", "optional", "required"]
    confirmed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason(Dated):
    """A coded reason or result; with `needs_words` it has to be explained in words as well."""

    KEY: ClassVar = ("kind", "code")
    kind: ReasonKind
    code: str
    name_zh: str
    name_en: str
    needs_words: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Trade(Dated):
    """A trade to pick from on the spot, with the permits it usually calls for; the first leads.

    `frequent` trades are offered first. `industry` is the function that answers for the trade even where it needs
    no permit. `exemptions` are the ways in which such an operator may need no licence. `TradePermit` says under
    which answers each permit is called for.
    """

    KEY: ClassVar = ("code",)
    number: int
    code: str
    name_zh: str
    name_en: str
    group_zh: str
    group_en: str
    frequent: bool
    permits: tuple[str, ...] = ()
    industry: str = ""
    exemptions: tuple[str, ...] = ()
    emerging: bool
    confirmed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Area(Dated):
    """A district, county or county-level city."""

    KEY: ClassVar = ("area_code6",)
    area_code6: str
    name: str
    name_en: str
    city_code4: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Town(Dated):
    """A town, township, subdistrict, or a park or farm that the statistics list beside them.

    `counted`: among the towns that the city's documents count. `served_by`: the town whose branches serve it.
    """

    KEY: ClassVar = ("town_code9",)
    town_code9: str
    name: str
    name_en: str
    kind: Literal["street", "town", "township", "park", "farm"]
    area_code6: str
    area: str
    counted: bool
    served_by: str = ""
    served_by_reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Village(Dated):
    """A village or community, with the names of everything above it."""

    KEY: ClassVar = ("code12",)
    code12: str
    name: str
    town_code9: str
    town: str
    area_code6: str
    area: str
    city: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FormerVillage(Dated):
    """A village's code and name of an earlier list; `current_code12` is blank where none succeeds it."""

    KEY: ClassVar = ("code12", "name")
    code12: str
    name: str
    current_code12: str = ""
    change: Literal["renamed", "recoded", "merged", "removed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class OldName(Dated):
    """Another name under which addresses mention an area or town."""

    KEY: ClassVar = ("old_name", "code")
    old_name: str
    code: str
    kind: Literal["former", "variant", "part"]
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Centre(Dated):
    """A town's or area's rough middle (degrees, WGS 84) and size (square kilometres)."""

    KEY: ClassVar = ("code",)
    code: str
    lon_wgs84: float
    lat_wgs84: float
    area_km2: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Department(Dated):
    """A body of this city, or above it, and the functions it carries out here (`covers`)."""

    KEY: ClassVar = ("code",)
    code: str
    name_zh: str
    name_en: str
    short_zh: str
    short_en: str
    level: Literal["town", "city", "province", "state"]
    role: Literal["line", "coordination", "grid", "approval"]
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SectionRule(Dated):
    """A department has a branch in each town (or area): `{place}` stands for its name.

    `places` is `all` or the codes meant. A department without a rule receives for the whole city.
    """

    KEY: ClassVar = ("department",)
    department: str
    tier: Literal["town", "area"]
    name_zh: str
    name_en: str
    places: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A department's branch in one town or area, made from its `SectionRule`."""

    department: str
    place: str
    name_zh: str
    name_en: str
    verified: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Routing(Dated):
    """Who licenses, supervises, is notified and punishes here. All are department codes of this city.

    A row with a `town_code9` comes before the general one. `written` is what the law's wording points to,
    `approving` who really approves; `level` is where a notice is dealt with, `superior` for information only.
    """

    KEY: ClassVar = ("permit", "town_code9")
    permit: str
    town_code9: str = ""
    written: tuple[str, ...]
    approving: tuple[str, ...]
    supervising: tuple[str, ...]
    notice: tuple[str, ...]
    enforcement: tuple[str, ...]
    enforcement_mode: EnforcementMode
    level: Literal["town", "area", "city", "superior"]
