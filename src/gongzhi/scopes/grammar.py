"""Who governs whom inside a scope: clauses, list items, heads before a colon, verbs after a list, brackets.

A scope is a run of clauses; a clause is a list of items; each item is an object with the deeds done to it. A deed may
stand in the item, before the list ("销售：甲、乙"), or after it ("甲、乙的销售"), and then governs the items that say
nothing themselves. Everything here is reading of Chinese; which permit follows is for the rules.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from gongzhi.scopes.folding import make

Deeds = frozenset[str]
NO_DEEDS: Final[Deeds] = frozenset()
ABOUT: Final[Deeds] = frozenset({"about"})
SERVE: Final[Deeds] = frozenset({"serve"})

_MARKS: Final = re.compile("[()、,;。:!?.]")
_END_MARKS: Final = ";。!?."
_BRACKETS: Final = re.compile(r"\([^()]*\)")
_CONJUNCTIONS: Final = (*"及和与或兼并暨/-+&", "以及", "并且", "及其", "或者", "同时")
# A remark on law or licence, glued to an entry. 按摩, 按揭 and 凭证 are names of things.
_NOTE: Final = re.compile(
    "(?:根据|依据|[须需](?:经|取得|领取|凭|持)|凭(?=.{0,30}(?:经营|许可|资质|资格|有效))"
    "|按(?![摩揭键钮])(?=.{0,60}(?:经营|许可|证|号|执行|核|规定|批)))"
)
_NOTE_BEGINS: Final = ("根据", "依据", "须", "需", "凭", "按")
# A bracket that was never closed must not swallow the rest of the scope.
_LONGEST_OPEN_BRACKET: Final = 2000


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def has_note(text: str) -> bool:
    """Say whether a text has a remark glued to an entry; most have none, as is seen without reading it."""
    for begin in _NOTE_BEGINS:
        if begin in text:
            return _NOTE.search(text) is not None
    return False


def before_note(text: str) -> str:
    """Cut an entry before a remark that goes on without a mark: "餐饮服务凭许可证经营"."""
    note = _NOTE.search(text)
    return text[: note.start()] if note else text


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


class Tail(NamedTuple):
    """What the words after an object make of it."""

    same: bool
    """False when they turn it into another thing ("食品机械" is no food)."""
    deeds: Deeds
    joint: bool = False
    """True when only a second object is another thing or only planned ("甲及乙管理"): a bare noun is part of it."""
    shared: Deeds = NO_DEEDS
    """Deeds at the end of a second object ("甲及乙生产"): done to the first as well, if it has no verb of its own."""
    apart: bool = False
    """True when the deeds belong to a second object if the first says itself what is done ("甲业务及相应的咨询")."""


_CONJUNCTION: Final = f"(?:{_alternatives(_CONJUNCTIONS)})"
_ELSE: Final = frozenset({"other", "one"})
_PORT: Final = frozenset({"port"})
_COMPLETE: Final = frozenset({"服务", "业务", "活动"})
# Words that may stand among the verbs before an object.
_BEFORE_A_VERB: Final = ("网上", "国内", "国内外", "专业", "主要", "单项", "以", "的", "各类", "各种")
# The house of a service is the service: "按摩院".
_HOUSES: Final = frozenset("店室厅馆院场城所")
_TAIL_CACHE: Final = 16384
_BETWEEN_VERBS: Final = "、,!?."


class Lexicon:
    """The deed words and the tails that leave an object what it is, compiled for reading."""

    __slots__ = (
        "_begins",
        "_deeds",
        "_ends",
        "_first",
        "_last",
        "_leading",
        "_leads",
        "_other_end",
        "_pure",
        "_service",
        "_token",
        "_works",
        "leading",
        "pure",
        "service",
        "tail",
        "trailing",
        "works",
    )

    def __init__(self, deeds: dict[str, Deeds], tails: dict[str, tuple[str, ...]]) -> None:
        """Take the words of deeds and, by kind, the tails: same, other, service, works."""
        self._deeds = deeds
        same, other = tails["same"], tails["other"]
        self._service = tails["service"]
        self._works = tails["works"]
        verbs = _alternatives(deeds)
        soft = _alternatives(same)
        # A character that begins no word is passed over at once, without trying two hundred words.
        words = (*deeds, *same, *_CONJUNCTIONS)
        self._begins = frozenset(word[0] for word in words)
        self._ends = frozenset(word[-1] for word in words)
        self._first = self._begins | frozenset(_BETWEEN_VERBS)
        self._last = self._ends | frozenset(_BETWEEN_VERBS)
        self._leads = self._begins | {word[0] for word in _BEFORE_A_VERB}
        begin = re.escape("".join(sorted(self._begins)))
        self._token = re.compile(
            f"(?P<other>[^{begin}]+)|(?P<verb>{verbs})|(?P<conj>{_CONJUNCTION})|(?P<soft>{soft})|(?P<one>.)",
            re.DOTALL,
        )
        self._pure = re.compile(f"(?:{verbs}|{_CONJUNCTION}|{soft})+")
        self._leading = re.compile(f"(?:{verbs}|{_CONJUNCTION}|{'|'.join(_BEFORE_A_VERB)})+")
        self._other_end = re.compile(
            f"(?:{_alternatives(other)}|{_alternatives(w for w in deeds if deeds[w] == ABOUT)})$"
        )
        self.service = lru_cache(_TAIL_CACHE)(self._is_service)
        self.works = lru_cache(_TAIL_CACHE)(self._is_works)
        self.tail = lru_cache(_TAIL_CACHE)(self._read_tail)
        self.leading = lru_cache(_TAIL_CACHE)(self._read_leading)
        self.trailing = lru_cache(_TAIL_CACHE)(self._read_trailing)
        self.pure = lru_cache(_TAIL_CACHE)(self._read_pure)

    def may_be_verbs(self, text: str) -> bool:
        """Say, by its ends alone, whether a text may be nothing but verbs and the marks between them."""
        return text[-1:] in self._last and text[:1] in self._first

    def spellings(self, deeds: Deeds) -> tuple[frozenset[str], ...]:
        """Give the characters of each word that says one of `deeds`, words that hold another such word left out.

        A text that has all characters of none of them says none of these deeds, however its brackets are cut out.
        """
        words = sorted({frozenset(word) for word, said in self._deeds.items() if said & deeds}, key=len)
        return tuple(word for at, word in enumerate(words) if not any(less <= word for less in words[:at]))

    def _is_service(self, core: str) -> bool:
        """Say whether an item ends in a service to people, which no verb of a list reaches ("理发")."""
        return core.endswith(self._service) or (core[-1:] in _HOUSES and core[:-1].endswith(self._service))

    def _is_works(self, core: str) -> bool:
        """Say whether an item ends in works, which are built and not sold ("装饰工程")."""
        return core.endswith(self._works)

    def _read_tail(self, rest: str) -> Tail:
        """Read what follows an object within its item, brackets taken out."""
        found: set[str] = set()
        about = False
        chunk: list[Deeds] = []
        joined = False
        last = ""
        # "甲及咨询" does 甲 and gives advice besides.
        besides = False
        # "甲服务及相应的乙" has said all of 甲 before it goes on.
        complete = False
        for token in self._token.finditer(rest):
            kind = token.lastgroup
            if kind in _ELSE:
                if not joined:
                    return Tail(same=False, deeds=NO_DEEDS)
                # "甲业务咨询和乙" only advises on 甲.
                only_about = about and not found and not besides
                if complete or only_about:
                    return Tail(same=True, deeds=ABOUT if only_about else frozenset(found))
                if "的" in rest:
                    # "甲及其配套设施的投资" invests in both; "甲业务及相应的咨询" does 甲, which says what is done.
                    return Tail(
                        same=True, deeds=self._read_trailing(rest), apart=besides and "其" not in rest
                    )
                if self._other_end.search(rest) and "其" not in rest and "相关" not in rest:
                    return Tail(same=False, deeds=frozenset(found), joint=True)
                # "甲及乙生产" makes both.
                return Tail(
                    same=True,
                    deeds=frozenset(found),
                    shared=self._read_trailing(rest) - ABOUT,
                )
            if kind == "verb":
                chunk.append(self._deeds[token.group()])
            elif kind == "conj":
                besides |= not joined and not chunk
                about |= _close(chunk, found)
                complete |= not joined and last in _COMPLETE and not about
                joined = True
            last = token.group()
        about |= _close(chunk, found)
        about &= not besides
        if besides and found == _PORT:
            # "印刷及进出口" prints, and trades across the border besides.
            found.clear()
        return Tail(
            same=True,
            deeds=frozenset(found) if found else (ABOUT if about else NO_DEEDS),
        )

    def _read_leading(self, before: str) -> Deeds:
        """Read the deeds at the head of what stands before an object within its item."""
        run = self._leading.match(before) if before[:1] in self._leads else None
        return self._deeds_in(run.group()) if run else NO_DEEDS

    def _read_trailing(self, core: str) -> Deeds:
        """Read the deeds that end an item, whatever its object is."""
        if core[-1:] not in self._ends:
            # Most objects end in no word of this kind; nothing that was said before them ends the item.
            return NO_DEEDS
        found: set[str] = set()
        about = False
        chunk: list[Deeds] = []
        for token in self._token.finditer(core):
            kind = token.lastgroup
            if kind in _ELSE:
                found, about, chunk = set(), False, []
            elif kind == "verb":
                chunk.append(self._deeds[token.group()])
            elif kind == "conj":
                about |= _close(chunk, found)
        about |= _close(chunk, found)
        return frozenset(found) if found else (ABOUT if about else NO_DEEDS)

    def _read_pure(self, core: str) -> Deeds | None:
        """Give the deeds of an item that names deeds and no object ("批发、零售"), or None."""
        if core[:1] not in self._begins or core[-1:] not in self._ends or not self._pure.fullmatch(core):
            return None
        return self._read_trailing(core)

    def _deeds_in(self, text: str) -> Deeds:
        found: set[str] = set()
        for token in self._token.finditer(text):
            if token.lastgroup == "verb":
                found |= self._deeds[token.group()]
        return frozenset(found)


def _close(chunk: list[Deeds], found: set[str]) -> bool:
    """End a run of verbs: its last word is its meaning ("销售策划" plans, "研发销售" sells). True if only 'about'."""
    if not chunk:
        return False
    # "技术咨询服务" serves by consulting.
    last = chunk[-2] if len(chunk) > 1 and chunk[-1] == SERVE else chunk[-1]
    about = last == ABOUT
    if not about:
        for deeds in chunk:
            found |= deeds - ABOUT if deeds != ABOUT else NO_DEEDS
    chunk.clear()
    return about
