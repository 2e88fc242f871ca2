"""Which deeds govern an item of a list: a head before the colon, a verb that opens or closes the list, or none."""

import re
from typing import Final

from gongzhi.scopes.entries import Entries
from gongzhi.scopes.grammar import ABOUT, NO_DEEDS, Deeds, Lexicon
from gongzhi.scopes.outline import Item, Outline, outline

UNSTATED: Final[Deeds] = frozenset({"unstated"})
# Verbs alone in a clause that close the list before it.
CLOSING: Final[Deeds] = frozenset({"trade", "retail", "wholesale", "make", "make-serve"})
# Under a head, only these before an object are deeds; others are part of its name ("销售：施工升降机").
_HEADS: Final[Deeds] = frozenset({"trade", "make", "about", "port"})
_REACHING_BACK: Final[Deeds] = CLOSING | frozenset(
    [
        "make-raw",
        "breed",
        "plant",
        "recycle",
        "install",
        "build",
        "repair",
        "rent",
        "print",
        "test",
        "port",
        "contract",
        "develop",
    ]
)
_OPENING: Final[Deeds] = frozenset({"trade", "make"})
_AGENT: Final[Deeds] = frozenset({"agent"})
# What is done to goods, and so to no works: "销售：五金；装饰工程".
_OF_GOODS: Final[Deeds] = CLOSING | frozenset({"rent"})
_INVESTED: Final = re.compile("(?:进行|的|予以)投资")
BARE_NOUN: Final = 3
_JOINT: Final = re.compile("(?:管理|咨询|投资|策划)(?:服务)?$")
# Lists longer than this are not looked through to their ends for a governing verb: work stays linear in the text.
_LIST_WINDOW: Final = 60
_VERBS_TOGETHER: Final = 5
# "一般经营项目：" and the like are headings of the register, not verbs.
_HEADING: Final = re.compile(
    r".*(?:项目|范围|如下|业务|以下|方式|另报|活动)|(?:许可|一般|前置|后置)(?:经营|类)?|主营|兼营|其中"
    r"|[\d一二三四五六七八九十]+"
)


