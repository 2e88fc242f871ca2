"""Words as numbers: every piece of an address becomes a 64-bit key, for thousands of addresses at once.

A piece is a window of characters. Prefix sums of a polynomial over the joined text give the key of any window in
two subtractions, so that a batch of addresses is turned into keys without a Python loop over its letters. Keys do
not depend on the process (Python's own string hash does), so an index can be kept and shared.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

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
    "door",
    "block",
)
CALLED = ("called letter", "called pair", "called")


def window_keys(texts: Sequence[str], width: int, salt: int) -> tuple[Integers, Hashes]:
    """The keys of every `width` letters in a row of each text: (index of the text, key)."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    counts = np.maximum(lengths - width + 1, 0)
    owners = np.repeat(np.arange(len(texts)), counts)
    firsts = np.cumsum(lengths) - lengths
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    starts = np.repeat(firsts, counts) + within
    return owners, _keys("".join(texts), starts, starts + width, salt)


def text_keys(texts: Sequence[Sequence[str]], salt: int) -> tuple[Integers, Hashes]:
    """The key of each whole text in each list: (index of the list, key)."""
    flat = list(chain.from_iterable(texts))
    lengths = np.fromiter(map(len, flat), np.int64, len(flat))
    owners = np.repeat(np.arange(len(texts)), np.fromiter(map(len, texts), np.int64, len(texts)))
    ends = np.cumsum(lengths)
    return owners, _keys("".join(flat), ends - lengths, ends, salt)


def _keys(text: str, starts: Integers, ends: Integers, salt: int) -> Hashes:
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    letters = (letters + np.uint64(1)) * _MIX
    letters ^= letters >> _SHIFT
    powers = np.full(len(letters) + 1, _BASE, np.uint64)
    back = np.full(len(letters) + 1, _INVERSE, np.uint64)
    powers[0] = back[0] = 1
    np.multiply.accumulate(powers, out=powers)
    np.multiply.accumulate(back, out=back)
    sums = np.zeros(len(letters) + 1, np.uint64)
    np.cumsum(letters * powers[:-1], out=sums[1:])
    keys = (sums[ends] - sums[starts]) * back[starts]
    keys += np.uint64((salt + 1) * 0xD1B54A32D192ED03 % (1 << 64))
    keys *= _MIX
    keys ^= keys >> _SHIFT
    return keys


def address_keys(words: Sequence[Words]) -> tuple[Integers, Integers, Hashes]:
    """Every key of every address, each once: (index of the address, index in GROUPS, key)."""
    letters = [w.letters for w in words]
    parts = [
        window_keys([w.core for w in words], 1, 0),
        *(window_keys(letters, width, width - 1) for width in (2, 3, 4, 5)),
        text_keys([w.roads for w in words], 5),
        text_keys([w.stems for w in words], 6),
        text_keys([w.places for w in words], 7),
        text_keys([w.names for w in words], 8),
        text_keys([w.names[:1] for w in words], 9),
        text_keys([[f"{road}{number}" for road, number in w.numbered] for w in words], 10),
        text_keys([w.blocks for w in words], 11),
    ]
    return once(parts)


def called_keys(words: Sequence[Words]) -> tuple[Integers, Integers, Hashes]:
    """The keys under which an address may speak of a village by name: (address, index in CALLED, key)."""
    cores, joined = [w.core for w in words], ["|".join(w.names) for w in words]
    whole = [window_keys(joined, width, 2) for width in (2, 3, 4)]
    return once(
        [
            window_keys(cores, 1, 0),
            window_keys(joined, 2, 1),
            (np.concatenate([o for o, _ in whole]), np.concatenate([k for _, k in whole])),
        ]
    )


def name_keys(names: Sequence[str]) -> tuple[Integers, Integers, Hashes]:
    """The keys of villages' short names, to be met by `called_keys`: (village, index in CALLED, key)."""
    return once(
        [window_keys(names, 1, 0), window_keys(names, 2, 1), text_keys([(name,) for name in names], 2)]
    )


def once(parts: Sequence[tuple[Integers, Hashes]]) -> tuple[Integers, Integers, Hashes]:
    """Join (owner, key) lists into (owner, index of the list, key), sorted by owner, each key once an owner."""
    owners = np.concatenate([owner for owner, _ in parts])
    groups = np.repeat(np.arange(len(parts)), [len(owner) for owner, _ in parts])
    keys = np.concatenate([key for _, key in parts])
    order = np.lexsort((keys, owners))
    owners, groups, keys = owners[order], groups[order], keys[order]
    fresh = np.ones(len(keys), bool)
    fresh[1:] = (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1])
    return owners[fresh], groups[fresh], keys[fresh]
