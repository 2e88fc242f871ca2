"""How much of what an address says one single known address of each village says as well.

Names counted village by village do not say that they stood together: half of a line may be known from one corner of a
village and half from another. What is shared with one known address weighs as much as it is rare in the town.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gongzhi.addresses.postings import Postings, of_fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Hashes = NDArray[np.uint64]

FIGURES = ("alike most", "alike together", "alike share")
_COMMON = 64  # a piece that so many known addresses of the town share makes no two of them alike
_CELLS = 1 << 16  # pairs of an address and a known one compared at once: what the processor keeps at hand
_LITTLE = 1e-4
_DOUBT = 0.02


class Likeness:
    """The known addresses of one town by their pieces."""

    def __init__(
        self, owners: Integers, keys: Hashes, of: Integers, villages: int, folds: Integers | None
    ) -> None:
        """`keys[i]` is a piece of the known address `owners[i]`, each once; `of` is each address's village."""
        order = np.argsort(of, kind="stable")  # those of one village side by side
        column = np.empty(len(of), np.int64)
        column[order] = np.arange(len(of))
        self._sizes = np.bincount(of, minlength=villages)
        self._columns = len(of)
        self._here = np.flatnonzero(self._sizes)
        self._firsts = (np.cumsum(self._sizes) - self._sizes)[self._here]
        self._postings = Postings(keys, column[owners])
        totals = self._postings.totals
        self._unknown = np.log1p(len(of))  # the rarity of what nobody says
        self._rarity = self._unknown - np.log(np.maximum(totals, 1))
        self._lengths = np.where(totals <= _COMMON, self._postings.lengths, 0)
        self._folds = None
        if folds is not None:
            self._folds = folds[order]
            self._in_fold = Postings(of_fold(keys, folds[owners]), np.zeros(len(keys), np.int64))

    def forget_folds(self) -> None:
        """Let go of what only the judgement of known addresses needs."""
        self._folds = None
        del self._in_fold

    def weigh(
        self,
        owners: Integers,
        keys: Hashes,
        found: tuple[Integers, Integers],
        asked: int,
        sizes: Floats,
        without: Integers | None = None,
        result: Floats | None = None,
    ) -> Floats:
        """Figures of shape (addresses, villages, FIGURES) for so many addresses with these pieces, each once.

        `found` says which of `keys` are known, and where they stand among the sorted known keys (`Postings.find`).
        `sizes` says how many known addresses each is compared with. Those of the fold `without[i]` are left out.
        `result` is filled where it is given.
        """
        result = np.empty((asked, len(self._sizes), len(FIGURES))) if result is None else result
        known, slots = found
        columns = self._columns
        step = max(1, _CELLS // max(columns, 1))
        for begin in range(0, asked, step):
            end = min(begin + step, asked)
            first, last = owners.searchsorted((begin, end))
            at, to = known.searchsorted((first, last))
            self._weigh(
                result[begin:end],
                owners[first:last] - begin,
                keys[first:last],
                (known[at:to] - first, slots[at:to]),
                sizes[begin:end],
                None if without is None else without[begin:end],
            )
        return result

    def find(self, keys: Hashes) -> tuple[Integers, Integers]:
        """Which of `keys` are known, and where: what `weigh` is to be given."""
        return self._postings.find(keys)

    def _weigh(
        self,
        result: Floats,
        owners: Integers,
        keys: Hashes,
        found: tuple[Integers, Integers],
        sizes: Floats,
        without: Integers | None,
    ) -> None:
        asked, columns = len(result), self._columns
        known, slots = found
        whose = owners[known]
        if without is None:
            rarity = np.full(len(owners), self._unknown)
            rare, lengths = self._rarity[slots], self._lengths[slots]
        else:
            rarity = np.log1p(sizes)[owners]
            totals = self._postings.totals[slots]
            mine, fold_slots = self._in_fold.find(of_fold(keys[known], without[whose]))
            totals[mine] -= self._in_fold.totals[fold_slots]
            rare = rarity[known] - np.log(np.maximum(totals, 1))
            lengths = np.where((totals > 0) & (totals <= _COMMON), self._postings.lengths[slots], 0)
        rarity[known] = rare
        said = np.bincount(owners, rarity, minlength=asked) + _LITTLE
        cells = np.repeat(whose * columns, lengths)
        cells += self._postings.places[self._postings.runs(slots, lengths)]
        shared = np.bincount(cells, np.repeat(rare, lengths), minlength=asked * columns)
        alike = shared.reshape(asked, columns) / said[:, None]
        if without is not None and self._folds is not None:
            alike[self._folds == without[:, None]] = 0
        result[:, :, 0] = 0
        together = np.zeros(result.shape[:2])
        if columns:
            result[:, self._here, 0] = np.maximum.reduceat(alike, self._firsts, axis=1)
            np.square(alike, out=alike)
            np.square(alike, out=alike)
            together[:, self._here] = np.add.reduceat(alike, self._firsts, axis=1)
        result[:, :, 1] = np.log(together + _LITTLE)
        total = together.sum(axis=1, keepdims=True)
        nv = result.shape[1]
        result[:, :, 2] = np.log((together + _DOUBT * _DOUBT) * (nv / (total + nv * _DOUBT * _DOUBT)))
