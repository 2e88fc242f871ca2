"""Key → where it stands: sorted keys and one flat run of (place, count) a key, looked up for thousands at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Hashes = NDArray[np.uint64]

_FOLDING = np.uint64(0x9FB21C651E98DF25)


class Postings:
    """The places (villages, or known addresses) that carry each key, with counts."""

    __slots__ = ("counts", "ends", "keys", "places", "starts", "totals")

    def __init__(self, keys: Hashes, places: Integers) -> None:
        order = np.lexsort((places, keys))
        keys, places = keys[order], places[order]
        fresh = np.ones(len(keys), bool)
        fresh[1:] = (keys[1:] != keys[:-1]) | (places[1:] != places[:-1])
        first = np.flatnonzero(fresh)
        self.counts = np.diff(np.append(first, len(keys))).astype(np.float64)
        self.places = places[first]
        run_keys = keys[first]
        heads = np.ones(len(run_keys), bool)
        heads[1:] = run_keys[1:] != run_keys[:-1]
        self.starts = np.flatnonzero(heads)
        self.ends = np.append(self.starts[1:], len(run_keys))
        self.keys = run_keys[self.starts]
        self.totals = np.add.reduceat(self.counts, self.starts) if len(self.starts) else np.zeros(0)

    def find(self, keys: Hashes) -> tuple[Integers, Integers]:
        """Which of `keys` are known, and where: (positions in `keys`, slots here)."""
        if not len(self.keys):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        slots = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        known = np.flatnonzero(self.keys[slots] == keys)
        return known, slots[known]

    def spread(self, slots: Integers, cells: Integers, width: int) -> tuple[Integers, Floats, Integers]:
        """The runs of `slots`, one below the other: (cell of the place, count, position in `slots`).

        `cells[i]` is the cell of place 0 for `slots[i]`; places are `width` cells apart.
        """
        lengths = self.ends[slots] - self.starts[slots]
        which = np.repeat(np.arange(len(slots)), lengths)
        runs = np.arange(len(which)) + np.repeat(self.starts[slots] - (np.cumsum(lengths) - lengths), lengths)
        return cells[which] + self.places[runs] * width, self.counts[runs], which


def of_fold(keys: Hashes, folds: Integers) -> Hashes:
    """Keys of their own for the known addresses of each fold."""
    return np.asarray((keys ^ folds.astype(np.uint64)) * _FOLDING)
