"""A row is kept or refused for a coded reason, whatever somebody typed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.registry.intake.checking import Stated, check, read_date
from gongzhi.registry.rules import LONGEST_SCOPE, WORDS, Entry, Why, counted
from gongzhi.worktime import Limit, Unit
from tests.registry.files import code

TODAY = date(2026, 9, 21)


def stated(**other: Any) -> Stated:
    return Stated(
        **{
            "line": 2,
            "name": "东莞市恒达餐饮店",
            "uscc": code(1),
            "established": "2026-09-18",
            "scope": "餐饮服务",
            "address": "东莞市莞城街道兴华路1号",
            **other,
        }
    )


def verdict(**other: Any) -> Entry | Why:
    return check([stated(**other)], TODAY)[0]


def test_a_whole_row_is_kept_as_it_was_written() -> None:
    entry = verdict(status="存续", extra={"注册资本": "10万元"})
    assert isinstance(entry, Entry)
    assert (entry.uscc, entry.established_on, entry.status) == (code(1), date(2026, 9, 18), "active")
    assert entry.kind == "个体工商户"
    assert entry.extra == '{"注册资本": "10万元"}'


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"name": ""}, Why.MISSING_NAME),
        ({"uscc": ""}, Why.MISSING_CODE),
        ({"established": ""}, Why.MISSING_DATE),
        ({"scope": ""}, Why.MISSING_SCOPE),
        ({"address": ""}, Why.MISSING_ADDRESS),
        ({"uscc": code(1)[:-1]}, Why.CODE_LENGTH),
        ({"uscc": code(1)[:-2] + "OI"}, Why.CODE_ALPHABET),
        ({"uscc": code(1)[:-1] + ("1" if code(1)[-1] != "1" else "2")}, Why.CODE_CHECK),
        ({"established": "2026-02-30"}, Why.DATE_UNREADABLE),
        ({"established": "昨天"}, Why.DATE_UNREADABLE),
        ({"established": "2026-09-22"}, Why.DATE_IN_FUTURE),
        ({"established": "1899-12-31"}, Why.DATE_TOO_OLD),
        ({"status": "不明"}, Why.STATUS_UNKNOWN),
        ({"name": "东" * 301}, Why.NAME_TOO_LONG),
        ({"scope": "餐" * 100_000}, Why.SCOPE_TOO_LONG),
        ({"address": "路" * 501}, Why.ADDRESS_TOO_LONG),
        ({"extra": {"备注": "长" * 20_001}}, Why.EXTRA_TOO_LONG),
        ({"name": '=HYPERLINK("a","b")'}, Why.FORMULA),
        ({"address": "@SUM(1)"}, Why.FORMULA),
        ({"scope": "+cmd|' /C calc'!A0"}, Why.FORMULA),
        ({"extra": {"备注": "=1+1"}}, Why.FORMULA),
        ({"scope": "餐饮\x00服务"}, Why.CONTROL_CHARACTER),
        ({"name": "东莞\udce9店"}, Why.BROKEN_ENCODING),
    ],
)
def test_what_is_wrong_is_said_by_its_own_reason(cells: dict[str, Any], why: Why) -> None:
    assert verdict(**cells) is why


def test_a_scope_up_to_the_limit_and_one_that_begins_with_a_dash_are_kept() -> None:
    assert isinstance(verdict(scope="餐" * LONGEST_SCOPE), Entry)
    assert isinstance(verdict(scope="-般经营项目：日用百货销售"), Entry)
    assert isinstance(verdict(extra={"电话": "+86-769-12345678"}), Entry)


def test_a_code_typed_in_full_width_and_small_letters_is_the_same_code() -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code(1).lower())
    entry = verdict(uscc=wide)
    assert isinstance(entry, Entry)
    assert entry.uscc == code(1)


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-01",
        "2026/9/1",
        "2026.9.1",
        "2026年9月1日",
        "20260901",
        "2026-09-01 00:00:00",
        "2026-09-01T00:00:00",
    ],
)
def test_dates_are_read_in_every_form_that_spreadsheets_write(text: str) -> None:
    assert read_date(text) == date(2026, 9, 1)


@given(st.text(max_size=12))
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = read_date(text)
    assert found is None or str(found.year) in text


@given(
    st.builds(
        Stated,
        line=st.integers(1, 9),
        name=st.text(max_size=8),
        uscc=st.one_of(st.text(max_size=20), st.just(code(7))),
        established=st.one_of(st.text(max_size=12), st.just("2020-01-01")),
        scope=st.text(max_size=8),
        address=st.text(max_size=8),
        kind=st.text(max_size=4),
        status=st.sampled_from(["", "注销", "x"]),
        extra=st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=2),
    )
)
def test_every_row_is_either_kept_or_refused_with_words_in_both_languages(row: Stated) -> None:
    found = check([row], TODAY)[0]
    if isinstance(found, Why):
        assert all(WORDS[found])
    else:
        assert found.content == check([row], TODAY)[0].content  # type: ignore[union-attr]


@given(st.sampled_from(["name", "scope", "address", "kind"]), st.text("东莞市餐饮A1", min_size=1, max_size=5))
def test_two_rows_have_one_digest_exactly_when_they_state_the_same(field: str, value: str) -> None:
    one, other = verdict(), verdict(**{field: value})
    assert isinstance(one, Entry)
    assert isinstance(other, Entry)
    assert (one.content == other.content) == (getattr(one, field) == getattr(other, field))


def test_limits_of_old_stock_count_from_the_files_day_and_those_of_new_business_from_registration() -> None:
    month = Limit(30, Unit.CALENDAR_DAYS)
    assert counted(date(2026, 9, 18), TODAY, month) == (date(2026, 9, 18), False)
    assert counted(date(2026, 8, 22), TODAY, month) == (date(2026, 8, 22), False)
    assert counted(date(2026, 8, 21), TODAY, month) == (TODAY, True)
