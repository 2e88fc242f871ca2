"""An address → its village, with a confidence, the evidence that decided, and who has to look at it.

`auto` is said only where the library's own addresses, judged in the same way, are right often enough; everything
else is `review`, with the candidates for a person's one click.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from gongzhi.addresses.door import door_line, line_key
from gongzhi.addresses.evidence import FIGURES, at_known_door, knows_a_name
from gongzhi.addresses.keys import Pieces
from gongzhi.addresses.normal import normal_text
from gongzhi.addresses.reading import read_front
from gongzhi.addresses.reliability import AUTO_PRECISION
from gongzhi.addresses.reliability import answers as found_answers
from gongzhi.addresses.words import Words, read_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from gongzhi.addresses.evidence import TownEvidence
    from gongzhi.addresses.gazetteer import Gazetteer
    from gongzhi.addresses.library import Library

Decision = Literal["auto", "review"]
Method = Literal["stated-village", "road-number", "building", "road", "ngram", "none"]

_OF_GROUP: dict[str, Method] = {
    **dict.fromkeys(("door", "line", "numbers", "nearest", "room"), "road-number"),
    **dict.fromkeys(("place", "name", "front", "two", "block", "beginning"), "building"),
    **dict.fromkeys(("road", "stem"), "road"),
}
_METHODS: tuple[Method, ...] = ("road-number", "building", "road", "ngram")
_SPEAKS_AS = np.eye(len(_METHODS))[
    [_METHODS.index(_OF_GROUP.get(name.split()[0], "ngram")) for name in FIGURES]
]
_CANDIDATES = 5
_BATCH = 2048  # addresses of a town weighed at once: enough to be quick, few enough to stay in the processor's cache
_PIECED = 8192  # addresses cut into pieces at once, whatever their towns


class Candidate(NamedTuple):
    """A village that the address may lie in: its code, how likely, and which kind of evidence speaks most for it."""

    village: str
    score: float
    evidence: Method


class AddressMatch(NamedTuple):
    """The answer for one address.

    `village` and `town` are codes of 12 and 9 digits, or None. `confidence` is the share of right answers to expect
    of such matches. `candidates` are at most five, the likeliest first, for whoever has to decide, and the one that
    was chosen where nobody has to; `entry` is the
    id of the known address at this very door, where the library has one; `words` are the names that were read.
    `line` is what the key of the door says after its place, where doors were asked for or the library's addresses have
    ids; `stated_town` is the town that the text names, if it is one.
    """

    village: str | None
    town: str | None
    confidence: float
    decision: Decision
    method: Method
    candidates: tuple[Candidate, ...] = ()
    entry: str | None = None
    words: tuple[str, ...] = ()
    line: str = ""
    stated_town: str | None = None


class _Asked(NamedTuple):
    place: int
    rest: str
    line: str
    words: Words
    stated_town: str | None


_NOTHING = AddressMatch(None, None, 0.0, "review", "none")


def match(text: str, library: Library, gazetteer: Gazetteer | None = None) -> AddressMatch:
    """The village of one address. See `match_many`, which is much quicker for many."""
    return match_many([text], library, gazetteer)[0]


def match_many(
    texts: Iterable[str], library: Library, gazetteer: Gazetteer | None = None, *, doors: bool = False
) -> list[AddressMatch]:
    """The village of each address, in order. `gazetteer` replaces the library's own names where given.

    `doors` says that whoever asks wants the `line` of each door as well.
    Any text is answered; one without usable content has no village, method `none`, and goes to review.
    """
    names = gazetteer or library.gazetteer
    doors = doors or library.has_entries
    answers: list[AddressMatch] = []
    waiting: dict[str, list[_Asked]] = defaultdict(list)
    townless: list[_Asked] = []
    for index, raw in enumerate(texts):
        text = normal_text(raw)
        front = read_front(text, names)
        code = front.village_code
        town = front.town_codes[0] if len(front.town_codes) == 1 else None
        if code:
            stated = text[front.village[0] : front.village[1]]
            rest = text[front.rest : front.village[0]] + text[front.village[1] :]
            line = door_line(rest) if doors else ""
            entry = library.entry_at(f"{code[:9]}/{line}", code)
            share = library.stated_share(stated, code)
            candidate = Candidate(code, share, "stated-village")
            # Named later in the line it may be a neighbour: 与某某社区交汇处.
            sure = front.village_follows_town and share >= AUTO_PRECISION
            decision: Decision = "auto" if sure else "review"
            answers.append(
                AddressMatch(
                    code,
                    code[:9],
                    round(share, 4),
                    decision,
                    "stated-village",
                    (candidate,),
                    entry,
                    (stated,),
                    line,
                    town,
                )
            )
            continue
        rest = text[front.rest :]
        line = door_line(rest) if doors else ""
        answers.append(_NOTHING._replace(line=line, stated_town=town))
        if town:
            waiting[town].append(_Asked(index, rest, line, read_words(rest), town))
        elif rest:
            townless.append(_Asked(index, rest, line, read_words(rest), town))
    _judge_all(waiting, library, answers)
    for one in townless:
        answers[one.place] = _without_town(one, library)
    return answers


def _judge_all(waiting: Mapping[str, list[_Asked]], library: Library, answers: list[AddressMatch]) -> None:
    """Answer the addresses of all towns: cut into pieces together, since most calls ask few of many towns."""
    batches = [
        (town, evidence, asked[begin : begin + _BATCH])
        for town, asked in waiting.items()
        if (evidence := library.evidence(town)) is not None
        for begin in range(0, len(asked), _BATCH)
    ]
    while batches:
        together: list[tuple[str, TownEvidence, list[_Asked]]] = []
        count = 0
        while batches and (not together or count + len(batches[-1][2]) <= _PIECED):
            together.append(batches.pop())
            count += len(together[-1][2])
        pieces = Pieces.of([one.words for _, _, asked in together for one in asked])
        begin = 0
        for town, evidence, asked in together:
            figures = evidence.weigh_pieces(pieces.between(begin, begin + len(asked)), len(asked))
            _judge(town, evidence, figures, asked, library, answers)
            begin += len(asked)


def _judge(
    town: str,
    evidence: TownEvidence,
    figures: NDArray[np.float64],
    asked: Sequence[_Asked],
    library: Library,
    answers: list[AddressMatch],
) -> None:
    chances = library.weights.posterior(figures)
    rows = np.arange(len(asked))[:, None]
    order = np.argsort(-chances, axis=1)[:, :_CANDIDATES]
    best = order[:, 0]
    second = order[:, min(1, order.shape[1] - 1)]
    found = found_answers(figures, chances, best, second)
    believed = library.reliability.score(found)
    doors = at_known_door(figures, best)
    confidence = library.reliability.confidence(believed, doors).round(4)
    decided = library.reliability.decides(believed, doors, knows_a_name(figures, best))
    # What speaks for a village is what puts it ahead: the first ahead of the second, the others of the average.
    speaks = library.weights.scaled[:, None] * _SPEAKS_AS
    methods: NDArray[np.int64] = np.zeros(order.shape, np.int64)
    methods[:, 0] = np.where(doors, 0, (found.lead @ speaks).argmax(axis=1))
    # Candidates are for a person; where nobody has to choose, the one that was chosen is enough.
    unsure = np.flatnonzero(~decided)
    others = figures[unsure[:, None], order[unsure, 1:]] - figures[unsure].mean(axis=1, keepdims=True)
    methods[unsure, 1:] = (others @ speaks).argmax(axis=2)
    likely = chances[rows, order].round(4).tolist()
    villages = evidence.villages
    listed = zip(
        asked,
        zip(order.tolist(), likely, methods.tolist(), strict=True),
        np.column_stack([confidence, decided, doors]).tolist(),
        strict=True,
    )
    for one, (places, scores, kinds), (sure, alone, at_door) in listed:
        code = villages[places[0]]
        # However often registers were wrong about doors, what a person confirmed of this one stands.
        settled = alone or (at_door and library.confirmed_at(line_key(town, one.rest), code))
        shown = 1 if settled else _CANDIDATES
        candidates = [
            Candidate(villages[place], score, _METHODS[kind])
            for place, score, kind in zip(places[:shown], scores, kinds, strict=False)
        ]
        answers[one.place] = AddressMatch(
            code,
            town,
            sure,
            "auto" if settled else "review",
            _METHODS[kinds[0]],
            tuple(candidates),
            library.entry_at(f"{town}/{one.line}", code) if library.has_entries else None,
            one.words.names,
            one.line,
            one.stated_town,
        )


def _without_town(one: _Asked, library: Library) -> AddressMatch:
    """An address that states no town is answered from the towns that know its names, and always looked at."""
    found: list[AddressMatch] = []
    for town in library.towns_for(one.words):
        evidence = library.evidence(town)
        if evidence is not None:
            answers = [_NOTHING]
            _judge(town, evidence, evidence.weigh([one.words]), [one._replace(place=0)], library, answers)
            found.append(answers[0])
    if not found:
        return _NOTHING._replace(line=one.line)
    best = max(found, key=lambda answer: answer.confidence)
    # Whichever town is meant, the others spoke as well: the confidence of a town that is known does not hold here.
    return best._replace(confidence=round(best.confidence / len(found), 4), decision="review")
