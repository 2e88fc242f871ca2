"""What the rules say of a situation, with the reference data of the city that is installed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gongzhi.clues.rules.classes import classify
from gongzhi.clues.rules.duty import responsible
from gongzhi.clues.rules.findings import Finding, Grade, Responsibility
from gongzhi.clues.rules.grading import grade
from gongzhi.clues.rules.situation import Licence, Matched, PermitFact, Situation, Standing, Where
from gongzhi.clues.tables import tables

__all__ = ["Judged", "count", "judge", "read", "stated", "tables"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a situation is, whose, and how urgent."""

    finding: Finding
    duty: Responsibility
    grade: Grade


def count(name: str, on: date) -> int:
    """A number that a city may change, such as the rounds of objection before the city decides."""
    return tables().day(on).count(name)


def judge(situation: Situation, on: date) -> Judged:
    """Class, duty and grade of one situation on a day."""
    data = tables()
    finding = classify(situation, data, on)
    return Judged(finding, responsible(finding, situation, data, on), grade(situation, data, on))


def stated(situation: Situation) -> dict[str, Any]:
    """A situation as JSON; `read` makes it one again."""
    where = situation.where
    return {
        "trades": list(situation.trades),
        "matched": [[one.permit, one.sure] for one in situation.matched],
        "answers": dict(situation.answers),
        "permits": {
            code: [fact.standing.value, fact.until.isoformat() if fact.until else None]
            for code, fact in situation.permits.items()
        },
        "otherwise": situation.otherwise.value,
        "licence": situation.licence.value,
        "individual": situation.individual,
        "where": {
            "area": where.area,
            "lon": where.lon,
            "lat": where.lat,
            "at": where.at.isoformat() if where.at else None,
            "designated": where.designated,
        },
        "act": situation.act,
        "found_by": situation.found_by,
        "hazards": list(situation.hazards),
    }


def read(said: Mapping[str, Any]) -> Situation:
    """The situation that `stated` wrote down."""
    where = said.get("where", {})
    return Situation(
        trades=tuple(said.get("trades", ())),
        matched=tuple(Matched(permit, sure) for permit, sure in said.get("matched", ())),
        answers=dict(said.get("answers", {})),
        permits={
            code: PermitFact(Standing(standing), date.fromisoformat(until) if until else None)
            for code, (standing, until) in said.get("permits", {}).items()
        },
        otherwise=Standing(said.get("otherwise", Standing.UNKNOWN)),
        licence=Licence(said.get("licence", Licence.UNKNOWN)),
        individual=said.get("individual"),
        where=Where(
            area=where.get("area", ""),
            lon=where.get("lon"),
            lat=where.get("lat"),
            at=datetime.fromisoformat(where["at"]) if where.get("at") else None,
            designated=where.get("designated", ""),
        ),
        act=said.get("act", ""),
        found_by=said.get("found_by", ""),
        hazards=tuple(said.get("hazards", ())),
    )
