"""One scope being read: for any place in it, the item around it, the deeds that govern it, what is excluded there."""

import re
from bisect import bisect_right
from typing import Final, NamedTuple

from gongzhi.scopes.exclusions import Exclusion, exclusions
from gongzhi.scopes.grammar import ABOUT, NO_DEEDS, Deeds, Item, Lexicon, Outline, Tail, outline

UNSTATED: Final = "unstated"
_UNSTATED_ONLY: Final[Deeds] = frozenset({UNSTATED})
_HEADS: Final[Deeds] = frozenset({"trade", "make", "about", "port"})
_REACHING_BACK: Final[Deeds] = frozenset(
    {"trade", "retail", "wholesale", "make", "make-raw", "make-serve", "breed", "plant", "recycle", "install", "build"}
    | {"repair", "rent", "print", "test", "port", "contract", "develop"}
)
_GOVERNING: Final[Deeds] = frozenset({"trade", "retail", "wholesale", "make", "make-serve"})
_LONGEST_VERBS_ALONE: Final = 12
_LEANING: Final = re.compile("[()不除]|无需|禁止")
_INVESTED: Final = re.compile("(?:进行|的|予以)投资")
_ENTRY_BEGINS: Final = frozenset("含除括及和或与、,(:;事营涉供售设得包")
_BARE_NOUN: Final = 3
_JOINT: Final = re.compile("(?:管理|咨询|投资|策划)(?:服务)?$")
# Lists longer than this are not looked through to their ends for a governing verb: work stays linear in the text.
_LIST_WINDOW: Final = 60
_NEXT_EXCLUSIONS: Final = 32
_EDGE: Final = re.compile("[、,;。:()]")
# "一般经营项目：" and the like are headings of the register, not verbs.
_HEADING: Final = re.compile(
    r".*(?:项目|范围|如下|业务|以下|方式|另报|活动)|(?:许可|一般|前置|后置)(?:经营|类)?|主营|兼营|其中|[\d一二三四五六七八九十]+"
)
_NOTE: Final = re.compile(r"依法须经批准|方可|法律|许可证|除外|凭.*经营|信息由|经营范围|不得|有效期|\d+$")
_ABOVE_ALL: Final = re.compile("以上|上述|前述|所有项目|均不|经营范围")
_CROSSED: Final = re.compile(r"^[^(]*\)|\([^)]*$")
_BRANCH: Final = re.compile("分支机构|分公司经营|分支经营|由分店|分店经营|另设(?:场所|分店|网点)")
_BRANCH_NOT_HERE: Final = re.compile("另设|限|由|属|下属|所属|供|设|交")


