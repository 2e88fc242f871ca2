"""What is read for many addresses at once is what is read one by one, and every piece has the key of its text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.addresses import normal_text
from gongzhi.addresses.building import building_line, building_lines
from gongzhi.addresses.keys import GROUPS, Lines, text_keys
from gongzhi.addresses.normal import normal_texts
from gongzhi.addresses.postings import Postings
from gongzhi.addresses.words import LETTERS_KEPT, Words, read_all_words, read_words

LETTERS = st.sampled_from(
    "云海市东屏银杏一二三第百路街巷道区村里栋号楼层室房单元大厦之12３０A#－-、/()（\n|^〓號 "
)
LINES = st.lists(st.one_of(st.text(LETTERS, max_size=30), st.text(max_size=12)), max_size=8)


@given(LINES)
def test_many_texts_are_spelt_as_one_by_one(raws: list[str]) -> None:
    assert normal_texts(raws) == [normal_text(raw) for raw in raws]


@pytest.mark.parametrize("plane", range(17))
def test_every_letter_is_spelt_alike_alone_and_among_others(plane: int) -> None:
    letters = [chr(code) for code in range(plane << 16, (plane + 1) << 16)]
    assert normal_texts(letters) == [normal_text(letter) for letter in letters]


@given(LINES)
def test_many_lines_are_cut_to_their_buildings_as_one_by_one(raws: list[str]) -> None:
    lines = [normal_text(raw) for raw in raws]
    assert building_lines(lines) == [building_line(line) for line in lines]


@given(LINES)
def test_many_lines_are_read_as_one_by_one(raws: list[str]) -> None:
    lines = [normal_text(raw) for raw in raws]
    assert read_all_words(lines) == [read_words(line) for line in lines]


@given(LINES)
def test_lines_that_were_cut_before_are_read_alike(raws: list[str]) -> None:
    lines = [normal_text(raw) for raw in raws]
    cut = dict(zip(lines, building_lines(lines), strict=True))
    assert read_all_words(lines, cut) == read_all_words(lines)


def pieces(group: str, words: Words) -> list[str]:
    """The texts of one group of pieces, cut out one by one."""
    letters = words.letters[:LETTERS_KEPT]
    widths = {"pair": 2, "triple": 3, "four": 4, "five": 5}
    if group in widths:
        width = widths[group]
        return [letters[at : at + width] for at in range(len(letters) - width + 1)]
    return {
        "letter": list(words.core),
        "road": list(words.roads),
        "stem": list(words.stems),
        "place": list(words.places),
        "name": list(words.names),
        "front": list(words.names[:1]),
        "two": ["|".join(words.names[:2])] if len(words.names) > 1 else [],
        "door": [f"{road}{number}" for road, number in words.numbered],
        "block": list(words.blocks),
        "line": [words.line] if words.line else [],
        "beginning": [words.beginning[:n] for n in (*range(3, 11), 12, 14, 16) if len(words.beginning) >= n],
    }[group]


@given(LINES)
def test_every_piece_of_many_lines_has_the_key_of_its_text(raws: list[str]) -> None:
    words = read_all_words([normal_text(raw) for raw in raws])
    for group, (owners, keys) in enumerate(Lines(words).parts()):
        expected = text_keys([pieces(GROUPS[group], one) for one in words], group)
        order = np.argsort(owners, kind="stable")
        assert owners[order].tolist() == expected[0].tolist()
        assert keys[order].tolist() == expected[1].tolist()


KEYS = st.integers(0, (1 << 64) - 2)


@given(st.lists(st.tuples(KEYS, st.integers(0, 4)), max_size=40), st.lists(KEYS, max_size=10), st.data())
def test_a_key_is_found_where_it_is_known_and_nowhere_else(
    known: list[tuple[int, int]], others: list[int], data: st.DataObject
) -> None:
    near = [key + step for key, _ in known for step in (-1, 1) if 0 <= key + step < (1 << 64) - 1]
    asked = data.draw(st.permutations([key for key, _ in known] + near + others))
    postings = Postings(
        np.array([key for key, _ in known], np.uint64), np.array([place for _, place in known], np.int64)
    )
    found, slots = postings.find(np.array(asked, np.uint64))
    there = {key for key, _ in known}
    assert found.tolist() == [at for at, key in enumerate(asked) if key in there]
    assert postings.keys[slots].tolist() == [key for key in asked if key in there]
    runs = postings.runs(slots, postings.lengths[slots])
    expected = [sorted({place for of, place in known if of == key}) for key in asked if key in there]
    assert postings.places[runs].tolist() == [place for places in expected for place in places]


def test_what_no_library_has_is_not_found() -> None:
    nothing = Postings(np.zeros(0, np.uint64), np.zeros(0, np.int64))
    assert nothing.find(np.array([0, 5, (1 << 64) - 2], np.uint64))[0].tolist() == []
