"""The law's table once more, slowly: every way in which the unknown may turn out is tried one after another.

Written from the table of classes in the law itself (Decree 684, arts. 2, 3, 5 to 7) and shares no code with the rules:
where they keep "not known" and reason with it, this tries every world and looks which classes occur.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

CALLS = {
    # trade: (permits with their conditions, filings with theirs, what frees it)
    "catering": ({"P001": {}}, {}, None),
    "lodging": ({"P027": {}, "P058": {}, "P040": {"crowd_premises": True}}, {}, None),
    "hair_beauty": ({"P058": {"hygiene_area": True}}, {}, None),
    "vehicle_repair": ({}, {"P080": {}}, None),
    "medical_care": (
        {"P061": {"clinic_only": False}, "P063": {"radiology": True}},
        {"P062": {"clinic_only": True}},
        None,
    ),
    "clothing": ({}, {}, None),
    "raw_milk": ({"P138": {}}, {}, "nature"),
    "express_point": ({}, {"P086": {}}, "nature"),
    "food_stall": ({}, {"P007": {}}, "card"),
    "mending": ({}, {}, "skill"),
    "farm_goods": ({}, {}, "place"),
}
QUESTIONS = ("crowd_premises", "hygiene_area", "clinic_only", "radiology")


@dataclass(frozen=True)
class World:
    """Everything settled."""

    answers: dict[str, bool]
    held: dict[str, bool]
    licence: bool
    individual: bool
    in_place: bool


def kind(trades: list[str], world: World) -> str:
    """The class in a world in which everything is known."""
    permit_missing = filing_missing = licence_needed = False
    for trade in trades:
        permits, filings, frees = CALLS[trade]
        free = (
            frees == "nature"
            or (frees == "card" and world.held["P007"])
            or (frees == "skill" and world.individual)
            or (frees == "place" and world.in_place)
        )
        licence_needed |= not free
        for code, conditions in permits.items():
            wanted = all(world.answers[question] is said for question, said in conditions.items())
            permit_missing |= wanted and not world.held[code]
        for code, conditions in filings.items():
            wanted = all(world.answers[question] is said for question, said in conditions.items())
            filing_missing |= wanted and not world.held[code]
    licence_missing = licence_needed and not world.licence
    if permit_missing:
        return "neither" if licence_missing else "no_permit"
    if licence_missing:
        return "no_licence"
    return "not_filed" if filing_missing else "not_unlicensed"


def kinds(
    trades: list[str],
    answers: dict[str, bool],
    held: dict[str, bool | None],
    licence: bool | None,
    individual: bool | None,
    in_place: bool | None,
) -> set[str]:
    """The classes of all worlds that agree with what is known."""
    codes = sorted({code for trade in trades for part in CALLS[trade][:2] for code in part})
    found = set()
    spans = [
        *([answers[q]] if q in answers else [True, False] for q in QUESTIONS),
        *([held[c]] if held.get(c) is not None else [True, False] for c in codes),
        *([value] if value is not None else [True, False] for value in (licence, individual, in_place)),
    ]
    for values in product(*spans):
        said = dict(zip(QUESTIONS, values, strict=False))
        rest = values[len(QUESTIONS) :]
        world = World(said, dict(zip(codes, rest, strict=False)), *rest[len(codes) :])
        found.add(kind(trades, world))
    return found
