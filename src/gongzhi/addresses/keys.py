"""Words as numbers: every piece of an address becomes a 64-bit key, for thousands of addresses at once.

A piece is a window of characters. Prefix sums of a polynomial over the joined text give the key of any window in
two subtractions, so that a batch of addresses is turned into keys without a Python loop over its letters. Keys do
not depend on the process (Python's own string hash does), so an index can be kept and shared.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gongzhi.addresses.words import Words

    Integers = NDArray[np.int64]
    Hashes = NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2^64
_INVERSE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_SHIFT = np.uint64(29)

# What a library counts, each for itself: single telling letters, letters in a row, whole names by their kind, the
# names with a number behind them, and the letters and names that belong to the villages' own names.
GROUPS = (
    "letter",
    "pair",
    "triple",
    "four",
    "five",
    "road",
    "stem",
    "place",
    "name",
    "front",
    "two",
    "door",
    "block",
    "line",
    "beginning",
)
CALLED = ("called letter", "called pair", "called", "called first")
_BEGINNINGS = (3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16)  # letters


class _Sums:
    """Prefix sums over the letters of joined texts, from which the key of any window follows."""

    __slots__ = ("back", "firsts", "lengths", "sums")

    def __init__(self, texts: Sequence[str]) -> None:
        self.lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        self.firsts = np.cumsum(self.lengths) - self.lengths
        raw = "".join(texts).encode("utf-32-le", "surrogatepass")
        letters = np.frombuffer(raw, np.uint32).astype(np.uint64)
        letters = (letters + np.uint64(1)) * _MIX
        letters ^= letters >> _SHIFT
        powers = np.full(len(letters) + 1, _BASE, np.uint64)
        self.back = np.full(len(letters) + 1, _INVERSE, np.uint64)
        powers[0] = self.back[0] = 1
        np.multiply.accumulate(powers, out=powers)
        np.multiply.accumulate(self.back, out=self.back)
        self.sums = np.zeros(len(letters) + 1, np.uint64)
        np.cumsum(letters * powers[:-1], out=self.sums[1:])

    def keys(self, starts: Integers, ends: Integers, salt: int) -> Hashes:
        keys = (self.sums[ends] - self.sums[starts]) * self.back[starts]
        keys += np.uint64((salt + 1) * 0xD1B54A32D192ED03 % (1 << 64))
        keys *= _MIX
        keys ^= keys >> _SHIFT
        return np.asarray(keys)

    def windows(self, width: int, salt: int) -> tuple[Integers, Hashes]:
        """The keys of every `width` letters in a row of each text: (index of the text, key)."""
        counts = np.maximum(self.lengths - width + 1, 0)
        owners = np.repeat(np.arange(len(counts)), counts)
        starts = np.arange(counts.sum()) + np.repeat(self.firsts - (np.cumsum(counts) - counts), counts)
        return owners, self.keys(starts, starts + width, salt)

    def beginnings(self, widths: Sequence[int], salt: int) -> tuple[Integers, Hashes]:
        """The keys of the first `widths` letters of the texts that have so many: (index of the text, key)."""
        owners = [np.flatnonzero(self.lengths >= width) for width in widths]
        keys = [
            self.keys(self.firsts[which], self.firsts[which] + width, salt)
            for which, width in zip(owners, widths, strict=True)
        ]
        return np.concatenate(owners), np.concatenate(keys)


def text_keys(texts: Sequence[Sequence[str]], salt: int) -> tuple[Integers, Hashes]:
    """The key of each whole text in each list: (index of the list, key)."""
    sums = _Sums(list(chain.from_iterable(texts)))
    owners = np.repeat(np.arange(len(texts)), np.fromiter(map(len, texts), np.int64, len(texts)))
    return owners, sums.keys(sums.firsts, sums.firsts + sums.lengths, salt)


class Pieces:
    """All that some addresses may be known by, as keys, sorted by address: made once for many towns."""

    __slots__ = ("called", "known", "numbers")

    def __init__(
        self,
        known: tuple[Integers, Integers, Hashes],
        called: tuple[Integers, Integers, Hashes],
        numbers: tuple[Integers, Hashes, Integers],
    ) -> None:
        """`known` is (address, index in GROUPS, key), `called` (address, index in CALLED, key), `numbers` (address,
        key of the road, number)."""
        self.known, self.called, self.numbers = known, called, numbers

    @classmethod
    def of(cls, words: Sequence[Words]) -> Pieces:
        """The pieces of some addresses, which are numbered from 0 in their order."""
        return cls(
            _by_owner(joined(address_parts(words))), _by_owner(called_keys(words)), numbered_roads(words)
        )

    def between(self, begin: int, end: int) -> Pieces:
        """The pieces of the addresses from `begin` up to `end`, which are numbered from 0 again."""
        return Pieces(
            _between(self.known, begin, end),
            _between(self.called, begin, end),
            _between(self.numbers, begin, end),
        )


def _between(
    listed: tuple[Integers, NDArray[Any], NDArray[Any]], begin: int, end: int
) -> tuple[Integers, Any, Any]:
    owners, second, third = listed
    first, last = owners.searchsorted((begin, end))
    return owners[first:last] - begin, second[first:last], third[first:last]


def _by_owner(listed: tuple[Integers, Integers, Hashes]) -> tuple[Integers, Integers, Hashes]:
    order = listed[0].argsort(kind="stable")
    return listed[0][order], listed[1][order], listed[2][order]


def numbered_roads(words: Sequence[Words]) -> tuple[Integers, Hashes, Integers]:
    """The roads with numbers of some addresses: (address, key of the road, number)."""
    owners, keys = text_keys([[road for road, _ in w.numbered] for w in words], len(GROUPS))
    return owners, keys, np.array([n for w in words for _, n in w.numbered], np.int64)


def address_parts(words: Sequence[Words]) -> list[tuple[Integers, Hashes]]:
    """The keys of every address, a list for each of GROUPS: (index of the address, key)."""
    letters = _Sums([w.letters for w in words])
    return [
        _Sums([w.core for w in words]).windows(1, 0),
        *(letters.windows(width, width - 1) for width in (2, 3, 4, 5)),
        text_keys([w.roads for w in words], 5),
        text_keys([w.stems for w in words], 6),
        text_keys([w.places for w in words], 7),
        text_keys([w.names for w in words], 8),
        text_keys([w.names[:1] for w in words], 9),
        text_keys([("|".join(w.names[:2]),) if len(w.names) > 1 else () for w in words], 10),
        text_keys([[f"{road}{number}" for road, number in w.numbered] for w in words], 11),
        text_keys([w.blocks for w in words], 12),
        text_keys([(w.line,) if w.line else () for w in words], 13),
        _Sums([w.beginning for w in words]).beginnings(_BEGINNINGS, 14),
    ]


def called_keys(words: Sequence[Words]) -> tuple[Integers, Integers, Hashes]:
    """The keys under which an address may speak of a village by name: (address, index in CALLED, key)."""
    cores, names = _Sums([w.core for w in words]), _Sums(["|".join(w.names) for w in words])
    whole = [names.windows(width, 2) for width in (2, 3, 4)]
    return joined(
        [
            cores.windows(1, 0),
            names.windows(2, 1),
            (np.concatenate([o for o, _ in whole]), np.concatenate([k for _, k in whole])),
            # 凤翔路 in 凤德岭: villages give their first letter to their roads.
            text_keys([tuple({name[0] for name in (*w.roads, *w.places)}) for w in words], 3),
        ]
    )


def name_keys(names: Sequence[str]) -> tuple[Integers, Integers, Hashes]:
    """The keys of villages' short names, to be met by `called_keys`: (village, index in CALLED, key)."""
    sums = _Sums(names)
    return once(
        [
            sums.windows(1, 0),
            sums.windows(2, 1),
            text_keys([(name,) for name in names], 2),
            text_keys([(name[0],) if name else () for name in names], 3),
        ]
    )


def once(parts: Sequence[tuple[Integers, Hashes]]) -> tuple[Integers, Integers, Hashes]:
    """Join (owner, key) lists into (owner, index of the list, key), each key once an owner.

    Only what is kept or left out has to be counted once (`joined` is quicker where it does not matter).
    """
    owners, groups, keys = joined(parts)
    order = np.lexsort((keys, owners))
    owners, groups, keys = owners[order], groups[order], keys[order]
    fresh = np.ones(len(keys), bool)
    fresh[1:] = (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1])
    return owners[fresh], groups[fresh], keys[fresh]


def joined(parts: Sequence[tuple[Integers, Hashes]]) -> tuple[Integers, Integers, Hashes]:
    """Join (owner, key) lists into (owner, index of the list, key)."""
    owners = np.concatenate([owner for owner, _ in parts])
    groups = np.repeat(np.arange(len(parts)), [len(owner) for owner, _ in parts])
    return owners, groups, np.concatenate([key for _, key in parts])