class Governing(Entries):
    """The items of one folded scope and the deeds that govern them, worked out as they are asked for."""

    __slots__ = (
        "_closings",
        "_governed",
        "_heads",
        "_inherited",
        "_invests",
        "_openings",
        "asked_for_head",
    )

    def __init__(self, text: str, plan: Outline, lexicon: Lexicon, inherited: Deeds) -> None:
        super().__init__(text, plan, lexicon)
        self.asked_for_head = False
        self._inherited = inherited
        self._invests = "投资" in text and "对" in text
        self._openings: dict[int, int] = {}
        self._closings: dict[int, int] = {}
        self._governed: dict[int, Deeds] = {}
        self._heads: dict[int, Deeds] = {}

    def handed_on(self) -> Deeds:
        """Give the trade that the last list's head hands on to a following clause of bare nouns."""
        return self._hands_on(self.plan.items[-1]) if self.plan.items else self._inherited

    def leading(self, before: str, index: int) -> Deeds:
        """Read the verbs before an object; under a head only verbs of trade, making and planning are not its name.

        In "生产、销售糕点" the list begins with bare verbs that are meant for the object as well; in
        "商品的批发、零售图书" the first has an object of its own.
        """
        found = self.lexicon.leading(before) if before else NO_DEEDS
        if not found:
            return found
        item = self.plan.items[index]
        if not found & _HEADS and self._head(item):
            return NO_DEEDS
        if item.first < index <= item.first + _VERBS_TOGETHER and self.text[item.start - 1] == "、":
            together: Deeds = NO_DEEDS
            for earlier in range(item.first, index):
                core = self.core(earlier)
                verbs = self.lexicon.pure(core)
                if not verbs or "的" in core:
                    return found
                together |= verbs
            return found | together - ABOUT
        return found

    def item_deeds(self, index: int) -> Deeds:
        """Give the deeds that govern an item as a whole, its own first."""
        core = self.core(index)
        own = self.lexicon.leading(core) | self.lexicon.trailing(core)
        if own:
            own |= self.following_verbs(index)
            return own - ABOUT or ABOUT
        return self.around(index)

    def following_verbs(self, index: int) -> Deeds:
        """Join the bare verbs that continue an item: "消防工程的设计、安装、维修".

        "影视策划，设计、制作、发布广告" doesn't go on: the verbs there open the next entry.
        """
        found: Deeds = NO_DEEDS
        items = self.plan.items
        after = index + 1
        if after == len(items):
            return found
        last = min(len(items), index + 9)
        first = items[index].first
        while after < last and items[after].first == first:
            verbs = None if items[after].colon else self.lexicon.pure(self.core(after))
            if verbs is None:
                joined = after > index + 1 and self.text[items[after].start - 1] == "、"
                opens = items[after].colon or bool(self.lexicon.leading(self.core(after)))
                return NO_DEEDS if joined and opens else found
            if after == index + 1 and self.text[items[after].start - 1] != "、":
                return NO_DEEDS
            found |= verbs
            after += 1
        return found

    def around(self, index: int) -> Deeds:
        """Find the verbs that govern an item without its own: before the colon, before or after the list."""
        known = self._governed.get(index)
        if known is None:
            known = self._governed[index] = self._look_around(index)
        return known

    def _look_around(self, index: int) -> Deeds:
        item = self.plan.items[index]
        if item.first and (head := self._head(item)):
            return head
        if self._invests and self._invested_in(index):
            return ABOUT
        core = self.core(index)
        if self.lexicon.service(core) and not self._goes_on_repairing(index):
            return UNSTATED
        if "等" in core and self._acted_for(item):
            return _AGENT
        found = self._verbs_around(index)
        if not found.isdisjoint(_OF_GOODS) and self.lexicon.works(core):
            return found - _OF_GOODS | UNSTATED
        return found

    def _acted_for(self, item: Item) -> bool:
        """Say whether the list begins with acting for others: "代理甲、乙等业务"."""
        return self.lexicon.leading(self.core(item.first)) == _AGENT

    def _goes_on_repairing(self, index: int) -> bool:
        """Say whether the entry before repairs: "汽车维修、保养、美容" is about cars to its end."""
        if index == self.plan.items[index].first:
            return False
        before = self.core(index - 1)
        return "repair" in (self.lexicon.pure(before) or self.lexicon.trailing(before))

    def _verbs_around(self, index: int) -> Deeds:
        if len(self.plan.items) > 1:
            before = self._verb_before(index)
            if before:
                return before | UNSTATED
            after = self._verb_after(index)
            if after:
                return after
        return self._clause_before(self.plan.items[index]) or UNSTATED

    def _head(self, item: Item) -> Deeds:
        """Read the head before the colon: "销售、网上销售：…"; headings of the register are none."""
        at = item.first - 1
        if at < 0 or not self.plan.items[at].colon or self.plan.items[at].clause != item.clause:
            return NO_DEEDS
        known = self._heads.get(at)
        if known is None:
            known = self._heads[at] = self._read_head(at)
        return known

    def _read_head(self, at: int) -> Deeds:
        items = self.plan.items
        core = self.core(at)
        if _HEADING.fullmatch(core):
            return NO_DEEDS
        found = self.lexicon.trailing(core) or self.lexicon.leading(core)
        while at > 0 and items[at - 1].first == items[at].first:
            at -= 1
            verbs = self.lexicon.pure(self.core(at))
            if verbs is None:
                break
            found |= verbs
        return found - ABOUT or found

    def _invested_in(self, index: int) -> bool:
        """Read "对甲、乙进行投资", "对甲的投资": money in it, not the doing of it."""
        items = self.plan.items
        first = items[index].first
        for at in range(index, max(first, index - _LIST_WINDOW) - 1, -1):
            if self.core(at).startswith("对"):
                last = min(len(items), at + _LIST_WINDOW)
                return any(
                    _INVESTED.search(self.core(to)) for to in range(index, last) if items[to].first == first
                )
        return False

    def _verb_before(self, index: int) -> Deeds:
        """Read a verb that opens the list without a colon: "生产、销售五金、塑胶制品"."""
        first = self.plan.items[index].first
        if index > first:
            verbs = self.lexicon.pure(self.core(index - 1))
            if verbs and verbs - ABOUT:
                return verbs - ABOUT
        at = self._opening_before(index)
        if at < 0 or self.lexicon.trailing(self.core(at)):
            return NO_DEEDS
        found = self.lexicon.leading(self.core(at)) - ABOUT
        for earlier in range(at - 1, max(first, at - _LIST_WINDOW) - 1, -1):
            more = self.lexicon.pure(self.core(earlier))
            if more is None:
                break
            found |= more - ABOUT
        return found

    def _opening_before(self, index: int) -> int:
        """Find the nearest item before, in the same list, that begins or ends with a verb of its own; -1 if none."""
        first = self.plan.items[index].first
        at = index - 1
        found = -1
        while at >= first:
            known = self._openings.get(at + 1)
            if known is not None:
                found = known
                break
            core = self.core(at)
            if self.lexicon.pure(core) is None and (
                self.lexicon.trailing(core) or self.lexicon.leading(core) & _OPENING
            ):
                found = at
                break
            at -= 1
        for passed in range(max(at, first - 1) + 1, index + 1):
            self._openings[passed] = found
        return found

    def _verb_after(self, index: int) -> Deeds:
        """Read the verb that closes the list: "五金、塑胶制品的生产、销售"; "甲、乙的研发" is about all of them."""
        items = self.plan.items
        at = self._closing_after(index)
        if at >= len(items):
            return NO_DEEDS
        if items[at].first != items[index].first or items[at].colon:
            alone = self._verbs_alone(at)
            return alone | UNSTATED if alone else NO_DEEDS
        core = self.core(at)
        verbs = self.lexicon.pure(core) or self.lexicon.trailing(core)
        if not verbs:
            return NO_DEEDS
        verbs |= self.following_verbs(at)
        if verbs - ABOUT:
            # Who acts for others or stores in one entry says nothing of the entries before, unless they are but
            # nouns of two characters: "专利、商标代理".
            acting = _AGENT if len(self.core(index)) < BARE_NOUN and at <= index + 2 else NO_DEEDS
            verbs &= _REACHING_BACK | acting
            return verbs | UNSTATED if verbs else NO_DEEDS
        if "," in self.text[items[index].end : items[at].start + 1]:
            return NO_DEEDS
        # "餐饮、酒店管理" manages both; a longer entry before stands for itself.
        near = at == index + 1 and len(self.core(index)) <= BARE_NOUN
        return ABOUT if "的" in core or (near and _JOINT.search(core)) else NO_DEEDS

    def _closing_after(self, index: int) -> int:
        """Find the next item that ends its list or has a verb of its own; the number of items if none."""
        items = self.plan.items
        first = items[index].first
        at = index + 1
        found = -1
        while at < len(items) and items[at].first == first and not items[at].colon:
            known = self._closings.get(at - 1)
            if known is not None:
                found = known
                break
            core = self.core(at)
            if (
                self.lexicon.pure(core)
                or self.lexicon.trailing(core)
                or self.lexicon.leading(core) & _OPENING
            ):
                break
            at += 1
        if found < 0:
            found = at
        for passed in range(index, at):
            self._closings[passed] = found
        return found

    def _verbs_alone(self, at: int) -> Deeds:
        """Read a clause that is only verbs of trade or making: "甲、乙。零售。" closes the list before it."""
        items = self.plan.items
        if at >= len(items) or items[at].first != at:
            return NO_DEEDS
        found: Deeds = NO_DEEDS
        for after in range(at, len(items)):
            if items[after].clause != items[at].clause:
                break
            if after > at + _LIST_WINDOW:
                return NO_DEEDS
            core = self.core(after)
            verbs = self.lexicon.pure(core)
            # "批发业、零售业" is an activity by itself and governs nothing.
            if not verbs or not verbs <= CLOSING or items[after].colon or core.endswith("业"):
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
        return head | UNSTATED if "trade" in head and "make" not in head else NO_DEEDS


def handed_on_by(text: str, lexicon: Lexicon) -> Deeds:
    """Give the trade that a folded clause read by itself hands on to a following clause of bare nouns."""
    return Governing(text, outline(text), lexicon, NO_DEEDS).handed_on()
