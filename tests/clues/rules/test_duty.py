"""Whose a clue is: it is always somebody's, a permit's department before the market regulator, the law before both."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gongzhi.packs
from gongzhi.clues.rules import (
    Kind,
    Licence,
    Matched,
    Situation,
    Standing,
    Tables,
    Where,
    classify,
    responsible,
)
from gongzhi.packs import in_force, load_pack
from tests.clues.rules.table import DAY, tables

CITIES = ("东莞", "珠海", "朝阳")
_PERMITS = sorted(row.code for row in in_force(load_pack("dongguan").national.permits, DAY))
_TRADES = sorted(row.code for row in in_force(load_pack("dongguan").national.trades, DAY))
_STAGES = {row.code: row.stage for row in in_force(load_pack("dongguan").national.permits, DAY)}


def _ask(city: str, situation: Situation, of: Tables | None = None):
    of = of or tables(city)
    finding = classify(situation, of, DAY)
    return finding, responsible(finding, situation, of, DAY)


@st.composite
def any_situation(draw: st.DrawFn) -> Situation:
    """Any trades and readings, with whatever may be known of them."""
    of = tables("东莞").day(DAY)
    return Situation(
        trades=tuple(draw(st.lists(st.sampled_from(_TRADES), max_size=2, unique=True))),
        matched=tuple(
            Matched(code, draw(st.booleans()))
            for code in draw(st.lists(st.sampled_from(_PERMITS), max_size=2, unique=True))
        ),
        answers=draw(st.dictionaries(st.sampled_from(sorted(of.questions)), st.booleans(), max_size=6)),
        otherwise=draw(st.sampled_from(list(Standing))),
        licence=draw(st.sampled_from(list(Licence))),
        individual=draw(st.sampled_from([None, True, False])),
        act=draw(st.sampled_from(["", "sale", "transport", "unheard_of"])),
        found_by=draw(st.sampled_from(["", "market", "culture"])),
        where=Where(area="441900003001"),
    )


@settings(max_examples=100, deadline=None)
@given(any_situation(), st.sampled_from(CITIES))
def test_a_clue_belongs_to_somebody_who_can_be_reached_or_the_town_decides(
    situation: Situation, city: str
) -> None:
    finding, answer = _ask(city, situation)

    if answer.certainty == "unclear":
        assert answer.decides == "town"
        assert answer.receives is None
        assert answer.unclear
    elif finding.kind.unlicensed:
        assert answer.receives is not None
        assert answer.receives.department
        assert answer.handlers
    assert len({(party.function, party.role) for party in answer.parties}) == len(answer.parties)
    levels = tables(city).day(DAY).department_levels
    assert all(levels[party.department] in {"town", "city"} for party in answer.parties if party.department)


@settings(max_examples=100, deadline=None)
@given(any_situation(), st.sampled_from(CITIES))
def test_without_licence_and_permit_it_is_never_the_market_regulator_for_want_of_the_licence(
    situation: Situation, city: str
) -> None:
    """Decree 684, art. 7: the permit's department, and the market regulator only where a permit makes it so."""
    settled = replace(situation, licence=Licence.NONE, otherwise=Standing.NONE)
    finding, answer = _ask(city, settled)

    if finding.kind is Kind.NEITHER and answer.certainty == "sure" and "market" in answer.handlers:
        day = tables(city).day(DAY)
        assert any("market" in day.permits[code].enforcement for code in finding.missing)


@settings(max_examples=100, deadline=None)
@given(any_situation(), st.sampled_from(CITIES))
def test_a_missing_filing_has_nobody_act_on_it(situation: Situation, city: str) -> None:
    finding, answer = _ask(city, situation)

    if finding.kind is Kind.NOT_FILED:
        assert answer.handlers == ()
        assert answer.told
        assert all(_STAGES[code] == "filing" for party in answer.parties for code in party.permits)


_WRITTEN = {
    row["code"]: row
    for row in csv.DictReader(
        (Path(gongzhi.packs.__file__).parent / "national/permits.csv")
        .read_text(encoding="utf-8")
        .splitlines()
    )
}
"""The permits as the file says them, read by nothing of ours."""


@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize("licence", [Licence.HELD, Licence.NONE])
def test_each_permit_missing_alone_goes_to_whom_the_table_of_permits_says(
    city: str, licence: Licence
) -> None:
    """With or without licence it is the same department (arts. 5 and 7), except where a law divides by the act."""
    for code, permit in _WRITTEN.items():
        if permit["stage"] == "filing":
            continue
        situation = Situation(matched=(Matched(code, sure=True),), licence=licence, otherwise=Standing.NONE)
        finding, answer = _ask(city, situation)
        acting = permit["enforcement"].split("|")
        licensing = permit["departments"].split("|")

        exempt = permit["licence_exempt"] == "yes"
        both_missing = licence is Licence.NONE and not exempt
        assert finding.kind is (Kind.NEITHER if both_missing else Kind.NO_PERMIT)
        if permit["enforcement_mode"] == "split":
            assert set(answer.handlers) <= set(acting)
        else:
            assert list(answer.handlers) == acting
            assert answer.certainty == "sure"
            assert answer.receives is not None
            asks = permit["enforcement_mode"] == "on_request"
            assert answer.receives.function == (licensing if asks else acting)[0]
            assert answer.mode == permit["enforcement_mode"]
            assert set(answer.told) == set(licensing) - set(acting) - ({licensing[0]} if asks else set())


