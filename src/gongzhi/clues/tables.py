"""The reference data of the clue rules as this city's tables hold it, read once for each state of the pack."""

from __future__ import annotations

from functools import lru_cache

from gongzhi.catalog import models, queries, unlicensed
from gongzhi.clues.rules import Tables
from gongzhi.packs import rows


def tables() -> Tables:
    """The tables of the installed city. Raises `catalog.queries.NoPackError` where none is installed."""
    return _tables(queries.version())


@lru_cache(maxsize=4)
def _tables(version: str) -> Tables:
    return Tables(
        version=version[:12],
        permits=queries.rows(models.Permit, rows.Permit),
        trades=queries.rows(models.Trade, rows.Trade),
        trade_permits=queries.rows(unlicensed.TradePermit, rows.TradePermit),
        trade_questions=queries.rows(unlicensed.TradeQuestion, rows.TradeQuestion),
        exemptions=queries.rows(unlicensed.Exemption, rows.Exemption),
        designated_places=queries.rows(unlicensed.DesignatedPlace, rows.DesignatedPlace),
        decisions=queries.rows(unlicensed.ClueDecision, rows.ClueDecision),
        duty_rules=queries.rows(unlicensed.DutyRule, rows.DutyRule, own=False),
        own_duty_rules=queries.rows(unlicensed.DutyRule, rows.DutyRule, own=True),
        enforcement_acts=queries.rows(unlicensed.EnforcementAct, rows.EnforcementAct),
        hazards=queries.rows(unlicensed.Hazard, rows.Hazard),
        treatments=queries.rows(unlicensed.Treatment, rows.Treatment),
        evidence=queries.rows(unlicensed.ObjectionEvidence, rows.ObjectionEvidence),
        counts=queries.rows(unlicensed.Count, rows.Count),
        departments=queries.rows(unlicensed.CityDepartment, rows.Department),
        routing=queries.rows(models.Routing, rows.Routing),
    )
