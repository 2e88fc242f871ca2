"""From figures to an honest confidence: weights and reliability learnt from the loaded library itself.

Nothing here is learnt in advance. When a library is loaded, each of its addresses is judged by all the others; the
weights of the figures are those that make these judgements most likely (a conditional logit, solved by Newton's
method), and the confidence of a score is how often such scores were right.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

_RIDGE = 5.0
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
    # One flat table: the villages of all addresses below each other, `starts` where each address begins.
    flat = np.concatenate([figures.reshape(-1, size) for figures, _ in blocks])
    scale = flat.std(axis=0) + 1e-6
    flat /= scale
    lengths = np.concatenate([np.full(len(right), figures.shape[1]) for figures, right in blocks])
    starts = np.cumsum(lengths) - lengths
    targets = starts + np.concatenate([right for _, right in blocks])
    table = (flat, starts, lengths, targets)
    weights = np.zeros(size)
    value, chances = _likelihood(table, weights)
    for _ in range(_STEPS):
        mean = np.add.reduceat(flat * chances[:, None], starts)
        gradient = (flat[targets] - mean).sum(axis=0) - _RIDGE * weights
        curvature = (flat * chances[:, None]).T @ flat - mean.T @ mean + _RIDGE * np.eye(size)
        step = np.linalg.solve(curvature, gradient)
        length, before = 1.0, value
        value, chances = _likelihood(table, weights + step)
        while value < before and length > 1e-3:
            length /= 2
            value, chances = _likelihood(table, weights + length * step)
        weights = weights + length * step
        if value - before < 1e-4 * len(targets):
            break
    return Weights(weights / scale)


def _likelihood(table: tuple[Floats, Integers, Integers, Integers], weights: Floats) -> tuple[float, Floats]:
    """The log-likelihood of the right villages under `weights`, and every village's chance."""
    flat, starts, lengths, targets = table
    scores = flat @ weights
    scores -= np.repeat(np.maximum.reduceat(scores, starts), lengths)
    chances = np.exp(scores)
    norm = np.add.reduceat(chances, starts)
    chances /= np.repeat(norm, lengths)
    value = float((scores[targets] - np.log(norm)).sum()) - _RIDGE * float(weights @ weights) / 2
    return value, chances


AUTO_PRECISION = 0.99
_DOOR_PRIOR = (
    199,
    200,
)  # right, judged: a known door tells its village unless somebody wrote it down wrongly
_CAUTION = 1.28  # standard errors: the bar has to hold with nine chances in ten, not on the average


@dataclass(frozen=True, slots=True)
class Reliability:
    """How often answers were right when the library judged its own addresses.

    `scores` and `shares` are a rising curve from a score to the share of right answers. From `bar` on a score
    decides alone; it is infinite where no score earns that. `door` is the share among known doors.
    """

    scores: Floats
    shares: Floats
    bar: float
    door: float

    def confidence(self, scores: Floats, doors: NDArray[np.bool_]) -> Floats:
        """The share of right answers among known addresses with such scores, or at known doors."""
        plain = np.interp(scores, self.scores, self.shares)
        return np.where(doors, np.maximum(plain, self.door), plain)

    def decides(
        self, scores: Floats, doors: NDArray[np.bool_], named: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Which answers may stand without a person: never one in which no whole name is known (`named`)."""
        return (named & (scores >= self.bar)) | (doors & (self.door >= AUTO_PRECISION))


def measure_reliability(
    scores: Floats, right: NDArray[np.bool_], doors: NDArray[np.bool_], named: NDArray[np.bool_]
) -> Reliability:
    """Calibrate `scores` by whether each judgement was `right`; `doors` says which were at known doors,
    `named` which had a whole name known.

    The bar is the lowest score from which on the share of right answers is at least AUTO_PRECISION, as far as so
    many addresses can tell: a small library has to do better than a large one to be trusted.
    """
    door = (right[doors].sum() + _DOOR_PRIOR[0]) / (doors.sum() + _DOOR_PRIOR[1])
    if not len(scores):
        return Reliability(np.array([0.0, 1.0]), np.array([0.0, 0.5]), np.inf, float(door))
    # Known doors decide first; what they leave of the allowance for errors is the other scores' to use.
    order = np.argsort(-(scores + 2 * doors), kind="stable")
    order = order[named[order]]
    ranked, hits = scores[order], right[order].astype(np.float64)
    judged = np.arange(1, len(hits) + 1)
    share = np.cumsum(hits) / judged
    middle = (share + _CAUTION**2 / (2 * judged)) / (1 + _CAUTION**2 / judged)
    spread = np.sqrt(share * (1 - share) / judged + _CAUTION**2 / (4 * judged**2)) / (
        1 + _CAUTION**2 / judged
    )
    last_of_score = np.append(ranked[1:] != ranked[:-1], True) & ~doors[order]
    good = np.flatnonzero((middle - _CAUTION * spread >= AUTO_PRECISION) & last_of_score)
    bar = float(ranked[good[-1]]) if len(good) else np.inf
    order = np.argsort(scores, kind="stable")
    xs, ys = _rising(scores[order], right[order].astype(np.float64))
    return Reliability(xs, ys, bar, float(door))


def _rising(scores: Floats, hits: Floats) -> tuple[Floats, Floats]:
    """Pool adjacent violators over blocks of equal size: the best rising fit of `hits` to `scores`."""
    blocks = max(1, min(200, len(scores) // 25))
    edges = np.linspace(0, len(scores), blocks + 1).astype(np.int64)
    pooled: list[tuple[float, float, float]] = []
    for begin, end in pairwise(edges.tolist()):
        size = float(end - begin)
        item = (float(scores[begin:end].mean()), float(hits[begin:end].mean()), size)
        while pooled and pooled[-1][1] >= item[1]:
            x, y, n = pooled.pop()
            total = n + item[2]
            item = ((x * n + item[0] * item[2]) / total, (y * n + item[1] * item[2]) / total, total)
        pooled.append(item)
    return np.array([x for x, _, _ in pooled]), np.array([y for _, y, _ in pooled])
