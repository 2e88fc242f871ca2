"""What the class of a clue promises, for every situation and not only for those somebody thought of."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.clues.rules import (
    Kind,
    Licence,
    Matched,
    NoDecisionError,
    PermitFact,
    Situation,
    Standing,
    Tables,
    classify,
    responsible,
)
from gongzhi.packs import load_pack
from tests.clues.rules import oracle
from tests.clues.rules.table import DAY, tables

CITY = tables("东莞")
_CODES = sorted({code for trade in oracle.CALLS for part in oracle.CALLS[trade][:2] for code in part})
_HELD = {
    Standing.HELD: True,
    Standing.NONE: False,
    Standing.EXPIRED: False,
    Standing.REVOKED: False,
    Standing.UNKNOWN: None,
}
_LICENCE = {
    Licence.HELD: True,
    Licence.NONE: False,
    Licence.CANCELLED: False,
    Licence.REVOKED: False,
    Licence.CLAIMED: None,
    Licence.UNKNOWN: None,
}


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Any situation over trades that show every kind of need and exemption."""
    answers = draw(
        st.dictionaries(st.sampled_from([*oracle.QUESTIONS, "designated_place"]), st.booleans(), max_size=4)
    )
    return Situation(
        trades=tuple(
            draw(st.lists(st.sampled_from(sorted(oracle.CALLS)), min_size=1, max_size=3, unique=True))
        ),
        answers=answers,
        permits={
            code: PermitFact(standing)
            for code, standing in draw(
                st.dictionaries(st.sampled_from(_CODES), st.sampled_from(list(Standing)), max_size=5)
            ).items()
        },
        otherwise=draw(st.sampled_from(list(Standing))),
        licence=draw(st.sampled_from(list(Licence))),
        individual=draw(st.sampled_from([None, True, False])),
    )


def _expected(situation: Situation) -> set[str]:
    held = {code: _HELD[situation.standing(code, DAY)] for code in _CODES}
    return oracle.kinds(
        list(situation.trades),
        dict(situation.answers),
        held,
        _LICENCE[situation.licence],
        situation.individual,
        situation.answers.get("designated_place"),
    )


@settings(max_examples=100, deadline=None)
@given(situations())
def test_every_class_that_may_be_is_named_and_one_is_only_said_when_it_is_certain(
    situation: Situation,
) -> None:
    finding = classify(situation, CITY, DAY)
    expected = _expected(situation)

    # What is unknown at two places is taken as independent, so more may be thought possible, never less.
    assert {kind.value for kind in finding.possible} >= expected
    if finding.kind is not Kind.UNKNOWN:
        assert expected == {finding.kind.value}


@settings(max_examples=100, deadline=None)
@given(situations())
def test_one_trade_of_which_everything_is_known_is_judged_as_the_law_s_table_says(
    situation: Situation,
) -> None:
    settled = replace(
        situation,
        answers={**dict.fromkeys([*oracle.QUESTIONS, "designated_place"], False), **situation.answers},
        otherwise=Standing.NONE,
        permits={
            code: fact for code, fact in situation.permits.items() if fact.standing is not Standing.UNKNOWN
        },
        licence=Licence.NONE if _LICENCE[situation.licence] is None else situation.licence,
        individual=bool(situation.individual),
    )
    finding = classify(settled, CITY, DAY)

    assert {finding.kind.value} == _expected(settled)
    assert finding.asks == ()


@settings(max_examples=100, deadline=None)
@given(situations(), st.data())
def test_learning_more_never_brings_back_a_class_that_was_out(
    situation: Situation, data: st.DataObject
) -> None:
    before = classify(situation, CITY, DAY)
    if not before.asks:
        return
    asked = data.draw(st.sampled_from(before.asks))
    yes = data.draw(st.booleans())
    if asked.kind == "licence":
        after = replace(situation, licence=Licence.HELD if yes else Licence.NONE)
    elif asked.kind == "individual":
        after = replace(situation, individual=yes)
    elif asked.kind == "permit":
        fact = PermitFact(Standing.HELD if yes else Standing.NONE)
        after = replace(situation, permits={**situation.permits, asked.code: fact})
    else:
        after = replace(situation, answers={**situation.answers, asked.code: yes})
    assert set(classify(after, CITY, DAY).possible) <= set(before.possible)


