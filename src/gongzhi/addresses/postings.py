"""Key → where it stands: sorted keys and one flat run of (place, count) a key, looked up for thousands at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Hashes = NDArray[np.uint64]

_LAST = (1 << 64) - 1
_FOLDING = np.uint64(0x9FB21C651E98DF25)


class Postings:
    """The places (villages, or known addresses) that carry each key, with counts."""

    __slots__ = ("_buckets", "_shift", "counts", "keys", "lengths", "places", "starts", "totals")

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
        starts = np.flatnonzero(heads)
        totals = np.add.reduceat(self.counts, starts) if len(starts) else np.zeros(0)
        # A last key that nothing carries: whatever is looked for ends there at the latest.
        self.keys = np.append(run_keys[starts], np.uint64(_LAST))
        self.starts = np.append(starts, len(run_keys))
        self.lengths = np.diff(self.starts, append=len(run_keys))
        self.totals = np.append(totals, 0.0)
        # Keys are spread evenly (see `keys`): sorted into buckets by their first bits, most are alone in theirs.
        bits = len(self.keys).bit_length() + 1
        self._shift = np.uint64(64 - bits)
        begins = np.arange(1 << bits, dtype=np.uint64) << self._shift
        self._buckets = np.searchsorted(self.keys, begins).astype(np.int32)

    def find(self, keys: Hashes) -> tuple[Integers, Integers]:
        """Which of `keys` are known, and where: (positions in `keys`, slots here)."""
        slots = self._buckets[keys >> self._shift].astype(np.int64)
        there = self.keys[slots]
        behind = np.flatnonzero(there < keys)
        while len(behind):
            slots[behind] += 1
            wanted = keys[behind]
            there[behind] = met = self.keys[slots[behind]]
            behind = behind[met < wanted]
        known = np.flatnonzero(there == keys)
        return known, slots[known]

    def runs(self, slots: Integers, lengths: Integers) -> Integers:
        """Where the places of `slots` stand, one run of so many `lengths` below the other."""
        ends = np.cumsum(lengths)
        runs = np.repeat(self.starts[slots] - (ends - lengths), lengths)
        runs += np.arange(len(runs))
        return runs

    def spread(self, slots: Integers, cells: Integers, width: int) -> tuple[Integers, Floats, Integers]:
        """The runs of `slots`, one below the other: (cell of the place, count, position in `slots`).

        `cells[i]` is the cell of place 0 for `slots[i]`; places are `width` cells apart.
        """
        lengths = self.lengths[slots]
        which = np.repeat(np.arange(len(slots)), lengths)
        runs = self.runs(slots, lengths)
        return cells[which] + self.places[runs] * width, self.counts[runs], which


def of_fold(keys: Hashes, folds: Integers) -> Hashes:
    """Keys of their own for the known addresses of each fold."""
    return np.asarray((keys ^ folds.astype(np.uint64)) * _FOLDING)
