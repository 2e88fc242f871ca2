"""A division code says its level, what it lies in and what lies in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.codes.divisions import Division, DivisionCodeError, Level, grid, parse

PAIR = st.integers(1, 99).map("{:02d}".format)
TRIPLE = st.integers(1, 999).map("{:03d}".format)
PROVINCE = st.integers(11, 82).map(str)


@st.composite
def codes(draw: st.DrawFn) -> str:
    """Codes built downwards, level by level, with or without counties."""
    code = draw(PROVINCE)
    depth = draw(st.integers(1, 6))
    if depth == 1:
        return code + "0000"
    code += draw(PAIR)
    code += "00" if depth == 2 else draw(st.one_of(st.just("00"), PAIR))
    for _ in range(depth - 3):
        code += draw(TRIPLE)
    return code


@given(codes())
def test_each_level_lies_in_the_one_above_it(code: str) -> None:
    division = parse(code)
    assert division.code == code
    levels = [division.level, *(above.level for above in division.ancestors)]
    assert levels == sorted(set(levels), reverse=True)
    assert levels[-1] is Level.PROVINCE
    assert all(above.contains(division) for above in division.ancestors)


@given(codes(), codes())
def test_a_range_of_codes_holds_exactly_what_lies_in_a_division(code: str, other: str) -> None:
    area, division = parse(code), parse(other)
    inside = area in (division, *division.ancestors)
    assert area.contains(division) is inside
    # As an index range over C-collated text finds them; Python compares text in that way.
    assert (area.low <= division.code < area.high) is inside


@given(codes().filter(lambda code: len(code) < 15))
def test_padding_with_zeros_changes_nothing(code: str) -> None:
    division = parse(code)
    assert len(division.padded) == 12
    assert parse(division.padded) == division
    if len(code) == 6:
        assert parse(code + "000") == division


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("440000", Level.PROVINCE, None),
        ("441900", Level.CITY, "440000"),
        ("440402", Level.COUNTY, "440400"),
        ("441900003", Level.TOWN, "441900"),  # Dongguan has no counties
        ("440402001", Level.TOWN, "440402"),
        ("441900003001", Level.VILLAGE, "441900003"),
        ("441900003001017", Level.GRID, "441900003001"),
    ],
)
def test_a_code_says_its_level_and_its_parent(code: str, level: Level, parent: str | None) -> None:
    division = parse(code)
    assert division.level is level
    assert division.parent == (Division(parent) if parent else None)


def test_a_city_without_counties_holds_its_towns_directly() -> None:
    village = parse("441900003001")
    assert [above.code for above in village.ancestors] == ["441900003", "441900", "440000"]
    city = parse("441900")
    assert (city.low, city.high) == ("4419", "442")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "digits needed"),
        ("4419", "digits needed"),
        ("44190000300", "digits needed"),
        ("4419000030010171", "digits needed"),
        ("44190A", "digits needed"),
        ("４４１９００", "digits needed"),
        ("441900 ", "digits needed"),
        ("001900", "no province"),
        ("991900", "no province"),
        ("440001", "level in the middle"),
        ("441900000001", "level in the middle"),
        ("441900003000001", "level in the middle"),
        ("440000001", "directly in a province"),
        ("441900003001000", "numbered from 001"),
        ("441900000000000", "numbered from 001"),
    ],
)
def test_what_names_no_division_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(DivisionCodeError, match=why):
        parse(text)


def test_grids_are_numbered_within_their_village() -> None:
    village = parse("441900003001")
    assert grid(village, 7) == parse("441900003001007")
    for sequence in (0, 1000, -1):
        with pytest.raises(ValueError, match="1 to 999"):
            grid(village, sequence)
    with pytest.raises(ValueError, match="none"):
        grid(parse("441900003"), 1)
    with pytest.raises(ValueError, match="statistical"):
        _ = grid(village, 1).padded
