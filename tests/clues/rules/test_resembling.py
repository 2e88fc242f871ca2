"""When two clues may be one: the same both ways, never without a place in common, and always with reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.clues.rules import Sighting, folded_sign, likeness, resemblance
from tests.clues.rules.table import DAY, tables

CITY = tables("东莞")
SEEN = date(2026, 9, 1)
_SIGNS = [
    "",
    "陈记烧腊",
    "陳記燒臘",
    "陈记烧腊店",
    "陈记",
    "李姐麻辣烫",
    "旺旺小吃",
    "旺旺小吃档",
    "囗味王",
    "口味王",
]


def _compare(a: Sighting, b: Sighting):
    return resemblance(a, b, CITY, DAY, within_days=90)


sightings = st.builds(
    Sighting,
    door=st.sampled_from(["", "door-1", "door-2"]),
    area=st.sampled_from(["", "441900003", "441900003001", "441900004001"]),
    road=st.sampled_from(["", "东城路", "南城路"]),
    number=st.sampled_from(["", "1号", "2号"]),
    lon=st.sampled_from([None, 113.75, 113.7501, 113.76]),
    lat=st.sampled_from([None, 23.04, 23.0401, 23.05]),
    sign=st.sampled_from(_SIGNS),
    person=st.sampled_from(["", "p1", "p2"]),
    trades=st.sampled_from([(), ("catering",), ("clothing",)]),
    seen=st.integers(0, 400).map(lambda days: SEEN + timedelta(days=days)),
)


@settings(max_examples=150, deadline=None)
@given(sightings, sightings)
def test_resemblance_is_the_same_both_ways(a: Sighting, b: Sighting) -> None:
    assert _compare(a, b) == _compare(b, a)


@settings(max_examples=100, deadline=None)
@given(sightings, sightings)
def test_without_a_place_in_common_nothing_is_probable(a: Sighting, b: Sighting) -> None:
    found = _compare(a, b)
    assert 0 <= found.score <= 1
    if found.verdict == "probable":
        places = {"same_door", "same_spot", "near", "same_number", "same_road"}
        assert places & {reason.code for reason in found.reasons}


@settings(max_examples=100, deadline=None)
@given(sightings)
def test_the_same_sign_at_the_same_door_on_the_same_day_is_probably_one(a: Sighting) -> None:
    seen = replace(a, door="door-1", sign="陈记烧腊")
    assert _compare(seen, seen).verdict == "probable"


@given(st.sampled_from(_SIGNS), st.sampled_from(_SIGNS))
def test_signs_are_as_alike_one_way_as_the_other(a: str, b: str) -> None:
    forth, back = likeness(a, b), likeness(b, a)
    assert forth == back
    assert (forth is None) == (not a or not b)
    assert forth is None or 0 <= forth <= 1


@given(st.text(max_size=12))
def test_a_sign_is_wholly_like_itself_and_folding_it_twice_changes_nothing(sign: str) -> None:
    folded = folded_sign(sign)
    assert folded_sign(folded) == folded
    if folded:
        assert likeness(sign, sign) == 1


@pytest.mark.parametrize(
    ("a", "b", "at_least"),
    [
        ("陳記燒臘飯店", "陈记烧腊饭店", 0.99),
        ("旺旺小吃档", "旺旺小吃", 0.99),
        ("鑫源五金", "金源五金", 0.85),
        ("陈记", "陈记烧腊", 0.8),
        ("张三（东城店）", "張三", 0.99),
        ("ＡＢＣ数码", "abc数码", 0.99),
    ],
)
def test_a_sign_written_down_in_another_way_is_recognised(a: str, b: str, at_least: float) -> None:
    found = likeness(a, b)
    assert found is not None
    assert found >= at_least


@pytest.mark.parametrize(
    ("a", "b"), [("陈记烧腊", "李姐麻辣烫"), ("旺旺小吃", "发廊"), ("1号店", "东方五金")]
)
def test_signs_of_different_shops_are_not_alike(a: str, b: str) -> None:
    found = likeness(a, b)
    assert found is not None
    assert found < 0.6


def test_a_chain_of_stalls_under_one_sign_is_not_one_clue() -> None:
    here = Sighting(sign="陈记烧腊", road="东城路", number="1号", seen=SEEN)
    there = replace(here, road="南城路")
    assert _compare(here, there).verdict == "different"


def test_another_shop_at_the_same_door_is_not_taken_for_the_first() -> None:
    here = Sighting(door="door-1", sign="陈记烧腊", trades=("catering",), seen=SEEN)
    there = replace(here, sign="美丽发廊", trades=("hair_beauty",))
    assert _compare(here, there).verdict == "different"


def test_the_same_person_elsewhere_is_at_most_possible() -> None:
    here = Sighting(person="p1", seen=SEEN)
    assert _compare(here, here).verdict == "possible"


def test_long_after_the_same_place_is_at_most_possible() -> None:
    here = Sighting(door="door-1", sign="陈记烧腊", seen=SEEN)
    later = replace(here, seen=SEEN + timedelta(days=91))
    assert _compare(here, replace(here, seen=SEEN + timedelta(days=90))).verdict == "probable"
    assert _compare(here, later).verdict == "possible"


def test_a_few_metres_apart_under_the_same_sign_is_probably_one() -> None:
    here = Sighting(lon=113.75, lat=23.04, sign="陳記燒臘", seen=SEEN)
    near = replace(here, lon=113.7501, sign="陈记烧腊")
    far = replace(here, lon=113.76)
    assert _compare(here, near).verdict == "probable"
    assert _compare(here, far).verdict == "different"
