"""What a scope calls for and where an address lies, worked out in a process of its own while another one loads."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import pickle
import signal
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from gongzhi.registry.rules import Entry, Places, Where
from gongzhi.scopes import Match, PermitHit, Words, match_many

if TYPE_CHECKING:
    from gongzhi.scopes import RuleBook


_MOST_KNOWN = 30_000
"""Scopes whose answers are kept for the next business that registers the same: some forty megabytes."""


class Answer(NamedTuple):
    """What was worked out for one entry."""

    match: Match
    where: Where


def match_entries(entries: Sequence[Entry], places: Places, book: RuleBook) -> list[Answer]:
    """Match scopes and addresses here and now, in the entries' order."""
    scopes, addresses, points = _question(entries)
    found = _placed(addresses, points, places)
    return [Answer(match, _where(one)) for match, one in zip(match_many(scopes, book), found, strict=True)]


_Points = dict[int, tuple[float, float]]
_Question = tuple[list[str], list[str], _Points]


def _question(entries: Sequence[Entry]) -> _Question:
    """The scopes, the addresses, and the points of those that state one, by their place."""
    points = {at: entry.point for at, entry in enumerate(entries) if entry.point is not None}
    return [entry.scope for entry in entries], [entry.address for entry in entries], points


def _placed(addresses: Sequence[str], points: _Points, places: Places) -> Sequence[Any]:
    found = places.place_many(addresses)
    return places.hold_against(found, points) if points else found


def _where(one: Any) -> Where:
    """An answer of the address library, cut to what is kept and cheap to send."""
    likely = () if one.placed else tuple((found.village, _rounded(found.score)) for found in one.candidates)
    return Where(one.area, one.placed, one.door_key[:300], one.method[:40], float(one.confidence), likely)


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 3)


class Beside:
    """A second process that matches. Ask as often as you like, then fetch the answers in the same order.

    Questions and answers wait on disk and only their places go through the pipe, so that nobody waits for the other
    to read, and no memory fills, however far one is ahead.
    """

    def __init__(self, ours: Connection, questions: _Shelf, answers: _Shelf) -> None:
        self._ours, self._questions, self._answers = ours, questions, answers

    def ask(self, entries: Sequence[Entry]) -> None:
        """Have these entries matched."""
        self._ours.send(self._questions.put(_question(entries)))

    def fetch(self) -> list[Answer]:
        """The answers to the earliest question not fetched yet, waiting for them if need be.

        Raises what stopped the matching.
        """
        place = self._ours.recv()
        if isinstance(place, Exception):
            raise place
        return _unpacked(self._answers.get(place))


class _Shelf:
    """What one process writes and the other one, its fork, reads: a file that nobody else can open."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="gongzhi-matching-")  # noqa: SIM115  closed below
        self._end = 0

    def put(self, value: Any) -> tuple[int, int]:
        """Lay down a value; returns its place."""
        data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        self._file.write(data)
        self._file.flush()
        place = self._end, len(data)
        self._end += len(data)
        return place

    def get(self, place: tuple[int, int]) -> Any:
        """The value at a place. The two processes share the file's position, so it is read without moving it."""
        start, length = place
        return pickle.loads(os.pread(self._file.fileno(), length, start))  # noqa: S301  written by `put` above

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _packed_match(match: Match) -> tuple[Any, ...]:
    """Plain tuples travel between processes several times as fast as frozen values with slots."""
    hits = [
        (
            hit.code,
            hit.certainty,
            [(w.text, w.start, w.end) for w in hit.words],
            hit.rule,
            hit.department,
            hit.basis,
        )
        for hit in match.permits
    ]
    return match.version, hits


def _packed_place(where: Where) -> tuple[Any, ...]:
    return where.area, where.placed, where.door_key, where.method, where.confidence, where.candidates


def _unpacked(answers: Sequence[tuple[Any, Any]]) -> list[Answer]:
    # What several entries share travels once and is one object here, too.
    matches: dict[int, Match] = {}
    unpacked = []
    for packed, place in answers:
        match = matches.get(id(packed))
        if match is None:
            version, hits = packed
            permits = tuple(
                PermitHit(code, certainty, tuple(Words(*w) for w in words), rule, department, basis)
                for code, certainty, words, rule, department, basis in hits
            )
            match = matches[id(packed)] = Match(permits, version)
        unpacked.append(Answer(match, Where(*place)))
    return unpacked


class _Matcher:
    """What the process beside does. A scope that many businesses register word for word is read once."""

    def __init__(self, places: Places, book: RuleBook) -> None:
        self._places, self._book = places, book
        self._known: dict[str, tuple[Any, ...]] = {}

    def answer(self, question: _Question) -> list[tuple[Any, Any]]:
        """What `_unpacked` makes answers of."""
        scopes, addresses, points = question
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        fresh = [scope for scope in dict.fromkeys(scopes) if scope not in self._known]
        self._known |= zip(fresh, map(_packed_match, match_many(fresh, self._book)), strict=True)
        found = _placed(addresses, points, self._places)
        return [
            (self._known[scope], _packed_place(_where(one))) for scope, one in zip(scopes, found, strict=True)
        ]


@contextlib.contextmanager
def matching_beside(places: Places, book: RuleBook) -> Iterator[Beside]:
    """Run a matching process that shares this one's memory of the library, by fork.

    The caller has closed its database connections: a forked copy of one would disturb the other. The process ends
    with the block, and by the closed pipe also when this process is killed.
    """
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    questions, answers = _Shelf(), _Shelf()
    process = context.Process(
        target=_answer, args=(ours, theirs, questions, answers, places, book), daemon=True
    )
    with warnings.catch_warnings():
        # Python ≥ 3.12 warns of any thread, also of those that a numerical library keeps and stops for a fork.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    theirs.close()
    try:
        yield Beside(ours, questions, answers)
    finally:
        ours.close()
        process.join()
        questions.close()
        answers.close()


def _answer(
    ours: Connection, theirs: Connection, questions: _Shelf, answers: _Shelf, places: Places, book: RuleBook
) -> None:
    # Our own copy of the other end would keep the pipe open after the asking process has died.
    ours.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Nothing here makes cycles, and looking for them would mean walking through the whole library.
    gc.disable()
    matcher = _Matcher(places, book)
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            question = questions.get(theirs.recv())
            try:
                theirs.send(answers.put(matcher.answer(question)))
            except ConnectionError:
                raise
            except Exception as error:  # noqa: BLE001  whoever asked is to hear of it, whatever it is
                theirs.send(RuntimeError(f"{type(error).__name__}: {error}"))
    # Not sys.exit: what the parent registered to run at its exit (a database server to be let go) is not ours.
    os._exit(0)
