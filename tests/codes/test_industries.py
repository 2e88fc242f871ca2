"""The classification of industries is whole and can be climbed from any class to its section."""

from __future__ import annotations

from collections import Counter

import pytest

from gongzhi.codes import industries
from gongzhi.codes.industries import Level


def test_the_classification_is_whole() -> None:
    levels = Counter(industry.level for industry in industries.industries().values())
    # 1,382 classes after the first amendment of 2019, which added one to the 1,381 of 2017.
    assert levels == {Level.SECTION: 20, Level.DIVISION: 97, Level.GROUP: 473, Level.CLASS: 1382}


def test_every_industry_belongs_to_one_that_is_a_level_coarser() -> None:
    for industry in industries.industries().values():
        assert len(industry.code) == industry.level
        assert industry.name == industry.name.strip() != ""
        if industry.level is Level.SECTION:
            assert industry.parent == ""
        else:
            assert industries.industries()[industry.parent].level == industry.level - 1
            if industry.level > Level.DIVISION:
                assert industry.code.startswith(industry.parent)


def test_a_class_is_climbed_to_its_section() -> None:
    rice = industries.find("0111")
    assert rice is not None
    assert rice.name == "稻谷种植"
    assert [above.code for above in industries.ancestors(rice)] == ["011", "01", "A"]
    assert industries.section(rice).code == "A"
    assert industries.section(industries.section(rice)).code == "A"
    assert industries.contains("A", "0111")
    assert industries.contains("0111", "0111")
    assert not industries.contains("B", "0111")


@pytest.mark.parametrize(
    ("code", "found"), [("A0111", "0111"), ("A01", "01"), ("B0111", None), ("A9999", None)]
)
def test_a_code_written_with_its_section_is_found_if_that_is_right(code: str, found: str | None) -> None:
    industry = industries.find(code)
    assert (industry.code if industry else None) == found


@pytest.mark.parametrize("code", ["", "9999", "a", "011 ", "A0111"])
def test_what_the_standard_does_not_list_is_no_code(code: str) -> None:
    assert not industries.is_code(code)


def test_children_are_those_that_name_a_code_as_their_parent() -> None:
    assert [section.code for section in industries.children("")] == list("ABCDEFGHIJKLMNOPQRST")
    assert all(child.parent == "01" for child in industries.children("01"))
    assert industries.children("0111") == ()
    below = [child for code in ("", *industries.industries()) for child in industries.children(code)]
    assert len(below) == len(industries.industries())
