"""Invented businesses: valid where a register is valid, odd where a register is odd, and never real."""

from __future__ import annotations

import csv
import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gongzhi.codes import uscc
from gongzhi.demo.businesses import COLUMNS, IN_BUSINESS, Business, invent_businesses, write_csv
from gongzhi.demo.changes import SHARES, Event, invent_changes
from gongzhi.demo.invented_codes import INVENTED_BODY, invent_codes
from gongzhi.demo.trades import Phrase, read_trades
from gongzhi.demo.written import NOT_IN_LIBRARY, VAGUE, WRONG_VILLAGE

from .conftest import TODAY

if TYPE_CHECKING:
    from pathlib import Path

    from gongzhi.demo.library import Entry


def _all_phrases() -> set[Phrase]:
    found = {p for trade in read_trades() for p in (*trade.always, *trade.often, *trade.more)}
    leads = {ending.lead for trade in read_trades() for ending in (*trade.shop, *trade.company)}
    return found | {lead for lead in leads if lead}


def test_every_code_is_valid_different_and_marked_as_invented(businesses: list[Business]) -> None:
    codes = [row.uscc for row in businesses]
    assert not uscc.check_many(codes).any()
    assert len(set(codes)) == len(codes)
    assert all(code[2:10] == "441900" + INVENTED_BODY for code in codes)


def test_codes_agree_with_the_ones_made_singly() -> None:
    for code in invent_codes(["91", "92", "93"] * 20, first=123_456):
        assert code == uscc.make(code[:2], code[2:8], code[8:16])


def test_codes_of_neighbouring_ranges_do_not_clash() -> None:
    first = invent_codes(["91"] * 3000, first=1)
    second = invent_codes(["91"] * 3000, first=3001)
    assert not set(first) & set(second)
    assert invent_codes(["91"] * 3000, first=1) == first


def test_the_kind_of_body_decides_the_prefix_of_the_code(businesses: list[Business]) -> None:
    prefixes = {(row.kind, row.uscc[:2]) for row in businesses}
    assert prefixes <= {
        ("个体工商户", "92"),
        ("有限责任公司", "91"),
        ("个人独资企业", "91"),
        ("合伙企业", "91"),
        ("农民专业合作社", "93"),
    }


def test_about_six_in_ten_are_sole_traders_and_most_others_companies(businesses: list[Business]) -> None:
    kinds = Counter(row.kind for row in businesses)
    assert kinds["个体工商户"] / len(businesses) == pytest.approx(0.62, abs=0.03)
    assert kinds["有限责任公司"] / len(businesses) == pytest.approx(0.36, abs=0.03)


def test_only_sole_traders_have_an_operator(businesses: list[Business]) -> None:
    assert all(bool(row.operator) == (row.kind == "个体工商户") for row in businesses)


def test_no_two_businesses_share_a_name(businesses: list[Business]) -> None:
    assert len({row.name for row in businesses}) == len(businesses)


def test_names_end_as_their_kind_must(businesses: list[Business]) -> None:
    for row in businesses:
        if row.kind == "有限责任公司":
            assert re.search(r"有限公司(.{2,6}分公司)?$", row.name)
        if row.kind == "个体工商户" and row.established_date.year >= 2024:
            assert row.name.endswith("（个体工商户）")


def test_nobody_is_registered_at_a_weekend_or_in_the_future(businesses: list[Business]) -> None:
    assert all(row.established_date <= TODAY and row.established_date.weekday() < 5 for row in businesses)
    assert sum((TODAY - row.established_date).days < 120 for row in businesses) > 100


def test_scopes_are_mostly_of_todays_wording_and_one_in_seven_of_the_old(businesses: list[Business]) -> None:
    old = [row for row in businesses if not re.match("一般项目：|许可项目：", row.business_scope)]
    assert len(old) / len(businesses) == pytest.approx(0.15, abs=0.04)
    assert all(row.established_date.year <= 2020 for row in old)


def test_a_standard_scope_keeps_licensed_phrases_apart_from_general_ones(businesses: list[Business]) -> None:
    phrases = _all_phrases()
    licensed = {phrase.text for phrase in phrases if phrase.licensed}
    general = {phrase.text for phrase in phrases if not phrase.licensed}
    seen = Counter()
    for row in businesses:
        for heading, listed in re.findall(r"(一般项目|许可项目)：(.*?)。", row.business_scope):
            words = listed.split("；")
            assert len(words) == len(set(words))
            assert set(words) <= (licensed if heading == "许可项目" else general)
            seen[heading] += 1
    assert seen["许可项目"] > 1000 < seen["一般项目"]


