"""Single items of a visit (入格事项): who is asked what, and what becomes of the answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.packs import load_national
from gongzhi.visits.rules import items_for


@dataclass(frozen=True)
class Item:
    code: str
    applies_when: str
    applies_to: tuple[str, ...] = field(default=())
    season: str = ""


CATALOGUE = [
    Item("address", "all"),
    Item("permits", "notified_permit"),
    Item("filings", "notified_filing"),
    Item("permit_display", "holds_permit"),
    Item("food_place", "permit", ("P001", "P002")),
    Item("lift", "equipment", ("lift",)),
]


def _codes(permits=(), filings=(), held=()):
    return [item.code for item in items_for(CATALOGUE, permits=permits, filings=filings, held=held)]


def test_a_business_that_nobody_was_told_of_is_asked_only_what_everybody_is():
    assert _codes() == ["address"]


def test_a_restaurant_is_asked_about_its_permit_and_its_place():
    assert _codes(permits=["P001"]) == ["address", "permits", "food_place"]


def test_a_filing_is_not_asked_for_as_a_permit():
    assert _codes(filings=["P003"]) == ["address", "filings"]


def test_a_permit_on_record_is_asked_to_be_displayed_and_not_to_exist():
    assert _codes(held=["P002"]) == ["address", "permit_display", "food_place"]


codes = st.lists(st.sampled_from(["P001", "P002", "P003", "P024"]), max_size=4)


@given(codes, codes, codes)
def test_more_known_never_asks_less(permits, filings, held):
    asked = _codes(permits, filings, held)
    assert set(_codes(permits=permits)) <= set(asked)
    assert "lift" not in asked, "only a list of equipment can call for it"


def test_every_way_an_item_applies_is_either_known_or_waits_for_data_of_its_own():
    ways = {item.applies_when for item in load_national().visit_items}
    assert ways <= {
        "all", "notified_permit", "notified_filing", "holds_permit", "permit",
        "noticed", "annual_report_due", "silent", "equipment", "permit_expiring", "place",
    }  # fmt: skip


SEASONAL = [
    Item("annual_report", "annual_report_due", season="03-01/06-30"),
    Item("permit_expiry", "permit_expiring"),
    Item("dormant", "silent"),
    Item("lift", "equipment", ("lift",)),
    Item("boiler", "equipment", ("boiler",)),
    Item("winter", "all", season="11-15/02-10"),
]


def _asked(today, **given):
    nothing = {"permits": (), "filings": (), "held": ()}
    return [item.code for item in items_for(SEASONAL, **nothing, today=today, **given)]


@pytest.mark.parametrize(
    ("day", "asked"),
    [("2026-02-28", False), ("2026-03-01", True), ("2026-06-30", True), ("2026-07-01", False)],
)
def test_a_report_is_asked_for_in_its_season_and_only_where_data_miss_it(day, asked):
    today = date.fromisoformat(day)
    assert ("annual_report" in _asked(today, open_facts={"annual_report_due"})) is asked
    assert "annual_report" not in _asked(today)


@pytest.mark.parametrize(
    ("day", "asked"),
    [("2026-11-14", False), ("2026-12-31", True), ("2027-02-10", True), ("2027-02-11", False)],
)
def test_a_season_may_go_over_the_new_year(day, asked):
    assert ("winter" in _asked(date.fromisoformat(day))) is asked


@given(
    st.sets(st.sampled_from(["annual_report_due", "permit_expiring", "silent"])),
    st.sets(st.sampled_from(["lift", "boiler"])),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)
def test_what_data_prove_is_never_asked(open_facts, equipment, today):
    asked = set(_asked(today, open_facts=open_facts, equipment=equipment)) - {"winter"}
    called_for = {
        "annual_report": "annual_report_due" in open_facts and 3 <= today.month <= 6,
        "permit_expiry": "permit_expiring" in open_facts,
        "dormant": "silent" in open_facts,
        "lift": "lift" in equipment,
        "boiler": "boiler" in equipment,
    }
    assert asked == {code for code, there in called_for.items() if there}
