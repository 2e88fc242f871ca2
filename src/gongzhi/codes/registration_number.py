"""The registration number of 15 digits (工商注册号) that businesses had before the unified code.

It is still on old licences and in archives, so it is kept as a second key. Six digits of the registering
office, eight of sequence, one check digit by ISO 7064 MOD 11,10 (工商行政管理注册号编制规则 GS 15;
unverified).
"""

from __future__ import annotations

from typing import Final

LENGTH: Final = 15


def compute_check(first_14: str) -> str:
    """The 15th digit for the first 14. Raises ValueError for another length or anything but digits 0–9."""
    if len(first_14) != LENGTH - 1 or not (first_14.isascii() and first_14.isdigit()):
        raise ValueError(f"not the first 14 digits of a registration number: {first_14!r}")
    product = 10
    for digit in first_14:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def is_valid(text: str) -> bool:
    """Whether ``text`` is 15 digits 0–9 of which the last is the check digit of the others."""
    if len(text) != LENGTH or not (text.isascii() and text.isdigit()):
        return False
    return compute_check(text[:-1]) == text[-1]
