"""What the words of an entry say by themselves: the deeds it begins and ends with, what a tail makes of an object.

A deed stands in the entry, before the list ("销售：甲、乙"), or after it ("甲、乙的销售"), and then governs those that
say nothing themselves. Everything here is reading of Chinese; which permit follows is for the rules.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

Deeds = frozenset[str]
NO_DEEDS: Final[Deeds] = frozenset()
ABOUT: Final[Deeds] = frozenset({"about"})
SERVE: Final[Deeds] = frozenset({"serve"})

_CONJUNCTIONS: Final = (*"及和与或兼并暨/-+&", "以及", "并且", "及其", "或者", "同时")
# A remark on law or licence, glued to an entry. 按摩, 按揭 and 凭证 are names of things.
_NOTE: Final = re.compile(
    "(?:根据|依据|[须需](?:经|取得|领取|凭|持)|凭(?=.{0,30}(?:经营|许可|资质|资格|有效))"
    "|按(?![摩揭键钮])(?=.{0,60}(?:经营|许可|证|号|执行|核|规定|批)))"
)
_NOTE_BEGINS: Final = ("根据", "依据", "须", "需", "凭", "按")


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