@settings(max_examples=100, deadline=None)
@given(situations())
def test_a_class_that_is_open_always_comes_with_something_to_find_out(situation: Situation) -> None:
    finding = classify(situation, CITY, DAY)
    assert bool(finding.asks) == (finding.kind is Kind.UNKNOWN)


@settings(max_examples=100, deadline=None)
@given(situations())
def test_what_is_missing_decides_and_nothing_else(situation: Situation) -> None:
    """A missing filing alone never makes trade unlicensed, and a permit never missing never counts."""
    finding = classify(situation, CITY, DAY)
    permits = {code: row for code, row in CITY.day(DAY).permits.items() if row.stage == "filing"}
    assert not set(finding.missing) & set(permits)
    if finding.kind in {Kind.NO_PERMIT, Kind.NEITHER}:
        assert finding.missing or finding.may_miss
    if not finding.called:
        assert finding.kind not in {Kind.NO_PERMIT, Kind.NEITHER}


@settings(max_examples=100, deadline=None)
@given(situations())
def test_a_finding_and_its_answer_go_into_a_journal(situation: Situation) -> None:
    finding = classify(situation, CITY, DAY)
    answer = responsible(finding, situation, CITY, DAY)
    stored = json.loads(json.dumps([finding.facts(), answer.facts()]))
    assert stored[0]["kind"] == finding.kind.value
    assert stored[1]["certainty"] == answer.certainty
    assert finding.reasons
    assert finding.articles
    assert answer.reasons


def test_a_permit_holds_on_its_last_day_and_has_expired_on_the_next() -> None:
    held = Situation(
        trades=("catering",), licence=Licence.HELD, permits={"P001": PermitFact(Standing.HELD, DAY)}
    )
    assert classify(held, CITY, DAY).kind is Kind.NOT_UNLICENSED
    after = classify(held, CITY, DAY + timedelta(days=1))
    assert after.kind is Kind.NO_PERMIT
    assert "permit_expired" in {reason.code for reason in after.reasons}


def test_whose_permit_lapsed_has_to_change_the_registered_scope_from_that_day() -> None:
    lapsed = Situation(
        trades=("catering",),
        licence=Licence.HELD,
        permits={"P001": PermitFact(Standing.EXPIRED, date(2026, 8, 31))},
    )
    (duty,) = classify(lapsed, CITY, DAY).duties
    assert (duty.code, duty.limit, duty.since) == (
        "change_scope",
        "registry.change_after_lapse",
        "2026-08-31",
    )
    without_licence = replace(lapsed, licence=Licence.NONE)
    assert classify(without_licence, CITY, DAY).duties == ()


def test_a_filing_is_spoken_of_in_other_words_than_a_permit() -> None:
    unfiled = Situation(trades=("vehicle_repair",), licence=Licence.HELD, otherwise=Standing.NONE)
    finding = classify(unfiled, CITY, DAY)
    assert finding.kind is Kind.NOT_FILED
    assert not finding.kind.unlicensed
    said = " ".join(reason.zh for reason in finding.reasons)
    assert "未备案不是无证经营" in said
    assert "未取得" not in said


def test_the_heavier_rule_of_2022_is_named_from_the_day_it_holds() -> None:
    shop = Situation(trades=("clothing",), licence=Licence.NONE)
    rule = "市场主体登记管理条例实施细则 第68条"
    named = [rule in classify(shop, CITY, day).articles for day in (date(2022, 2, 28), date(2022, 3, 1))]
    assert named == [False, True]


def test_the_law_that_calls_for_a_missing_permit_is_named() -> None:
    diner = Situation(trades=("catering",), licence=Licence.NONE, otherwise=Standing.NONE)
    assert "食品安全法 第35条、第122条" in classify(diner, CITY, DAY).articles
    held = replace(diner, otherwise=Standing.HELD)
    assert "食品安全法 第35条、第122条" not in classify(held, CITY, DAY).articles


