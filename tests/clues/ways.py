"""How a clue comes to stand in each state by what people really do, and who may make an edge there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from gongzhi.catalog.queries import reason_choices
from gongzhi.clues import states
from gongzhi.flow.graph import Edge, Field
from gongzhi.org.roles import Role
from tests.clues.conftest import GRID, NEW_TRADE, TOBACCO_SHOP, Clues
from tests.loop.city import CITY, NEXT_VILLAGE, TOWN

HAZARD = "gas_bottles"
PEOPLE = {
    Role.CITY_OFFICE: "city_office",
    Role.TOWN_OFFICE: "town_office",
    Role.VILLAGE: "village",
    Role.OFFICER: "officer",
    Role.COMMAND: "town_centre",
    Role.REGISTRAR: "registrar",
    Role.ADMINISTRATOR: "administrator",
    Role.MARKET_MANAGER: "market_manager",
    Role.REPORT_DESK: "report_desk",
    Role.REPORT_REWARD: "report_reward",
}


def _received(city: Clues) -> int:
    case_id = city.push()
    city.act("market", case_id, "receive")
    return case_id


def _then(before: Callable[[Clues], int], who: str, action: str, **form: str) -> Callable[[Clues], int]:
    def way(city: Clues) -> int:
        case_id = before(city)
        city.act(who, case_id, action, **form)
        return case_id

    return way


def _awaiting_parts(city: Clues) -> int:
    case_id = _received(city)
    city.act("town_office", case_id, "add_department", department="health", words="同时涉及卫生许可")
    city.act("market", case_id, "feed_back", result="ordered")
    return case_id


def _merged(city: Clues) -> int:
    kept, case_id = city.report(), city.report().case_id
    city.act("village", case_id, "merge", into=kept.number)
    return case_id


def _part(city: Clues, how: str) -> int:
    lead = _awaiting_parts(city)
    [(part,)] = city.rows("SELECT case_id FROM clues_clue WHERE part_of_id = %s", lead)
    if how == "feed_back":
        city.act("health", part, "receive")
        city.act("health", part, "feed_back", result="permitted")
    else:
        city.act("town_office", lead, "call_off_parts", words="不需要")
    return part


_URGING = _then(lambda city: city.report().case_id, "village", "urge")
_OBJECTED = _then(_received, "market", "object", reason="not_our_duty", words="应由烟草部门处置")
_TO_CHECK = _then(_received, "market", "feed_back", result="permitted")
_TO_PLAN = _then(_TO_CHECK, "town_office", "send_to_joint", words="久治未清")
_EXTENSION = _then(_received, "market", "ask_extension", reason="complex", words="需要检验")

WAYS: dict[str, Callable[[Clues], int]] = {
    states.UNPLACED: lambda city: city.report(area=CITY).case_id,
    states.TO_ASSIGN: lambda city: city.report(area=TOWN).case_id,
    states.FOUND: lambda city: city.report().case_id,
    states.URGING: _URGING,
    states.TO_ROUTE: lambda city: city.push(NEW_TRADE),
    states.COMMANDED: lambda city: city.report(replace(NEW_TRADE, hazards=(HAZARD,))).case_id,
    states.PUSHED: lambda city: city.push(),
    states.RECEIVED: _received,
    states.HANDLING: _then(_received, "market", "take_on"),
    states.EXTENDED: _then(_EXTENSION, "town_office", "grant_extension"),
    states.URGENT: lambda city: city.report(replace(TOBACCO_SHOP, hazards=(HAZARD,))).case_id,
    states.EXTENSION_ASKED: _EXTENSION,
    states.AWAITING_ASSISTANCE: _then(
        _received, "market", "ask_assistance", department="tobacco", words="请核实许可证"
    ),
    states.OBJECTED: _OBJECTED,
    states.TO_DESIGNATE: _then(_OBJECTED, "town_office", "to_city", words="协调不成"),
    states.TO_CHECK: _TO_CHECK,
    states.AWAITING_PARTS: _awaiting_parts,
    states.TO_PLAN: _TO_PLAN,
    states.JOINT: _then(
        _TO_PLAN, "town_office", "plan", plan="联合整治", members="market、urban", planned_on="2026-09-28"
    ),
    states.CLOSED: _then(_TO_CHECK, "village", "confirm", reason="confirmed"),
    states.NOT_UNLICENSED: _then(_URGING, "village", "dismiss", result="not_found", words="现场未见经营"),
    states.MERGED: _merged,
    states.PART_ENDED: lambda city: _part(city, "feed_back"),
    states.WITHDRAWN: lambda city: _part(city, "withdrawn"),
}


def who_makes(city: Clues, edge: Edge, case_id: int) -> str:
    """A person who may make this edge, the machine only where nobody else may; SYSTEM is the empty name."""
    case = city.case(case_id)
    for role in sorted(edge.who - {Role.SYSTEM}):
        if role is Role.DEPARTMENT:
            return case.department or ""
        if city.people[PEOPLE[role]].sees(case.area, case.department):
            return PEOPLE[role]
    return ""


def filled(city: Clues, edge: Edge, case_id: int, on: date) -> dict[str, str]:
    """Answers that the edge's form takes in this case."""
    return {field.name: _answer(city, edge, field, case_id, on) for field in edge.form.fields}


def _answer(city: Clues, edge: Edge, field: Field, case_id: int, on: date) -> str:
    if field.reasons:
        codes = [choice.code for choice in reason_choices(field.reasons, on)]
        return next(code for code in codes if not field.only or code in field.only)
    if field.name == "into":
        return city.report(sign="另一家").number
    return {
        "department": "culture",
        "division": TOWN,
        "village": NEXT_VILLAGE,
        "grid": GRID,
        "date": on.isoformat(),
    }.get(field.kind, "情况说明")
