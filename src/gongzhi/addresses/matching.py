"""An address → its village, with a confidence, the evidence that decided, and who has to look at it.

`auto` is said only where the library's own addresses, judged in the same way, are right often enough; everything
else is `review`, with the candidates for a person's one click.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from gongzhi.addresses.door import door_key
from gongzhi.addresses.evidence import FIGURES
from gongzhi.addresses.normal import normal_text
from gongzhi.addresses.reading import Front, read_front
from gongzhi.addresses.words import Words, read_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from gongzhi.addresses.evidence import TownEvidence
    from gongzhi.addresses.gazetteer import Gazetteer
    from gongzhi.addresses.library import Library

Decision = Literal["auto", "review"]
Method = Literal["stated-village", "road-number", "building", "road", "ngram", "none"]

_STATED = (
    0.995  # of addresses that state their village with its kind, in the form that the division lists use
)
_METHOD_OF: dict[str, Method] = {"door": "road-number", "numbers": "road-number", "nearest": "road-number"}
_METHOD_OF |= {
    "place": "building",
    "name": "building",
    "front": "building",
    "block": "building",
    "called": "building",
}
_METHOD_OF |= {"road": "road", "stem": "road"}
_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A village that the address may lie in: its code, how likely, and which evidence speaks for it."""

    village: str
    score: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddressMatch:
    """The answer for one address. `village` and `town` are codes of 12 and 9 digits; `words` the pieces of the text
    that spoke; `entry` the id of the known address at this very door, where the library has one.
    """

    village: str | None
    town: str | None
    confidence: float
    decision: Decision
    method: Method
    candidates: tuple[Candidate, ...] = ()
    entry: str | None = None
    words: tuple[str, ...] = ()


_NOTHING = AddressMatch(None, None, 0.0, "review", "none")


def match(text: str, library: Library, gazetteer: Gazetteer | None = None) -> AddressMatch:
    """The village of one address. See `match_many`, which is much quicker for many."""
    return match_many([text], library, gazetteer)[0]


def match_many(
    texts: Iterable[str], library: Library, gazetteer: Gazetteer | None = None
) -> list[AddressMatch]:
    """The village of each address, in order. `gazetteer` replaces the library's own names where given."""
    names = gazetteer or library.gazetteer
    answers: list[AddressMatch] = []
    waiting: dict[str, list[tuple[int, Words]]] = defaultdict(list)
    townless: list[tuple[int, Words]] = []
    for index, raw in enumerate(texts):
        text = normal_text(raw)
        front = read_front(text, names)
        if front.village_code:
            answers.append(_stated(raw, text, front, library))
            continue
        answers.append(_NOTHING)
        rest = text[front.rest :]
        if not rest and not front.town_codes:
            continue
        words = read_words(rest)
        if len(front.town_codes) == 1:
            waiting[front.town_codes[0]].append((index, words))
        else:
            townless.append((index, words))
    for town, asked in waiting.items():
        evidence = library.evidence(town)
        if evidence is not None:
            _judge(town, evidence, asked, library, answers)
    for index, words in townless:
        answers[index] = _without_town(words, library)
    return answers


def _stated(raw: str, text: str, front: Front, library: Library) -> AddressMatch:
    code = front.village_code or ""
    known = library.at_door(door_key(raw, library.gazetteer, code[:9]))
    entry = next((one.entry for one in known if one.village == code and one.entry), None)
    name = text[front.village[0] : front.village[1]]
    return AddressMatch(
        code,
        code[:9],
        _STATED,
        "auto",
        "stated-village",
        (Candidate(code, _STATED, (name,)),),
        entry,
        (name,),
    )


def _judge(
    town: str,
    evidence: TownEvidence,
    asked: Sequence[tuple[int, Words]],
    library: Library,
    answers: list[AddressMatch],
) -> None:
    figures = evidence.weigh([words for _, words in asked])
    chances = library.weights.posterior(figures)
    best = chances.argmax(axis=1)
    tops = chances[np.arange(len(asked)), best]
    confidence = library.reliability.confidence(tops)
    order = np.argsort(-chances, axis=1)[:, :_CANDIDATES]
    for row, (index, words) in enumerate(asked):
        method = _method(figures[row], best[row], library)
        answers[index] = AddressMatch(
            evidence.villages[best[row]],
            town,
            round(float(confidence[row]), 4),
            "auto" if tops[row] >= library.reliability.bar else "review",
            method,
            tuple(Candidate(evidence.villages[i], round(float(chances[row, i]), 4), ()) for i in order[row]),
            None,
            words.names,
        )


def _method(figures: NDArray[np.float64], best: int, library: Library) -> Method:
    """The kind of evidence that speaks most for the best village against the others."""
    lead = (figures[best] - figures.mean(axis=0)) * library.weights.scaled
    strongest = FIGURES[int(lead.argmax())]
    return _METHOD_OF.get(strongest.split()[0], "ngram")


def _without_town(words: Words, library: Library) -> AddressMatch:
    """An address that states no town is answered from the towns that know its names, and always looked at."""
    found: list[AddressMatch] = []
    for town in library.towns_for(words):
        evidence = library.evidence(town)
        if evidence is not None:
            answers = [_NOTHING]
            _judge(town, evidence, [(0, words)], library, answers)
            found.append(answers[0])
    if not found:
        return _NOTHING
    best = max(found, key=lambda answer: answer.confidence)
    return AddressMatch(
        best.village,
        best.town,
        round(best.confidence / len(found), 4),
        "review",
        best.method,
        best.candidates,
        None,
        best.words,
    )
