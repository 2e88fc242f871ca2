"""What the known addresses of one town say about a new one: for each village and each kind of evidence, how much.

A `TownEvidence` holds, for every key (see `keys`), how many known addresses of each village carry it, and for every
road its numbers in order. `weigh` answers for a batch of addresses at once with one row of figures a village. The
known addresses fall into folds, and a fold can be left out of the judgement of its own addresses (`own`), which
is how confidence is calibrated on the library itself. Leaving out one address alone would not do: the village whose
count is one short would give itself away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gongzhi.addresses.keys import (
    CALLED,
    GROUPS,
    Pieces,
    address_parts,
    name_keys,
    numbered_roads,
    once,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gongzhi.addresses.words import Words

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Hashes = NDArray[np.uint64]

_DOUBT = 0.5  # added to every total: a key seen once speaks for two thirds, not for certain
_FLOOR = 0.02
_NOTHING = 1e-9
_FOLDING = np.uint64(0x9FB21C651E98DF25)
_NEIGHBOURS = 12  # known numbers looked at on either side of a house number
_FAR = 8.0
_NAMED = GROUPS.index("road")  # from here on the groups hold whole names
FIGURES: tuple[str, ...] = (
    *(f"{group} votes" for group in GROUPS),
    *(f"{group} share" for group in GROUPS),
    *(f"{group} votes" for group in CALLED),
    "numbers near",
    "nearest number",
    "nearest is here",
    "room to the next",
    "known addresses",
    "none known",
)


_DOOR, _LINE = FIGURES.index("door votes"), FIGURES.index("line votes")


def at_known_door(figures: Floats, best: Integers) -> NDArray[np.bool_]:
    """Whether this very door is known, and all that is known of its number lies in the village that was found.

    A number alone is not enough: many villages of a town have a 振兴路1号.
    """
    known = np.ones(len(best), bool)
    for figure in (_DOOR, _LINE):
        votes = figures[:, :, figure]
        mine = votes[np.arange(len(best)), best]
        known &= (mine > 0) & (votes.sum(axis=1) <= mine * (1 + 1e-9))
    return known


_NAMES = [FIGURES.index(f"{group} votes") for group in GROUPS[_NAMED:]]


def knows_a_name(figures: Floats, best: Integers) -> NDArray[np.bool_]:
    """Whether any whole name of each address is known in the village that was found: letters alone only suggest."""
    votes = figures[np.arange(len(best)), best][:, _NAMES]
    return np.asarray((votes > 0).any(axis=1))


class Postings:
    """Key → villages that carry it, with counts: sorted keys and one flat run of (village, count) a key."""

    __slots__ = ("counts", "ends", "keys", "starts", "totals", "villages")

    def __init__(self, keys: Hashes, villages: Integers) -> None:
        order = np.lexsort((villages, keys))
        keys, villages = keys[order], villages[order]
        fresh = np.ones(len(keys), bool)
        fresh[1:] = (keys[1:] != keys[:-1]) | (villages[1:] != villages[:-1])
        first = np.flatnonzero(fresh)
        self.counts = np.diff(np.append(first, len(keys))).astype(np.float64)
        self.villages = villages[first]
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
        """The runs of `slots`, one below the other: (cell of the village, count, position in `slots`).

        `cells[i]` is the cell of village 0 for `slots[i]`; villages are `width` cells apart.
        """
        lengths = self.ends[slots] - self.starts[slots]
        which = np.repeat(np.arange(len(slots)), lengths)
        runs = np.arange(len(which)) + np.repeat(self.starts[slots] - (np.cumsum(lengths) - lengths), lengths)
        return cells[which] + self.villages[runs] * width, self.counts[runs], which


def _of_fold(keys: Hashes, folds: Integers) -> Hashes:
    """Keys of their own for the known addresses of each fold."""
    return np.asarray((keys ^ folds.astype(np.uint64)) * _FOLDING)


class TownEvidence:
    """The known addresses of one town, ready to weigh new ones."""

    def __init__(
        self,
        villages: Sequence[str],
        names: Sequence[str],
        words: Sequence[Words],
        of: Integers,
        folds: Integers | None = None,
    ) -> None:
        """`villages` are the candidates with their short `names`; `of[i]` says whose known address `words[i]` is.

        `folds[i]` is the fold that it falls into, where whole folds are to be left out (see `weigh`).
        """
        self.villages = tuple(villages)
        self._sizes = np.array([len(words)])
        self._prior = np.bincount(of, minlength=len(villages)).astype(np.float64)[None, :]
        owners, _, keys = once(address_parts(words))
        self._postings = Postings(keys, of[owners])
        self._folds = folds
        if folds is not None:
            self._in_fold = Postings(_of_fold(keys, folds[owners]), of[owners])
            cells = folds * len(villages) + of
            inside = np.bincount(cells, minlength=(folds.max(initial=0) + 1) * len(villages))
            self._prior_in_fold = inside.reshape(-1, len(villages)).astype(np.float64)
        named, _, called = name_keys(names)
        self._called = Postings(called, named)
        self._number_words(words, of)

    def _number_words(self, words: Sequence[Words], of: Integers) -> None:
        owners, keys, numbers = numbered_roads(words)
        self._roads = np.unique(keys)
        places = (np.searchsorted(self._roads, keys) << 20) | numbers
        order = np.lexsort((owners, places))
        self._places, self._place_owner = places[order], owners[order]
        self._place_village = of[owners[order]] if len(owners) else np.zeros(0, np.int64)

    def forget_folds(self) -> None:
        """Let go of what only the judgement of known addresses needs."""
        self._folds = None
        del self._in_fold, self._prior_in_fold

    def weigh(self, words: Sequence[Words], own: Integers | None = None) -> Floats:
        """Figures of shape (addresses, villages, FIGURES). See `weigh_pieces`."""
        return self.weigh_pieces(Pieces.of(words), len(words), own)

    def weigh_pieces(self, pieces: Pieces, asked: int, own: Integers | None = None) -> Floats:
        """Figures of shape (addresses, villages, FIGURES) for so many addresses with these pieces.

        `own[i]` is the place of the address among the known addresses, where it is one of them: its fold then does not
        speak about it. Raises ValueError where no folds were made.
        """
        without = None
        if own is not None:
            if self._folds is None:
                raise ValueError("known addresses are judged in folds")
            without = self._folds[own]
        nv = len(self.villages)
        sizes, prior = np.broadcast_to(self._sizes, asked), np.broadcast_to(self._prior, (asked, nv))
        if without is not None:
            prior = prior - self._prior_in_fold[without]
            sizes = sizes - self._prior_in_fold.sum(axis=1)[without]
        owners, groups, keys = pieces.known
        shape = (asked, nv, len(GROUPS))
        votes = self._votes(self._postings, (owners, groups, keys), shape, sizes, without)
        share = np.log((votes + _FLOOR) * (nv / (votes.sum(axis=1, keepdims=True) + nv * _FLOOR)))
        of_group = np.bincount(owners * len(GROUPS) + groups, minlength=asked * len(GROUPS))
        votes /= np.sqrt(1 + of_group).reshape(asked, 1, -1)
        called = self._votes(self._called, pieces.called, (asked, nv, len(CALLED)), sizes, None)
        figures = np.empty((asked, nv, len(FIGURES)))
        at = 0
        standing = np.stack([np.log(prior + 0.5), prior == 0], axis=2)
        for part in (votes, share, called, self._near(pieces, asked, without), standing):
            figures[:, :, at : at + part.shape[2]] = part
            at += part.shape[2]
        return figures

    def _votes(
        self,
        postings: Postings,
        asked_keys: tuple[Integers, Integers, Hashes],
        shape: tuple[int, int, int],
        sizes: Floats,
        without: Integers | None,
    ) -> Floats:
        """How much the keys of each group speak for each village."""
        owners, groups, keys = asked_keys
        known, slots = postings.find(keys)
        totals = postings.totals[slots]
        cells, counts, which = postings.spread(
            slots, (owners * (shape[1] * shape[2]) + groups)[known], shape[2]
        )
        if without is not None:
            inside = _of_fold(keys[known], without[owners[known]])
            mine, fold_slots = self._in_fold.find(inside)
            totals = totals.copy()
            totals[mine] -= self._in_fold.totals[fold_slots]
            starts = (owners * (shape[1] * shape[2]) + groups)[known][mine]
            less, fewer, whose = self._in_fold.spread(fold_slots, starts, shape[2])
            cells, counts = np.concatenate([cells, less]), np.concatenate([counts, -fewer])
            which = np.concatenate([which, mine[whose]])
        size = np.maximum(sizes, shape[1])[owners[known]]
        weights = np.log1p(size / np.maximum(totals, 0.5)) / (np.maximum(totals, 0) + _DOUBT)
        length = shape[0] * shape[1] * shape[2]
        summed = np.bincount(cells, counts * weights[which], minlength=length)
        votes: Floats = summed.astype(np.float64, copy=False).reshape(shape)
        if without is not None:  # what was added and taken away leaves a rounding error
            np.maximum(votes, 0, out=votes)
            votes[votes < _NOTHING] = 0
        return votes

    def _near(self, pieces: Pieces, asked: int, without: Integers | None) -> Floats:
        """How near on the same road each village's known numbers are; the same side of the road counts nearer."""
        nv = len(self.villages)
        result = np.zeros((asked, nv, 4))
        owners, keys, numbers = pieces.numbers
        if not len(owners) or not len(self._places):
            return result
        roads = np.minimum(np.searchsorted(self._roads, keys), len(self._roads) - 1)
        known = self._roads[roads] == keys
        owners, numbers, roads = owners[known], numbers[known], roads[known]
        at = np.searchsorted(self._places, (roads << 20) | numbers)
        around = at[:, None] + np.arange(-_NEIGHBOURS, _NEIGHBOURS)
        inside = (around >= 0) & (around < len(self._places))
        around = np.clip(around, 0, len(self._places) - 1)
        places = self._places[around]
        inside &= (places >> 20) == roads[:, None]
        if without is not None and self._folds is not None:
            inside &= self._folds[self._place_owner[around]] != without[owners][:, None]
        gap = np.abs((places & 0xFFFFF) - numbers[:, None])
        distance = np.log1p(gap + (gap & 1))
        rows, cols = np.nonzero(inside)
        asker, village = owners[rows], self._place_village[around[rows, cols]]
        d = distance[rows, cols]
        cells = asker * nv + village
        pull = np.bincount(cells, np.exp(-1.5 * d), minlength=asked * nv).reshape(-1, nv)
        closest = np.full(asked * nv, _FAR)
        np.minimum.at(closest, cells, d)
        nearest = closest.reshape(-1, nv)
        best = nearest.min(axis=1, keepdims=True)
        result[:, :, 0] = pull / (pull.sum(axis=1, keepdims=True) + 0.02)
        result[:, :, 1] = _FAR - nearest
        leads = (nearest == best) & (best < _FAR)
        result[:, :, 2] = leads
        if nv > 1:
            second = np.partition(nearest, 1, axis=1)[:, 1:2]
            result[:, :, 3] = np.where(leads, np.minimum(second - best, 3.0), 0)
        return result
