"""Grades, suggestions, and what a result or an objection has to bring."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.clues.rules import (
    Ending,
    Kind,
    Licence,
    Matched,
    Situation,
    Standing,
    grade,
    lacking_evidence,
    lacking_proof,
    suggest,
    treatments_for,
)
from tests.clues.rules.table import DAY, tables

CITY = tables("东莞")
HAZARDS = CITY.day(DAY).hazards


def test_a_snack_stall_with_gas_bottles_by_a_school_is_serious_and_waits_in_no_queue() -> None:
    stall = Situation(trades=("food_stall",), licence=Licence.NONE, hazards=("gas_bottles", "school_side"))
    found = grade(stall, CITY, DAY)
    assert found.serious
    assert found.bypass
    assert found.hazards == ("gas_bottles", "school_side")


def test_a_clothes_shop_without_licence_is_ordinary() -> None:
    shop = Situation(trades=("clothing",), licence=Licence.NONE, hazards=("noise_fumes",))
    found = grade(shop, CITY, DAY)
    assert (found.serious, found.bypass) == (False, False)


def test_fireworks_are_serious_though_nobody_ticked_anything() -> None:
    by_trade = grade(Situation(trades=("fireworks_shop",)), CITY, DAY)
    by_permit = grade(Situation(matched=(Matched("P090", sure=True),), otherwise=Standing.NONE), CITY, DAY)
    assert by_trade.hazards == by_permit.hazards == ("fireworks",)
    assert by_trade.bypass


def test_a_permit_that_is_held_brings_no_hazard() -> None:
    held = Situation(matched=(Matched("P087", sure=True),), otherwise=Standing.HELD)
    assert not grade(held, CITY, DAY).serious


def test_a_hazard_that_the_list_does_not_know_is_taken_seriously() -> None:
    found = grade(Situation(trades=("clothing",), hazards=("something_new",)), CITY, DAY)
    assert found.serious
    assert found.bypass
    assert not found.verified


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(sorted(HAZARDS)), unique=True), st.sampled_from(sorted(HAZARDS)))
def test_one_more_hazard_never_makes_a_clue_less_urgent(hazards, another) -> None:
    before = grade(Situation(hazards=tuple(hazards)), CITY, DAY)
    after = grade(Situation(hazards=(*hazards, another)), CITY, DAY)
    assert after.serious >= before.serious
    assert after.bypass >= before.bypass
    assert before.serious == any(HAZARDS[code].grade == "serious" for code in hazards)


_ENDINGS = st.builds(
    Ending,
    function=st.sampled_from(["market", "culture", "police", "urban"]),
    trades=st.just(("script_game",)),
    kind=st.just(Kind.NO_LICENCE),
    town=st.sampled_from(["441900003", "441900004"]),
    days_ago=st.integers(0, 2000),
    upheld=st.booleans(),
)


@given(st.lists(_ENDINGS, max_size=12), st.randoms())
def test_suggestions_do_not_depend_on_the_order_of_what_ended(endings, random) -> None:
    shuffled = list(endings)
    random.shuffle(shuffled)
    first, second = suggest(endings), suggest(shuffled)
    assert [(one.function, one.clues) for one in first] == [(one.function, one.clues) for one in second]
    assert [one.share for one in first] == pytest.approx([one.share for one in second])


@given(st.lists(_ENDINGS, min_size=1, max_size=12))
def test_shares_are_of_one_whole_and_every_suggestion_ended_some_clue(endings) -> None:
    found = suggest(endings, most=10)
    assert sum(one.share for one in found) == pytest.approx(1)
    assert [one.share for one in found] == sorted((one.share for one in found), reverse=True)
    assert {one.function for one in found} == {ending.function for ending in endings}
    assert sum(one.clues for one in found) == len(endings)


def test_a_fresh_ending_in_the_same_town_weighs_more_than_an_old_one_elsewhere() -> None:
    old = Ending("market", ("script_game",), Kind.NO_LICENCE, "441900004", 800)
    fresh = Ending("culture", ("script_game",), Kind.NO_LICENCE, "441900003", 10)
    assert [one.function for one in suggest([old, fresh], town="441900003")] == ["culture", "market"]


def test_an_ending_of_the_same_trade_and_class_and_one_that_was_argued_about_weigh_more() -> None:
    plain = Ending("market", ("online_trade",), Kind.NO_PERMIT, "", 100)
    other = Ending("culture", ("script_game",), Kind.NO_LICENCE, "", 100)
    assert suggest([plain, other])[0].share == pytest.approx(0.5)
    near = suggest([plain, other], trades=("script_game",), kind=Kind.NO_LICENCE)
    assert (near[0].function, near[0].share) == ("culture", pytest.approx(0.8))
    argued = suggest([plain, replace(other, upheld=True)])
    assert (argued[0].function, argued[0].share) == ("culture", pytest.approx(2 / 3))
    assert "after_objection" in {reason.code for reason in argued[0].reasons}


def test_nothing_that_ended_suggests_nobody() -> None:
    assert suggest([]) == ()


def test_a_result_is_offered_only_for_classes_it_fits() -> None:
    for kind in (Kind.NO_PERMIT, Kind.NO_LICENCE, Kind.NEITHER, Kind.NOT_FILED):
        offered = {row.code for row in treatments_for(kind, CITY, DAY)}
        assert ("guided_licence" in offered) == (kind in {Kind.NO_LICENCE, Kind.NEITHER})
        assert ("guided_permit" in offered) == (kind in {Kind.NO_PERMIT, Kind.NEITHER})
        assert ("closed_down" in offered) == kind.unlicensed
        assert "moved" in offered
    everything = {row.code for row in treatments_for(Kind.UNKNOWN, CITY, DAY)}
    assert everything == set(CITY.day(DAY).treatments)


def test_the_landlord_is_spoken_of_only_where_a_licence_is_missing() -> None:
    """Decree 684, art. 14 is about premises given to those without a licence."""
    assert "landlord_told" not in {row.code for row in treatments_for(Kind.NO_PERMIT, CITY, DAY)}


def test_a_result_without_its_proof_is_not_complete() -> None:
    assert lacking_proof("closed_down", {"site_photo"}, CITY, DAY) == ("decision_number",)
    assert lacking_proof("closed_down", {"site_photo", "decision_number"}, CITY, DAY) == ()
    with pytest.raises(KeyError):
        lacking_proof("unheard_of", set(), CITY, DAY)


def test_an_objection_says_which_law_and_whose_it_is_instead() -> None:
    lacking = lacking_evidence("not_our_duty", {"law_article"}, CITY, DAY)
    assert [row.code for row in lacking] == ["proposed_department"]
    assert lacking_evidence("exempt", {"exemption"}, CITY, DAY) == ()
