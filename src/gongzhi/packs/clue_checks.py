"""What has to hold between the tables about unlicensed trade before anyone may rely on them."""

from __future__ import annotations

from datetime import time
from itertools import product
from typing import TYPE_CHECKING

from gongzhi.packs.content import in_force

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from gongzhi.packs.clue_rows import ClueDecision, DesignatedPlace, DutyRule
    from gongzhi.packs.content import National, Pack

_STATES = ("missing", "in_order")
_UNLICENSED = ("no_permit", "neither", "no_licence", "not_filed")


def clue_problems(national: National) -> Iterator[str]:
    """The references between the national tables, and whether the law's table answers every case."""
    yield from _trade_problems(national)
    yield from _answer_problems(national)
    yield from _decision_problems(national)
    yield from _handling_problems(national)
    permits = {permit.code: permit for permit in national.permits}
    functions = {function.code for function in national.functions}
    for act in national.enforcement_acts:
        where = f"national/enforcement_acts.csv:{act.line}"
        if act.permit not in permits or permits[act.permit].enforcement_mode != "split":
            yield f"{where}: permit '{act.permit}' is not divided by the act; correct it or say split in permits.csv"
        elif act.function not in permits[act.permit].enforcement:
            yield f"{where}: function '{act.function}' does not act on {act.permit}; correct one of them"
    divided = {act.permit for act in national.enforcement_acts}
    for permit in national.permits:
        if permit.enforcement_mode == "split" and permit.code not in divided:
            yield f"national/permits.csv:{permit.line}: divided by the act, but enforcement_acts.csv has no act of it"
    for trade in national.trades:
        if trade.industry and trade.industry not in functions:
            yield f"national/trades.csv:{trade.line}: function '{trade.industry}' is unknown; correct it"
    yield from _hazard_problems(national)


def _trade_problems(national: National) -> Iterator[str]:
    """Each trade's permits and their conditions say the same in both tables."""
    conditions: dict[str, set[str]] = {}
    trades = {trade.code: trade for trade in national.trades}
    exemptions = {exemption.code for exemption in national.exemptions}
    for row in national.trade_permits:
        where = f"national/trade_permits.csv:{row.line}"
        conditions.setdefault(row.trade, set()).add(row.permit)
        if row.trade not in trades:
            yield f"{where}: trade '{row.trade}' is unknown; correct it or add it to trades.csv"
        elif row.permit not in trades[row.trade].permits:
            yield f"{where}: trades.csv does not list {row.permit} for '{row.trade}'; add it there"
    for trade in national.trades:
        where = f"national/trades.csv:{trade.line}"
        for permit in trade.permits:
            if permit not in conditions.get(trade.code, set()):
                yield f"{where}: trade_permits.csv does not say when {permit} is called for; add a row"
        yield from _unknown(where, "exemption", trade.exemptions, exemptions)


def _answer_problems(national: National) -> Iterator[str]:
    questions = {question.code for question in national.trade_questions}
    permits = {permit.code for permit in national.permits}
    used = [("trade_permits", row.line, row.answers, (row.permit,)) for row in national.trade_permits] + [
        ("exemptions", row.line, row.answers, (row.permit,) if row.permit else ())
        for row in national.exemptions
    ]
    for file, line, answers, named in used:
        where = f"national/{file}.csv:{line}"
        yield from _unknown(where, "permit", named, permits)
        for answer in answers:
            question, _, said = answer.partition("=")
            if question not in questions or said not in {"yes", "no"}:
                yield f"{where}: '{answer}' is not question=yes or question=no of trade_questions.csv; correct it"
    for row in national.exemptions:
        where = f"national/exemptions.csv:{row.line}"
        if (row.needs == "answers") != bool(row.answers):
            yield f"{where}: answers are for needs answers and no other; fill them in or clear them"
        if row.needs == "holds" and not row.permit:
            yield f"{where}: needs holds names no permit; fill it in"


def _decision_problems(national: National) -> Iterator[str]:
    """On every day on which the table holds at all, exactly one line speaks of each case."""
    for on in sorted({row.valid_from for row in national.clue_decisions}):
        rows = in_force(national.clue_decisions, on)
        for case in product(_STATES, repeat=3):
            found = [row for row in rows if _speaks_of(row, case)]
            if len(found) != 1:
                yield (
                    f"national/clue_decisions.csv:1: {len(found)} lines speak of permits {case[0]}, licence "
                    f"{case[1]}, filings {case[2]} on {on}; there must be one"
                )


def _speaks_of(row: ClueDecision, case: tuple[str, ...]) -> bool:
    columns = (row.permits, row.licence, row.filings)
    return all(said in {"any", state} for said, state in zip(columns, case, strict=True))


