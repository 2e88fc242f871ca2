"""The plain methods that the matchers are measured against: no grammar, no calibration, what one writes first.

Each is a function that prepares itself and answers with a function over texts, so that speed and accuracy are taken of
the same thing.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import ahocorasick

from gongzhi.addresses import Gazetteer, normal_text
from gongzhi.addresses.reading import read_front
from gongzhi.scopes import default_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_NEGATED = re.compile(
    r"[（(【\[][^（()）\[\]【】]*(?:不含|除外|除|不得)[^（()）\[\]【】]*[)）\]】]|不含[^、；;，,。]*|除[^、；;，,。]*外"
)


def keyword_scan(*, negations: bool = False) -> Callable[[str], set[str]]:
    """Permits whose keyword stands anywhere in the scope; `negations` first cuts what a bracket or 不含 excludes."""
    automaton = ahocorasick.Automaton()
    found: dict[str, set[str]] = {}
    for row in csv.DictReader(io.StringIO(default_tables().texts["permits"])):
        if not row["trigger"].startswith("非经营范围触发"):
            for phrase in filter(None, row["keywords"].split("|")):
                found.setdefault(phrase, set()).add(row["code"])
    for phrase, codes in found.items():
        automaton.add_word(phrase, frozenset(codes))
    automaton.make_automaton()

    def scan(scope: str) -> set[str]:
        text = _NEGATED.sub("", scope) if negations else scope
        return set().union(*(codes for _, codes in automaton.iter(text)))

    return scan


def by_village_name(gazetteer: Gazetteer) -> Callable[[Iterable[str]], list[str | None]]:
    """The longest short name of a village of the town that stands in the text."""
    names = {
        town: sorted(shorts.items(), key=lambda item: -len(item[0]))
        for town, shorts in gazetteer.village_shorts.items()
    }

    def find(texts: Iterable[str]) -> list[str | None]:
        found: list[str | None] = []
        for raw in texts:
            town, rest = _of_town(raw, gazetteer)
            found.append(next((code for name, code in names.get(town, ()) if name in rest), None))
        return found

    return find


def by_neighbour(
    gazetteer: Gazetteer, known: Iterable[tuple[str, str]]
) -> Callable[[Iterable[str]], list[str | None]]:
    """The village of the known address (text, village) of the town that shares most of the rarer letters in a row."""

    def grams(raw: str) -> tuple[str, set[str]]:
        town, rest = _of_town(raw, gazetteer)
        return town, {rest[i : i + n] for n in (1, 2, 3) for i in range(len(rest) - n + 1)}

    villages = []
    pieces = []
    for text, village in known:
        villages.append(village)
        pieces.append(grams(text))
    seen = Counter(gram for _, found in pieces for gram in found)
    weight = {gram: math.log(len(pieces) / count) ** 2 for gram, count in seen.items()}
    norms = [math.sqrt(sum(weight[gram] for gram in found)) or 1.0 for _, found in pieces]
    index: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, (town, found) in enumerate(pieces):
        for gram in found:
            index[town, gram].append(place)

    def find(texts: Iterable[str]) -> list[str | None]:
        answers: list[str | None] = []
        for raw in texts:
            town, asked = grams(raw)
            scores: Counter[int] = Counter()
            for gram in asked:
                for place in index.get((town, gram), ()):
                    scores[place] += weight[gram] / norms[place]
            best = max(scores, key=scores.__getitem__, default=None)
            answers.append(None if best is None else villages[best])
        return answers

    return find


def _of_town(raw: str, gazetteer: Gazetteer) -> tuple[str, str]:
    """The code of the stated town ("" where none is) and what follows it."""
    text = normal_text(raw)
    front = read_front(text, gazetteer)
    return (front.town_codes[0] if front.town_codes else ""), text[front.rest :]
