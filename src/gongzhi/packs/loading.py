"""Loads a pack from its folder, whole and checked, or says everything that is wrong with it."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from gongzhi.packs import checks, clue_rows, rows
from gongzhi.packs.content import Document, Invented, National, Pack
from gongzhi.packs.tables import PackError, read_table

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

R = TypeVar("R", bound=rows.Row)


_HEAD = {
    "code": str,
    "name_zh": str,
    "name_en": str,
    "city_code4": str,
    "has_counties": bool,
    "coordinates": str,
    "valid_from": date,
    "divisions_as_of": date,
    "documents": list,
    "invented": list,
}


def cities(root: Traversable | None = None) -> tuple[str, ...]:
    """The codes of the packs in `root`, or of those that come with Gongzhi, in alphabetical order."""
    folders = (root or files(__package__)).iterdir()
    return tuple(sorted(folder.name for folder in folders if (folder / "pack.toml").is_file()))


def load_national(root: Traversable | None = None) -> National:
    """What is the same in every city. Raises PackError listing every fault."""
    return _national(root) if root is not None else _shipped_national()


def load_pack(city: str, root: Traversable | None = None) -> Pack:
    """The pack of `city`, with the national tables beside it in `root` (by default the shipped ones).

    The packs that come with Gongzhi are read once a process. Raises PackError listing every fault as
    `file:line: what is wrong; what to do`.
    """
    return _pack(city, root, load_national(root)) if root is not None else _shipped_pack(city)


@cache
def _shipped_national() -> National:
    return _national(files(__package__))


@cache
def _shipped_pack(city: str) -> Pack:
    return _pack(city, files(__package__), _shipped_national())


def _table(
    folder: Traversable, name: str, row: type[R], problems: list[str], *, may_lack: bool = False
) -> Any:
    """One table with its own faults noted; an absent or empty file is a fault unless the pack may lack it."""
    before = len(problems)
    found = read_table(folder, name, row, problems)
    if not found and not may_lack and len(problems) == before:
        problems.append(f"{folder.name}/{name}:1: absent or empty; a pack can't do without it")
    problems += checks.row_problems(f"{folder.name}/{name}", found)
    return found


def _national(root: Traversable) -> National:
    folder, problems = root / "national", list[str]()
    national = National(
        functions=_table(folder, "functions.csv", rows.Function, problems),
        permits=_table(folder, "permits.csv", rows.Permit, problems),
        limits=_table(folder, "limits.csv", rows.Limit, problems),
        visit_items=_table(folder, "visit_items.csv", rows.VisitItem, problems),
        visit_choices=_table(folder, "visit_choices.csv", rows.VisitChoice, problems),
        reasons=_table(folder, "reasons.csv", rows.Reason, problems),
        trades=_table(folder, "trades.csv", rows.Trade, problems),
        trade_permits=_table(folder, "trade_permits.csv", clue_rows.TradePermit, problems),
        trade_questions=_table(folder, "trade_questions.csv", clue_rows.TradeQuestion, problems),
        exemptions=_table(folder, "exemptions.csv", clue_rows.Exemption, problems),
        clue_decisions=_table(folder, "clue_decisions.csv", clue_rows.ClueDecision, problems),
        duty_rules=_table(folder, "duty_rules.csv", clue_rows.DutyRule, problems),
        enforcement_acts=_table(folder, "enforcement_acts.csv", clue_rows.EnforcementAct, problems),
        hazards=_table(folder, "hazards.csv", clue_rows.Hazard, problems),
        treatments=_table(folder, "treatments.csv", clue_rows.Treatment, problems),
        objection_evidence=_table(folder, "objection_evidence.csv", clue_rows.ObjectionEvidence, problems),
        guide_materials=_table(folder, "guide_materials.csv", clue_rows.GuideMaterial, problems),
        counts=_table(folder, "counts.csv", clue_rows.Count, problems),
    )
    # References are only worth checking between tables that could be read: else one slip lists every row.
    if problems or (problems := checks.national_problems(national)):
        raise PackError(problems)
    return national


def _pack(city: str, root: Traversable, national: National) -> Pack:
    folder, problems = root / city, list[str]()
    head = _head(folder, city, root)
    pack = Pack(
        **head,
        national=national,
        areas=_table(folder, "areas.csv", rows.Area, problems, may_lack=not head["has_counties"]),
        towns=_table(folder, "towns.csv", rows.Town, problems),
        villages=_table(folder, "villages.csv", rows.Village, problems),
        former_villages=_table(folder, "former_villages.csv", rows.FormerVillage, problems, may_lack=True),
        old_names=_table(folder, "old_names.csv", rows.OldName, problems, may_lack=True),
        centres=_table(folder, "centres.csv", rows.Centre, problems, may_lack=True),
        departments=_table(folder, "departments.csv", rows.Department, problems),
        section_rules=_table(folder, "sections.csv", rows.SectionRule, problems, may_lack=True),
        routing=_table(folder, "routing.csv", rows.Routing, problems),
        own_limits=_table(folder, "limits.csv", rows.Limit, problems, may_lack=True),
        own_duty_rules=_table(folder, "duty_rules.csv", clue_rows.DutyRule, problems, may_lack=True),
        own_exemptions=_table(folder, "exemptions.csv", clue_rows.Exemption, problems, may_lack=True),
        designated_places=_table(
            folder, "designated_places.csv", clue_rows.DesignatedPlace, problems, may_lack=True
        ),
    )
    if problems or (problems := checks.pack_problems(pack)):
        raise PackError(problems)
    return pack


def _head(folder: Traversable, city: str, root: Traversable) -> dict[str, Any]:
    where = f"{folder.name}/pack.toml:1"
    if not (folder / "pack.toml").is_file():
        raise PackError([f"{where}: there is no pack '{city}'; choose one of {', '.join(cities(root))}"])
    try:
        head = tomllib.loads((folder / "pack.toml").read_text(encoding="utf-8"))
    except ValueError as fault:
        raise PackError([f"{where}: {fault}; write it as TOML in UTF-8"]) from fault
    if set(head) != set(_HEAD):
        raise PackError([f"{where}: {sorted(set(head) ^ set(_HEAD))} missing or unknown; see docs/packs.md"])
    if wrong := [key for key, kind in _HEAD.items() if type(head[key]) is not kind]:
        raise PackError([f"{where}: {wrong} hold the wrong kind of value; see docs/packs.md"])
    known = get_args(rows.Coordinates)
    if head["code"] != city or head["coordinates"] not in known:
        raise PackError([f"{where}: code is not '{city}', or coordinates not one of {known}; correct it"])
    try:
        documents = tuple(Document(**entry) for entry in head.pop("documents"))
        invented = tuple(Invented(**entry) for entry in head.pop("invented"))
    except TypeError as fault:
        raise PackError([f"{where}: documents or invented: {fault}; see docs/packs.md"]) from fault
    return {**head, "documents": documents, "invented": invented}
