"""What house numbers say, against the same said slowly, one number at a time."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.addresses.keys import Lines, Pieces
from gongzhi.addresses.numbers import FIGURES, RoadNumbers
from gongzhi.addresses.words import read_words

VILLAGES = 3
ROADS = st.sampled_from(["银杏路", "白鹭大道"])
KNOWN = st.lists(st.tuples(ROADS, st.integers(1, 40), st.integers(0, VILLAGES - 1)), max_size=8)
AT = {name: figure for figure, name in enumerate(FIGURES)}


def weighed(known: list[tuple[str, int, int]], road: str, number: int) -> np.ndarray:
    words = [read_words(f"{of}{house}号") for of, house, _ in known]
    roads = RoadNumbers(
        Lines(words).numbered(), np.array([village for _, _, village in known], np.int64), VILLAGES
    )
    return roads.weigh(Pieces.of([read_words(f"{road}{number}号")]).numbers, 1)[0]


def enclosed(known: list[tuple[int, int]], number: int) -> list[list[float]]:
    """Between, beside and next of each village, from (number, village) in the order of numbers."""
    figures = [[0.0, 0.0, 0.0] for _ in range(VILLAGES)]
    below = [one for one in known if one[0] <= number]
    above = [one for one in known if one[0] >= number]

    def near(one: tuple[int, int]) -> float:
        return 1 / (1 + math.log1p(abs(one[0] - number)))

    if below and above and below[-1][1] == above[0][1]:
        figures[below[-1][1]][0] = 1 + max(near(below[-1]), near(above[0]))
    else:
        for one in (*below[-1:], *above[:1]):
            figures[one[1]][1] += near(one)
    nearest = sorted(known, key=lambda one: abs(one[0] - number))[:5]
    for _, village in nearest:
        figures[village][2] += 1 / len(nearest)
    return figures


@given(KNOWN, ROADS, st.integers(1, 40))
def test_numbers_on_both_sides_say_the_same_as_when_looked_at_one_by_one(
    known: list[tuple[str, int, int]], road: str, number: int
) -> None:
    found = weighed(known, road, number)
    on_road = sorted(
        ((house, at, village) for at, (of, house, village) in enumerate(known) if of == road),
        key=lambda one: one[:2],
    )
    everybody = [(house, village) for house, _, village in on_road]
    this_side = [one for one in everybody if (one[0] - number) % 2 == 0]
    for names, expected in (
        (("numbers between", "numbers beside", "numbers next"), enclosed(everybody, number)),
        (
            (
                "numbers between on this side",
                "numbers beside on this side",
                "numbers next on this side",
            ),
            enclosed(this_side, number),
        ),
    ):
        np.testing.assert_allclose(found[:, [AT[name] for name in names]], expected, atol=1e-12)


@given(KNOWN, st.integers(1, 40))
def test_the_numbers_of_another_road_say_nothing(known: list[tuple[str, int, int]], number: int) -> None:
    assert not weighed(known, "圩前街", number).any()


def test_a_number_between_two_of_one_village_is_told_from_one_between_two_villages() -> None:
    between = AT["numbers between on this side"]
    inside = weighed([("银杏路", 1, 0), ("银杏路", 9, 0), ("银杏路", 4, 1)], "银杏路", 5)
    border = weighed([("银杏路", 1, 0), ("银杏路", 9, 1)], "银杏路", 5)
    assert inside[0, between] > 1
    assert inside[1, between] == 0
    assert not border[:, between].any()


def test_numbers_of_a_fold_that_is_left_out_say_nothing_about_its_own() -> None:
    words = [read_words(f"银杏路{number}号") for number in (1, 3, 5, 7)]
    of, folds = np.array([0, 1, 0, 1]), np.array([0, 1, 0, 1])
    roads = RoadNumbers(Lines(words).numbered(), of, 2)
    for fold in (0, 1):
        asked = np.flatnonzero(folds == fold)
        pieces = Pieces.of([words[i] for i in asked]).numbers
        found = roads.weigh(pieces, len(asked), folds, folds[asked])
        others = Lines([w for w, f in zip(words, folds, strict=True) if f != fold])
        alone = RoadNumbers(others.numbered(), of[folds != fold], 2)
        np.testing.assert_allclose(found, alone.weigh(pieces, len(asked)))


@given(
    st.lists(st.tuples(ROADS, st.integers(1, 99_999), st.integers(0, VILLAGES - 1)), min_size=1, max_size=8)
)
def test_numbers_far_away_pull_as_little_as_they_are_far(known: list[tuple[str, int, int]]) -> None:
    found = weighed(known, "银杏路", 5)
    pulls, nearest = [0.0] * VILLAGES, [8.0] * VILLAGES
    for road, house, village in known:
        if road == "银杏路":
            away = math.log1p(abs(house - 5) + (house - 5) % 2)
            pulls[village] += math.exp(-1.5 * away)
            nearest[village] = min(nearest[village], away)
    if not any(pulls):
        return
    np.testing.assert_allclose(
        found[:, AT["numbers near"]], [pull / (sum(pulls) + 0.02) for pull in pulls], atol=1e-12
    )
    np.testing.assert_allclose(found[:, AT["nearest number"]], [8 - away for away in nearest], atol=1e-12)
