"""Confidence that has been earned."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.addresses import calibration, reliability
from gongzhi.addresses.calibration import fit_weights
from gongzhi.addresses.evidence import FIGURES, TownEvidence
from gongzhi.addresses.keys import text_keys
from gongzhi.addresses.reliability import AUTO_PRECISION, Answers, fit_belief, lowest_bar, measure_reliability
from gongzhi.addresses.words import read_words

if TYPE_CHECKING:
    import pytest

NO_DOORS = np.zeros(0, bool)


def answered(odds: np.ndarray) -> Answers:
    """Answers of which nothing is known but how firmly they were given."""
    return Answers(odds, np.zeros((len(odds), 2)), np.zeros((len(odds), 2)))


def test_weights_find_the_figure_that_tells() -> None:
    rng = np.random.default_rng(4)
    figures = rng.normal(size=(400, 5, 3))
    right = figures[:, :, 1].argmax(axis=1)
    weights = fit_weights([(figures, right)], 3)
    assert (weights.posterior(figures).argmax(axis=1) == right).mean() > 0.95
    assert abs(weights.scaled[1]) > 5 * max(abs(weights.scaled[0]), abs(weights.scaled[2]))


def cut_short(function: Any, first: int, worst: float) -> Any:
    """`function` as it is, but for the calls from `first` on that ask how far a whole step and nine halves of it lead:
    they lead too far."""
    calls = count()

    def asked(*args: Any) -> Any:
        found = function(*args)
        if not first <= next(calls) < first + 10:
            return found
        return (worst, *found[1:]) if isinstance(found, tuple) else worst

    return asked


def test_weights_are_sought_on_where_a_step_had_to_be_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    figures = rng.normal(size=(400, 5, 3))
    right = (figures[:, :, 1] + 0.5 * rng.gumbel(size=(400, 5))).argmax(axis=1)
    found = fit_weights([(figures, right)], 3)
    monkeypatch.setattr(calibration, "_likelihood", cut_short(calibration._likelihood, 2, -np.inf))
    assert np.allclose(fit_weights([(figures, right)], 3).scaled, found.scaled, rtol=0.05, atol=0.05)


def test_belief_is_sought_on_where_a_step_had_to_be_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(8)
    firmly = answered(rng.normal(2, 1, 2_000))
    right = rng.random(2_000) < 0.5
    found = fit_belief(firmly, right)
    monkeypatch.setattr(reliability, "_loss", cut_short(reliability._loss, 3, np.inf))
    again = fit_belief(firmly, right)
    assert np.allclose(
        [again.of_odds, again.intercept], [found.of_odds, found.intercept], rtol=0.05, atol=0.05
    )


def test_the_bar_stands_where_answers_begin_to_be_right_often_enough() -> None:
    rng = np.random.default_rng(5)
    scores = rng.random(40_000)
    right = (scores > 0.6) | (rng.random(40_000) < 0.5)
    bar = lowest_bar(scores, right, np.zeros(40_000, bool), np.ones(40_000, bool))
    assert 0.55 < bar < 0.62
    assert right[scores >= bar].mean() >= AUTO_PRECISION


def test_a_small_library_is_not_trusted_to_decide_however_right_it_was() -> None:
    found = answered(np.linspace(0.5, 1, 100))
    reliability = measure_reliability(found, np.ones(100, bool), np.zeros(100, bool), np.ones(100, bool))
    scores = reliability.score(found)
    assert not reliability.decides(scores, np.zeros(100, bool), np.ones(100, bool)).any()
    assert measure_reliability(answered(np.zeros(0)), NO_DOORS, NO_DOORS, NO_DOORS).bar == np.inf


def test_known_doors_stop_deciding_when_they_were_wrong_too_often() -> None:
    doors = np.ones(300, bool)
    found = answered(np.full(300, 0.9))
    good = measure_reliability(found, np.ones(300, bool), doors, doors)
    bad = measure_reliability(found, np.arange(300) >= 15, doors, doors)
    assert good.decides(np.array([0.1]), np.array([True]), np.array([True])).all()
    assert not bad.decides(np.array([0.1]), np.array([True]), np.array([True])).any()


def test_a_few_contradicted_doors_are_enough_to_leave_the_others_to_a_person() -> None:
    doors = np.ones(60, bool)
    found = answered(np.full(60, 0.9))
    for wrong, decides in ((0, True), (1, False)):
        reliability = measure_reliability(found, np.arange(60) >= wrong, doors, doors)
        assert reliability.decides(np.array([0.1]), np.array([True]), np.array([True])).all() == decides


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=300))
def test_confidence_rises_with_the_score_and_is_a_share(judged: list[tuple[float, bool]]) -> None:
    odds = np.array([score for score, _ in judged])
    right = np.array([hit for _, hit in judged])
    none = np.zeros(len(judged), bool)
    reliability = measure_reliability(answered(odds), right, none, ~none)
    curve = reliability.confidence(np.linspace(-5, 5, 50), np.zeros(50, bool))
    assert (np.diff(curve) >= -1e-12).all()
    assert curve.min() >= 0
    assert curve.max() <= 1


def test_answers_that_were_given_too_firmly_are_believed_less() -> None:
    rng = np.random.default_rng(6)
    odds = rng.normal(4, 1, 6_000)
    weak = rng.random(6_000) < 0.5
    right = rng.random(6_000) < np.where(weak, 0.7, 0.99)
    found = Answers(odds, np.column_stack([weak, ~weak]).astype(float), np.zeros((6_000, 2)))
    belief = fit_belief(found, right)
    shares = 1 / (1 + np.exp(-belief.score(found)))
    assert abs(shares[weak].mean() - 0.7) < 0.03
    assert abs(shares[~weak].mean() - 0.99) < 0.02


def test_what_is_left_out_of_a_judgement_is_as_if_it_had_never_been_known() -> None:
    chance = np.random.default_rng(8)
    lines = [
        f"{'青莲石井望岳'[chance.integers(6)]}{'云海'[chance.integers(2)]}路{chance.integers(1, 90)}号"
        for _ in range(60)
    ]
    words = [read_words(line) for line in lines]
    of = chance.integers(0, 3, 60)
    folds = np.arange(60) % 4
    names = ["青云", "石海", "望山"]
    whole = TownEvidence(["1", "2", "3"], names, words, of, folds)
    at = [figure for figure, name in enumerate(FIGURES) if not name.startswith(("number", "nearest", "room"))]
    for fold in range(4):
        asked, rest = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        alone = TownEvidence(["1", "2", "3"], names, [words[i] for i in rest], of[rest])
        expected = alone.weigh([words[i] for i in asked])[:, :, at]
        found = whole.weigh([words[i] for i in asked], asked)[:, :, at]
        np.testing.assert_allclose(found, expected, atol=1e-6)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=20))
def test_a_key_depends_on_its_text_alone(texts: list[str]) -> None:
    together = text_keys([texts], 3)[1]
    apart = [text_keys([(text,)], 3)[1][0] for text in texts]
    assert together.tolist() == [int(key) for key in apart]
    assert len(set(together.tolist())) == len(set(texts))


def test_letters_alone_never_decide() -> None:
    odds, none = np.ones(5_000), np.zeros(5_000, bool)
    reliability = measure_reliability(answered(odds), ~none, none, ~none)
    scores = reliability.score(answered(odds))
    assert reliability.decides(scores, none, ~none).all()
    assert not reliability.decides(scores, none, none).any()
