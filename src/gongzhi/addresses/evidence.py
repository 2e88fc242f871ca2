"""What the known addresses of one town say about a new one: for each village and each kind of evidence, how much.

A `TownEvidence` holds, for every key (see `keys`), how many known addresses of each village carry it, and for every
road its numbers in order. `weigh` answers for a batch of addresses at once with one row of figures a village. The
figures are linear in the counts, so that one address can be left out of its own judgement (`own`), which is how
confidence is calibrated on the library itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gongzhi.addresses.keys import (
    CALLED,
    GROUPS,
    address_parts,
    called_keys,
    joined,
    name_keys,
    once,
    text_keys,
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
_NEIGHBOURS = 12  # known numbers looked at on either side of a house number
_FAR = 8.0
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


_NAMES = [FIGURES.index(f"{group} votes") for group in GROUPS[GROUPS.index("road") :]]


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


class TownEvidence:
    """The known addresses of one town, ready to weigh new ones."""

    def __init__(
        self, villages: Sequence[str], names: Sequence[str], words: Sequence[Words], of: Integers
    ) -> None:
        """`villages` are the candidates with their short `names`; `of[i]` says whose known address `words[i]` is."""
        self.villages = tuple(villages)
        self.size = len(words)
        self.prior = np.bincount(of, minlength=len(villages)).astype(np.float64)
        self._own_villages = of
        owners, _, keys = once(address_parts(words))
        self._postings = Postings(keys, of[owners])
        named, _, called = name_keys(names)
        self._called = Postings(called, named)
        self._number_words(words, of)

    def _number_words(self, words: Sequence[Words], of: Integers) -> None:
        owners, keys = text_keys([[road for road, _ in w.numbered] for w in words], len(GROUPS))
        numbers = np.array([n for w in words for _, n in w.numbered], np.int64)
        self._roads = np.unique(keys)
        places = (np.searchsorted(self._roads, keys) << 20) | numbers
        order = np.lexsort((owners, places))
        self._places, self._place_owner = places[order], owners[order]
        self._place_village = of[owners[order]] if len(owners) else np.zeros(0, np.int64)

    def weigh(self, words: Sequence[Words], own: Integers | None = None) -> Floats:
        """Figures of shape (addresses, villages, FIGURES).

        `own[i]` is the position of `words[i]` among the known addresses that this was built from: its own words are
        then left out of every count.
        """
        asked, nv = len(words), len(self.villages)
        mine = None if own is None else self._own_villages[own]
        parts = address_parts(words)
        owners, groups, keys = joined(parts) if own is None else once(parts)
        votes = self._votes(self._postings, (owners, groups, keys), (asked, nv, len(GROUPS)), mine)
        share = np.log((votes + _FLOOR) * (nv / (votes.sum(axis=1, keepdims=True) + nv * _FLOOR)))
        sizes = np.bincount(owners * len(GROUPS) + groups, minlength=asked * len(GROUPS))
        votes /= np.sqrt(1 + sizes).reshape(asked, 1, -1)
        called = self._votes(self._called, called_keys(words), (asked, nv, len(CALLED)), None)
        prior = np.repeat(self.prior[None, :], asked, axis=0)
        if mine is not None:
            prior[np.arange(asked), mine] -= 1
        standing = np.stack([np.log(prior + 0.5), prior == 0], axis=2)
        return np.concatenate([votes, share, called, self._near(words, own), standing], axis=2)

    def _votes(
        self,
        postings: Postings,
        asked_keys: tuple[Integers, Integers, Hashes],
        shape: tuple[int, int, int],
        mine: Integers | None,
    ) -> Floats:
        owners, groups, keys = asked_keys
        known, slots = postings.find(keys)
        lengths = postings.ends[slots] - postings.starts[slots]
        which = np.repeat(np.arange(len(slots)), lengths)
        runs = np.arange(len(which)) + np.repeat(
            postings.starts[slots] - (np.cumsum(lengths) - lengths), lengths
        )
        villages, counts = postings.villages[runs], postings.counts[runs]
        totals = postings.totals[slots]
        askers = owners[known]
        if mine is not None:
            totals = totals - 1
            counts = counts - (villages == mine[askers[which]])
        size = max(self.size, shape[1])
        weights = np.log1p(size / np.maximum(totals, 0.5)) / (np.maximum(totals, 0) + _DOUBT)
        cells = (askers * (shape[1] * shape[2]) + groups[known])[which] + villages * shape[2]
        votes = np.bincount(cells, counts * weights[which], minlength=shape[0] * shape[1] * shape[2])
        return votes.astype(np.float64, copy=False).reshape(shape)

    def _near(self, words: Sequence[Words], own: Integers | None) -> Floats:
        """How near on the same road each village's known numbers are; the same side of the road counts nearer."""
        nv = len(self.villages)
        result = np.zeros((len(words), nv, 4))
        owners, keys = text_keys([[road for road, _ in w.numbered] for w in words], len(GROUPS))
        if not len(owners) or not len(self._places):
            return result
        numbers = np.array([n for w in words for _, n in w.numbered], np.int64)
        roads = np.minimum(np.searchsorted(self._roads, keys), len(self._roads) - 1)
        known = self._roads[roads] == keys
        owners, numbers, roads = owners[known], numbers[known], roads[known]
        at = np.searchsorted(self._places, (roads << 20) | numbers)
        around = at[:, None] + np.arange(-_NEIGHBOURS, _NEIGHBOURS)
        inside = (around >= 0) & (around < len(self._places))
        around = np.clip(around, 0, len(self._places) - 1)
        places = self._places[around]
        inside &= (places >> 20) == roads[:, None]
        if own is not None:
            inside &= self._place_owner[around] != own[owners][:, None]
        gap = np.abs((places & 0xFFFFF) - numbers[:, None])
        distance = np.log1p(gap + (gap & 1))
        rows, cols = np.nonzero(inside)
        asker, village = owners[rows], self._place_village[around[rows, cols]]
        d = distance[rows, cols]
        cells = asker * nv + village
        pull = np.bincount(cells, np.exp(-1.5 * d), minlength=len(words) * nv).reshape(-1, nv)
        closest = np.full(len(words) * nv, _FAR)
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