def _handling_problems(national: National) -> Iterator[str]:
    results = {row.code for row in national.reasons if row.kind == "clue_result"}
    objections = {row.code for row in national.reasons if row.kind == "clue_objection"}
    limits = {row.name for row in national.limits}
    for treatment in national.treatments:
        where = f"national/treatments.csv:{treatment.line}"
        yield from _unknown(where, "clue_result", (treatment.code,), results)
        if treatment.follow_up:
            yield from _unknown(where, "limit", (treatment.follow_up,), limits)
        yield from _unknown(where, "class", treatment.fits, {*_UNLICENSED, "not_unlicensed"})
    known = {row.code for row in national.treatments}
    for reason in national.reasons:
        if reason.kind == "clue_result" and reason.code not in known:
            yield f"national/reasons.csv:{reason.line}: treatments.csv does not say what '{reason.code}' fits; add it"
    matters = {"licence", "permit", "filing"} | {permit.code for permit in national.permits}
    for material in national.guide_materials:
        where = f"national/guide_materials.csv:{material.line}"
        yield from _unknown(where, "matter", (material.matter,), matters)
    for evidence in national.objection_evidence:
        where = f"national/objection_evidence.csv:{evidence.line}"
        yield from _unknown(where, "clue_objection", (evidence.reason,), objections)


def _hazard_problems(national: National) -> Iterator[str]:
    permits = {permit.code for permit in national.permits}
    trades = {trade.code for trade in national.trades}
    for hazard in national.hazards:
        where = f"national/hazards.csv:{hazard.line}"
        yield from _unknown(where, "permit", hazard.permits, permits)
        yield from _unknown(where, "trade", hazard.trades, trades)
        if hazard.bypass and hazard.grade != "serious":
            yield f"{where}: an ordinary hazard bypasses nothing; say serious or no"


def clue_pack_problems(pack: Pack) -> Iterator[str]:
    """The city's own rules and places."""
    exemptions = {row.code for row in pack.national.exemptions if row.needs == "designated"}
    known = {row.code for row in pack.national.exemptions}
    for own in pack.own_exemptions:
        yield from _unknown(f"{pack.code}/exemptions.csv:{own.line}", "exemption", (own.code,), known)
    divisions = {pack.city_code4, *(row.area_code6 for row in pack.areas)}
    divisions |= {row.town_code9 for row in pack.towns} | {row.code12 for row in pack.villages}
    for place in pack.designated_places:
        where = f"{pack.code}/designated_places.csv:{place.line}"
        yield from _unknown(where, "exemption by place", place.exemptions, exemptions)
        yield from _unknown(where, "area", (place.area,), divisions)
        yield from _shape_problems(where, place)
    for on in sorted({row.valid_from for row in (*pack.own_duty_rules, *pack.national.duty_rules)}):
        yield from _duty_problems(pack, on)


def _duty_problems(pack: Pack, on: date) -> Iterator[str]:
    """Of each class something is said in any case, so that no clue is nobody's."""
    rules: tuple[DutyRule, ...] = in_force((*pack.national.duty_rules, *pack.own_duty_rules), on)
    said = {(rule.kind, rule.applies) for rule in rules}
    wanted = {"no_permit": "permit", "neither": "permit", "no_licence": "any", "not_filed": "any"}
    for kind, applies in wanted.items():
        if (kind, applies) not in said:
            yield (
                f"{pack.code}/duty_rules.csv:1: on {on} no rule says whose '{kind}' is where '{applies}' holds; add one"
            )


def _shape_problems(where: str, place: DesignatedPlace) -> Iterator[str]:
    try:
        corners = [tuple(float(part) for part in corner.split()) for corner in place.outline]
        fits = all(len(corner) == 2 and 70 < corner[0] < 140 and 0 < corner[1] < 60 for corner in corners)
    except ValueError:
        fits = False
    if not fits or len(place.outline) in {1, 2}:
        yield f"{where}: the outline is no ring of at least three corners 'lon lat' in degrees; correct it"
    if not {*place.weekdays} <= {"1", "2", "3", "4", "5", "6", "7"}:
        yield f"{where}: weekdays are 1 (Monday) to 7 (Sunday); correct them"
    for clock in (place.opens, place.closes):
        try:
            time.fromisoformat(clock)
        except ValueError:
            yield f"{where}: '{clock}' is no time of day HH:MM; correct it"


def _unknown(where: str, what: str, used: Iterable[str], known: set[str]) -> Iterator[str]:
    for code in used:
        if code not in known:
            yield f"{where}: {what} '{code}' is unknown; correct it or add it"
