"""One spelling for one address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.addresses import normal_text, normalise
from gongzhi.addresses.normal import numeral_value

ADDRESS_LETTERS = st.sampled_from(
    "云海市东屏街道青莲社區村银杏路第一二三十百零号號栋棟楼樓0１9Ａa-—（(）#〓 \t、，層"
)
TEXTS = st.one_of(st.text(), st.text(ADDRESS_LETTERS))


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("雲海市東屏街道青蓮社區", "云海市东屏街道青莲社区"),
        ("银杏路１２号Ａ座", "银杏路12号A座"),
        ("银杏路三十三號樓二十樓", "银杏路33号楼20楼"),
        ("第一栋第二层一〇二室", "1栋2层102室"),
        ("一百零五号", "105号"),
        ("湖心花园7#商铺01～05", "湖心花园7号商铺01-05"),
        ("银杏路[东段]—8号〓", "银杏路(东段)-8号"),
        ("第三工业区", "第三工业区"),
        ("三元路八一大道", "三元路八一大道"),
        (" 东屏街道　青莲社区 ", "东屏街道青莲社区"),
        ("十百号", "十百号"),
    ],
)
def test_the_many_ways_to_write_an_address_become_one(written: str, normal: str) -> None:
    assert normal_text(written) == normal


@given(st.integers(0, 999))
def test_every_chinese_number_below_a_thousand_is_read(number: int) -> None:
    digits = "零一二三四五六七八九"
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    written = digits[hundreds] + "百" if hundreds else ""
    if tens:
        written += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        written += "零"
    written += digits[ones] if ones or not number else ""
    assert numeral_value(written) == number


@given(TEXTS)
def test_normal_text_stays_as_it_is(text: str) -> None:
    once = normal_text(text)
    assert normal_text(once) == once


@given(TEXTS)
def test_the_way_back_to_the_written_letters_is_kept(text: str) -> None:
    norm = normalise(text)
    assert norm.text == normal_text(text)
    assert len(norm.starts) == len(norm.ends) == len(norm.text)
    assert all(0 <= start < end <= len(text) for start, end in zip(norm.starts, norm.ends, strict=True))
    assert list(norm.starts) == sorted(norm.starts)
    for at in range(len(norm.text)):
        start, end = norm.raw_span(at, at + 1)
        assert (
            norm.text[at] in normal_text(text[start:end])
            or text[start:end][0] in "第零〇一二三四五六七八九十百"
        )


def test_an_empty_span_has_a_place_and_no_length() -> None:
    assert normalise("青莲").raw_span(1, 1) == (1, 1)
    assert normalise("").raw_span(0, 0) == (0, 0)
