"""A city's reference data as one value, and the questions that other rooms put to it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from gongzhi.packs.rows import Section

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from gongzhi.packs.clue_rows import (
        ClueDecision,
        Count,
        DesignatedPlace,
        DutyRule,
        EnforcementAct,
        Exemption,
        GuideMaterial,
        Hazard,
        ObjectionEvidence,
        TradePermit,
        TradeQuestion,
        Treatment,
    )
    from gongzhi.packs.rows import (
        Area,
        Centre,
        Coordinates,
        Dated,
        Department,
        FormerVillage,
        Function,
        Limit,
        OldName,
        Permit,
        Reason,
        ReasonKind,
        Routing,
        SectionRule,
        Town,
        Trade,
        Village,
        VisitChoice,
        VisitItem,
    )

D = TypeVar("D", bound="Dated")


def in_force(rows: Iterable[D], on: date) -> tuple[D, ...]:
    """The rows that hold on the day `on`, in their own order: `valid_to` is the first day without the row."""
    return tuple(row for row in rows if row.valid_from <= on and (row.valid_to is None or on < row.valid_to))


def _by(rows: Iterable[D], *names: str) -> dict[tuple[str, ...], list[D]]:
    found: dict[tuple[str, ...], list[D]] = defaultdict(list)
    for row in rows:
        found[tuple(getattr(row, name) for name in names)].append(row)
    return dict(found)


def _the_one(rows: Iterable[D], on: date) -> D | None:
    return next(iter(in_force(rows, on)), None)


@dataclass(frozen=True, kw_only=True)
class National:
    """What is the same in every city."""

    functions: tuple[Function, ...]
    permits: tuple[Permit, ...]
    limits: tuple[Limit, ...]
    visit_items: tuple[VisitItem, ...]
    visit_choices: tuple[VisitChoice, ...]
    reasons: tuple[Reason, ...]
    trades: tuple[Trade, ...]
    trade_permits: tuple[TradePermit, ...]
    trade_questions: tuple[TradeQuestion, ...]
    exemptions: tuple[Exemption, ...]
    clue_decisions: tuple[ClueDecision, ...]
    duty_rules: tuple[DutyRule, ...]
    enforcement_acts: tuple[EnforcementAct, ...]
    hazards: tuple[Hazard, ...]
    treatments: tuple[Treatment, ...]
    objection_evidence: tuple[ObjectionEvidence, ...]
    guide_materials: tuple[GuideMaterial, ...]
    counts: tuple[Count, ...]

    @cached_property
    def _permits(self) -> dict[tuple[str, ...], list[Permit]]:
        return _by(self.permits, "code")

    def permit(self, code: str, on: date) -> Permit | None:
        """The permit as it stood on that day; None where no such permit was in force."""
        return _the_one(self._permits.get((code,), ()), on)

    def choices(self, item: str, on: date) -> tuple[VisitChoice, ...]:
        """The answers that a visit's item offered on that day, in the order to show them."""
        rows = in_force((choice for choice in self.visit_choices if choice.item == item), on)
        return tuple(sorted(rows, key=lambda choice: choice.position))

    def reasons_for(self, kind: ReasonKind, on: date) -> tuple[Reason, ...]:
        """The coded reasons of one kind on that day."""
        return in_force((reason for reason in self.reasons if reason.kind == kind), on)


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document that the city's way of working follows."""

    code: str
    title_zh: str
    title_en: str


@dataclass(frozen=True, kw_only=True)
class Invented:
    """Something in a pack that no public source says, in words for the screen."""

    code: str
    text_zh: str
    text_en: str


@dataclass(frozen=True, kw_only=True)
class Pack:
    """One city's reference data together with what is national.

    `has_counties` is False where towns lie directly under the city. `coordinates` is the datum in which the
    city's own records are kept. `own_limits`, `own_duty_rules` and `own_exemptions` are those that differ here from
    the national ones.
    """

    code: str
    name_zh: str
    name_en: str
    city_code4: str
    has_counties: bool
    coordinates: Coordinates
    valid_from: date
    divisions_as_of: date
    documents: tuple[Document, ...]
    invented: tuple[Invented, ...]
    national: National
    areas: tuple[Area, ...]
    towns: tuple[Town, ...]
    villages: tuple[Village, ...]
    former_villages: tuple[FormerVillage, ...]
    old_names: tuple[OldName, ...]
    centres: tuple[Centre, ...]
    departments: tuple[Department, ...]
    section_rules: tuple[SectionRule, ...]
    routing: tuple[Routing, ...]
    own_limits: tuple[Limit, ...]
    own_duty_rules: tuple[DutyRule, ...]
    own_exemptions: tuple[Exemption, ...]
    designated_places: tuple[DesignatedPlace, ...]

    @cached_property
    def _routing(self) -> dict[tuple[str, ...], list[Routing]]:
        return _by(self.routing, "permit", "town_code9")

    def limits(self, on: date) -> dict[str, Limit]:
        """Every limit in force on that day by name; the city's own row comes before the national one."""
        return {limit.name: limit for limit in in_force((*self.national.limits, *self.own_limits), on)}

    def limit(self, name: str, on: date) -> Limit:
        """One limit on that day. KeyError where none is in force: a file may not run without its clock."""
        try:
            return self.limits(on)[name]
        except KeyError:
            raise KeyError(f"no limit '{name}' is in force on {on} in the pack {self.code}") from None

    def department(self, code: str, on: date) -> Department | None:
        """The department of this city, or above it, under that code."""
        return _the_one((row for row in self.departments if row.code == code), on)

    def department_for(self, function: str, on: date) -> Department | None:
        """Who carries out a function here: the permits name functions, the city has departments."""
        return _the_one((row for row in self.departments if function in row.covers), on)

    def route(self, permit: str, on: date, town_code9: str = "") -> Routing | None:
        """Who licenses, is notified and punishes; a row for the town comes before the general one."""
        for town in dict.fromkeys((town_code9, "")):
            found = _the_one(self._routing.get((permit, town), ()), on)
            if found:
                return found
        return None

    def sections(self, on: date) -> tuple[Section, ...]:
        """Every branch of a department in a town or area on that day, by rule and then by place.

        A town that another one serves has no branches of its own.
        """
        towns = {row.town_code9: row for row in in_force(self.towns, on) if not row.served_by}
        areas = {row.area_code6: row for row in in_force(self.areas, on)}
        made = []
        for rule in in_force(self.section_rules, on):
            places: dict[str, Town] | dict[str, Area] = towns if rule.tier == "town" else areas
            for code, place in places.items():
                if rule.places == ("all",) or code in rule.places:
                    made.append(
                        Section(
                            department=rule.department,
                            place=code,
                            name_zh=rule.name_zh.replace("{place}", place.name),
                            name_en=rule.name_en.replace("{place}", place.name_en),
                            verified=rule.verified,
                        )
                    )
        return tuple(made)

    def section_for(self, department: str, town_code9: str, on: date) -> Section | None:
        """The branch that serves a town: its own, the serving town's, its area's, or None for the city's."""
        town = _the_one((row for row in self.towns if row.town_code9 == town_code9), on)
        if town is None:
            return None
        places = {town.served_by or town.town_code9, town.area_code6}
        return next(
            (row for row in self.sections(on) if row.department == department and row.place in places), None
        )
