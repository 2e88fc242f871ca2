"""The old registration number of 15 digits carries an ISO 7064 MOD 11,10 check digit."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gongzhi.codes import registration_number

FIRST_14 = st.text("0123456789", min_size=14, max_size=14)


def satisfies_iso_7064(number: str) -> bool:
    """ISO 7064: S = P mod 11 + a; the next P is twice S mod 10, 0 read as 10; the last S ≡ 1 mod 10."""
    p = [10]
    s = []
    for j, digit in enumerate(number):
        s.append(p[j] % 11 + int(digit))
        p.append(2 * (10 if s[j] % 10 == 0 else s[j] % 10))
    return s[-1] % 10 == 1


@given(FIRST_14)
def test_exactly_one_last_digit_is_accepted_and_it_satisfies_the_standard(first_14: str) -> None:
    accepted = [d for d in "0123456789" if registration_number.is_valid(first_14 + d)]
    assert accepted == [d for d in "0123456789" if satisfies_iso_7064(first_14 + d)]
    assert accepted == [registration_number.compute_check(first_14)]


@given(FIRST_14, st.integers(0, 14), st.sampled_from("0123456789"))
def test_any_one_digit_misread_is_noticed(first_14: str, at: int, other: str) -> None:
    number = first_14 + registration_number.compute_check(first_14)
    assume(number[at] != other)
    assert not registration_number.is_valid(number[:at] + other + number[at + 1 :])


@pytest.mark.parametrize("text", ["", "1" * 14, "1" * 16, "44190000000000X", "４" * 15, "²" * 15])
def test_what_is_not_fifteen_digits_is_no_number(text: str) -> None:
    assert not registration_number.is_valid(text)


@pytest.mark.parametrize("text", ["", "1" * 15, "4419000000000X", "²" * 14])
def test_a_check_digit_is_not_computed_for_what_cannot_be_a_number(text: str) -> None:
    with pytest.raises(ValueError, match="first 14"):
        registration_number.compute_check(text)
