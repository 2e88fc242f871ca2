"""The unified social credit code is checked as GB 32100 and GB 11714 say, one at a time or in bulk."""

from __future__ import annotations

import csv
import gzip
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gongzhi.codes import uscc
from gongzhi.codes.uscc import Finding

if TYPE_CHECKING:
    from pathlib import Path

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Table 2 of GB 32100-2015, written out again."""

FIRST_17 = st.text(CHARACTERS, min_size=17, max_size=17)
CODES = st.builds(
    uscc.make,
    st.sampled_from(["91", "92", "93", "12", "52", "N2"]),
    st.from_regex(r"[1-8][0-9]{5}", fullmatch=True),
    st.text(CHARACTERS, min_size=8, max_size=8).filter(lambda body: body != "0" * 8),
)


def slow_check(first_17: str) -> str:
    """GB 32100-2015: C18 = 31 − MOD(Σ Ci·Wi, 31) with Wi = 3^(i−1) mod 31, and 31 written as 0."""
    total = 0
    for i in range(1, 18):
        total += CHARACTERS.find(first_17[i - 1]) * (3 ** (i - 1) % 31)
    number = 31 - total % 31
    return CHARACTERS[0 if number == 31 else number]


def slow_inner_check(body: str) -> str:
    """GB 11714-1997: C9 = 11 − MOD(Σ Ci·Wi, 11), 10 written as X and 11 as 0; A is 10 … Z is 35."""
    total = 0
    for character, weight in zip(body, [3, 7, 9, 10, 5, 8, 4, 2], strict=True):
        total += weight * (ord(character) - 48 if character <= "9" else ord(character) - 55)
    return {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))


@given(FIRST_17)
def test_the_check_character_is_the_one_the_standard_computes(first_17: str) -> None:
    assert uscc.compute_check(first_17) == slow_check(first_17)


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8))
def test_the_inner_check_character_is_the_one_the_standard_computes(body: str) -> None:
    assert uscc.compute_inner_check(body) == slow_inner_check(body)


@given(CODES)
def test_a_code_made_by_the_standard_has_nothing_against_it(code: str) -> None:
    verdict = uscc.check(code)
    assert verdict == uscc.Verdict(code, ())
    assert verdict.valid
    assert verdict.leading is Finding.NONE


@given(CODES, st.integers(0, 17), st.sampled_from(CHARACTERS))
def test_any_one_character_misread_is_noticed(code: str, at: int, other: str) -> None:
    assume(code[at] != other)
    assert not uscc.check(code[:at] + other + code[at + 1 :]).valid


@given(CODES, st.integers(0, 16))
def test_any_two_neighbours_swapped_are_noticed(code: str, at: int) -> None:
    assume(code[at] != code[at + 1])
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert uscc.check(swapped).leading is Finding.CHECK


@given(CODES)
def test_how_a_code_was_typed_does_not_matter(code: str) -> None:
    wide = "".join(chr(ord(character) + 0xFEE0) for character in code.lower())
    spaced = f"\ufeff {code[:2]} {code[2:8]}-{code[8:]}\u3000\u200b\n"
    for typed in (code.lower(), wide, spaced):
        assert uscc.check(typed) == uscc.check(code)


@given(st.text(max_size=25))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = uscc.normalise(text)
    assert uscc.normalise(once) == once


GOOD = uscc.make("91", "441900", "12345678")


@pytest.mark.parametrize(
    ("text", "finding", "valid"),
    [
        ("", Finding.EMPTY, False),
        ("  \u3000", Finding.EMPTY, False),
        (GOOD[:-1], Finding.LENGTH, False),
        (GOOD + "0", Finding.LENGTH, False),
        ("9" * 100_000, Finding.LENGTH, False),
        ("O" + GOOD[1:], Finding.ALPHABET, False),
        (GOOD[:17] + "东", Finding.ALPHABET, False),
        (GOOD[:17] + "\0", Finding.ALPHABET, False),
        (GOOD[:17] + ("1" if GOOD[17] == "0" else "0"), Finding.CHECK, False),
        ("0" * 18, Finding.PLACEHOLDER, False),
        (uscc.make("91", "441900", "00000000"), Finding.PLACEHOLDER, False),
        (uscc.make("U1", "441900", "12345678"), Finding.DEPARTMENT, True),
        (uscc.make("98", "441900", "12345678"), Finding.KIND, True),
        (uscc.make("91", "44190A", "12345678"), Finding.DIVISION, True),
        (GOOD, Finding.NONE, True),
    ],
)
def test_each_defect_has_its_own_finding(text: str, finding: Finding, valid: bool) -> None:
    verdict = uscc.check(text)
    assert verdict.leading is finding
    assert verdict.valid is valid
    assert finding.hard is not valid


@given(CODES, st.sampled_from("0123456789X"))
def test_a_wrong_inner_check_is_said_but_does_not_make_the_code_invalid(code: str, inner: str) -> None:
    assume(code[16] != inner)
    first_17 = code[:16] + inner
    verdict = uscc.check(first_17 + uscc.compute_check(first_17))
    assert verdict.valid
    assert verdict.findings == (Finding.INNER_CHECK,)


def test_only_x_stands_for_ten_as_an_inner_check() -> None:
    body = next(body for n in range(100) if uscc.compute_inner_check(body := f"{n:08d}") == "X")
    first_17 = f"91441900{body}A"  # A has the value 10 elsewhere in the code
    code = first_17 + uscc.compute_check(first_17)
    assert uscc.check(code).findings == (Finding.INNER_CHECK,)
    assert uscc.check_many([code]).tolist() == [Finding.INNER_CHECK]


@pytest.mark.parametrize("at", range(2, 8))
def test_a_letter_anywhere_in_the_division_is_noticed_in_bulk_too(at: int) -> None:
    code = uscc.make("91", "441900"[: at - 2] + "A" + "441900"[at - 1 :], "12345678")
    assert uscc.check_many([code]).tolist() == [Finding.DIVISION]


def test_everything_found_is_said_gravest_first() -> None:
    first_17 = "U1" + "4419A0" + "12345678" + "Y"
    wrong = first_17 + ("1" if uscc.compute_check(first_17) == "0" else "0")
    findings = [Finding.CHECK, Finding.DEPARTMENT, Finding.DIVISION, Finding.INNER_CHECK]
    assert uscc.check(wrong).findings == tuple(findings)


def test_every_finding_can_be_told_to_a_person_in_two_languages() -> None:
    told = [(finding.chinese, finding.english) for finding in Finding]
    assert len(set(told)) == len(Finding)
    assert all(
        any("\u4e00" <= c <= "\u9fff" for c in chinese) and english.isascii() for chinese, english in told
    )


def test_the_example_that_goes_round_with_the_standard_is_valid() -> None:
    assert uscc.check("91350100M000100Y43").findings == ()


@pytest.mark.parametrize("look_alike", ["\u00b2", "\u2461", "\u0662"])
def test_what_merely_looks_like_a_digit_is_not_taken_for_one(look_alike: str) -> None:
    assert uscc.check(GOOD.replace("2", look_alike)).leading is Finding.ALPHABET


@pytest.mark.parametrize(
    ("prefix", "chinese"), [("91", "企业"), ("92", "个体工商户"), ("93", "农民专业合作社")]
)
def test_a_code_says_what_kind_of_body_it_names(prefix: str, chinese: str) -> None:
    subject = uscc.check(uscc.make(prefix, "441900", "12345678")).subject
    assert subject is not None
    assert subject.chinese == chinese


def test_an_invalid_code_names_nobody() -> None:
    assert uscc.check(GOOD[:-1]).subject is None
    assert uscc.check(uscc.make("98", "441900", "12345678")).subject is None


@pytest.mark.parametrize("part", ["", "1" * 16, "1" * 18, "I" * 17, "a" * 17, "东" * 17])
def test_a_check_character_is_not_computed_for_what_cannot_be_a_code(part: str) -> None:
    with pytest.raises(ValueError, match="first 17"):
        uscc.compute_check(part)


@pytest.mark.parametrize("body", ["", "1" * 9, "1234567a", "1234567-", "1234567东"])
def test_an_inner_check_is_not_computed_for_what_cannot_be_a_body(body: str) -> None:
    with pytest.raises(ValueError, match="first 8"):
        uscc.compute_inner_check(body)


MISREAD = st.builds(
    lambda code, at, c: code[:at] + c + code[at + 1 :], CODES, st.integers(0, 17), st.characters()
)
RECHECKED = FIRST_17.map(lambda first_17: first_17 + uscc.compute_check(first_17))


@given(
    st.lists(st.one_of(CODES, CODES.map(str.lower), MISREAD, RECHECKED, st.text(max_size=20)), max_size=30)
)
def test_in_bulk_each_code_gets_the_finding_it_gets_alone(texts: list[str]) -> None:
    assert uscc.check_many(texts).tolist() == [uscc.check(text).leading for text in texts]


@pytest.mark.evaluation
def test_real_registrations_agree_with_what_is_known_of_their_codes(evaluation: Path) -> None:
    checked = 0
    for path in sorted((evaluation / "registrations").glob("*.csv.gz")):
        with gzip.open(path, "rb") as packed:
            rows = list(csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8-sig", newline="")))
        # What is known was found on the codes as written, before a lower-case letter is put right.
        rows = [row for row in rows if row["uscc"] == uscc.normalise(row["uscc"])]
        known = [row["uscc_checksum_ok"] == "True" for row in rows]
        found = [not Finding(number).hard for number in uscc.check_many([row["uscc"] for row in rows])]
        assert found == known
        checked += len(found)
    assert checked > 20_000
