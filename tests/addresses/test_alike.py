"""How alike an address is to single known ones, against the same reckoned slowly, pair by pair."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.addresses.alike import FIGURES, Likeness

VILLAGES = 3
# Pieces are keys of 64 bits (see `keys`), far from each other.
PIECES = [piece * 0x9E3779B97F4A7C15 % (1 << 64) for piece in range(1, 200)]
SAID = st.frozensets(st.sampled_from(PIECES[:6]), max_size=4)
KNOWN = st.lists(st.tuples(SAID, st.integers(0, VILLAGES - 1), st.integers(0, 2)), max_size=12)
MOST = FIGURES.index("alike most")


def likeness(known: list[tuple[frozenset[int], int, int]], *, folds: bool = False) -> Likeness:
    pairs = [(owner, key) for owner, (said, _, _) in enumerate(known) for key in sorted(said)]
    return Likeness(
        np.array([owner for owner, _ in pairs], np.int64),
        np.array([key for _, key in pairs], np.uint64),
        np.array([village for _, village, _ in known], np.int64),
        VILLAGES,
        np.array([fold for _, _, fold in known], np.int64) if folds else None,
    )


def asked_of(one: Likeness, said: frozenset[int], size: int, without: int | None = None) -> np.ndarray:
    keys = np.array(sorted(said), np.uint64)
    return one.weigh(
        np.zeros(len(said), np.int64),
        keys,
        one.find(keys),
        1,
        np.array([float(size)]),
        None if without is None else np.array([without]),
    )[0]


@given(KNOWN, SAID)
def test_the_most_that_one_known_address_shares_is_found(
    known: list[tuple[frozenset[int], int, int]], said: frozenset[int]
) -> None:
    found = asked_of(likeness(known), said, len(known))
    rarity = {
        key: math.log1p(len(known)) - math.log(max(1, sum(key in other for other, _, _ in known)))
        for key in said
    }
    whole = sum(rarity.values()) + 1e-4
    for village in range(VILLAGES):
        shared = [sum(rarity[key] for key in said & other) for other, of, _ in known if of == village]
        assert math.isclose(found[village, MOST], max(shared, default=0) / whole, abs_tol=1e-9)


@given(KNOWN, SAID, st.integers(0, 2))
def test_a_fold_that_is_left_out_is_as_if_it_had_never_been_known(
    known: list[tuple[frozenset[int], int, int]], said: frozenset[int], fold: int
) -> None:
    rest = [one for one in known if one[2] != fold]
    found = asked_of(likeness(known, folds=True), said, len(rest), fold)
    np.testing.assert_allclose(found, asked_of(likeness(rest), said, len(rest)), atol=1e-9)


@given(KNOWN, st.lists(SAID, min_size=1, max_size=5))
def test_many_are_compared_as_one_by_one(
    known: list[tuple[frozenset[int], int, int]], asked: list[frozenset[int]]
) -> None:
    one = likeness(known)
    pairs = [(owner, key) for owner, said in enumerate(asked) for key in sorted(said)]
    keys = np.array([key for _, key in pairs], np.uint64)
    together = one.weigh(
        np.array([owner for owner, _ in pairs], np.int64),
        keys,
        one.find(keys),
        len(asked),
        np.full(len(asked), float(len(known))),
    )
    apart = np.stack([asked_of(one, said, len(known)) for said in asked])
    np.testing.assert_allclose(together, apart, atol=1e-9)


def test_what_everybody_says_makes_no_two_alike() -> None:
    known = [(frozenset({PIECES[0], PIECES[owner + 10]}), owner % VILLAGES, 0) for owner in range(90)]
    assert asked_of(likeness(known), frozenset({PIECES[0]}), len(known))[:, MOST].max() == 0
    assert (
        asked_of(likeness(known), frozenset({PIECES[0], PIECES[12]}), len(known))[:, MOST].argmax()
        == 2 % VILLAGES
    )