@pytest.mark.parametrize("city", CITIES)
def test_each_filing_missing_alone_is_told_to_whoever_keeps_it(city: str) -> None:
    for code, permit in _WRITTEN.items():
        if permit["stage"] != "filing":
            continue
        situation = Situation(
            matched=(Matched(code, sure=True),), licence=Licence.HELD, otherwise=Standing.NONE
        )
        finding, answer = _ask(city, situation)
        assert finding.kind is Kind.NOT_FILED
        assert list(answer.told) == permit["departments"].split("|")


def test_where_a_bureau_approves_the_department_that_supervises_acts() -> None:
    """Liaoning's rule: whoever supervises the permit counts as the permit's department, also against the routing."""
    found = Tables.of(load_pack("chaoyang"))
    moved = tuple(
        replace(row, supervising=("urban",)) if row.permit == "P001" else row for row in found.routing
    )
    diner = Situation(trades=("catering",), licence=Licence.HELD, otherwise=Standing.NONE)
    _, answer = _ask("朝阳", diner, replace(found, routing=moved))
    assert [party.department for party in answer.parties] == ["urban"]
    assert "act_supervising" in {reason.code for reason in answer.reasons}


@pytest.mark.parametrize("permit", ["P001", "P024", "P041", "P058"])
def test_a_bureau_that_only_approves_never_gets_a_clue(permit: str) -> None:
    found = Tables.of(load_pack("chaoyang"))
    approving = tuple(
        replace(row, enforcement=("approval",) * len(row.enforcement), supervising=("approval",))
        for row in found.routing
    )
    lacking = Situation(matched=(Matched(permit, sure=True),), licence=Licence.HELD, otherwise=Standing.NONE)
    _, answer = _ask("朝阳", lacking, replace(found, routing=approving))
    assert answer.certainty == "sure"
    assert "approval" not in {party.department for party in answer.parties}


def test_what_a_city_calls_the_bureau_does_not_matter_to_the_law() -> None:
    gas = Situation(
        trades=("gas_chemicals",),
        answers={"sells_gas": True, "sells_chemicals": False, "fills_bottles": False},
        licence=Licence.NONE,
        otherwise=Standing.NONE,
    )
    _, answer = _ask("东莞", gas)
    (party,) = answer.parties
    assert (party.function, party.department) == ("gas", "urban")


def test_an_authority_above_the_city_is_reached_through_the_local_department() -> None:
    drugs = Situation(matched=(Matched("P010", sure=True),), licence=Licence.HELD, otherwise=Standing.NONE)
    _, answer = _ask("东莞", drugs)
    assert answer.receives is not None
    assert (answer.receives.function, answer.receives.department) == ("drug_province", "market")
    assert "higher_authority" in {reason.code for reason in answer.reasons}


def test_a_towns_own_routing_comes_before_the_citys() -> None:
    found = Tables.of(load_pack("dongguan"))
    general = next(row for row in found.routing if row.permit == "P097" and not row.town_code9)
    own = replace(general, town_code9="441900003", enforcement=("town",))
    of = replace(found, routing=(*found.routing, own))
    gas = Situation(matched=(Matched("P097", sure=True),), licence=Licence.HELD, otherwise=Standing.NONE)
    departments = []
    for area in ("441900003001", "441900004001"):
        _, answer = _ask("东莞", replace(gas, where=Where(area=area)), of)
        departments.append(answer.parties[0].department)
    assert departments == ["town", "urban"]


def test_who_asks_receives_and_who_is_asked_acts() -> None:
    abroad = Situation(matched=(Matched("P113", sure=True),), licence=Licence.HELD, otherwise=Standing.NONE)
    _, answer = _ask("东莞", abroad)
    assert [(party.function, party.role) for party in answer.parties] == [
        ("commerce", "requests"),
        ("market", "handles"),
    ]
    assert answer.receives is not None
    assert answer.receives.function == "commerce"


def test_either_department_may_act_and_the_one_that_found_it_does() -> None:
    agency = Situation(
        trades=("travel_agency",),
        answers={"travel_branch": False},
        licence=Licence.HELD,
        otherwise=Standing.NONE,
    )
    first = {found_by: _ask("东莞", replace(agency, found_by=found_by))[1] for found_by in ("", "market")}
    assert [answer.handlers[0] for answer in first.values()] == ["culture", "market"]
    assert {answer.mode for answer in first.values()} == {"either"}


def test_the_city_designates_in_dongguan_and_the_district_in_zhuhai() -> None:
    unheard_of = Situation(licence=Licence.NONE)
    designates = {city: _ask(city, unheard_of)[1].designates for city in CITIES}
    assert designates == {"东莞": "city", "珠海": "area", "朝阳": "province"}
    assert {_ask(city, unheard_of)[1].unclear for city in CITIES} == {"new_trade"}


def test_a_department_that_nobody_carries_out_here_leaves_it_to_the_town() -> None:
    found = Tables.of(load_pack("dongguan"))
    of = replace(
        found,
        departments=tuple(row for row in found.departments if "tobacco" not in row.covers),
        routing=tuple(row for row in found.routing if row.permit != "P026"),
    )
    factory = Situation(matched=(Matched("P026", sure=True),), licence=Licence.HELD, otherwise=Standing.NONE)
    _, answer = _ask("东莞", factory, of)
    assert (answer.certainty, answer.unclear) == ("unclear", "none")
