"""Unified social credit codes that pass every check and yet belong to nobody.

The organisation part of every invented code begins with XN (虚拟, "made up"); codes in use begin with a digit
or with MA and its successors, so an invented business cannot be mistaken for a real one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gongzhi.codes import uscc

if TYPE_CHECKING:
    from collections.abc import Sequence

INVENTED_BODY = "XN"
_FREE = 6  # characters of the organisation part after the mark
_SPACE = len(uscc.ALPHABET) ** _FREE
_STRIDE = 611_953_021  # coprime to 31, so counting by it visits every body once before any twice


def invent_codes(prefixes: Sequence[str], *, first: int, division: str = "441900") -> list[str]:
    """One code for each two-character prefix (91, 92, 93 …), by serial numbers from `first` on.

    Different serial numbers below about 887 million give different codes, in no visible order.
    """
    count = len(prefixes)
    serial = (np.arange(first, first + count, dtype=np.int64) % _SPACE) * _STRIDE % _SPACE
    alphabet = np.array(list(uscc.ALPHABET))
    values = np.empty((count, uscc.LENGTH), dtype=np.int64)
    value_of = {character: value for value, character in enumerate(uscc.ALPHABET)}
    for place in (0, 1):
        values[:, place] = [value_of[prefix[place]] for prefix in prefixes]
    for place, character in enumerate(division + INVENTED_BODY, start=2):
        values[:, place] = value_of[character]
    for place in range(_FREE):
        values[:, 15 - place] = serial % len(uscc.ALPHABET)
        serial //= len(uscc.ALPHABET)
    # The organisation code counts letters as 10 to 35, the code around it by its own alphabet.
    inner_value = np.array([int(character, 36) for character in uscc.ALPHABET])
    inner = -(inner_value[values[:, 8:16]] @ np.array(uscc.INNER_WEIGHTS)) % 11
    values[:, 16] = np.where(inner == 10, value_of["X"], inner)
    values[:, 17] = -(values[:, :17] @ np.array(uscc.WEIGHTS)) % len(uscc.ALPHABET)
    joined = np.ascontiguousarray(alphabet[values]).view(f"<U{uscc.LENGTH}")
    return joined.ravel().tolist()
