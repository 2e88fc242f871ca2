"""Fold the many ways a scope is typed into one, without losing where each character came from.

Registers hold full-width and half-width forms, five kinds of brackets, stray filler characters and spaces inside words.
Matching reads the folded text; answers quote the raw text, so every folded character remembers its raw position.
"""

import re
import unicodedata
from itertools import pairwise
from typing import Final, NamedTuple

# "<" and ">" compare ("闪点>60度"); they don't enclose.
_BRACKETS: Final = {"[": "(", "{": "(", "]": ")", "}": ")"}
_SPECIAL: Final = {
    "【": "(", "〔": "(", "〖": "(", "〈": "(", "「": "(", "】": ")", "〕": ")", "〗": ")", "〉": ")", "」": ")",
    "∶": ":", "︰": ":", "•": "、", "·": "、", "・": "、", "‧": "、", "—": "-", "–": "-", "─": "-", "－": "-",
    "Ⅰ": "一", "Ⅱ": "二", "Ⅲ": "三", "Ⅳ": "四", "Ⅴ": "五", "ⅰ": "一", "ⅱ": "二", "ⅲ": "三", "ⅳ": "四", "ⅴ": "五",
    "｡": "。", "\r": ";", "\n": ";", "\v": ";", "\f": ";", "\x85": ";", "\u2028": ";", "\u2029": ";",
}  # fmt: skip
# Old or traditional characters that occur in Chinese registers beside the simplified ones.
_VARIANTS: Final = dict(
    zip(
        "黃業務營銷類藥鋪產買賣製貨運飲璜裝車電機證舖書報館醫療險輸農種養獸",
        "黄业务营销类药铺产买卖制货运饮潢装车电机证铺书报馆医疗险输农种养兽",
        strict=True,
    )
)

DROPPED: Final = "\x00"


def _fold_character(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character in _VARIANTS:
        return _VARIANTS[character]
    if (
        character in '〓*＊※★“”‘’＂"'
        or character.isspace()
        or unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Mn"}
    ):
        return DROPPED
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


def _between(first: str, last: str, but: str) -> str:
    """Write a run of characters as the inside of a regular expression's set, leaving some out."""
    ends = sorted({ord(first) - 1, *map(ord, but), ord(last) + 1})
    runs = ((low + 1, high - 1) for low, high in pairwise(ends) if high - low > 1)
    return "".join(f"\\u{low:04x}-\\u{high:04x}" for low, high in runs)


_TABLE: Final = _FoldTable()
_USUAL: Final = (
    _between("!", "@", '"*') + _between("a", "z", "") + _between("一", chr(0x9FA5), "".join(_VARIANTS))
)
_UNUSUAL: Final = re.compile(f"[^、。{_USUAL}]")
_DROPPED_RUN: Final = re.compile(f"[^{DROPPED}]+")


make: Final = tuple.__new__
"""Makes a named tuple of its values; its own constructor takes twice the time, and a register has millions."""


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
    # Most clauses need no more than this; looking up every single character costs ten times as much.
    text = raw.replace("，", ",").replace("（", "(").replace("）", ")").replace("：", ":").replace("；", ";")
    if not _UNUSUAL.search(text):
        return make(Folded, (text, None))
    text = raw.translate(_TABLE)
    if DROPPED not in text:
        return Folded(text, None)
    stripped = text.rstrip(DROPPED)
    if DROPPED not in stripped:
        return Folded(stripped, None)
    places: list[int] = []
    for run in _DROPPED_RUN.finditer(stripped):
        places.extend(range(run.start(), run.end()))
    return Folded(stripped.replace(DROPPED, ""), places)
