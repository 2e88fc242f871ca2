"""From figures to an honest confidence: weights and reliability learnt from the loaded library itself.

Nothing here is learnt in advance. When a library is loaded, each of its addresses is judged by all the others; the
weights of the figures are those that make these judgements most likely (a conditional logit, solved by Newton's
method), and the confidence of a score is how often such scores were right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

_RIDGE = 1.0
_STEPS = 25


@dataclass(frozen=True, slots=True)
class Weights:
    """What each figure counts: `score = figures @ scaled`."""

    scaled: Floats

    def posterior(self, figures: Floats) -> Floats:
        """Probabilities over the villages of each address: (addresses, villages) from figures of `weigh`."""
        scores = figures @ self.scaled
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        return np.asarray(scores / scores.sum(axis=1, keepdims=True))


def fit_weights(blocks: Sequence[tuple[Floats, Integers]], size: int) -> Weights:
    """The weights under which the right villages of `blocks` (figures, index of the right village) are likeliest.

    `size` is the number of figures. A ridge of one address's worth keeps figures that never vary at zero.
    """
    if not blocks:
        return Weights(np.ones(size))
    flat = np.concatenate([figures.reshape(-1, size) for figures, _ in blocks])
    scale = flat.std(axis=0) + 1e-6
    scaled = [(figures / scale, right) for figures, right in blocks]
    weights = np.zeros(size)
    value, gradient, curvature = _likelihood(scaled, weights)
    for _ in range(_STEPS):
        step = np.linalg.solve(curvature, gradient)
        length = 1.0
        while length > 1e-3 and _likelihood(scaled, weights + length * step)[0] < value:
            length /= 2
        weights = weights + length * step
        before = value
        value, gradient, curvature = _likelihood(scaled, weights)
        if value - before < 1e-4 * len(flat):
            break
    return Weights(weights / scale)


def _likelihood(blocks: Sequence[tuple[Floats, Integers]], weights: Floats) -> tuple[float, Floats, Floats]:
    size = len(weights)
    value = -_RIDGE * float(weights @ weights) / 2
    gradient, curvature = -_RIDGE * weights, _RIDGE * np.eye(size)
    for figures, right in blocks:
        scores = figures @ weights
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores)
        norm = chances.sum(axis=1, keepdims=True)
        chances /= norm
        rows = np.arange(len(right))
        value += float((scores[rows, right] - np.log(norm[:, 0])).sum())
        mean = np.einsum("av,avf->af", chances, figures)
        gradient = gradient + (figures[rows, right] - mean).sum(axis=0)
        flat = figures.reshape(-1, size)
        curvature = curvature + (flat * chances.reshape(-1, 1)).T @ flat - mean.T @ mean
    return value, gradient, curvature


@dataclass(frozen=True, slots=True)
class Reliability:
    """How often a score was right, as a rising step function, and the score from which the machine may decide."""

    scores: Floats
    shares: Floats
    bar: float  # scores at or above it are right often enough; infinite where none are

    def confidence(self, scores: Floats) -> Floats:
        """The share of right answers among known addresses with such scores."""
        return np.interp(scores, self.scores, self.shares)


def measure_reliability(scores: Floats, right: NDArray[np.bool_], *, target: float) -> Reliability:
    """Calibrate `scores` by whether each judgement was `right`; the bar is the lowest score from which on the
    share of right ones is at least `target` (with one wrong answer more than was seen, so that a small library
    must do better than a large one to be trusted).
    """
    if not len(scores):
        return Reliability(np.array([0.0, 1.0]), np.array([0.0, 0.5]), np.inf)
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], right[order].astype(np.float64)
    share = (np.cumsum(hits)) / (np.arange(1, len(hits) + 1) + 1)
    last_of_score = np.append(ranked[1:] != ranked[:-1], True)
    good = np.flatnonzero((share >= target) & last_of_score)
    bar = float(ranked[good[-1]]) if len(good) else np.inf
    xs, ys = _rising(ranked[::-1], hits[::-1])
    return Reliability(xs, ys, bar)


def _rising(scores: Floats, hits: Floats) -> tuple[Floats, Floats]:
    """Pool adjacent violators over blocks of equal size: the best rising fit of `hits` to `scores`."""
    blocks = max(1, min(200, len(scores) // 25))
    edges = np.linspace(0, len(scores), blocks + 1).astype(np.int64)
    pooled: list[tuple[float, float, float]] = []
    for begin, end in zip(edges[:-1], edges[1:], strict=True):
        size = float(end - begin)
        item = (float(scores[begin:end].mean()), float(hits[begin:end].mean()), size)
        while pooled and pooled[-1][1] >= item[1]:
            x, y, n = pooled.pop()
            total = n + item[2]
            item = ((x * n + item[0] * item[2]) / total, (y * n + item[1] * item[2]) / total, total)
        pooled.append(item)
    return np.array([x for x, _, _ in pooled]), np.array([y for _, y, _ in pooled])
