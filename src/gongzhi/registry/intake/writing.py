"""Writes chunks with two hands: while one waits for the database, the other prepares what it will send.

What lies at one door goes to one hand, so that whoever comes to a door finds the visit that was opened there before.
"""

from __future__ import annotations

import contextlib
import zlib
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from django.db import IntegrityError, connections

from gongzhi.flow.moment import Moment
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.registry.intake.loading import Counts, contents, load
from gongzhi.registry.intake.matching import Answer
from gongzhi.registry.intake.renumbering import numbers_of
from gongzhi.registry.rules import Entry
from gongzhi.registry.tally import tallying

_HANDS = 2
_AHEAD = 1
"""Chunks that may be in the hands when the next one is handed over: neither hand waits for the other one."""
_TRIES = 3


SAME, NEW, OTHER = 0, 1, 2
"""How an entry compares with what is known of its business."""


def compare(entries: Sequence[Entry]) -> bytes:
    """For each entry SAME, NEW or OTHER: all but the first have to be matched and written."""
    with acting_as(SYSTEM):
        known = contents([*(entry.uscc for entry in entries), *numbers_of(entries)])
    return bytes(
        # Who is on file by the old number is another entry than what is known, not a new one.
        (OTHER if entry.old_number in known else NEW)
        if content is None
        else SAME
        if content == entry.content
        else OTHER
        for entry, content in zip(entries, map(known.get, (entry.uscc for entry in entries)), strict=True)
    )


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
    busy: deque[list[Future[Written]]] = field(default_factory=deque)

    def write(self, pairs: Sequence[tuple[Entry, Answer]], *, apart: bool) -> list[Written]:
        """Hand over a chunk, each part to be written in one transaction of its own; returns what has been written.

        `apart` says that none of its businesses is known yet. Raises whatever stopped a part.
        """
        if apart:
            written = self._ended(but=_AHEAD)
            self._submit(_by_door(pairs))
            return written
        # A business that moves touches two doors: chunks with changes go to one hand, while the other one rests.
        written = self.finish()
        self._submit([pairs])
        return written + self.finish()

    def finish(self) -> list[Written]:
        """Wait until all that was handed over is written."""
        return self._ended(but=0)

    def _submit(self, parts: Sequence[Sequence[tuple[Entry, Answer]]]) -> None:
        self.busy.append(
            [hand.submit(self._write, part) for hand, part in zip(self.hands, parts, strict=False) if part]
        )

    def _ended(self, *, but: int) -> list[Written]:
        written = []
        while len(self.busy) > but:
            parts = self.busy.popleft()
            wait(parts)
            written += [part.result() for part in parts]
        return written

    def _write(self, pairs: Sequence[tuple[Entry, Answer]]) -> Written:
        """One part in one transaction; again from the start when somebody registered one of it meanwhile."""
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
