"""House numbers: how near, on the same road, each village's known numbers lie to the one that is asked for.

Numbers run along a road, odd on one side and even on the other: a number between two of one village, on its own side,
is nearly always that village's. A road's numbers need not be many: what lies beside tells, not how often.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gongzhi.addresses.keys import numbered_roads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gongzhi.addresses.words import Words

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Hashes = NDArray[np.uint64]
    Truths = NDArray[np.bool_]

FIGURES = (
    "numbers near",
    "numbers between on this side",
    "numbers beside on this side",
    "numbers next on this side",
    "numbers between",
    "numbers beside",
    "numbers next",
    "nearest number",
    "nearest is here",
    "room to the next",
)
_NEIGHBOURS = 12  # known numbers looked at on either side of a house number
_NEXT = 5  # of these, the nearest that are counted by village
_FAR = 8.0
_NUMBER_BITS = 20


class RoadNumbers:
    """The known numbers of every road of one town, in order."""

    def __init__(self, words: Sequence[Words], of: Integers, villages: int) -> None:
        """`of[i]` is the village, below `villages`, of the known address with `words[i]`."""
        owners, keys, numbers = numbered_roads(words)
        self._villages = villages
        self._roads = np.unique(keys)
        places = (np.searchsorted(self._roads, keys) << _NUMBER_BITS) | numbers
        order = np.lexsort((owners, places))
        self._places, self._owner = places[order], owners[order]
        self._village = of[owners[order]] if len(owners) else np.zeros(0, np.int64)

    def weigh(
        self,
        numbers: tuple[Integers, Hashes, Integers],
        asked: int,
        folds: Integers | None = None,
        without: Integers | None = None,
    ) -> Floats:
        """Figures of shape (addresses, villages, FIGURES) for so many addresses with these `numbers` (see `Pieces`).

        Known addresses of the fold `without[i]` (by `folds`) say nothing about address i.
        """
        nv = self._villages
        result = np.zeros((asked, nv, len(FIGURES)))
        owners, keys, wanted = numbers
        if not len(owners) or not len(self._places):
            return result
        roads = np.minimum(np.searchsorted(self._roads, keys), len(self._roads) - 1)
        known = self._roads[roads] == keys
        owners, wanted, roads = owners[known], wanted[known], roads[known]
        at = np.searchsorted(self._places, (roads << _NUMBER_BITS) | wanted)
        around = at[:, None] + np.arange(-_NEIGHBOURS, _NEIGHBOURS)
        inside = (around >= 0) & (around < len(self._places))
        around = np.clip(around, 0, len(self._places) - 1)
        places = self._places[around]
        inside &= (places >> _NUMBER_BITS) == roads[:, None]
        if without is not None and folds is not None:
            inside &= folds[self._owner[around]] != without[owners][:, None]
        ahead = (places & ((1 << _NUMBER_BITS) - 1)) - wanted[:, None]
        villages = self._village[around]
        self._pull(result, owners, ahead, villages, inside)
        for side, first in ((inside & (ahead & 1 == 0), 1), (inside, 4)):
            self._enclose(result[:, :, first : first + 3], owners, ahead, villages, side)
        return result

    def _pull(
        self, result: Floats, owners: Integers, ahead: Integers, villages: Integers, inside: Truths
    ) -> None:
        """How strongly all numbers near by pull, and whose is the nearest; the same side counts nearer."""
        nv = self._villages
        gap = np.abs(ahead)
        rows, cols = np.nonzero(inside)
        d = np.log1p(gap + (gap & 1))[rows, cols]
        cells = owners[rows] * nv + villages[rows, cols]
        pull = np.bincount(cells, np.exp(-1.5 * d), minlength=len(result) * nv).reshape(-1, nv)
        closest = np.full(len(result) * nv, _FAR)
        np.minimum.at(closest, cells, d)
        nearest = closest.reshape(-1, nv)
        best = nearest.min(axis=1, keepdims=True)
        result[:, :, 0] = pull / (pull.sum(axis=1, keepdims=True) + 0.02)
        result[:, :, 7] = _FAR - nearest
        leads = (nearest == best) & (best < _FAR)
        result[:, :, 8] = leads
        if nv > 1:
            second = np.partition(nearest, 1, axis=1)[:, 1:2]
            result[:, :, 9] = np.where(leads, np.minimum(second - best, 3.0), 0)

    @staticmethod
    def _enclose(
        result: Floats, owners: Integers, ahead: Integers, villages: Integers, inside: Truths
    ) -> None:
        """The known numbers just below and just above: of one village, or one of each; and whose the nearest are."""
        width = ahead.shape[1]
        rows = np.arange(len(owners))
        step = np.arange(width)
        low = np.where(inside & (ahead <= 0), step, -1).max(axis=1, initial=-1)
        high = np.where(inside & (ahead >= 0), step, width).min(axis=1, initial=width)
        below, above = low >= 0, high < width
        low, high = np.maximum(low, 0), np.minimum(high, width - 1)
        under, over = (1 / (1 + np.log1p(np.abs(ahead[rows, at]))) for at in (low, high))
        lower, upper = villages[rows, low], villages[rows, high]
        both = below & above & (lower == upper)
        np.maximum.at(result[:, :, 0], (owners[both], lower[both]), 1 + np.maximum(under[both], over[both]))
        for one, where, how_near in ((below & ~both, lower, under), (above & ~both, upper, over)):
            np.add.at(result[:, :, 1], (owners[one], where[one]), how_near[one])
        gap = np.where(inside, np.abs(ahead), 1 << _NUMBER_BITS)
        order = np.argsort(gap, axis=1, kind="stable")[:, :_NEXT]
        counted = inside[rows[:, None], order]
        which, at = np.nonzero(counted)
        share = 1 / np.maximum(counted.sum(axis=1), 1)
        np.add.at(result[:, :, 2], (owners[which], villages[rows[which], order[which, at]]), share[which])
