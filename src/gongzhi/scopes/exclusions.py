"""What a scope says it does not do: 不含…, 除…外, …除外, 不得从事…, and sweeping reservations about permits.

An exclusion is an area of text whose words name nothing the business does, and a reach: the text that it takes the
named thing away from.
"""

import re
from bisect import bisect_right
from typing import Final, NamedTuple

from gongzhi.scopes.outline import Bracket, Outline

# 不含, 不包括, 不得从事 …: a verb denied. 不锈钢, 不干胶, 不动产 and 不定型 are names of things.
_DENIED: Final = re.compile(
    "(?:均|都|但|且|并)*(?:不含|不包|不得|不涉|不从事|不经营|不提供|不设|不制|不销售|不生产|不开展|不办|不储存|不存储|"
    "不带|不兼|不作|不做|不在|不属|不需|不零售|不批发|不加工|不接触|不产生|不再|不接受|不使用|不参与|不收购|不承接|"
    "不可|不能|不准|无需|禁止)"
)
# "不再分装的包装种子" is the name of the goods in the Seed Law art. 38, not a denial.
_NAMES_WITH_DENIAL: Final = re.compile("不再分装|不再分类|不产生油烟")
# "不属于危险化学品的农药" names the pesticides that are none.
# So does "不含添加剂的饲料"; a verb after "不含危险化学品的" goes on about what stands before.
_KIND: Final = re.compile(
    "不属[^、,;。]{0,20}的(?=[^、,;。])"
    "|不含[^、,;。()]{1,12}的(?=[^、,;。()])(?!销售|批发|零售|生产|制造|加工|经营|购销|贸易|进出口|研发|设计)"
)
_EXCEPT_AFTER: Final = re.compile("除外")
_OUTER: Final = re.compile("以?外")
_MARKER: Final = re.compile("不|除|无需|禁止")
# An exclusion without brackets is a phrase; the longest that is read as one.
_PHRASE: Final = 200
_EXCEPT_BEFORE: Final = re.compile("(?:^|(?<=[(、,;。:]))除(?![尘湿臭虫油锈味甲草螨雪霜冰垢菌氧氯磷硫四])")
# "(除依法须经批准的项目外，凭营业执照依法自主开展经营活动)" closes the list of what is free: it takes nothing away.
_FREELY: Final = re.compile(
    "除依法[须需应]?(?:当)?经?(?:批准|许可|审批)的?(?:经营)?(?:项目|活动)?以?外,?[^,;。()]{0,8}?(?:凭|自主)"
)
_STOP: Final = re.compile("[,;。]")
_INCLUDED_AGAIN: Final = re.compile("[、,;](?:但)?(?:含|包括|仅|限|只)")
# A reservation that takes away whatever needs a permit, without naming it; "未取得许可不得经营" only repeats the law.
_SWEEPING: Final = re.compile("许可|审批|批准|专项|前置|资质|专营|专控|特许")
# "邮政企业专营业务除外" reserves what belongs to others and leaves the rest; quotas bind who trades across the border.
_OF_OTHERS: Final = re.compile("邮政|国营贸易|配额|出口许可|进口许可")
_ONLY_REPEATS_LAW: Final = re.compile("不得|禁止|不准|不能|不可")
_ABOVE: Final = re.compile("以上|上述|前述|所有项目|均不|经营范围")
_INNERMOST: Final = re.compile(r"\([^()]*\)")
# "商业批发、零售（不含许可经营项目）" reserves something of that trade alone.
_GENERIC_TRADE: Final = re.compile(
    "(?:其它|其他)?(?:国内)?(?:商业|商品|贸易)?的?(?:批发|零售|贸易|商业|业|[、和及兼])+"
)
_PORT: Final = re.compile("进出口|出口|进口")


class Exclusion(NamedTuple):
    """Text `start:end` that names what is not done, and the reach `since:until` that it takes it from."""

    start: int
    end: int
    since: int
    until: int
    sweeping: bool


def may_exclude(text: str) -> bool:
    """Say whether a folded text has a word that could exclude anything; most have none."""
    if "除" in text:
        if "除依法" not in text:
            return True
        text = _FREELY.sub("", text)
    return "不" in text or "除" in text or "无需" in text or "禁止" in text


def exclusions(text: str, plan: Outline) -> list[Exclusion]:
    """Find every exclusion of a folded scope, in the order of the text."""
    if not may_exclude(text):
        return []
    found = [area for bracket in plan.brackets for area in _in_bracket(text, plan, bracket)]
    found.extend(_outside_brackets(text, plan))
    found.sort()
    return found


