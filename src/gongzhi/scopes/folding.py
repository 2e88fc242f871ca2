"""Fold the many ways a scope is typed into one, without losing where each character came from.

Registers hold full-width and half-width forms, five kinds of brackets, stray filler characters and spaces inside words.
Matching reads the folded text; answers quote the raw text, so every folded character remembers its raw position.
"""

import re
import unicodedata
from typing import Final, NamedTuple

_BRACKETS: Final = {"[": "(", "{": "(", "<": "(", "]": ")", "}": ")", ">": ")"}
_SPECIAL: Final = {
    "【": "(", "〔": "(", "〖": "(", "〈": "(", "「": "(", "】": ")", "〕": ")", "〗": ")", "〉": ")", "」": ")",
    "∶": ":", "︰": ":", "•": "、", "·": "、", "・": "、", "‧": "、", "—": "-", "–": "-", "─": "-", "－": "-",
    "｡": "。", "\r": ";", "\n": ";", "\v": ";", "\f": ";", "\x85": ";", "\u2028": ";", "\u2029": ";",
}  # fmt: skip
# Old or traditional characters that occur in Chinese registers beside the simplified ones.
_VARIANTS: Final = dict(
    zip("黃業務營銷類藥鋪產買賣製造貨運飲", "黄业务营销类药铺产买卖制造货运饮", strict=True)
)

_DROPPED: Final = "\x00"


def _fold_character(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character in _VARIANTS:
        return _VARIANTS[character]
    if (
        character == "〓"
        or character.isspace()
        or unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Mn"}
    ):
        return _DROPPED
    folded = unicodedata.normalize("NFKC", character)
    if len(folded) != 1:
        # "㈠" and "①" open a new entry of a numbered list; other ligatures stay what they are.
        return ";" if unicodedata.category(character) == "No" else character
    if unicodedata.category(character) == "No" and folded != character:
        return ";"
    folded = _BRACKETS.get(folded, folded)
    lower = folded.lower()
    return lower if len(lower) == 1 else folded


class _FoldTable(dict[int, str]):
    """A translation table that works out a character once, the first time it is met."""

    def __missing__(self, point: int) -> str:
        folded = _fold_character(chr(point))
        self[point] = folded
        return folded


_TABLE: Final = _FoldTable()
_DROPPED_RUN: Final = re.compile(f"[^{_DROPPED}]+")


class Folded(NamedTuple):
    """A folded text. `places[i]` is the raw index of folded character i; None means that they are the same."""

    text: str
    places: list[int] | None

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Give the raw half-open span of the folded half-open span `start:end` (not empty)."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[end - 1] + 1


def fold(raw: str) -> Folded:
    """Fold a raw scope: width, brackets, letter case, filler and spaces. Any text is accepted."""
    text = raw.translate(_TABLE)
    if _DROPPED not in text:
        return Folded(text, None)
    stripped = text.rstrip(_DROPPED)
    if _DROPPED not in stripped:
        return Folded(stripped, None)
    places: list[int] = []
    for run in _DROPPED_RUN.finditer(stripped):
        places.extend(range(run.start(), run.end()))
    return Folded(stripped.replace(_DROPPED, ""), places)
