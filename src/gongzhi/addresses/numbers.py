"""House numbers: how near, on the same road, each village's known numbers lie to the one that is asked for.

Numbers run along a road, odd on one side and even on the other: a number between two of one village, on its own side,
is nearly always that village's. A road's numbers need not be many: what lies beside tells, not how often.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
_STEP_BITS = 5  # enough for the neighbours on both sides
_NOT_HERE = 1 << (_NUMBER_BITS + _STEP_BITS)
_NUMBER = (1 << _NUMBER_BITS) - 1
_AROUND = np.arange(-_NEIGHBOURS, _NEIGHBOURS)
_STEPS = np.arange(2 * _NEIGHBOURS)


def _away(gaps: Integers) -> Floats:
    return np.log1p(gaps)


def _pulls(gaps: Integers) -> Floats:
    return np.exp(-1.5 * np.log1p(gaps))


_NEARLY_ALL = np.arange(
    4_096
)  # gaps between house numbers of one road: logarithms are looked up, not worked out
_AWAY, _PULLS = _away(_NEARLY_ALL), _pulls(_NEARLY_ALL)


class RoadNumbers:
    """The known numbers of every road of one town, in order."""

    def __init__(self, numbered: tuple[Integers, Hashes, Integers], of: Integers, villages: int) -> None:
        """`of[i]` is the village, below `villages`, of the known address i, whose roads are among the `numbered`."""
        owners, keys, numbers = numbered
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
        result: Floats | None = None,
    ) -> Floats:
        """Figures of shape (addresses, villages, FIGURES) for so many addresses with these `numbers` (see `Pieces`).

        Known addresses of the fold `without[i]` (by `folds`) say nothing about address i. `result` is filled where it
        is given.
        """
        nv = self._villages
        result = np.empty((asked, nv, len(FIGURES))) if result is None else result
        result[:] = 0
        owners, keys, wanted = numbers
        if not len(owners) or not len(self._places):
            return result
        roads = np.minimum(self._roads.searchsorted(keys), len(self._roads) - 1)
        known = np.flatnonzero(self._roads[roads] == keys)
        owners, wanted, roads = owners[known], wanted[known], roads[known] << _NUMBER_BITS
        around = self._places.searchsorted(roads | wanted)[:, None] + _AROUND
        inside = (around >= 0) & (around < len(self._places))
        np.clip(around, 0, len(self._places) - 1, out=around)
        ahead = self._places[around]
        ahead -= roads[:, None]  # of the same road: its number; of another: below or beyond all numbers
        inside &= (ahead >= 0) & (ahead <= _NUMBER)
        if without is not None and folds is not None:
            inside &= folds[self._owner[around]] != without[owners][:, None]
        ahead -= wanted[:, None]
        cells = self._village[around]
        cells += (owners * nv)[:, None]
        gap = np.abs(ahead)
        self._pull(result, gap, cells, inside)
        self._enclose(result, ahead, gap, cells, inside)
        return result

    def _pull(self, result: Floats, gap: Integers, cells: Integers, inside: Truths) -> None:
        """How strongly all numbers near by pull, and whose is the nearest; the same side counts nearer.

        `cells` are the addresses' villages, counted on: those of address 1 come after those of address 0.
        """
        nv = self._villages
        gap, cells = gap[inside], cells[inside]
        gap += gap & 1
        pull = np.bincount(cells, _near(_PULLS, gap), minlength=len(result) * nv).reshape(-1, nv)
        closest = np.full(len(result) * nv, _FAR)
        np.minimum.at(closest, cells, _near(_AWAY, gap))
        nearest = closest.reshape(-1, nv)
        best = nearest.min(axis=1, keepdims=True)
        result[:, :, 0] = pull / (pull.sum(axis=1, keepdims=True) + 0.02)
        result[:, :, 7] = _FAR - nearest
        leads = (nearest == best) & (best < _FAR)
        result[:, :, 8] = leads
        if nv > 1:
            second = np.partition(nearest, 1, axis=1)[:, 1:2]
            result[:, :, 9] = np.where(leads, np.minimum(second - best, 3.0), 0)

    def _enclose(
        self, result: Floats, ahead: Integers, gap: Integers, cells: Integers, inside: Truths
    ) -> None:
        """The known numbers just below and just above: of one village, or one of each; and whose the nearest are.

        First those on this side of the road, then those on both, which are reckoned below them in one go.
        """
        asked, nv, (count, width) = len(result), self._villages, ahead.shape
        inside = np.concatenate([inside & (ahead & 1 == 0), inside])
        ahead, gap = np.concatenate([ahead, ahead]), np.concatenate([gap, gap])
        cells = np.concatenate([cells, cells + asked * nv])
        size = 2 * asked * nv
        rows = np.arange(2 * count)
        low = np.where(inside & (ahead <= 0), _STEPS, -1).max(axis=1, initial=-1)
        high = np.where(inside & (ahead >= 0), _STEPS, width).min(axis=1, initial=width)
        below, above = low >= 0, high < width
        low, high = np.maximum(low, 0), np.minimum(high, width - 1)
        under, over = (1 / (1 + _near(_AWAY, gap[rows, at])) for at in (low, high))
        lower, upper = cells[rows, low], cells[rows, high]
        both = below & above & (lower == upper)
        between = np.zeros(size)
        np.maximum.at(between, lower[both], 1 + np.maximum(under[both], over[both]))
        below &= ~both
        above &= ~both
        beside = np.bincount(
            np.concatenate([lower[below], upper[above]]),
            np.concatenate([under[below], over[above]]),
            minlength=size,
        )
        # The nearest, and of two as near the one before: which of the numbers it is stands in the last bits.
        order = np.where(inside, gap << _STEP_BITS, _NOT_HERE) + _STEPS
        order.partition(_NEXT - 1, axis=1)
        order = order[:, :_NEXT]
        counted = order < _NOT_HERE
        share = 1 / np.maximum(counted.sum(axis=1), 1)
        which = counted.nonzero()[0]
        nearest = cells[which, order[counted] & ((1 << _STEP_BITS) - 1)]
        following = np.bincount(nearest, share[which], minlength=size)
        for figure, found in ((1, between), (2, beside), (3, following)):
            result[:, :, figure : figure + 4 : 3] = found.reshape(2, asked, nv).transpose(1, 2, 0)


def _near(table: Floats, gaps: Integers) -> Floats:
    """What `table` says of each gap between two numbers; few are so wide that they are worked out one by one."""
    found = table[np.minimum(gaps, len(table) - 1)]
    far = np.flatnonzero(gaps >= len(table))
    if len(far):
        found[far] = _away(gaps[far]) if table is _AWAY else _pulls(gaps[far])
    return found
