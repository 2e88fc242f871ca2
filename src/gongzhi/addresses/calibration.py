"""What each figure counts: weights learnt from the loaded library itself.

Nothing here is learnt in advance. When a library is loaded, its addresses are judged by the others; the weights of
the figures are those that make these judgements most likely (a conditional logit, solved by Newton's method).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]
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


def fit_weights(blocks: Sequence[tuple[Floats | Singles, Integers]], size: int) -> Weights:
    """The weights under which the right villages of `blocks` (figures, index of the right village) are likeliest.

    `size` is the number of figures. A ridge of a few addresses' worth keeps figures that never vary at zero.
    """
    if not blocks:
        return Weights(np.ones(size))
    # One flat table: the villages of all addresses below each other, `starts` where each address begins. Single
    # precision halves the time, and a weight's fourth digit changes no answer.
    flat = np.concatenate([figures.reshape(-1, size) for figures, _ in blocks]).astype(np.float32)
    scale = flat.std(axis=0, dtype=np.float64) + 1e-6
    flat /= scale.astype(np.float32)
    lengths = np.concatenate([np.full(len(right), figures.shape[1]) for figures, right in blocks])
    starts = np.cumsum(lengths) - lengths
    targets = starts + np.concatenate([right for _, right in blocks])
    table = (flat, starts, lengths, targets)
    weights = np.zeros(size)
    value, chances = _likelihood(table, weights)
    for _ in range(_STEPS):
        weighted = flat * chances[:, None]
        mean = np.add.reduceat(weighted, starts)
        gradient = (flat[targets] - mean).sum(axis=0, dtype=np.float64) - _RIDGE * weights
        curvature = (weighted.T @ flat - mean.T @ mean).astype(np.float64) + _RIDGE * np.eye(size)
        step = np.linalg.solve(curvature, gradient)
        length, before = 1.0, value
        value, chances = _likelihood(table, weights + step)
        while value < before and length > 1e-3:
            length /= 2
            value, chances = _likelihood(table, weights + length * step)
        if value < before:
            break
        weights = weights + length * step
        if length == 1.0 and value - before < 1e-4 * len(targets):  # a step cut short says nothing of the end
            break
    return Weights(weights / scale)


def _likelihood(
    table: tuple[Singles, Integers, Integers, Integers], weights: Floats
) -> tuple[float, Singles]:
    """The log-likelihood of the right villages under `weights`, and every village's chance."""
    flat, starts, lengths, targets = table
    scores = flat @ weights.astype(np.float32)
    scores -= np.repeat(np.maximum.reduceat(scores, starts), lengths)
    chances = np.exp(scores)
    norm = np.add.reduceat(chances, starts)
    chances /= np.repeat(norm, lengths)
    value = (scores[targets] - np.log(norm)).sum(dtype=np.float64) - _RIDGE * float(weights @ weights) / 2
    return float(value), chances