def may_lean_on_neighbours(text: str) -> bool:
    """Say cheaply whether a clause is worth asking if it leans on its neighbours; most are not."""
    return len(text) <= _LONGEST_VERBS_ALONE or bool(_LEANING.search(text))


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
        "_cores",
        "_governed",
        "_inherited",
        "_starts",
        "asked_for_head",
        "excluded",
        "lexicon",
        "plan",
        "text",
    )

    def __init__(self, text: str, lexicon: Lexicon, inherited: Deeds = NO_DEEDS) -> None:
        """Read a folded text; `inherited` is what `handed_on` said of the text before it, if there is any."""
        self.text = text
        self._inherited = inherited
        self.asked_for_head = False
        self.lexicon = lexicon
        self.plan: Outline = outline(text)
        self.excluded: list[Exclusion] = exclusions(text, self.plan)
        self._starts = [item.start for item in self.plan.items]
        self._cores: dict[int, str] = {}
        self._governed: dict[int, Deeds] = {}

    def place(self, start: int, end: int) -> Place:
        """Look at the phrase `start:end` of the folded text in its item."""
        index = max(0, bisect_right(self._starts, start) - 1)
        item = self.plan.items[index]
        bracket = self._bracket_around(index, start)
        if bracket is None:
            before = self._without_brackets(item.start, start, index)
            rest = self._without_brackets(end, max(end, item.end), index)
        else:
            before = _after_last_edge(self.text[bracket[0] : start])
            rest = self.text[end : max(end, bracket[1])]
            edge = _EDGE.search(rest)
            rest = rest[: edge.start()] if edge else rest
        tail = self.lexicon.tail(rest)
        if tail.joint and (end - start > _BARE_NOUN or self.lexicon.trailing(self.text[start:end])):
            # "房地产开发经营及物业管理" does the one and manages the other.
            tail = Tail(same=True, deeds=tail.deeds, joint=False)
        if not tail.same:
            return Place(index, before, same=False, deeds=NO_DEEDS)
        own = self._leading(before, index) | tail.deeds
        if tail.deeds and bracket is None:
            own |= self._following_verbs(index)
        if own:
            return Place(index, before, same=True, deeds=own - ABOUT or ABOUT)
        spoken = self.lexicon.trailing(self.text[start:end]) - ABOUT
        if spoken:
            return Place(index, before, same=True, deeds=spoken | _UNSTATED_ONLY)
        if bracket is not None:
            return Place(index, before, same=True, deeds=self._item_deeds(index) or _UNSTATED_ONLY)
        return Place(index, before, same=True, deeds=self._bracket_deeds(index) or self._from_around(index))

    def handed_on(self) -> Deeds:
        """Give the trade that the last list's head hands on to a following clause of bare nouns."""
        return self._hands_on(self.plan.items[-1]) if self.plan.items else self._inherited

    def leans_on_neighbours(self) -> bool:
        """Say whether the text read as one clause would mean something else among its neighbours, or change them."""
        text = self.text
        if text.count("(") != text.count(")") or _CROSSED.search(text):
            return True
        if self.excluded and (text.startswith("(") or _ABOVE_ALL.search(text)):
            return True
        return bool(self._verbs_alone(0))

    def positive(self, index: int) -> str:
        """Give an item's text, brackets included, without what it excludes, and with the head that governs it."""
        item = self.plan.items[index]
        pieces = []
        at = item.start
        for area in self._areas_between(item.start, item.end):
            if area.start >= at:
                pieces.append(self.text[at : area.start])
                at = min(area.end, item.end)
        pieces.append(self.text[at : item.end])
        return "".join(pieces)

    def activities(self) -> list[tuple[int, int]]:
        """List the spans of the items that name an activity; headings, bare verbs and notes on the law are none."""
        spans = []
        for index, item in enumerate(self.plan.items):
            core = self._core(index)
            if core and not item.colon and self.lexicon.pure(core) is None and not _NOTE.search(core):
                spans.append((item.start, item.end))
        return spans

    def excluded_around(self, start: int, end: int) -> Exclusion | None:
        """Give the exclusion whose words `start:end` belongs to, if any."""
        at = bisect_right(self.excluded, start, key=lambda area: area.start)
        for area in self.excluded[max(0, at - 4) : at]:
            if area.start <= start and end <= area.end:
                return area
        return None

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
            if area.sweeping or any(self.text.find(word, area.start, area.end) >= 0 for word in words):
                return area
            named = self.text.find(phrase, area.start, area.end)
            if named >= 0 and (named == area.start or self.text[named - 1] in _ENTRY_BEGINS):
                return area
        return None

    def left_to_branch(self, index: int) -> bool:
        """Say whether the scope leaves this item to a branch, which is registered and licensed by itself."""
        item = self.plan.items[index]
        if _mentions_branch(self.text[item.start : item.end]):
            return True
        for head in range(item.first - 1, max(-1, item.first - 3), -1):
            above = self.plan.items[head]
            if (
                above.clause == item.clause
                and above.colon
                and _mentions_branch(self.text[above.start : above.end])
            ):
                return True
        return False

    def _leading(self, before: str, index: int) -> Deeds:
        """Read the verbs before an object; under a head only verbs of trade, making and planning are not its name."""
        found = self.lexicon.leading(before) if before else NO_DEEDS
        if found and not found & _HEADS and self._head(self.plan.items[index]):
            return NO_DEEDS
        return found

    def _bracket_around(self, index: int, at: int) -> tuple[int, int] | None:
        brackets = self.plan.brackets
        held = bisect_right(brackets, at, key=lambda bracket: bracket.start) - 1
        if held >= 0 and brackets[held].item == index and at < brackets[held].end:
            return brackets[held].start, brackets[held].end
        return None

    def _brackets_of(self, index: int) -> list[tuple[int, int]]:
        brackets = self.plan.brackets
        low = bisect_right(brackets, index - 1, key=lambda bracket: bracket.item)
        high = bisect_right(brackets, index, key=lambda bracket: bracket.item)
        return [(bracket.start - 1, bracket.end + 1) for bracket in brackets[low:high]]

    def _without_brackets(self, start: int, end: int, index: int) -> str:
        text = self.text[start:end]
        if "(" not in text and ")" not in text:
            return text
        pieces = []
        at = start
        for low, high in self._brackets_of(index):
            if high > at and low < end:
                pieces.append(self.text[at : max(at, low)])
                at = max(at, high)
        pieces.append(self.text[at:end])
        return "".join(pieces).replace("(", "").replace(")", "")

    def _core(self, index: int) -> str:
        core = self._cores.get(index)
        if core is None:
            item = self.plan.items[index]
            core = self._cores[index] = self._without_brackets(item.start, item.end, index)
        return core

    def _areas_between(self, start: int, end: int) -> list[Exclusion]:
        low = bisect_right(self.excluded, start - 1, key=lambda area: area.start)
        high = bisect_right(self.excluded, end, key=lambda area: area.start)
        return self.excluded[low:high]

    def _bracket_deeds(self, index: int) -> Deeds:
        """Read a bracket that only says what is done: "药品（零售）"."""
        found: Deeds = NO_DEEDS
        for low, high in self._brackets_of(index):
            for part in re.split("[、,]", self.text[low + 1 : high - 1][:80]):
                found |= self.lexicon.pure(part) or NO_DEEDS
        return found

    def _item_deeds(self, index: int) -> Deeds:
        core = self._core(index)
        own = self.lexicon.leading(core) | self.lexicon.trailing(core)
        if own:
            own |= self._following_verbs(index)
            return own - ABOUT or ABOUT
        return self._from_around(index)

    def _following_verbs(self, index: int) -> Deeds:
        """Join the bare verbs that continue an item: "消防工程的设计、安装、维修".

        "影视策划，设计、制作、发布广告" doesn't go on: the verbs there open the next entry.
        """
        found: Deeds = NO_DEEDS
        items = self.plan.items
        after = index + 1
        while after < min(len(items), index + 9) and items[after].first == items[index].first:
            verbs = None if items[after].colon else self.lexicon.pure(self._core(after))
            if verbs is None:
                joined = after > index + 1 and self.text[items[after].start - 1] == "、"
                opens = items[after].colon or bool(self.lexicon.leading(self._core(after)))
                return NO_DEEDS if joined and opens else found
            if after == index + 1 and self.text[items[after].start - 1] != "、":
                return NO_DEEDS
            found |= verbs
            after += 1
        return found

    def _from_around(self, index: int) -> Deeds:
        """Find the verbs that govern an item without its own: a head before the colon, a verb before or after the list."""
        known = self._governed.get(index)
        if known is None:
            known = self._governed[index] = self._look_around(index)
        return known

    def _look_around(self, index: int) -> Deeds:
        item = self.plan.items[index]
        head = self._head(item)
        if head:
            return head
        if self._invested_in(index):
            return ABOUT
        before = self._verb_before(index)
        if before:
            return before | _UNSTATED_ONLY
        after = self._verb_after(index)
        if after:
            return after
        return self._clause_before(item) or _UNSTATED_ONLY

    def _head(self, item: Item) -> Deeds:
        """Read the head before the colon: "销售、网上销售：…"; headings of the register are none."""
        items = self.plan.items
        at = item.first - 1
        if at < 0 or not items[at].colon or items[at].clause != item.clause:
            return NO_DEEDS
        core = self._core(at)
        if _HEADING.fullmatch(core):
            return NO_DEEDS
        found = self.lexicon.trailing(core) or self.lexicon.leading(core)
        while at > 0 and items[at - 1].first == items[at].first:
            at -= 1
            verbs = self.lexicon.pure(self._core(at))
            if verbs is None:
                break
            found |= verbs
        return found - ABOUT or found

    def _invested_in(self, index: int) -> bool:
        """Read "对甲、乙进行投资", "对甲的投资": money in it, not the doing of it."""
        items = self.plan.items
        first = items[index].first
        for at in range(index, max(first, index - _LIST_WINDOW) - 1, -1):
            if self._core(at).startswith("对"):
                last = min(len(items), at + _LIST_WINDOW)
                return any(_INVESTED.search(self._core(to)) for to in range(index, last) if items[to].first == first)
        return False

    def _verb_before(self, index: int) -> Deeds:
        """Read a verb that opens the list without a colon: "生产、销售五金、塑胶制品"."""
        items = self.plan.items
        for at in range(index - 1, max(items[index].first, index - _LIST_WINDOW) - 1, -1):
            core = self._core(at)
            verbs = self.lexicon.pure(core)
            if verbs is not None:
                if at + 1 == index and verbs - ABOUT:
                    return verbs - ABOUT
                continue
            if self.lexicon.trailing(core):
                return NO_DEEDS
            leading = self.lexicon.leading(core) - ABOUT
            if leading & {"trade", "make"}:
                for earlier in range(at - 1, items[index].first - 1, -1):
                    more = self.lexicon.pure(self._core(earlier))
                    if more is None:
                        break
                    leading |= more - ABOUT
                return leading
        return NO_DEEDS

    def _verb_after(self, index: int) -> Deeds:
        """Read the verb that closes the list: "五金、塑胶制品的生产、销售"; "甲、乙的研发" is about all of them."""
        items = self.plan.items
        first = items[index].first
        for at in range(index + 1, min(len(items), index + _LIST_WINDOW)):
            if items[at].first != first or items[at].colon:
                break
            core = self._core(at)
            verbs = self.lexicon.pure(core) or self.lexicon.trailing(core)
            if not verbs:
                if self.lexicon.leading(core) & {"trade", "make"}:
                    break
                continue
            verbs |= self._following_verbs(at)
            if verbs - ABOUT:
                # Who acts for others or stores in one entry says nothing of the entries before.
                verbs &= _REACHING_BACK
                return verbs | _UNSTATED_ONLY if verbs else NO_DEEDS
            if "," in self.text[items[index].end : items[at].start + 1]:
                return NO_DEEDS
            # "餐饮、酒店管理" manages both; a longer entry before stands for itself.
            near = at == index + 1 and len(self._core(index)) <= _BARE_NOUN
            return ABOUT if "的" in core or (near and _JOINT.search(core)) else NO_DEEDS
        else:
            return NO_DEEDS
        alone = self._verbs_alone(at)
        return alone | _UNSTATED_ONLY if alone else NO_DEEDS

    def _verbs_alone(self, at: int) -> Deeds:
        """Read a clause that is only verbs of trade or making: "甲、乙。零售。" closes the list before it."""
        items = self.plan.items
        if at >= len(items) or items[at].first != at:
            return NO_DEEDS
        found: Deeds = NO_DEEDS
        for after in range(at, len(items)):
            if items[after].clause != items[at].clause:
                break
            core = self._core(after)
            verbs = self.lexicon.pure(core)
            # "批发业、零售业" is an activity by itself and governs nothing.
            if not verbs or not verbs <= _GOVERNING or items[after].colon or core.endswith("业"):
                return NO_DEEDS
            found |= verbs
        return found

    def _clause_before(self, item: Item) -> Deeds:
        """Let bare nouns after a headed list go on under its head: "零售：甲、乙；丙、丁"."""
        items = self.plan.items
        if item.first == 0:
            self.asked_for_head = True
            return self._inherited
        return (
            self._hands_on(items[item.first - 1])
            if items[item.first - 1].clause == item.clause - 1
            else NO_DEEDS
        )

    def _hands_on(self, last: Item) -> Deeds:
        head = self._head(last)
        return head | _UNSTATED_ONLY if "trade" in head and "make" not in head else NO_DEEDS


def _after_last_edge(text: str) -> str:
    last = 0
    for edge in _EDGE.finditer(text):
        last = edge.end()
    return text[last:]


def _mentions_branch(text: str) -> bool:
    return bool(_BRANCH.search(text)) and bool(_BRANCH_NOT_HERE.search(text))
