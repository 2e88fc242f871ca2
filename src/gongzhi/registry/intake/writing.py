"""Writes chunks with two hands: while one waits for the database, the other prepares what it will send.

What lies at one door goes to one hand, so that whoever comes to a door finds the visit that was opened there before.
"""

from __future__ import annotations

import contextlib
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

from django.db import IntegrityError, connections

from gongzhi.flow.moment import Moment
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.registry.intake.arrays import send_lists_quickly
from gongzhi.registry.intake.loading import Counts, contents, load
from gongzhi.registry.intake.matching import Answer
from gongzhi.registry.rules import Entry
from gongzhi.registry.tally import tallying

_HANDS = 2
_TRIES = 3


@dataclass(frozen=True)
class News:
    """The entries of a chunk that differ from what is known; `apart` when none of them is known at all."""

    entries: list[Entry]
    apart: bool


@dataclass(frozen=True)
class Written:
    """What became of the entries written, and the cases opened with them by (graph, state)."""

    counts: Counts
    opened: Counter[tuple[str, str]]


@dataclass(frozen=True)
class Writer:
    """Writes the chunks of one import; make one with `writer`."""

    source: int
    moment: Moment
    city: str
    invented: bool
    hands: tuple[ThreadPoolExecutor, ...]

    def news(self, entries: Sequence[Entry]) -> News:
        """The entries that differ from what is known: only these have to be matched and written."""
        with acting_as(SYSTEM):
            known = contents([entry.uscc for entry in entries])
        found = [entry for entry in entries if known.get(entry.uscc) != entry.content]
        return News(found, apart=not any(entry.uscc in known for entry in found))

    def write(self, news: News, answers: Sequence[Answer]) -> list[Written]:
        """Write a chunk, each part in one transaction of its own.

        Raises whatever stopped a part, after the others have ended.
        """
        pairs = list(zip(news.entries, answers, strict=True))
        # A business that moves touches two doors: chunks with changes stay with one hand.
        parts = _by_door(pairs) if news.apart else [pairs]
        busy = [hand.submit(self._write, part) for hand, part in zip(self.hands, parts, strict=False) if part]
        wait(busy)
        return [future.result() for future in busy]

    def _write(self, pairs: Sequence[tuple[Entry, Answer]]) -> Written:
        """One part in one transaction; again from the start when somebody registered one of it meanwhile."""
        send_lists_quickly()
        for left in reversed(range(_TRIES)):
            counts = Counts()
            try:
                with acting_as(SYSTEM), tallying() as tally:
                    load(
                        [entry for entry, _ in pairs],
                        [answer for _, answer in pairs],
                        source=self.source,
                        city=self.city,
                        acting=SYSTEM,
                        moment=self.moment,
                        counts=counts,
                        invented=self.invented,
                    )
                break
            except IntegrityError:
                if not left:
                    raise
        return Written(counts, tally.counts())


@contextlib.contextmanager
def writer(source: int, moment: Moment, city: str, *, invented: bool) -> Iterator[Writer]:
    """A writer whose hands let go of their connections with the block."""
    hands = tuple(ThreadPoolExecutor(1, thread_name_prefix="gongzhi-import") for _ in range(_HANDS))
    try:
        yield Writer(source, moment, city, invented, hands)
    finally:
        for hand in hands:
            hand.submit(connections.close_all)
            hand.shutdown()


def _by_door(pairs: Sequence[tuple[Entry, Answer]]) -> list[list[tuple[Entry, Answer]]]:
    parts: list[list[tuple[Entry, Answer]]] = [[] for _ in range(_HANDS)]
    for entry, answer in pairs:
        # Not `hash`, which differs from run to run: a file taken in twice should take the same way.
        door = answer.where.door_key or entry.uscc
        parts[zlib.crc32(door.encode()) % _HANDS].append((entry, answer))
    return parts
