"""One scope being read: for any place in it, the item around it, the deeds that govern it, what is excluded there."""

import re
from bisect import bisect_right
from typing import Final, NamedTuple

from gongzhi.scopes.entries import LONGEST_READ
from gongzhi.scopes.exclusions import Exclusion, exclusions, may_exclude
from gongzhi.scopes.folding import make
from gongzhi.scopes.governing import BARE_NOUN, CLOSING, UNSTATED, Governing
from gongzhi.scopes.grammar import ABOUT, NO_DEEDS, SERVE, Deeds, Lexicon, Tail, before_note
from gongzhi.scopes.outline import Outline, outline

_LONGEST_VERBS_ALONE: Final = 12
_LIST_MARKS: Final = re.compile("[、,!?.]")
# What may stand before a phrase that an exclusion names whole.
_ENTRY_BEGINS: Final = frozenset("含除括及和或与、,(:;事营涉供售设得包")
_NEXT_EXCLUSIONS: Final = 12
_LIST_MARK: Final = re.compile("[、,]")
_EDGE: Final = re.compile("[、,;。:()]")
_NOTE: Final = re.compile(r"依法须经批准|方可|法律|许可证|除外|凭.*经营|信息由|经营范围|不得|有效期|\d+$")
# Brackets, and the characters of words that exclude. Most clauses have none, as one look at them says.
_MAY_LEAN: Final = re.compile("[()不除无禁]")
_ABOVE_ALL: Final = re.compile("以上|上述|前述|所有项目|均不|经营范围")
_BRANCH: Final = re.compile("分支机构|分公司经营|分支经营|由分店|分店经营|另设(?:场所|分店|网点)")
_BRANCH_NOT_HERE: Final = re.compile("另设|限|由|属|下属|所属|供|设|交")


def leans_on_neighbours(text: str, lexicon: Lexicon) -> bool:
    """Say whether a clause read alone would mean something else among its neighbours, or change what they mean.

    It does when its brackets are not closed, when it excludes something from what stands before it, and when it is
    only verbs, which close the list before. Cheap, since it is asked of every clause; saying yes too often costs time.
    """
    if _MAY_LEAN.search(text):
        if "(" in text:
            crossed = text.find(")") < text.find("(") or text.rfind("(") > text.rfind(")")
            if crossed or text.count("(") != text.count(")"):
                return True
        elif ")" in text:
            return True
        if may_exclude(text) and (text[0] == "(" or _ABOVE_ALL.search(text)):
            return True
    if len(text) > _LONGEST_VERBS_ALONE or not lexicon.may_be_verbs(text) or text.endswith("业"):
        return False
    verbs = lexicon.pure(_LIST_MARKS.sub("", text))
    return verbs is not None and bool(verbs) and verbs <= CLOSING


_SAYS_ALL: Final = ("业务", "服务", "代理", "经营")
_ANOTHER_THING: Final = Tail(same=False, deeds=NO_DEEDS)


class Place(NamedTuple):
    """A phrase seen in its item: what stands before and after it there, and the deeds that govern it."""

    item: int
    before: str
    same: bool
    """False when the words after it make it another thing."""
    deeds: Deeds
    """Deeds that govern it; "unstated" among them when no verb of its own does."""


