"""The key of a door: one for all rooms behind it, another for the next number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.addresses import door_key

if TYPE_CHECKING:
    from gongzhi.addresses import Gazetteer

ROADS = st.sampled_from(["银杏路", "白鹭大道", "圩前街", "湖心二街", "望岳新村"])
NUMBERS = st.integers(1, 999)
INSIDE = st.sampled_from(
    [
        "",
        "5楼",
        "5楼501室",
        "502室",
        "二楼",
        "3层305",
        "首层",
        "8号商铺",
        "101",
        "1201室之三",
        "（集群注册）",
        "A12号铺",
    ]
)
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@given(number=NUMBERS, road=ROADS, one=INSIDE, other=INSIDE)
def test_all_rooms_of_a_number_share_a_door(
    gazetteer: Gazetteer, number: int, road: str, one: str, other: str
) -> None:
    address = f"云海市东屏街道青莲社区{road}{number}号"
    assert door_key(address + one, gazetteer) == door_key(address + other, gazetteer)


@given(first=NUMBERS, second=NUMBERS, road=ROADS, one=INSIDE, other=INSIDE)
def test_two_numbers_never_share_a_door(
    gazetteer: Gazetteer, first: int, second: int, road: str, one: str, other: str
) -> None:
    keys = [
        door_key(f"云海市东屏街道青莲社区{road}{number}号{inside}", gazetteer)
        for number, inside in ((first, one), (second, other))
    ]
    assert (keys[0] == keys[1]) == (first == second)


@given(number=NUMBERS, road=ROADS, inside=INSIDE)
def test_width_brackets_traditional_forms_and_the_front_do_not_matter(
    gazetteer: Gazetteer, number: int, road: str, inside: str
) -> None:
    plain = door_key(f"云海市东屏街道青莲社区{road}{number}号{inside}", gazetteer)
    for front in ("雲海市東屏街道青蓮社區", "东屏青莲村", "雲海市東屏鎮青蓮居委會", "云海市屏山镇青莲管理区"):
        written = f"{front}{road}（近桥头）{number}號{inside}".translate(FULL_WIDTH)
        assert door_key(written, gazetteer) == plain


@given(
    st.one_of(st.text(), st.text(st.sampled_from("云海市东屏街道青莲社区银杏路12号楼栋层室之一AB-/()（—")))
)
def test_any_text_has_a_key_and_the_key_of_a_key_is_itself(gazetteer: Gazetteer, text: str) -> None:
    key = door_key(text, gazetteer)
    assert door_key(key, gazetteer) == key


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("云海市东屏街道青莲社区银杏路12号中环大厦10楼1022室", "990100001001/银杏路12号中环大厦"),
        ("云海市东屏街道银杏路12号A栋", "990100001/银杏路12号A栋"),
        ("云海市东屏街道银杏路12号B栋三单元", "990100001/银杏路12号B栋"),
        ("云海市东屏街道101室", "990100001/101室"),
        ("101室", "-/101室"),
        ("", "-/"),
    ],
)
def test_a_key_reads_as_a_place_and_a_building(gazetteer: Gazetteer, address: str, key: str) -> None:
    assert door_key(address, gazetteer) == key


def test_a_village_that_the_caller_knows_stands_in_the_key(gazetteer: Gazetteer) -> None:
    stated = door_key("云海市东屏街道青莲社区银杏路12号", gazetteer)
    found = door_key("云海市东屏街道银杏路12号三楼", gazetteer, village="990100001001")
    assert stated == found
