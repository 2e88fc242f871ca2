"""The reference data of the clue rules as this city's tables hold it, read once for each state of the pack."""

from __future__ import annotations

from functools import lru_cache

from gongzhi.catalog import models, queries, unlicensed
from gongzhi.clues.rules import Tables
from gongzhi.packs import clue_rows, rows


def tables() -> Tables:
    """The tables of the installed city. Raises `catalog.queries.NoPackError` where none is installed."""
    return _tables(queries.version())


@lru_cache(maxsize=4)
def _tables(version: str) -> Tables:
    return Tables(
        version=version[:12],
        permits=queries.rows(models.Permit, rows.Permit),
        trades=queries.rows(models.Trade, rows.Trade),
        trade_permits=queries.rows(unlicensed.TradePermit, clue_rows.TradePermit),
        trade_questions=queries.rows(unlicensed.TradeQuestion, clue_rows.TradeQuestion),
        exemptions=queries.rows(unlicensed.Exemption, clue_rows.Exemption, own=False),
        own_exemptions=queries.rows(unlicensed.Exemption, clue_rows.Exemption, own=True),
        designated_places=queries.rows(unlicensed.DesignatedPlace, clue_rows.DesignatedPlace),
        decisions=queries.rows(unlicensed.ClueDecision, clue_rows.ClueDecision),
        duty_rules=queries.rows(unlicensed.DutyRule, clue_rows.DutyRule, own=False),
        own_duty_rules=queries.rows(unlicensed.DutyRule, clue_rows.DutyRule, own=True),
        enforcement_acts=queries.rows(unlicensed.EnforcementAct, clue_rows.EnforcementAct),
        hazards=queries.rows(unlicensed.Hazard, clue_rows.Hazard),
        treatments=queries.rows(unlicensed.Treatment, clue_rows.Treatment),
        evidence=queries.rows(unlicensed.ObjectionEvidence, clue_rows.ObjectionEvidence),
        counts=queries.rows(unlicensed.Count, clue_rows.Count),
        departments=queries.rows(unlicensed.CityDepartment, rows.Department),
        routing=queries.rows(models.Routing, rows.Routing),
    )
