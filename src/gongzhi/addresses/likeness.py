"""Whose known addresses does an address read like: a ridge regression on all the pieces of an address at once.

Votes count each piece by itself; where 新安 and 新安大道 occur together they count the same thing twice. The
regression shares the weight out among pieces that go together, for each village of a town against the others. It is
solved in the space of the known addresses (a few hundred of them), where leaving out a fold is exact and cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]
    Integers = NDArray[np.int64]
    Hashes = NDArray[np.uint64]

_RIDGE = 1.0  # an address has length one, so this is the weight of one address
_BASE_RATE = 0.1  # of a piece that every address has: how often a village is the right one
_NAMES_TWICE = 2  # a village's name stands for as many of its addresses
_FITTED_AT_MOST = 800  # addresses of a town, evenly spread: the time grows with the cube of their number


class Likeness:
    """The regression of one town."""

    def __init__(
        self,
        pieces: tuple[Integers, Hashes],
        of: Integers,
        names: tuple[Integers, Hashes],
        villages: int,
        folds: Integers | None,
    ) -> None:
        """`pieces` are (known address, key) as often as they occur; `of` says in which village each address lies.

        `names` are (village, key) of the villages' own names. `folds` asks for `left_out`.
        """
        self._villages = villages
        size = len(of)
        taken = (
            np.arange(size)
            if size <= _FITTED_AT_MOST
            else np.linspace(0, size - 1, _FITTED_AT_MOST).astype(int)
        )
        named = np.unique(names[0])
        rows, keys, lies_in = _documents(pieces, of, taken, names, named)
        count = len(lies_in)
        self._keys, slots = np.unique(keys, return_inverse=True)
        carriers = np.bincount(slots, minlength=len(self._keys))
        self._rarity = 1 + np.log((1 + count) / (1 + carriers))
        self._unknown = float(1 + np.log((1 + count) / 2))  # as rare as what one address alone has
        values = self._rarity[slots]
        lengths = np.sqrt(np.bincount(rows, values**2, minlength=count)) + 1e-12
        values = values / lengths[rows]
        sides = np.full((count, villages), -1.0)
        sides[np.arange(count), lies_in] = 1
        solution = _solve(rows, slots, values, carriers)
        answer = solution @ sides
        self._base = _BASE_RATE * answer.sum(axis=0)
        self._weights = np.empty((len(self._keys), villages), np.float32)
        for village in range(villages):
            self._weights[:, village] = np.bincount(
                slots, values * answer[rows, village], minlength=len(self._keys)
            )
        self.left_out: Floats | None = None
        if folds is not None:
            self.left_out = self.read(pieces[0], pieces[1], size)
            for fold in np.unique(folds):
                block = np.flatnonzero(folds[taken] == fold)
                if len(block):
                    shift = np.linalg.solve(solution[np.ix_(block, block)], answer[block])
                    self.left_out[taken[block]] = sides[block] - shift

    def read(self, owners: Integers, keys: Hashes, asked: int) -> Floats:
        """How much each address reads like those of each village, from about -1 to 1: (addresses, villages)."""
        result = np.tile(self._base, (asked, 1))
        if not len(keys) or not len(self._keys):
            return result
        slots = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        known = self._keys[slots] == keys
        values = np.where(known, self._rarity[slots], self._unknown)
        lengths = np.sqrt(np.bincount(owners, values**2, minlength=asked)) + 1e-12
        order = np.flatnonzero(known)
        order = order[np.argsort(owners[order], kind="stable")]
        if not len(order):
            return result
        owners, slots, values = owners[order], slots[order], values[order]
        firsts = np.flatnonzero(np.append(True, owners[1:] != owners[:-1]))
        weighted = self._weights[slots]
        weighted *= values[:, None].astype(np.float32)
        result[owners[firsts]] += np.add.reduceat(weighted, firsts) / lengths[owners[firsts], None]
        return result


def _documents(
    pieces: tuple[Integers, Hashes],
    of: Integers,
    taken: Integers,
    names: tuple[Integers, Hashes],
    named: Integers,
) -> tuple[Integers, Hashes, Integers]:
    """The chosen addresses and after them the villages' names: (row, key) of the pieces, and each row's village."""
    place = np.full(len(of), -1)
    place[taken] = np.arange(len(taken))
    rows = place[pieces[0]]
    kept = rows >= 0
    all_rows, all_keys, lies_in = [rows[kept]], [pieces[1][kept]], [of[taken]]
    for time in range(_NAMES_TWICE):
        all_rows.append(len(taken) + time * len(named) + np.searchsorted(named, names[0]))
        all_keys.append(names[1])
        lies_in.append(named)
    return np.concatenate(all_rows), np.concatenate(all_keys), np.concatenate(lies_in)


def _solve(rows: Integers, slots: Integers, values: Floats, carriers: Integers) -> Floats:
    """The inverse of the ridged products of all rows with each other."""
    count = int(rows.max(initial=-1)) + 1
    shared = carriers > 1  # a piece of one row alone is only in that row's product with itself
    columns = np.cumsum(shared) - 1
    kept = shared[slots]
    width = int(shared.sum())
    flat = np.bincount(rows[kept] * width + columns[slots[kept]], values[kept], minlength=count * width)
    table: Singles = flat.astype(np.float32).reshape(count, width)
    products = (table @ table.T).astype(np.float64) + _BASE_RATE
    alone = np.bincount(rows[~kept], values[~kept] ** 2, minlength=count)
    products[np.diag_indices(count)] += alone + _RIDGE
    return np.asarray(np.linalg.inv(products))
