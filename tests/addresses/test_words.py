"""What a line says, piece by piece."""

from __future__ import annotations

import pytest

from gongzhi.addresses.words import read_words


@pytest.mark.parametrize(
    "line", ["石井工业区12号", "石井市场", "石井路8号", "石井第二工业区", "石井新村3巷", "石井村民小组"]
)
def test_what_is_named_after_a_hamlet_is_of_one_family(line: str) -> None:
    assert "石井" in read_words(line).stems


@pytest.mark.parametrize(
    ("line", "places"),
    [
        ("第二工业区5栋", ()),
        ("新围2巷8号", ()),
        ("松园大厦", ("松园",)),
        ("大塘工业区3排", ("大塘",)),
        ("石井村民小组12号", ("石井村民小组",)),
        ("万科城市花园", ("万科城市花园",)),
    ],
)
def test_what_every_village_has_is_nobodys_name(line: str, places: tuple[str, ...]) -> None:
    assert read_words(line).places == places


@pytest.mark.parametrize("committee", ["居委会", "村委会", "居民委员会", "村民委员会", "社区居民委员会"])
def test_a_committee_without_a_name_names_no_place(committee: str) -> None:
    assert read_words(f"{committee}长兴路5号") == read_words("长兴路5号")