class Reading:
    """A folded scope with its outline and exclusions; places are looked up as they are asked for."""

    __slots__ = (
        "_branch",
        "_named",
        "_starts",
        "excluded",
        "governing",
        "lexicon",
        "may_branch",
        "plan",
        "text",
    )

    def __init__(self, text: str, lexicon: Lexicon, inherited: Deeds = NO_DEEDS) -> None:
        """Read a folded text; `inherited` is what the clause before it hands on, if there is any."""
        self.text = text
        self.lexicon = lexicon
        self.plan: Outline = outline(text)
        self.governing = Governing(text, self.plan, lexicon, inherited)
        self.excluded: list[Exclusion] = exclusions(text, self.plan)
        self._named: dict[tuple[int, str, tuple[str, ...]], bool] = {}
        self._branch: dict[int, bool] = {}
        self.may_branch = "分" in text or "另设" in text
        self._starts = [item[0] for item in self.plan.items]

    def place(self, start: int, end: int) -> Place:
        """Look at the phrase `start:end` of the folded text in its item."""
        index = max(0, bisect_right(self._starts, start) - 1)
        low, high = self.plan.items[index][:2]
        if end == high and start == low:
            # Nearly every second phrase is an entry by itself.
            spoken = self.lexicon.trailing(self.text[start:end])
            deeds = spoken - ABOUT if spoken else spoken
            return make(Place, (index, "", True, deeds | UNSTATED if deeds else self._around(index)))
        last = index
        bracket = None
        if end <= high <= low + LONGEST_READ and not self.governing.bracketed:
            before, rest = self.text[low:start], self.text[end:high]
        else:
            bracket = self._bracket_around(index, start) if self.plan.brackets else None
            # Some phrases hold a list mark ("二、三类医疗器械") and end in a later item than they begin.
            if end > high:
                last = max(index, bisect_right(self._starts, end - 1) - 1)
            before, rest = self._beside(index, last, bracket, start, end)
        tail = self.lexicon.tail(before_note(rest) if rest and self.governing.noted else rest)
        if tail.joint and (end - start > BARE_NOUN or self.lexicon.trailing(self.text[start:end])):
            # "房地产开发经营及物业管理" does the one and manages the other.
            tail = Tail(same=True, deeds=tail.deeds, joint=False)
        if "用于" in before:
            # "收购农产品用于生产豆制品" is about the making; "用于食品的容器" is no food.
            before = before[before.rindex("用于") + 2 :]
            tail = tail if self.lexicon.leading(before) else _ANOTHER_THING
        if not tail.same:
            return make(Place, (index, before, False, NO_DEEDS))
        deeds = self._own_deeds(start, end, index, last, before, tail, in_bracket=bracket is not None)
        if not deeds:
            deeds = self._around(index) if bracket is None else self.governing.item_deeds(index) or UNSTATED
        return make(Place, (index, before, True, deeds))

    def _own_deeds(
        self,
        start: int,
        end: int,
        index: int,
        last: int,
        before: str,
        tail: Tail,
        *,
        in_bracket: bool,
    ) -> Deeds:
        """Give the deeds done to the phrase `start:end` by its own verbs or its own name, if there are any."""
        own = tail.deeds
        phrase = self.text[start:end]
        if tail.apart and own == ABOUT and phrase.endswith(_SAYS_ALL):
            own = NO_DEEDS
        if tail.shared and not self._says_itself(phrase):
            own |= tail.shared
        if own and not in_bracket:
            own |= self.governing.following_verbs(last)
        if before:
            own |= self.governing.leading(before, index)
        spoken = self.lexicon.trailing(phrase) if own <= SERVE else NO_DEEDS
        if spoken:
            spoken -= ABOUT
        if own:
            return own - ABOUT | spoken or ABOUT
        return spoken | UNSTATED if spoken else NO_DEEDS

    def _around(self, index: int) -> Deeds:
        """Give the deeds that govern an item which says none itself: those of a bracket of its own, or of its list."""
        if self.plan.brackets and (found := self.governing.bracket_deeds(index)):
            return found
        return self.governing.around(index)

    def _says_itself(self, phrase: str) -> bool:
        """Say whether a phrase has a verb of its own, or names works that no verb of goods is meant for."""
        return bool(self.lexicon.trailing(phrase)) or self.lexicon.works(phrase)

    def _beside(
        self, index: int, last: int, bracket: tuple[int, int] | None, start: int, end: int
    ) -> tuple[str, str]:
        """Give what stands before and after a phrase in its item, or in its entry of a bracket."""
        if bracket is None:
            low = self.plan.items[index].start
            stop = max(end, self.plan.items[last].end)
            before = self._before(low, start) if low < start else ""
            rest = self.governing.without_brackets(end, min(stop, end + LONGEST_READ)) if end < stop else ""
            return before, rest
        before = _after_last_edge(self.text[max(bracket[0], start - LONGEST_READ) : start])
        rest = self.text[end : min(max(end, bracket[1]), end + LONGEST_READ)]
        edge = _EDGE.search(rest)
        return before, rest[: edge.start()] if edge else rest

    def said_around(self, index: int, start: int, end: int) -> str:
        """Give what an item says around `start:end`, brackets included, without what it excludes."""
        item = self.plan.items[index]
        low = max(item.start, start - LONGEST_READ)
        high = min(max(item.end, end), end + LONGEST_READ)
        if not self.excluded:
            return self.text[low:high]
        pieces = []
        at = low
        for area in self._areas_between(low, high):
            if area.start >= at:
                pieces.append(self.text[at : area.start])
                at = min(area.end, high)
        pieces.append(self.text[at:high])
        return "".join(pieces)

    def activities(self) -> list[tuple[int, int]]:
        """List the spans of the items that name an activity; headings, bare verbs and notes on the law are none."""
        spans = []
        for index, item in enumerate(self.plan.items):
            core = self.governing.core(index)
            if core and not item.colon and self.lexicon.pure(core) is None and not _NOTE.search(core):
                spans.append((item.start, item.end))
        return spans

    def excluded_around(self, start: int, end: int) -> Exclusion | None:
        """Give the exclusion whose words `start:end` belongs to, if any."""
        if not self.excluded:
            return None
        at = bisect_right(self.excluded, start, key=lambda area: area.start)
        for area in self.excluded[max(0, at - 4) : at]:
            if area.start <= start and end <= area.end:
                return area
        return None

    def doubtful(self, start: int) -> bool:
        """Say whether a phrase stands further on in an exclusion whose bracket was never closed.

        "散装食品（不含熟食、服装、卷烟零售": where the exclusion ends, the text doesn't say.
        """
        for bracket in self.plan.brackets:
            if bracket.start <= start < bracket.end and self.text[bracket.end : bracket.end + 1] != ")":
                first = _LIST_MARK.search(self.text, bracket.start, start)
                return first is not None
        return False

    def taken_away(self, start: int, end: int, words: tuple[str, ...]) -> Exclusion | None:
        """Give the exclusion that reaches the phrase `start:end` and takes it away.

        It does so by naming one of `words`, by naming the phrase itself (but "劳务派遣（涉外劳务派遣除外）" excludes
        a kind and leaves the rest), or by sweeping away all that needs a permit.
        """
        at = bisect_right(self.excluded, start, key=lambda area: area.start)
        phrase = self.text[start:end]
        for area in self.excluded[max(0, at - 4) : at + _NEXT_EXCLUSIONS]:
            if not area.since <= start < area.until or area.start <= start < area.end:
                continue
            if area.sweeping or self._names(area, phrase, words):
                return area
        return None

    def _names(self, area: Exclusion, phrase: str, words: tuple[str, ...]) -> bool:
        """Say whether an exclusion names one of the words anywhere, or the phrase as an entry of its own."""
        asked = (area.start, phrase, words)
        known = self._named.get(asked)
        if known is None:
            known = any(self.text.find(word, area.start, area.end) >= 0 for word in words)
            if not known:
                at = self.text.find(phrase, area.start, area.end)
                known = at >= 0 and (at == area.start or self.text[at - 1] in _ENTRY_BEGINS)
            self._named[asked] = known
        return known

    def left_to_branch(self, index: int) -> bool:
        """Say whether the scope leaves this item to a branch, which is registered and licensed by itself."""
        known = self._branch.get(index)
        if known is None:
            known = self._branch[index] = self._mentions_branch(index)
        return known

    def _mentions_branch(self, index: int) -> bool:
        item = self.plan.items[index]
        if _mentions_branch(self.text[item.start : min(item.end, item.start + LONGEST_READ)]):
            return True
        for head in range(item.first - 1, max(-1, item.first - 3), -1):
            above = self.plan.items[head]
            if (
                above.clause == item.clause
                and above.colon
                and _mentions_branch(self.text[max(above.start, above.end - LONGEST_READ) : above.end])
            ):
                return True
        return False

    def _before(self, item_start: int, start: int) -> str:
        """Give what stands before a phrase in its item; of a very long run its two ends."""
        if start - item_start <= LONGEST_READ:
            return self.governing.without_brackets(item_start, start)
        half = LONGEST_READ // 2
        begin = self.governing.without_brackets(item_start, item_start + half)
        return begin + "…" + self.governing.without_brackets(start - half, start)

    def _bracket_around(self, index: int, at: int) -> tuple[int, int] | None:
        brackets = self.plan.brackets
        held = bisect_right(brackets, at, key=lambda bracket: bracket.start) - 1
        if held >= 0 and brackets[held].item == index and at < brackets[held].end:
            return brackets[held].start, brackets[held].end
        return None

    def _areas_between(self, start: int, end: int) -> list[Exclusion]:
        low = bisect_right(self.excluded, start - 1, key=lambda area: area.start)
        high = bisect_right(self.excluded, end, key=lambda area: area.start)
        return self.excluded[low:high]


def _after_last_edge(text: str) -> str:
    last = 0
    for edge in _EDGE.finditer(text):
        last = edge.end()
    return text[last:]


def _mentions_branch(text: str) -> bool:
    return bool(_BRANCH.search(text)) and bool(_BRANCH_NOT_HERE.search(text))
