"""The reference data that the rules read: dated rows, from a pack's files or from the tables that a city edits."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from gongzhi.packs.clue_rows import (
        ClueDecision,
        Count,
        DesignatedPlace,
        DutyRule,
        EnforcementAct,
        Exemption,
        Hazard,
        ObjectionEvidence,
        TradePermit,
        TradeQuestion,
        Treatment,
    )
    from gongzhi.packs.content import Pack
    from gongzhi.packs.rows import Dated, Department, Permit, Routing, Trade

D = TypeVar("D", bound="Dated")


@dataclass(frozen=True, kw_only=True)
class Tables:
    """Every row of every day; `day` picks those in force. `version` names their state."""

    version: str
    permits: tuple[Permit, ...]
    trades: tuple[Trade, ...]
    trade_permits: tuple[TradePermit, ...]
    trade_questions: tuple[TradeQuestion, ...]
    exemptions: tuple[Exemption, ...]
    own_exemptions: tuple[Exemption, ...]
    designated_places: tuple[DesignatedPlace, ...]
    decisions: tuple[ClueDecision, ...]
    duty_rules: tuple[DutyRule, ...]
    own_duty_rules: tuple[DutyRule, ...]
    enforcement_acts: tuple[EnforcementAct, ...]
    hazards: tuple[Hazard, ...]
    treatments: tuple[Treatment, ...]
    evidence: tuple[ObjectionEvidence, ...]
    counts: tuple[Count, ...]
    departments: tuple[Department, ...]
    routing: tuple[Routing, ...]
    _days: dict[date, Day] = field(default_factory=dict, init=False, compare=False, repr=False)

    @classmethod
    def of(cls, pack: Pack, version: str = "") -> Tables:
        """The tables of a city's pack as its files say them."""
        national = pack.national
        return cls(
            version=version or pack.code,
            permits=national.permits,
            trades=national.trades,
            trade_permits=national.trade_permits,
            trade_questions=national.trade_questions,
            exemptions=national.exemptions,
            own_exemptions=pack.own_exemptions,
            designated_places=pack.designated_places,
            decisions=national.clue_decisions,
            duty_rules=national.duty_rules,
            own_duty_rules=pack.own_duty_rules,
            enforcement_acts=national.enforcement_acts,
            hazards=national.hazards,
            treatments=national.treatments,
            evidence=national.objection_evidence,
            counts=national.counts,
            departments=pack.departments,
            routing=pack.routing,
        )

    def day(self, on: date) -> Day:
        """What is in force on a day; kept, because thousands of clues ask for the same one."""
        found = self._days.get(on)
        if found is None:
            # A few days are asked for again and again; a run over years must not keep them all.
            if len(self._days) >= _MOST_DAYS:
                self._days.clear()
            found = self._days[on] = Day(self, on)
        return found


_MOST_DAYS = 64


class Day:
    """The rows of one day, by the keys under which the rules look for them."""

    def __init__(self, tables: Tables, on: date) -> None:
        self.on = on
        self.version = tables.version
        self._tables = tables

    def _held(self, rows: Iterable[D]) -> tuple[D, ...]:
        return tuple(
            row
            for row in rows
            if row.valid_from <= self.on and (row.valid_to is None or self.on < row.valid_to)
        )

    @cached_property
    def permits(self) -> Mapping[str, Permit]:
        return {row.code: row for row in self._held(self._tables.permits)}

    @cached_property
    def trades(self) -> Mapping[str, Trade]:
        return {row.code: row for row in self._held(self._tables.trades)}

    @cached_property
    def trade_permits(self) -> Mapping[str, tuple[TradePermit, ...]]:
        """By trade, in the trade's own order of its permits."""
        found: dict[str, list[TradePermit]] = defaultdict(list)
        for row in self._held(self._tables.trade_permits):
            found[row.trade].append(row)
        for code, trade in self.trades.items():
            found[code].sort(key=lambda row: trade.permits.index(row.permit))
        return {code: tuple(rows) for code, rows in found.items()}

    @cached_property
    def questions(self) -> Mapping[str, TradeQuestion]:
        return {row.code: row for row in self._held(self._tables.trade_questions)}

    @cached_property
    def exemptions(self) -> Mapping[str, Exemption]:
        """By code; what a province or city says of one comes in place of the national row."""
        return {row.code: row for row in self._held((*self._tables.exemptions, *self._tables.own_exemptions))}

    @cached_property
    def designated_places(self) -> tuple[DesignatedPlace, ...]:
        return self._held(self._tables.designated_places)

    @cached_property
    def decisions(self) -> tuple[ClueDecision, ...]:
        return self._held(self._tables.decisions)

    @cached_property
    def duty_rules(self) -> Mapping[str, tuple[DutyRule, ...]]:
        """By class, first step first; a city's own rule in place of the national one it replaces."""
        rules = {(row.kind, row.applies): row for row in self._held(self._tables.duty_rules)}
        rules |= {(row.kind, row.applies): row for row in self._held(self._tables.own_duty_rules)}
        found: dict[str, list[DutyRule]] = defaultdict(list)
        for rule in sorted(rules.values(), key=lambda row: row.step):
            found[rule.kind].append(rule)
        return {kind: tuple(rows) for kind, rows in found.items()}

    @cached_property
    def acts(self) -> Mapping[str, tuple[EnforcementAct, ...]]:
        found: dict[str, list[EnforcementAct]] = defaultdict(list)
        for row in self._held(self._tables.enforcement_acts):
            found[row.permit].append(row)
        return {permit: tuple(rows) for permit, rows in found.items()}

    @cached_property
    def hazards(self) -> Mapping[str, Hazard]:
        rows = sorted(self._held(self._tables.hazards), key=lambda row: row.position)
        return {row.code: row for row in rows}

    @cached_property
    def treatments(self) -> Mapping[str, Treatment]:
        return {row.code: row for row in self._held(self._tables.treatments)}

    @cached_property
    def evidence(self) -> Mapping[str, tuple[ObjectionEvidence, ...]]:
        """What an objection of each reason has to lay before the town."""
        found: dict[str, list[ObjectionEvidence]] = defaultdict(list)
        for row in self._held(self._tables.evidence):
            found[row.reason].append(row)
        return {reason: tuple(rows) for reason, rows in found.items()}

    @cached_property
    def counts(self) -> Mapping[str, Count]:
        return {row.name: row for row in self._held(self._tables.counts)}

    def count(self, name: str) -> int:
        """A number that a city may change. KeyError where none is in force."""
        try:
            return self.counts[name].amount
        except KeyError:
            raise KeyError(f"no count '{name}' is in force on {self.on}") from None

    @cached_property
    def covering(self) -> Mapping[str, Department]:
        """The department that carries out each function here."""
        return {
            function: department
            for department in self._held(self._tables.departments)
            for function in department.covers
        }

    @cached_property
    def department_levels(self) -> Mapping[str, str]:
        return {row.code: row.level for row in self._held(self._tables.departments)}

    @cached_property
    def approval_bureaus(self) -> frozenset[str]:
        """The departments that approve for others and supervise nothing."""
        return frozenset(row.code for row in self._held(self._tables.departments) if row.role == "approval")

    @cached_property
    def _routes(self) -> Mapping[tuple[str, str], Routing]:
        return {(row.permit, row.town_code9): row for row in self._held(self._tables.routing)}

    def route(self, permit: str, area: str) -> Routing | None:
        """Who licenses, supervises and is notified of a permit in an area; a town's own row comes first."""
        return self._routes.get((permit, area[:9])) or self._routes.get((permit, ""))
