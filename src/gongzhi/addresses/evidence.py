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

from gongzhi.addresses.alike import FIGURES as ALIKE_FIGURES
from gongzhi.addresses.alike import Likeness
from gongzhi.addresses.keys import (
    CALLED,
    GROUPS,
    Lines,
    Pieces,
    name_keys,
    once,
)
from gongzhi.addresses.numbers import FIGURES as NUMBER_FIGURES
from gongzhi.addresses.numbers import RoadNumbers
from gongzhi.addresses.postings import Postings, of_fold

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
_NAMED = GROUPS.index("road")  # from here on the groups hold whole names
FIGURES: tuple[str, ...] = (
    *(f"{group} votes" for group in GROUPS),
    *(f"{group} share" for group in GROUPS),
    *(f"{group} votes" for group in CALLED),
    *NUMBER_FIGURES,
    *ALIKE_FIGURES,
    "known addresses",
    "none known",
)


# Where the parts of the figures begin; the votes stand first, the shares after them.
_CALLED = 2 * len(GROUPS)
_NUMBERS = _CALLED + len(CALLED)
_ALIKE = _NUMBERS + len(NUMBER_FIGURES)
_STANDING = _ALIKE + len(ALIKE_FIGURES)
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
        self._stand = _standing(self._prior)
        lines = Lines(words)
        owners, _, keys = once(lines.parts())
        self._postings = Postings(keys, of[owners])
        self._speaks = _speaking(self._postings, len(words), len(villages))
        self._folds = folds
        if folds is not None:
            self._in_fold = Postings(of_fold(keys, folds[owners]), of[owners])
            cells = folds * len(villages) + of
            inside = np.bincount(cells, minlength=(folds.max(initial=0) + 1) * len(villages))
            self._prior_in_fold = inside.reshape(-1, len(villages)).astype(np.float64)
        named, _, called = name_keys(names)
        self._called = Postings(called, named)
        self._calls = _speaking(self._called, len(words), len(villages))
        self._numbers = RoadNumbers(lines.numbered(), of, len(villages))
        self._likeness = Likeness(owners, keys, of, len(villages), folds)

    def forget_folds(self) -> None:
        """Let go of what only the judgement of known addresses needs."""
        self._folds = None
        self._likeness.forget_folds()
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
        sizes = np.broadcast_to(self._sizes, asked)
        figures = np.empty((asked, nv, len(FIGURES)))
        if without is None:
            figures[:, :, _STANDING:] = self._stand
        else:
            figures[:, :, _STANDING:] = _standing(self._prior - self._prior_in_fold[without])
            sizes = sizes - self._prior_in_fold.sum(axis=1)[without]
        owners, groups, keys = pieces.known
        found = self._postings.find(keys)
        cells = owners * (nv * len(GROUPS)) + groups
        shape = (asked, nv, len(GROUPS))
        if without is None:
            votes = _votes(self._postings, self._speaks, found, cells, shape)
        else:
            votes = self._votes_without(found, pieces.known, cells, shape, sizes, without)
        figures[:, :, len(GROUPS) : _CALLED] = _shares(votes)
        of_group = np.bincount(owners * len(GROUPS) + groups, minlength=asked * len(GROUPS))
        np.divide(votes, np.sqrt(1 + of_group).reshape(asked, 1, -1), out=figures[:, :, : len(GROUPS)])
        figures[:, :, _CALLED:_NUMBERS] = self._votes_called(pieces.called, asked, sizes, without)
        numbers, alike = figures[:, :, _NUMBERS:_ALIKE], figures[:, :, _ALIKE:_STANDING]
        self._numbers.weigh(pieces.numbers, asked, self._folds, without, numbers)
        self._likeness.weigh(owners, keys, found, asked, sizes, without, alike)
        return figures

    def _votes_called(
        self,
        called: tuple[Integers, Integers, Hashes],
        asked: int,
        sizes: Floats,
        without: Integers | None,
    ) -> Floats:
        """How much the letters and names of the addresses speak for villages that are called by them."""
        owners, groups, keys = called
        shape = (asked, len(self.villages), len(CALLED))
        cells = owners * (shape[1] * shape[2]) + groups
        found = self._called.find(keys)
        if without is None:
            return _votes(self._called, self._calls, found, cells, shape)
        known, slots = found
        at, counts, which = self._called.spread(slots, cells[known], shape[2])
        weights = _weights(self._called.totals[slots], sizes[owners[known]], shape[1])
        return _summed(at, counts * weights[which], shape)

    def _votes_without(
        self,
        found: tuple[Integers, Integers],
        known_keys: tuple[Integers, Integers, Hashes],
        cells: Integers,
        shape: tuple[int, int, int],
        sizes: Floats,
        without: Integers,
    ) -> Floats:
        """The votes of the keys as if the fold `without[i]` had never been known to address i."""
        known, slots = found
        owners, keys = known_keys[0][known], known_keys[2][known]
        begins = cells[known]
        mine, fold_slots = self._in_fold.find(of_fold(keys, without[owners]))
        totals = self._postings.totals[slots]
        totals[mine] -= self._in_fold.totals[fold_slots]
        weights = _weights(totals, sizes[owners], shape[1])
        all_cells, counts, which = self._postings.spread(slots, begins, shape[2])
        less, fewer, whose = self._in_fold.spread(fold_slots, begins[mine], shape[2])
        all_cells, counts = np.concatenate([all_cells, less]), np.concatenate([counts, -fewer])
        which = np.concatenate([which, mine[whose]])
        votes = _summed(all_cells, counts * weights[which], shape)
        # What was added and taken away leaves a rounding error.
        np.maximum(votes, 0, out=votes)
        votes[votes < _NOTHING] = 0
        return votes


