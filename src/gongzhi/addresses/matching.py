"""An address → its village, with a confidence, the evidence that decided, and who has to look at it.

`auto` is said only where the library's own addresses, judged in the same way, are right often enough; everything
else is `review`, with the candidates for a person's one click.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from gongzhi.addresses.building import building_lines
from gongzhi.addresses.door import door_line, line_key, plain_line
from gongzhi.addresses.evidence import FIGURES, at_known_door, knows_a_name
from gongzhi.addresses.keys import Pieces
from gongzhi.addresses.normal import normal_texts
from gongzhi.addresses.reading import read_front
from gongzhi.addresses.reliability import AUTO_PRECISION
from gongzhi.addresses.reliability import answers as found_answers
from gongzhi.addresses.words import read_all_words
from gongzhi.collector import at_rest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from gongzhi.addresses.evidence import TownEvidence
    from gongzhi.addresses.gazetteer import Gazetteer
    from gongzhi.addresses.library import Library
    from gongzhi.addresses.reading import Front
    from gongzhi.addresses.words import Words

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
_BATCH = 256  # addresses of a town weighed at once: enough to be quick, few enough to stay in the processor's cache
_PIECED = 2048  # addresses cut into pieces at once, whatever their towns


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


class _Open:
    """The addresses that name no village, in columns: for each where its answer stands, its line, and what it says."""

    __slots__ = ("doors", "places", "rests", "towns", "words")

    def __init__(self) -> None:
        self.places: list[int] = []
        self.rests: list[str] = []
        self.towns: list[str | None] = []
        self.doors: Sequence[str] = ()
        self.words: list[Words] = []

    def read(self, *, doors: bool) -> None:
        """Read all lines at once."""
        if not doors:
            self.words, self.doors = read_all_words(self.rests), [""] * len(self.rests)
            return
        lines = [plain_line(rest) for rest in self.rests]
        self.doors = building_lines(lines)
        self.words = read_all_words(self.rests, dict(zip(lines, self.doors, strict=True)))


_NOTHING = AddressMatch(None, None, 0.0, "review", "none")
# What is made by the hundred thousand is made without a call of Python's own for each.
_make: Final = tuple.__new__


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
    with at_rest():
        return _match_all(normal_texts(texts), library, gazetteer or library.gazetteer, doors=doors)


def _match_all(
    texts: Sequence[str], library: Library, names: Gazetteer, *, doors: bool
) -> list[AddressMatch]:
    doors = doors or library.has_entries
    answers: list[AddressMatch] = []
    waiting: dict[str, list[int]] = defaultdict(list)
    townless: list[int] = []
    asked = _Open()
    for place, text in enumerate(texts):
        front = read_front(text, names)
        town = front.town_codes[0] if len(front.town_codes) == 1 else None
        if front.village_code:
            answers.append(_as_stated(text, front, front.village_code, town, library, doors=doors))
            continue
        answers.append(_NOTHING)
        (waiting[town] if town else townless).append(len(asked.places))
        asked.places.append(place)
        asked.rests.append(text[front.rest :])
        asked.towns.append(town)
    asked.read(doors=doors)
    for at, answer in _judged(waiting, asked, library):
        answers[asked.places[at]] = answer or _unknown(asked, at)
    for at, answer in _judged_without_town(townless, asked, library):
        answers[asked.places[at]] = answer or _unknown(asked, at)
    return answers


def _as_stated(
    text: str, front: Front, code: str, town: str | None, library: Library, *, doors: bool
) -> AddressMatch:
    """The answer for an address that names its village with its kind."""
    stated = text[front.village[0] : front.village[1]]
    line = door_line(text[front.rest : front.village[0]] + text[front.village[1] :]) if doors else ""
    share = library.stated_share(stated, code)
    # Named later in the line it may be a neighbour: 与某某社区交汇处.
    sure = front.village_follows_town and share >= AUTO_PRECISION
    return AddressMatch(
        code,
        code[:9],
        round(share, 4),
        "auto" if sure else "review",
        "stated-village",
        (Candidate(code, share, "stated-village"),),
        library.entry_at(f"{code[:9]}/{line}", code),
        (stated,),
        line,
        town,
    )


def _judged(
    waiting: Mapping[str, list[int]], asked: _Open, library: Library
) -> Iterator[tuple[int, AddressMatch | None]]:
    """Answer the addresses of all towns: cut into pieces together, since most calls ask few of many towns.

    None for an address of a town that the library does not know.
    """
    batches = []
    for town, which in waiting.items():
        evidence = library.evidence(town)
        if evidence is None:
            yield from ((at, None) for at in which)
            continue
        batches += [(town, evidence, which[begin : begin + _BATCH]) for begin in range(0, len(which), _BATCH)]
    while batches:
        together: list[tuple[str, TownEvidence, list[int]]] = []
        count = 0
        while batches and (not together or count + len(batches[-1][2]) <= _PIECED):
            together.append(batches.pop())
            count += len(together[-1][2])
        pieces = Pieces.of([asked.words[at] for _, _, which in together for at in which])
        begin = 0
        for town, evidence, which in together:
            figures = evidence.weigh_pieces(pieces.between(begin, begin + len(which)), len(which))
            yield from zip(which, _judge(town, evidence, figures, asked, which, library), strict=True)
            begin += len(which)


def _judge(
    town: str,
    evidence: TownEvidence,
    figures: NDArray[np.float64],
    asked: _Open,
    which: Sequence[int],
    library: Library,
) -> list[AddressMatch]:
    chances = library.weights.posterior(figures)
    rows = np.arange(len(which))[:, None]
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
    others = figures[unsure[:, None], order[unsure, 1:]] - figures.mean(axis=1)[unsure, None]
    methods[unsure, 1:] = (others @ speaks).argmax(axis=2)
    likely = chances[rows, order].round(4)
    villages, has_entries = evidence.villages, library.has_entries
    answers = []
    for at, places, scores, kinds, sure, alone, at_door in zip(
        which,
        order.tolist(),
        likely.tolist(),
        methods.tolist(),
        confidence.tolist(),
        decided.tolist(),
        doors.tolist(),
        strict=True,
    ):
        code, method, line = villages[places[0]], _METHODS[kinds[0]], asked.doors[at]
        # However often registers were wrong about doors, what a person confirmed of this one stands.
        if alone or (at_door and library.confirmed_at(line_key(town, asked.rests[at]), code)):
            decision = "auto"
            candidates: tuple[Candidate, ...] = (_make(Candidate, (code, scores[0], method)),)
        else:
            decision = "review"
            candidates = tuple(
                [
                    _make(Candidate, (villages[place], score, _METHODS[kind]))
                    for place, score, kind in zip(places, scores, kinds, strict=True)
                ]
            )
        entry = library.entry_at(f"{town}/{line}", code) if has_entries else None
        words = asked.words[at].names
        of_answer = (code, town, sure, decision, method, candidates, entry, words, line, asked.towns[at])
        answers.append(_make(AddressMatch, of_answer))
    return answers


def _unknown(asked: _Open, at: int) -> AddressMatch:
    return _NOTHING._replace(line=asked.doors[at], stated_town=asked.towns[at])


def _judged_without_town(
    townless: Sequence[int], asked: _Open, library: Library
) -> Iterator[tuple[int, AddressMatch | None]]:
    """Answer addresses that state no town from the towns that know their names; somebody always looks at them.

    Each town is asked once for all of them: to ask for one address costs as much as for many.
    """
    towns = {at: library.towns_for(asked.words[at]) if asked.rests[at] else () for at in townless}
    waiting: dict[str, list[int]] = defaultdict(list)
    for at, possible in towns.items():
        for town in possible:
            waiting[town].append(at)
    answers = {
        (at, answer.town): answer for at, answer in _judged(waiting, asked, library) if answer is not None
    }
    for at, possible in towns.items():
        found = [answer for town in possible if (answer := answers.get((at, town)))]
        if not found:
            yield at, None
            continue
        best = max(found, key=lambda answer: answer.confidence)
        # Whichever town is meant, the others spoke as well: the confidence of a town that is known does not hold here.
        yield at, best._replace(confidence=round(best.confidence / len(found), 4), decision="review")
