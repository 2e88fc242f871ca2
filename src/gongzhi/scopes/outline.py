"""How a scope is built: clauses, the entries of their lists, heads before a colon, brackets.

A scope is a run of clauses; a clause is a list of items; an item may be the head of those after it ("销售：甲、乙").
"""

import re
from typing import Final, NamedTuple

from gongzhi.scopes.folding import make

_MARKS: Final = re.compile("[()、,;。:!?.]")
_END_MARKS: Final = ";。!?."
_BRACKETS: Final = re.compile(r"\([^()]*\)")
# A bracket that was never closed must not swallow the rest of the scope.
_LONGEST_OPEN_BRACKET: Final = 2000


class Item(NamedTuple):
    """One entry of a list: folded text `start:end`, brackets included."""

    start: int
    end: int
    clause: int
    colon: bool
    """True when the item is the head before a colon."""
    first: int
    """Index of the first item of its list: after the colon of its head, or at the start of its clause."""


class Bracket(NamedTuple):
    """A bracket pair: content `start:end`, the marks themselves outside; `item` is the index of its item."""

    start: int
    end: int
    item: int


class Outline(NamedTuple):
    """The list structure of a scope."""

    items: list[Item]
    brackets: list[Bracket]


def outline(text: str) -> Outline:
    """Split a folded scope into items and brackets. Linear in the text's length; any text is accepted."""
    for mark in _END_MARKS:
        if mark in text:
            return _with_all_marks(text)
    if "(" in text or ")" in text:
        return _list_with_brackets(text) or _with_all_marks(text)
    return make(Outline, (_plain_list(text), []))


def _list_with_brackets(text: str) -> Outline | None:
    """Split a list by its marks outside brackets, or give None if its brackets are not simply closed."""
    pairs = [pair.span() for pair in _BRACKETS.finditer(text)]
    if len(pairs) != text.count("(") or len(pairs) != text.count(")"):
        return None
    pieces = []
    at = 0
    for low, high in pairs:
        pieces.append(text[at:low])
        pieces.append("…" * (high - low))
        at = high
    pieces.append(text[at:])
    items = _plain_list("".join(pieces))
    brackets = []
    index = 0
    for low, high in pairs:
        while items[index].end <= low:
            index += 1
        brackets.append(make(Bracket, (low + 1, high - 1, index)))
    return make(Outline, (items, brackets))


def _with_all_marks(text: str) -> Outline:
    items: list[Item] = []
    brackets: list[Bracket] = []
    closes = _closing_places(text) if "(" in text else {}
    start = clause = first = 0
    until = -1
    for mark in _MARKS.finditer(text):
        at = mark.start()
        if at < until:
            continue
        character = text[at]
        if character in "、,":
            if at > start:
                items.append(make(Item, (start, at, clause, False, first)))
            start = at + 1
            continue
        if character == "(":
            close = closes.get(at)
            if close is not None:
                brackets.append(Bracket(at + 1, close, len(items)))
                until = close
            continue
        if character == ")" or (character == "." and text[at + 1 : at + 2].isdecimal()):
            continue
        if at > start or character == ":":
            items.append(Item(start, at, clause, character == ":", first))
        start = at + 1
        first = len(items)
        clause += character != ":"
    if len(text) > start:
        items.append(Item(start, len(text), clause, colon=False, first=first))
    return Outline(items, brackets)


def _plain_list(text: str) -> list[Item]:
    """Split what holds no marks but those of lists and heads, as most clauses do, in half the time."""
    items: list[Item] = []
    start = first = 0
    *heads, rest = text.replace(",", "、").split(":")
    for part in heads:
        *pieces, head = part.split("、")
        for piece in pieces:
            end = start + len(piece)
            if piece:
                items.append(make(Item, (start, end, 0, False, first)))
            start = end + 1
        end = start + len(head)
        items.append(make(Item, (start, end, 0, True, first)))
        start = end + 1
        first = len(items)
    for piece in rest.split("、"):
        end = start + len(piece)
        if piece:
            items.append(make(Item, (start, end, 0, False, first)))
        start = end + 1
    return items


def _closing_places(text: str) -> dict[int, int]:
    """Pair each outermost opening bracket with its end; an unclosed one ends at the next full stop or the end."""
    closes: dict[int, int] = {}
    depth = 0
    opened = 0
    for mark in re.finditer(r"[()]", text):
        if mark.group() == "(":
            if depth == 0:
                opened = mark.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                closes[opened] = mark.start()
    if depth:
        closes[opened] = _end_of_unclosed(text, opened)
        for inner, close in _closing_after(text, closes[opened]).items():
            closes.setdefault(inner, close)
    return closes


def _end_of_unclosed(text: str, opened: int) -> int:
    stop = re.compile(r"[;。]").search(text, opened, min(len(text), opened + _LONGEST_OPEN_BRACKET))
    return stop.start() if stop else min(len(text), opened + _LONGEST_OPEN_BRACKET)


def _closing_after(text: str, start: int) -> dict[int, int]:
    """Pair the brackets after an unclosed one, each with the very next closing mark."""
    return {pair.start(): pair.end() - 1 for pair in re.compile(r"\([^()]*\)").finditer(text, start)}