def _standing(prior: Floats) -> Floats:
    """What is known of each village without an address that asks, of (…, villages) known addresses."""
    return np.stack([np.log(prior + 0.5), prior == 0], axis=-1)


def _shares(votes: Floats) -> Floats:
    """The logarithm of each village's share of all votes of a group, of (addresses, villages, groups)."""
    nv = votes.shape[1]
    of_one = nv / (votes.sum(axis=1, keepdims=True) + nv * _FLOOR)
    shares = np.empty(votes.shape)
    shares[:] = np.log(_FLOOR * of_one)  # most villages have no vote
    np.log((votes + _FLOOR) * of_one, out=shares, where=votes != 0)
    return shares


def _weights(totals: Floats, sizes: Floats | int, villages: int) -> Floats:
    """What one known address with a key speaks for its village, of keys that `totals` of `sizes` addresses carry."""
    size = np.maximum(sizes, villages)
    return np.asarray(np.log1p(size / np.maximum(totals, 0.5)) / (np.maximum(totals, 0) + _DOUBT))


def _speaking(postings: Postings, size: int, villages: int) -> Floats:
    """What each place of each key speaks for: worked out once, since the whole library speaks to everybody alike."""
    return postings.counts * np.repeat(_weights(postings.totals, size, villages), postings.lengths)


def _votes(
    postings: Postings,
    speaks: Floats,
    found: tuple[Integers, Integers],
    cells: Integers,
    shape: tuple[int, int, int],
) -> Floats:
    """How much the keys speak for each village, of (addresses, villages, groups); `cells` are their first villages'."""
    known, slots = found
    lengths = postings.lengths[slots]
    runs = postings.runs(slots, lengths)
    at = np.repeat(cells[known], lengths)
    at += postings.places[runs] * shape[2]
    return _summed(at, speaks[runs], shape)


def _summed(cells: Integers, values: Floats, shape: tuple[int, int, int]) -> Floats:
    summed = np.bincount(cells, values, minlength=shape[0] * shape[1] * shape[2])
    return summed.astype(np.float64, copy=False).reshape(shape)