def test_the_card_of_a_food_stall_rests_on_the_law_of_its_province() -> None:
    stall = Situation(
        trades=("food_stall",), licence=Licence.NONE, permits={"P007": PermitFact(Standing.HELD)}
    )
    guangdong, liaoning = (classify(stall, tables(city), DAY) for city in ("东莞", "朝阳"))
    assert "广东省食品生产加工小作坊和食品摊贩管理条例" in guangdong.articles
    assert not [article for article in liaoning.articles if "广东" in article]
    assert not liaoning.verified


def test_a_permit_that_was_not_yet_in_force_is_not_called_for() -> None:
    scrap = Situation(
        trades=("scrap",),
        answers={"industrial_scrap": True, "old_vehicles": False},
        licence=Licence.HELD,
        otherwise=Standing.NONE,
    )
    assert classify(scrap, CITY, date(2023, 7, 19)).kind is Kind.NOT_UNLICENSED
    assert classify(scrap, CITY, date(2023, 7, 20)).kind is Kind.NOT_FILED


def test_a_doubtful_reading_of_the_description_waits_until_somebody_confirms_it() -> None:
    doubtful = Situation(
        matched=(Matched("P058", sure=False),), licence=Licence.HELD, otherwise=Standing.NONE
    )
    finding = classify(doubtful, CITY, DAY)
    assert set(finding.possible) == {Kind.NO_PERMIT, Kind.NOT_UNLICENSED}
    assert [(ask.kind, ask.code) for ask in finding.asks] == [("reading", "P058")]
    confirmed = replace(doubtful, answers={"calls_for:P058": True})
    assert classify(confirmed, CITY, DAY).kind is Kind.NO_PERMIT


def test_words_that_were_settled_with_no_leave_a_trade_that_nobody_could_name() -> None:
    refused = Situation(
        matched=(Matched("P058", sure=False),), answers={"calls_for:P058": False}, licence=Licence.NONE
    )
    finding = classify(refused, CITY, DAY)
    assert set(finding.possible) == {Kind.NEITHER, Kind.NO_LICENCE}
    assert "trade" in {ask.kind for ask in finding.asks}


def test_an_end_point_that_only_the_words_name_needs_no_licence_either() -> None:
    named = Situation(matched=(Matched("P086", sure=True),), licence=Licence.NONE, otherwise=Standing.HELD)
    assert classify(named, CITY, DAY).kind is Kind.NOT_UNLICENSED


def test_where_it_is_doubtful_that_it_is_an_end_point_the_licence_is_doubtful_too() -> None:
    doubtful = Situation(
        matched=(Matched("P086", sure=False),), licence=Licence.NONE, otherwise=Standing.HELD
    )
    finding = classify(doubtful, CITY, DAY)
    assert set(finding.possible) == {Kind.NO_LICENCE, Kind.NOT_UNLICENSED}
    assert "reading" in {ask.kind for ask in finding.asks}


def test_a_question_answered_with_no_is_not_overruled_by_the_words() -> None:
    small = Situation(
        trades=("hair_beauty",),
        matched=(Matched("P058", sure=True),),
        answers={"hygiene_area": False},
        licence=Licence.HELD,
        otherwise=Standing.NONE,
    )
    assert classify(small, CITY, DAY).kind is Kind.NOT_UNLICENSED
    assert classify(replace(small, answers={}), CITY, DAY).kind is Kind.NO_PERMIT


def test_before_the_table_holds_there_is_no_answer_rather_than_a_wrong_one() -> None:
    with pytest.raises(NoDecisionError, match="2016-01-01"):
        classify(Situation(trades=("catering",)), CITY, date(2016, 1, 1))


def test_the_version_names_the_state_of_the_tables() -> None:
    of = Tables.of(load_pack("dongguan"), version="abc123")
    assert classify(Situation(trades=("catering",)), of, DAY).version.endswith("/abc123")