def _in_bracket(text: str, plan: Outline, bracket: Bracket) -> list[Exclusion]:
    start, end, _ = bracket
    if not _MARKER.search(text, start, end):
        return []
    since, until = _reach(text, plan, bracket)
    inner = [pair.span() for pair in _INNERMOST.finditer(text, start, end)] if "(" in text[start:end] else []
    found: list[Exclusion] = []
    for low, high in inner:
        # A bracket within a bracket speaks for the entry just before it, not for the whole list.
        near = max(text.rfind(edge, max(start, low - _PHRASE), low) for edge in "、,;") + 1 or start
        found.extend(_exclusion(text, *area, near, high) for area in _areas(text, low + 1, high - 1))
    for low, high in _areas(text, start, end):
        before = bisect_right(inner, (low, end)) - 1
        if before < 0 or low >= inner[before][1]:
            found.append(_exclusion(text, low, high, since, until))
    return found


def _exclusion(text: str, start: int, end: int, since: int, until: int) -> Exclusion:
    first = _STOP.search(text, start, min(end, start + _PHRASE))
    named = _SWEEPING.search(text, start, first.start() if first else min(end, start + _PHRASE))
    sweeping = (
        named
        and not _ONLY_REPEATS_LAW.match(text, start, end)
        and not _OF_OTHERS.search(text, start, min(end, start + _PHRASE))
    )
    return Exclusion(start, end, since, until, bool(sweeping))


def _without_contents(text: str, brackets: list[Bracket]) -> str:
    pieces = []
    at = 0
    for bracket in brackets:
        pieces.append(text[at : bracket.start])
        pieces.append("…" * (bracket.end - bracket.start))
        at = bracket.end
    pieces.append(text[at:])
    return "".join(pieces)


def _areas(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Find the areas that name what is not done, within the half-open span of one bracket or one phrase."""
    areas: list[tuple[int, int]] = []
    for denied in _DENIED.finditer(text, start, end):
        if not _NAMES_WITH_DENIAL.match(text, denied.start()):
            kind = _KIND.match(text, denied.start(), end)
            again = _INCLUDED_AGAIN.search(text, denied.end(), min(end, denied.end() + _PHRASE))
            stop = kind.end() if kind else again.start() if again else end
            areas.append((denied.start(), stop))
    for before in _EXCEPT_BEFORE.finditer(text, start, end):
        if _FREELY.match(text, before.start(), end):
            continue
        outer = _OUTER.search(text, before.end(), min(end, before.end() + _PHRASE))
        areas.append((before.start(), outer.end() if outer else end))
    for after in _EXCEPT_AFTER.finditer(text, start, end):
        low = max(text.rfind(stop, max(start, after.start() - _PHRASE), after.start()) for stop in ",;。")
        areas.append((max(start, after.start() - _PHRASE) if low < 0 else low + 1, after.end()))
    return areas


def _reach(text: str, plan: Outline, bracket: Bracket) -> tuple[int, int]:
    """Say from where to where a bracket takes things away.

    "以上…" reaches back to the beginning. A bracket that stands alone speaks for the clause before it. Any other speaks
    for the entries of its list up to itself: what a list denies once ("不含危险化学品") it doesn't mean to do in the
    entry before. A bracket about import and export, or after nothing but trade ("商业批发、零售"), speaks for its own
    entry alone.
    """
    start, end, index = bracket
    opening = start - 1
    if _ABOVE.match(text, start):
        return 0, opening
    if index >= len(plan.items) or opening <= plan.items[index].start:
        return (plan.items[plan.items[index - 1].first].start, opening) if index else (opening, end)
    item = plan.items[index]
    group = (
        text.rfind(
            ",",
            item.start if item.first == index else plan.items[item.first].start,
            opening,
        )
        + 1
    )
    if group and _GENERIC_TRADE.fullmatch(text, group, opening):
        return group, opening
    if _PORT.search(text, start, end) or _PORT.search(text, max(item.start, opening - _PHRASE), opening):
        return item.start, item.end
    return plan.items[item.first].start, item.end


def _outside_brackets(text: str, plan: Outline) -> list[Exclusion]:
    """Read exclusions written without brackets: "…，不含危险化学品", "除食盐外的食品", "化工产品除外"."""
    starts = [item.start for item in plan.items]
    found: dict[tuple[int, int], Exclusion] = {}
    # What a bracket says is read with the bracket.
    text = _without_contents(text, plan.brackets)
    for mark in _MARKER.finditer(text):
        at = mark.start()
        index = bisect_right(starts, at) - 1
        if index < 0:
            continue
        stop = _STOP.search(text, at, at + _PHRASE)
        end = stop.start() if stop else min(len(text), at + _PHRASE)
        low = max(0, at - _PHRASE)
        begin = max(low, 1 + max(text.rfind(edge, low, at) for edge in ",;。:)"))
        since = 0 if _ABOVE.search(text, begin, at) else plan.items[plan.items[index].first].start
        for low, high in _areas(text, begin, end):
            found[low, high] = _exclusion(text, low, high, since, end)
    return list(found.values())
