"""The unified social credit code (统一社会信用代码) of GB 32100-2015, and the organisation code inside it (GB
11714).

Eighteen characters: 1 registering department, 2 kind of body, 3–8 division of the register, 9–17 organisation
code with a check character of its own, 18 check character.
"""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cache
from importlib.resources import files
from string import ascii_letters, ascii_lowercase, digits
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100; I, O, S, V and Z are left out because they look like others."""
LENGTH: Final = 18
WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
"""Powers of 3 modulo 31, for positions 1–17 (GB 32100-2015 art. 5)."""
INNER_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
"""For positions 9–16 (GB 11714-1997)."""

_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}
_BODY: Final = slice(8, 16)
_INNER_CHECK: Final = 16


class Finding(IntEnum):
    """What is to be said about a code, gravest first. From `DEPARTMENT` on the code is valid but worth a
    look.
    """

    NONE = 0
    EMPTY = 1
    LENGTH = 2
    ALPHABET = 3
    CHECK = 4
    PLACEHOLDER = 5
    DEPARTMENT = 6
    KIND = 7
    DIVISION = 8
    INNER_CHECK = 9

    @property
    def hard(self) -> bool:
        """Whether a code with this finding is no code at all and has to be refused."""
        return Finding.NONE < self < Finding.DEPARTMENT

    @property
    def chinese(self) -> str:
        """The finding in words for the person who has to put it right."""
        return _WORDS[self][0]

    @property
    def english(self) -> str:
        """The same in English."""
        return _WORDS[self][1]


_WORDS: Final[Mapping[Finding, tuple[str, str]]] = {
    Finding.NONE: (
        "代码校验通过",
        "the code is valid",
    ),
    Finding.EMPTY: (
        "没有填写统一社会信用代码",
        "the unified social credit code is missing",
    ),
    Finding.LENGTH: (
        "统一社会信用代码应为 18 位，请核对",
        "the code has to have 18 characters; please check it",
    ),
    Finding.ALPHABET: (
        "代码中有不该出现的字符（只用数字和除 I、O、S、V、Z 以外的大写字母），请核对",
        "the code has a character other than digits and the capitals without I, O, S, V, Z; please check it",
    ),
    Finding.CHECK: (
        "代码的校验码不符，可能有一位抄错，请核对",
        "the check character does not fit, a character may be misread; please check it",
    ),
    Finding.PLACEHOLDER: (
        "代码的主体标识码全为零，是占位代码，请填写实际代码",
        "the organisation part is all zeros, a placeholder; please give the real code",
    ),
    Finding.DEPARTMENT: (
        "登记管理部门代码未收录，请留意",
        "the registering department is not one we know",
    ),
    Finding.KIND: (
        "机构类别代码未收录，请留意",
        "the kind of body is not one we know for this department",
    ),
    Finding.DIVISION: (
        "登记管理机关行政区划码不是六位数字，请留意",
        "the division of the register is not six digits",
    ),
    Finding.INNER_CHECK: (
        "内含的组织机构代码校验码不符，请留意",
        "the check character of the organisation code inside does not fit",
    ),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What the first two characters say: who registered the body and what kind of body it is.

    ``verified`` is false while the row has not been compared with the text of the standard in ``basis``.
    ``valid_from`` and ``valid_to`` are None where the table gives no date.
    """

    prefix: str
    chinese: str
    english: str
    basis: str
    verified: bool
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A code as it should be written, and everything found about it, gravest first."""

    code: str
    findings: tuple[Finding, ...]

    @property
    def valid(self) -> bool:
        """Whether the code can be kept as a key; findings that are not hard may remain."""
        return not any(finding.hard for finding in self.findings)

    @property
    def leading(self) -> Finding:
        """The gravest finding, `Finding.NONE` if there is none."""
        return self.findings[0] if self.findings else Finding.NONE

    @property
    def subject(self) -> Subject | None:
        """The kind of body, if the code is valid and the kind is known."""
        return subjects().get(self.code[:2]) if self.valid else None


@cache
def subjects() -> Mapping[str, Subject]:
    """Known kinds of body by the first two characters of a code, e.g. ``91`` an enterprise."""
    lines = (files("gongzhi.codes") / "data" / "uscc_subjects.csv").read_text(encoding="utf-8").splitlines()
    return {
        row["prefix"]: Subject(
            row["prefix"],
            row["chinese"],
            row["english"],
            row["basis"],
            row["verified"] == "yes",
            date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        )
        for row in csv.DictReader(lines)
    }


@cache
def _departments() -> frozenset[str]:
    return frozenset(prefix[0] for prefix in subjects())


def normalise(text: str) -> str:
    """The code as it should be written: half width, capitals, without spaces, hyphens and invisible
    characters.

    Letters that do not occur are left alone: O may stand for 0 or for Q, and a guess would make a wrong key.
    """
    if text.isascii() and text.isalnum():
        return text.upper()
    return "".join(
        c for c in text.translate(_WRITTEN) if not (c.isspace() or unicodedata.category(c) == "Cf")
    )


# Not Unicode's own compatibility forms: they would read ² or ② as a 2, and a wrong key is worse than none.
_WRITTEN: Final[Mapping[int, str | None]] = {
    **{ord(c): c.upper() for c in ascii_lowercase},
    **{ord(c) + 0xFEE0: c.upper() for c in ascii_letters + digits},
    **dict.fromkeys(map(ord, "-－‐‑‒–—−_＿'＇`\"＂“”‘’")),
}


def compute_check(first_17: str) -> str:
    """The 18th character for the first 17. Raises ValueError for another length or a character outside
    `ALPHABET`.
    """
    if len(first_17) != LENGTH - 1 or any(c not in _VALUE for c in first_17):
        raise ValueError(f"not the first 17 characters of a code: {first_17!r}")
    total = sum(_VALUE[c] * weight for c, weight in zip(first_17, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def compute_inner_check(body: str) -> str:
    """The 9th character of an organisation code for its first 8 (GB 11714: digits and capitals, modulo 11).

    Raises ValueError for another length or other characters.
    """
    if len(body) != len(INNER_WEIGHTS) or not (body.isascii() and body.isalnum() and body == body.upper()):
        raise ValueError(f"not the first 8 characters of an organisation code: {body!r}")
    check = -sum(int(c, 36) * weight for c, weight in zip(body, INNER_WEIGHTS, strict=True)) % 11
    return "X" if check == 10 else str(check)


def make(prefix: str, division: str, body: str) -> str:
    """A code with both check characters right: ``make("91", "441900", "MA4UK1Y2")``.

    For invented businesses and tests. Raises ValueError if a part has the wrong length or characters.
    """
    first_17 = prefix + division + body + compute_inner_check(body)
    return first_17 + compute_check(first_17)


def check(text: str) -> Verdict:
    """Say everything that is to be said about a code, however it was typed."""
    code = normalise(text)
    if fatal := _unreadable(code):
        return Verdict(code, (fatal,))
    findings = []
    if compute_check(code[:-1]) != code[-1]:
        findings.append(Finding.CHECK)
    if code[_BODY] == "00000000":
        findings.append(Finding.PLACEHOLDER)
    if code[0] not in _departments():
        findings.append(Finding.DEPARTMENT)
    elif code[:2] not in subjects():
        findings.append(Finding.KIND)
    if not code[2:8].isdigit():
        findings.append(Finding.DIVISION)
    if compute_inner_check(code[_BODY]) != code[_INNER_CHECK]:
        findings.append(Finding.INNER_CHECK)
    return Verdict(code, tuple(findings))


def _unreadable(code: str) -> Finding:
    if not code:
        return Finding.EMPTY
    if len(code) != LENGTH:
        return Finding.LENGTH
    return Finding.NONE if all(c in _VALUE for c in code) else Finding.ALPHABET


@cache
def _tables() -> tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.uint8]]:
    """By ASCII character: its value in GB 32100 and in GB 11714 (−1 if none); by prefix: its finding."""
    value = np.full(128, -1, np.int16)
    inner = np.full(128, -1, np.int16)
    for character in ALPHABET:
        value[ord(character)] = _VALUE[character]
        inner[ord(character)] = int(character, 36)
    kind = np.full((31, 31), Finding.DEPARTMENT, np.uint8)
    for prefix in subjects():
        row = kind[_VALUE[prefix[0]]]
        row[row == Finding.DEPARTMENT] = Finding.KIND
    for prefix in subjects():
        kind[_VALUE[prefix[0]], _VALUE[prefix[1]]] = Finding.NONE
    return value, inner, kind


def check_many(texts: Sequence[str]) -> NDArray[np.uint8]:
    """The leading `Finding` of each code, as its number, in the order given; the same as
    ``check(text).leading``.
    """
    found = _check_written(texts)
    # Only what is not already written as it should be is worth the slow way of rewriting it.
    odd = np.flatnonzero((found >= Finding.EMPTY) & (found <= Finding.ALPHABET))
    if odd.size:
        found[odd] = _check_written([normalise(texts[i]) for i in odd.tolist()])
    return found


def _check_written(codes: Iterable[str]) -> NDArray[np.uint8]:
    """`check_many` for codes that are taken as they stand."""
    codes = list(codes)
    value, inner, kinds = _tables()
    length = np.fromiter(map(len, codes), np.int64, len(codes))
    whole = length == LENGTH
    points = np.array([code if len(code) == LENGTH else "" for code in codes], dtype=f"U{LENGTH}")
    points = points.view(np.uint32).reshape(-1, LENGTH)
    ascii_points = np.where(points < 128, points, 0).astype(np.uint8)
    values = value[ascii_points]
    readable = whole & (values >= 0).all(axis=1)
    values = np.where(readable[:, None], values, 0)
    inner_values = inner[ascii_points]

    total = values[:, :-1].astype(np.int32) @ np.array(WEIGHTS, np.int32)
    inner_total = inner_values[:, _BODY].astype(np.int32) @ np.array(INNER_WEIGHTS, np.int32)
    stated = inner_values[:, _INNER_CHECK]
    # X, which GB 11714 writes for 10, has the value 33 there; no other letter is a check character.
    stated = np.where(stated == 33, 10, np.where(stated < 10, stated, -1))
    kind = kinds[values[:, 0], values[:, 1]]
    return np.select(
        [
            length == 0,
            ~whole,
            ~readable,
            -total % 31 != values[:, -1],
            (values[:, _BODY] == 0).all(axis=1),
            kind != Finding.NONE,
            (values[:, 2:8] > 9).any(axis=1),
            -inner_total % 11 != stated,
        ],
        [
            Finding.EMPTY,
            Finding.LENGTH,
            Finding.ALPHABET,
            Finding.CHECK,
            Finding.PLACEHOLDER,
            kind,
            Finding.DIVISION,
            Finding.INNER_CHECK,
        ],
        Finding.NONE,
    ).astype(np.uint8)