def test_there_are_hundreds_of_phrases_and_no_phrase_is_both_licensed_and_not() -> None:
    phrases = _all_phrases()
    assert len(phrases) > 600
    assert len({phrase.text for phrase in phrases}) == len(phrases)


def test_every_trade_can_name_and_word_its_businesses() -> None:
    for trade in read_trades():
        assert trade.old, trade.id
        led = all(ending.lead for ending in (*trade.shop, *trade.company))
        assert trade.always or trade.often or led, trade.id
        assert not trade.sole or trade.shop, trade.id
        assert not trade.firm or trade.company, trade.id


def test_a_scope_keeps_what_the_name_promises(businesses: list[Business], library: list[Entry]) -> None:
    trades = {trade.id: trade for trade in read_trades()}
    changed = [change.row for change in invent_changes(businesses, library, np.random.default_rng(16))]
    promises = 0
    for row in (*businesses, *changed):
        lead = trades[row.trade].ending(row.name).lead
        if lead and row.kind not in {"农民专业合作社", "合伙企业"}:
            assert lead.text in row.business_scope, row
            promises += 1
    assert promises > 500


def test_most_addresses_begin_as_one_of_the_library_and_the_odd_ones_are_few(
    businesses: list[Business], library: list[Entry]
) -> None:
    """Doors are compared by road and number, which is what a rewritten address keeps."""
    doors = {(entry.village_code, f"{entry.road}{entry.number}") for entry in library}
    by_village: dict[str, list[str]] = {}
    for code, door in doors:
        by_village.setdefault(code, []).append(door)
    known = sum(any(door in row.address for door in by_village[row.village_code]) for row in businesses)
    assert 0.80 < known / len(businesses) < 1 - (VAGUE + NOT_IN_LIBRARY) / 200


def test_some_addresses_name_another_village_than_their_own(
    businesses: list[Business], library: list[Entry]
) -> None:
    own = {entry.village_code: entry.village for entry in library}
    names = set(own.values())
    wrong = sum(
        any(name in row.address for name in names - {own[row.village_code]})
        and own[row.village_code] not in row.address
        for row in businesses
    )
    assert WRONG_VILLAGE / 200 < wrong / len(businesses) < WRONG_VILLAGE / 40


def test_one_address_hosts_a_cluster_of_hundreds(businesses: list[Business]) -> None:
    hosted = Counter(row.address.partition("号")[0] for row in businesses if "集群注册" in row.address)
    assert len(hosted) == 1
    assert hosted.total() == pytest.approx(180, abs=70)


def test_the_same_seed_gives_the_same_rows(businesses: list[Business], library: list[Entry]) -> None:
    assert list(invent_businesses(6000, library, np.random.default_rng(12), TODAY)) == businesses
    other = list(invent_businesses(200, library, np.random.default_rng(13), TODAY))
    assert [row.name for row in other] != [row.name for row in businesses[:200]]


def test_businesses_without_a_library_are_refused() -> None:
    with pytest.raises(ValueError, match="library"):
        next(invent_businesses(1, [], np.random.default_rng(1), TODAY))


def test_the_registration_file_keeps_what_only_the_inventor_knows_to_itself(
    businesses: list[Business], tmp_path: Path
) -> None:
    path = tmp_path / "registrations.csv"
    assert write_csv(iter(businesses[:50]), path) == 50
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row["uscc"] for row in rows] == [row.uscc for row in businesses[:50]]
    assert rows[0]["established_date"] == businesses[0].established_date.isoformat()


def test_changes_touch_only_what_they_say(businesses: list[Business], library: list[Entry]) -> None:
    before = {row.uscc: row for row in businesses}
    changes = invent_changes(businesses, library, np.random.default_rng(14))
    assert {change.event for change in changes} == set(Event)
    assert len({change.row.uscc for change in changes}) == len(changes)
    allowed = {
        Event.SCOPE: {"business_scope"},
        Event.ADDRESS: {"address", "village_code"},
        Event.CANCELLED: {"status"},
    }
    for event, row in changes:
        old = before[row.uscc]
        differing = {field for field in row._fields if getattr(row, field) != getattr(old, field)}
        assert old.status == IN_BUSINESS
        assert differing
        assert differing <= allowed[event]


def test_changes_come_in_the_shares_asked_for(businesses: list[Business], library: list[Entry]) -> None:
    changes = invent_changes(businesses, library, np.random.default_rng(15))
    assert len(changes) / len(businesses) == pytest.approx(sum(SHARES.values()), abs=0.01)
    assert not invent_changes(businesses, library, np.random.default_rng(15), {})
