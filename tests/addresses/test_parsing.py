"""An address taken apart."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.addresses import normal_text, parse
from gongzhi.addresses.reading import read_front

if TYPE_CHECKING:
    from gongzhi.addresses import Gazetteer


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        (
            "云海市东屏街道青莲社区银杏东路三十三号A栋5楼501室",
            {
                "city": "云海市",
                "town": "东屏街道",
                "village": "青莲社区",
                "road": "银杏东路",
                "number": "33号",
                "building": "A栋",
                "floor": "5楼",
                "room": "501室",
            },
        ),
        (
            "云海市鹤山镇石井头村望岳新村二巷12号",
            {
                "city": "云海市",
                "town": "鹤山镇",
                "village": "石井头村",
                "natural_village": "望岳新村",
                "lane": "2巷",
                "number": "12号",
            },
        ),
        (
            "雲海市東屏街道銀杏路１８號中環大廈２單元３０１室",
            {
                "city": "云海市",
                "town": "东屏街道",
                "road": "银杏路",
                "number": "18号",
                "building": "中环大厦",
                "unit": "2单元",
                "room": "301室",
            },
        ),
        ("", {}),
        ("无法投递", {}),
    ],
)
def test_an_address_comes_apart_into_its_parts(
    gazetteer: Gazetteer, address: str, parts: dict[str, str]
) -> None:
    parsed = parse(address, gazetteer)
    assert {name: part.text for name, part in parsed.parts()} == parts


def test_an_address_that_ends_with_its_county_comes_apart(gazetteer: Gazetteer) -> None:
    with_county = replace(gazetteer, areas={"望海区": "990106"}, area_starts={"望海": (3,)})
    parsed = parse("云海市望海区", with_county)
    assert {name: part.text for name, part in parsed.parts()} == {"city": "云海市", "area": "望海区"}


def test_the_parts_know_the_codes_they_stand_for(gazetteer: Gazetteer) -> None:
    parsed = parse("云海市东屏街道青莲社区银杏路1号", gazetteer)
    assert (parsed.town_code, parsed.village_code) == ("990100001", "990100001001")


PIECES = st.sampled_from(
    [
        "云海市",
        "东屏街道",
        "青莲社区",
        "黎村",
        "银杏路",
        "１２號",
        "三十三号",
        "A栋",
        "5楼",
        "501室",
        "（旁）",
        "〓",
        "x",
        " ",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_any_text_comes_apart_without_overlap_and_nothing_is_lost(gazetteer: Gazetteer, text: str) -> None:
    parsed = parse(text, gazetteer)
    parts = sorted([part for _, part in parsed.parts()] + list(parsed.rest), key=lambda part: part.start)
    for one, following in pairwise(parts):
        # A letter such as ¼ stands for three; two parts may then share the one that was written.
        assert one.end <= max(following.start, one.start + 1)
    for part in parts:
        assert 0 <= part.start < part.end <= len(text)
    behind_the_front = normal_text(text)[read_front(normal_text(text), gazetteer).rest :]
    assert "".join(part.text for part in parts).endswith(behind_the_front)
