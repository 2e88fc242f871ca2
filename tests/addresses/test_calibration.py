"""Confidence that has been earned."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.addresses.calibration import AUTO_PRECISION, fit_weights, measure_reliability
from gongzhi.addresses.keys import text_keys

NO_DOORS = np.zeros(0, bool)


def test_weights_find_the_figure_that_tells() -> None:
    rng = np.random.default_rng(4)
    figures = rng.normal(size=(400, 5, 3))
    right = figures[:, :, 1].argmax(axis=1)
    weights = fit_weights([(figures, right)], 3)
    assert (weights.posterior(figures).argmax(axis=1) == right).mean() > 0.95
    assert abs(weights.scaled[1]) > 5 * max(abs(weights.scaled[0]), abs(weights.scaled[2]))


def test_the_bar_stands_where_answers_begin_to_be_right_often_enough() -> None:
    rng = np.random.default_rng(5)
    scores = rng.random(40_000)
    right = (scores > 0.6) | (rng.random(40_000) < 0.5)
    reliability = measure_reliability(scores, right, np.zeros(40_000, bool), np.ones(40_000, bool))
    assert 0.55 < reliability.bar < 0.62
    assert right[scores >= reliability.bar].mean() >= AUTO_PRECISION


def test_a_small_library_is_not_trusted_to_decide_however_right_it_was() -> None:
    scores = np.linspace(0.5, 1, 100)
    reliability = measure_reliability(scores, np.ones(100, bool), np.zeros(100, bool), np.ones(100, bool))
    assert not reliability.decides(scores, np.zeros(100, bool), np.ones(100, bool)).any()
    assert measure_reliability(np.zeros(0), NO_DOORS, NO_DOORS, NO_DOORS).bar == np.inf


def test_known_doors_stop_deciding_when_they_were_wrong_too_often() -> None:
    doors = np.ones(300, bool)
    good = measure_reliability(np.full(300, 0.9), np.ones(300, bool), doors, doors)
    bad = measure_reliability(np.full(300, 0.9), np.arange(300) >= 15, doors, doors)
    assert good.decides(np.array([0.1]), np.array([True]), np.array([True])).all()
    assert not bad.decides(np.array([0.1]), np.array([True]), np.array([True])).any()


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=300))
def test_confidence_rises_with_the_score_and_is_a_share(judged: list[tuple[float, bool]]) -> None:
    scores = np.array([score for score, _ in judged])
    right = np.array([hit for _, hit in judged])
    reliability = measure_reliability(scores, right, np.zeros(len(judged), bool), np.ones(len(judged), bool))
    curve = reliability.confidence(np.linspace(0, 1, 50), np.zeros(50, bool))
    assert (np.diff(curve) >= -1e-12).all()
    assert curve.min() >= 0
    assert curve.max() <= 1


@given(st.lists(st.text(min_size=1), min_size=1, max_size=20))
def test_a_key_depends_on_its_text_alone(texts: list[str]) -> None:
    together = text_keys([texts], 3)[1]
    apart = [text_keys([(text,)], 3)[1][0] for text in texts]
    assert together.tolist() == [int(key) for key in apart]
    assert len(set(together.tolist())) == len(set(texts))


def test_letters_alone_never_decide() -> None:
    scores, none = np.ones(5_000), np.zeros(5_000, bool)
    reliability = measure_reliability(scores, ~none, none, ~none)
    assert reliability.decides(scores, none, ~none).all()
    assert not reliability.decides(scores, none, none).any()
