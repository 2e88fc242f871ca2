"""How much a library of known addresses can know of another one at all: the ceiling of every way to match.

What is asked is held against the names (roads, places, whole names, roads with numbers) of the known addresses of its
town. Where none of them is known, only letters can suggest a village; where a name is known in one village alone, the
share for which that village is right is a ceiling for what anybody may decide who believes names.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from gongzhi.addresses import Gazetteer, normal_text
from gongzhi.addresses.reading import read_front
from gongzhi.addresses.words import read_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Name = tuple[str, str]
OFTEN = 3
KINDS = {
    "often": f"名称只见于一村，{OFTEN} 次以上 a name known in one village alone, {OFTEN} times or more",
    "seldom": f"名称只见于一村，不足 {OFTEN} 次 a name known in one village alone, fewer times",
    "shared": "名称见于多村 names known in several villages only",
    "unknown": "名称均未见 no name known",
}


class Known(NamedTuple):
    """How an address is known: a key of KINDS, whether the only village that knows a name of it is the right one,
    and whether the right village knows any name of it."""

    kind: str
    single: bool
    among: bool


def how_known(addresses: Sequence[tuple[str, str]], gazetteer: Gazetteer, folds: int) -> list[Known]:
    """How each of (text, village) is known to those of the other folds; address i is in fold `i % folds`."""
    named = [_names(text, gazetteer) for text, _ in addresses]
    counts: dict[tuple[str, Name], Counter[tuple[str, int]]] = defaultdict(Counter)
    for place, ((_, village), names) in enumerate(zip(addresses, named, strict=True)):
        for name in names:
            counts[village[:9], name][village, place % folds] += 1
    return [
        _known(village, (counts[village[:9], name] for name in names), place % folds)
        for place, ((_, village), names) in enumerate(zip(addresses, named, strict=True))
    ]


def _names(text: str, gazetteer: Gazetteer) -> set[Name]:
    plain = normal_text(text)
    words = read_words(plain[read_front(plain, gazetteer).rest :])
    return {
        *(("road", road) for road in words.roads),
        *(("place", place) for place in words.places),
        *(("name", name) for name in words.names),
        *(("number", f"{road}{number}") for road, number in words.numbered),
    }


def _known(village: str, counts: Iterable[Counter[tuple[str, int]]], fold: int) -> Known:
    alone: Counter[str] = Counter()
    somewhere: set[str] = set()
    for counted in counts:
        others: Counter[str] = Counter()
        for (of, in_fold), count in counted.items():
            if in_fold != fold:
                others[of] += count
        somewhere |= set(others)
        if len(others) == 1:
            ((only, times),) = others.items()
            alone[only] = max(alone[only], times)
    if alone:
        best, times = alone.most_common(1)[0]
        kind = "often" if times >= OFTEN else "seldom"
        return Known(kind, best == village, village in somewhere)
    return Known("shared" if somewhere else "unknown", single=False, among=village in somewhere)


def table(known: Sequence[Known], right: Sequence[bool]) -> Iterator[str]:
    """Lines of a table: of each kind, its share, how often its only village is right, and how often we were."""
    yield (
        "| 库中所知 what the library knows | 占比 share | 唯一的村正确 its only village is right "
        "| 正确的村见过其名称 the right village knows a name | 共治正确 Gongzhi right |"
    )
    yield "|---|---|---|---|---|"
    for kind, label in KINDS.items():
        of_kind = [(one, hit) for one, hit in zip(known, right, strict=True) if one.kind == kind]
        if not of_kind:
            continue
        size = len(of_kind)
        single = f"{sum(one.single for one, _ in of_kind) / size:.3f}" if kind in {"often", "seldom"} else "–"
        among = sum(one.among for one, _ in of_kind) / size
        ours = sum(hit for _, hit in of_kind) / size
        yield f"| {label} | {size / len(known):.3f} | {single} | {among:.3f} | {ours:.3f} |"
