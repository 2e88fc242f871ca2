"""Words as numbers: every piece of an address becomes a 64-bit key, for thousands of addresses at once.

A piece is a window of characters. Prefix sums of a polynomial over the joined text give the key of any window in
two subtractions, so that a batch of addresses is turned into keys without a Python loop over its letters. Keys do
not depend on the process (Python's own string hash does), so an index can be kept and shared.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from gongzhi.addresses.words import LETTERS_KEPT, MARK, MARK_BITS

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
_STEM = GROUPS.index("stem")
_FEW = (1 << 12) - 1
_KEPT = 1 << 17
_NONE: tuple[tuple[Any, ...], ...] = ((),) * 8  # the columns of no words


class _Sums:
    """Prefix sums over the letters of joined texts, from which the key of any window follows."""

    __slots__ = ("back", "firsts", "lengths", "mixed", "sums")

    def __init__(self, texts: Sequence[str]) -> None:
        self.lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        self.firsts = np.cumsum(self.lengths) - self.lengths
        self.mixed = _mixed("".join(texts))
        powers, self.back = _powers(len(self.mixed))
        self.sums = np.zeros(len(self.mixed) + 1, np.uint64)
        np.cumsum(self.mixed * powers[:-1], out=self.sums[1:])

    def keys(self, starts: Integers, ends: Integers, salt: int) -> Hashes:
        return _salted((self.sums[ends] - self.sums[starts]) * self.back[starts], salt)

    def windows(
        self, width: int, salt: int, firsts: Integers | None = None, lengths: Integers | None = None
    ) -> tuple[Integers, Hashes]:
        """The keys of every `width` letters in a row of each text, or of the `lengths` letters from `firsts` on:
        (index of the text, key)."""
        firsts = self.firsts if firsts is None else firsts
        counts = np.maximum((self.lengths if lengths is None else lengths) - width + 1, 0)
        owners = np.repeat(np.arange(len(counts)), counts)
        starts = np.repeat(firsts - (np.cumsum(counts) - counts), counts)
        starts += np.arange(len(starts))
        return owners, self.keys(starts, starts + width, salt)

    def whole(self, begin: int, end: int, salt: int) -> Hashes:
        """The keys of the texts from `begin` up to `end`."""
        firsts = self.firsts[begin:end]
        return self.keys(firsts, firsts + self.lengths[begin:end], salt)


def _mixed(text: str) -> Hashes:
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    letters += np.uint64(1)
    letters *= _MIX
    letters ^= letters >> _SHIFT
    return letters


def _salted(keys: Hashes, salt: int) -> Hashes:
    keys += np.uint64((salt + 1) * 0xD1B54A32D192ED03 % (1 << 64))
    keys *= _MIX
    keys ^= keys >> _SHIFT
    return keys


def _powers(letters: int) -> tuple[Hashes, Hashes]:
    """The powers of the base and of its inverse, of 0 up to `letters`."""
    if letters >= _KEPT:  # when a large town's library is built: nothing to keep in memory for later
        return _powers_below(letters + 1)
    powers, back = _kept_powers(1 << (letters | _FEW).bit_length())
    return powers[: letters + 1], back[: letters + 1]


def _powers_below(count: int) -> tuple[Hashes, Hashes]:
    powers, back = np.full(count, _BASE, np.uint64), np.full(count, _INVERSE, np.uint64)
    powers[0] = back[0] = 1
    return np.multiply.accumulate(powers, out=powers), np.multiply.accumulate(back, out=back)


# Batches are of one size nearly always, and rounded up the same powers serve again: three megabytes at most.
_kept_powers = lru_cache(2)(_powers_below)


def text_keys(texts: Sequence[Sequence[str]], salt: int) -> tuple[Integers, Hashes]:
    """The key of each whole text in each list: (index of the list, key)."""
    sums = _Sums(list(chain.from_iterable(texts)))
    return _owners(texts), sums.whole(0, len(sums.firsts), salt)


def _owners(lists: Sequence[Sequence[object]]) -> Integers:
    """For each item of each list, the index of the list."""
    return np.repeat(np.arange(len(lists)), np.fromiter(map(len, lists), np.int64, len(lists)))


class Lines:
    """The words of some addresses as one text, in which every piece is a window."""

    def __init__(self, words: Sequence[Words]) -> None:
        letters, core, names, cut, numbered, blocks, beginning, line = (
            zip(*words, strict=True) if words else _NONE
        )
        self._count = len(words)
        doors = [f"{road}{number}" for listed in numbered for road, number in listed]
        self._sums = _Sums([*letters, *beginning, *line, *doors, *chain.from_iterable(blocks)])
        self._core = _owners(core), _mixed("".join(core))
        self._numbered, self._blocks = numbered, blocks
        self._of_name = _owners(names)
        self._named = np.fromiter(map(len, names), np.int64, len(names))
        # The names of a line follow its first sign, with one sign between them.
        lengths = np.fromiter(map(len, chain.from_iterable(names)), np.int64, len(self._of_name))
        after = np.cumsum(lengths + 1)
        before = np.append(0, after)[np.cumsum(self._named) - self._named]
        self._starts = after - lengths + (self._sums.firsts[: self._count] - before)[self._of_name]
        self._ends = self._starts + lengths
        marks = [name.marks for listed in cut for name in listed]
        at = _owners(marks)
        packed = np.fromiter(chain.from_iterable(marks), np.int64, len(at))
        self._marked = packed >> (2 * MARK_BITS)
        self._of_mark = self._of_name[at]
        begins = self._starts[at]
        self._mark_starts = begins + (packed >> MARK_BITS & MARK)
        self._mark_ends = begins + (packed & MARK)

    def parts(self) -> list[tuple[Integers, Hashes]]:
        """The keys of every address, a list for each of GROUPS: (index of the address, key)."""
        sums, count = self._sums, self._count
        letters = sums.firsts[:count], np.minimum(sums.lengths[:count], LETTERS_KEPT)
        first = np.flatnonzero(self._named)
        two = np.flatnonzero(self._named > 1)
        name_at = np.cumsum(self._named) - self._named
        front, second = name_at[first], name_at[two] + 1
        lined = np.flatnonzero(sums.lengths[2 * count : 3 * count])
        line = sums.firsts[2 * count + lined]
        doors = 3 * count + sum(map(len, self._numbered))
        return [
            self._letters(0),
            *(sums.windows(width, width - 1, *letters) for width in (2, 3, 4, 5)),
            *(self._marks(group) for group in (5, 6, 7)),
            (self._of_name, sums.keys(self._starts, self._ends, 8)),
            (first, sums.keys(self._starts[front], self._ends[front], 9)),
            (two, sums.keys(self._starts[second - 1], self._ends[second], 10)),
            (_owners(self._numbered), sums.whole(3 * count, doors, 11)),
            (_owners(self._blocks), sums.whole(doors, len(sums.firsts), 12)),
            (lined, sums.keys(line, line + sums.lengths[2 * count + lined], 13)),
            self._beginnings(14),
        ]

    def called(self) -> list[tuple[Integers, Hashes]]:
        """The keys under which an address may speak of a village by name, a list for each of CALLED."""
        sums, count = self._sums, self._count
        spoken = np.zeros(count, np.int64)
        first = np.flatnonzero(self._named)
        spoken[first] = self._ends[np.cumsum(self._named)[first] - 1] - sums.firsts[first] - 1
        names = sums.firsts[:count] + 1, spoken
        whole = [sums.windows(width, 2, *names) for width in (2, 3, 4)]
        return [
            self._letters(0),
            sums.windows(2, 1, *names),
            (np.concatenate([o for o, _ in whole]), np.concatenate([k for _, k in whole])),
            self._first_letters(3),
        ]

    def numbered(self) -> tuple[Integers, Hashes, Integers]:
        """The roads with numbers: (index of the address, key of the road, number)."""
        listed = [one for roads in self._numbered for one in roads]
        at = self._sums.firsts[3 * self._count : 3 * self._count + len(listed)]
        lengths = np.fromiter([len(road) for road, _ in listed], np.int64, len(listed))
        numbers = np.fromiter([number for _, number in listed], np.int64, len(listed))
        return _owners(self._numbered), self._sums.keys(at, at + lengths, len(GROUPS)), numbers

    def _letters(self, salt: int) -> tuple[Integers, Hashes]:
        owners, mixed = self._core
        return owners, _salted(mixed.copy(), salt)

    def _marks(self, group: int) -> tuple[Integers, Hashes]:
        at = np.flatnonzero(self._marked == group)
        return self._of_mark[at], self._sums.keys(self._mark_starts[at], self._mark_ends[at], group)

    def _beginnings(self, salt: int) -> tuple[Integers, Hashes]:
        firsts = self._sums.firsts[self._count : 2 * self._count]
        lengths = self._sums.lengths[self._count : 2 * self._count]
        owners = [np.flatnonzero(lengths >= width) for width in _BEGINNINGS]
        keys = [
            self._sums.keys(firsts[which], firsts[which] + width, salt)
            for which, width in zip(owners, _BEGINNINGS, strict=True)
        ]
        return np.concatenate(owners), np.concatenate(keys)

    def _first_letters(self, salt: int) -> tuple[Integers, Hashes]:
        """The first letters of roads and places, each once: 凤翔路 in 凤德岭, villages give theirs to their roads."""
        at = np.flatnonzero(self._marked != _STEM)
        owners, mixed = self._of_mark[at], self._sums.mixed[self._mark_starts[at]]
        order = np.lexsort((mixed, owners))
        owners, mixed = owners[order], mixed[order]
        fresh = np.ones(len(order), bool)
        fresh[1:] = (mixed[1:] != mixed[:-1]) | (owners[1:] != owners[:-1])
        return owners[fresh], _salted(mixed[fresh], salt)


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
        lines = Lines(words)
        return cls(_by_owner(joined(lines.parts())), _by_owner(joined(lines.called())), lines.numbered())

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
    owners = listed[0]
    # Numbers of two bytes are sorted by counting them.
    small = len(owners) and owners.max() < 1 << 16
    order = (owners.astype(np.uint16) if small else owners).argsort(kind="stable")
    return owners[order], listed[1][order], listed[2][order]


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
