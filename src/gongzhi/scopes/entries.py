"""The entries of one folded scope as their words: brackets and remarks on law or licence taken out."""

import re
from bisect import bisect_right
from typing import Final

from gongzhi.scopes.grammar import NO_DEEDS, Deeds, Lexicon, before_note, has_note
from gongzhi.scopes.outline import Bracket, Outline

LONGEST_READ: Final = 400
_BRACKETS_READ: Final = 8


class Entries:
    """The items of an outline, their words worked out as they are asked for."""

    __slots__ = ("_cores", "bracketed", "lexicon", "noted", "plan", "text")

    def __init__(self, text: str, plan: Outline, lexicon: Lexicon) -> None:
        self.text = text
        self.plan = plan
        self.lexicon = lexicon
        self.noted = has_note(text)
        self.bracketed = "(" in text or ")" in text
        self._cores: list[str | None] = [None] * len(plan.items)

    def core(self, index: int) -> str:
        """Give an item with its brackets taken out; of a very long one its two ends."""
        core = self._cores[index]
        if core is None:
            start, end = self.plan.items[index][:2]
            if end - start <= LONGEST_READ:
                core = self.without_brackets(start, end) if self.bracketed else self.text[start:end]
                if self.noted:
                    core = before_note(core) or core
            else:
                half = LONGEST_READ // 2
                core = (
                    self.without_brackets(start, start + half) + "…" + self.without_brackets(end - half, end)
                )
            self._cores[index] = core
        return core

    def without_brackets(self, start: int, end: int) -> str:
        """Give the text `start:end` with its brackets taken out."""
        text = self.text[start:end]
        if not self.bracketed or ("(" not in text and ")" not in text):
            return text
        pieces = []
        at = start
        brackets = self.plan.brackets
        for place in range(max(0, bisect_right(brackets, start, key=_start_of) - 1), len(brackets)):
            low, high = brackets[place].start - 1, brackets[place].end + 1
            if low >= end:
                break
            if high > at:
                pieces.append(self.text[at : max(at, low)])
                at = high
        pieces.append(self.text[at:end])
        return "".join(pieces).replace("(", "").replace(")", "")

    def bracket_deeds(self, index: int) -> Deeds:
        """Read a bracket that only says what is done: "药品（零售）"."""
        found: Deeds = NO_DEEDS
        brackets = self.plan.brackets
        if not brackets:
            return found
        first = bisect_right(brackets, index - 1, key=lambda bracket: bracket.item)
        for bracket in brackets[first : first + _BRACKETS_READ]:
            if bracket.item == index:
                for part in re.split(
                    "[、,]",
                    self.text[bracket.start : min(bracket.end, bracket.start + 80)],
                ):
                    found |= self.lexicon.pure(part) or NO_DEEDS
        return found


def _start_of(bracket: Bracket) -> int:
    return bracket.start
