"""An import from beginning to end: read and check the whole file, then load it chunk by chunk.

Matching begins with the first rows read, in a process of its own; loading has to wait until the file's last row has
said which of two rows with one code counts.

Each chunk is one transaction with everything that follows from it. Whoever kills an import half-way and runs it
again ends where an undisturbed one does: the chunks that were written are then found unchanged.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count, islice
from pathlib import Path
from typing import Any

from django.db import DatabaseError, OperationalError, connection, connections

from gongzhi.collector import at_rest
from gongzhi.flow.moment import moment_at, noon
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.registry.intake.checking import check
from gongzhi.registry.intake.columns import HeadingError, read_heading
from gongzhi.registry.intake.loading import Counts
from gongzhi.registry.intake.matching import Answer, Beside, matching_beside
from gongzhi.registry.intake.reading import Cells, RowsOf, UnreadableFileError
from gongzhi.registry.intake.spooling import Spool
from gongzhi.registry.intake.workbook import UnreadableWorkbookError
from gongzhi.registry.intake.writing import OTHER, Written, compare, writer
from gongzhi.registry.models import Import
from gongzhi.registry.rules import Entry, Places, Why
from gongzhi.rulebooks.queries import book_on

CHUNK = 10_000
"""Rows that are read, matched and written together, in two transactions: enough that a commit costs little, few
enough that a stop loses little.
"""
_TIDY = 10
"""Chunks between two collections of what only refers to itself."""
_LOCK = 0x67_7A_72_67
"""The advisory lock of imports (“gzrg”): one at a time in a database, and a database is one city."""
_PATIENCE = 5
"""Seconds that an import waits for another one to end."""


class RunningAlreadyError(Exception):
    """Another import is running; the message says so politely."""


class NotRegistrationsError(Exception):
    """The file can't be read as a file of registrations; the message says why."""


@dataclass
class Outcome:
    """What an import came to. `rows` is the sum of everything else but `opened`, `where` and `complete`.

    `opened` counts the cases that were opened, by (graph, state in which they stand after the import).
    """

    rows: int = 0
    accepted: int = 0
    unchanged: int = 0
    changed: int = 0
    cancelled: int = 0
    rejected: Counter[Why] = field(default_factory=Counter)
    opened: Counter[tuple[str, str]] = field(default_factory=Counter)
    where: Counter[str] = field(default_factory=Counter)
    complete: bool = True

    def add(self, counts: Counts) -> None:
        """Count what became of one chunk."""
        self.accepted += counts.accepted
        self.unchanged += counts.unchanged
        self.changed += counts.changed
        self.cancelled += counts.cancelled
        self.rejected.update(counts.rejected)
        self.where.update(counts.where)


Refuse = Callable[[int, Why, str, str], None]
"""Told of every rejected row: line, why, code, name."""
Progress = Callable[[str, int, int], None]
"""Told how far a stage (`read` or `load`) has come: stage, rows done, rows in all (0: not known yet)."""


def _nobody(*_: Any) -> None:
    return


def run_import(
    path: Path,
    *,
    as_of: date,
    places: Places,
    city: str,
    clock: Callable[[], datetime],
    refuse: Refuse = _nobody,
    progress: Progress = _nobody,
    invented: bool = False,
    chunk: int = CHUNK,
) -> Outcome:
    """Take in a file of registrations as of a day; `city` is the city's four digits.

    Limits count as on `as_of`; `clock` only dates the record of the import. Must not be called inside a transaction.

    Raises NotRegistrationsError, RunningAlreadyError, OSError.
    """
    outcome = Outcome()
    with acting_as(SYSTEM):
        book = book_on(as_of)
    # The matching process is forked: it must not inherit an open connection.
    _close_connections()
    with (
        _collecting_between_chunks() as tidy,
        matching_beside(places, book) as beside,
        _only_import(),
        Spool() as spool,
    ):
        compared = _read(path, as_of, spool, beside, outcome, refuse, progress, tidy, chunk)
        source = _begin(path, as_of, clock)
        superseded = spool.superseded()
        counted = outcome.rows - len(spool)
        with writer(source, moment_at(noon(as_of)), city, invented=invented) as hands:
            for entries, found in zip(spool.chunks(), compared, strict=True):
                answers = iter(beside.fetch() if any(found) else ())
                # In step with the answers, and also those that will not be written: they were asked for as well.
                news = [
                    (entry, how, next(answers) if how else None)
                    for entry, how in zip(entries, found, strict=True)
                ]
                kept = _latest(news, superseded, outcome, refuse)
                pairs = [(entry, answer) for entry, _, answer in kept if answer is not None]
                outcome.unchanged += len(kept) - len(pairs)
                _count(hands.write(pairs, apart=all(how != OTHER for _, how, _ in kept)), outcome, refuse)
                counted += len(entries)
                tidy()
                progress("load", counted, outcome.rows)
            _count(hands.finish(), outcome, refuse)
        _finish(source, outcome, clock)
    return outcome


@contextlib.contextmanager
def _collecting_between_chunks() -> Iterator[Callable[[], None]]:
    """Keep the collector from walking through a chunk again and again while it is made: a fifth of the work.

    Gives what is to be called after each chunk. It collects after every tenth: what is alive then is walked through
    once, and cycles are few.
    """
    after = count(1)

    def tidy() -> None:
        if not next(after) % _TIDY:
            gc.collect(0)

    with at_rest():
        yield tidy


def _count(parts: Sequence[Written], outcome: Outcome, refuse: Refuse) -> None:
    for part in parts:
        outcome.add(part.counts)
        outcome.opened.update(part.opened)
        for entry, why in part.counts.refused:
            refuse(entry.line, why, entry.uscc, entry.name)


def _read(
    path: Path,
    as_of: date,
    spool: Spool,
    beside: Beside,
    outcome: Outcome,
    refuse: Refuse,
    progress: Progress,
    tidy: Callable[[], None],
    chunk: int,
) -> list[bytes]:
    """Read and check every row: what may be kept goes to the spool, what may not is refused at once.

    What is news is matched beside meanwhile. Returns how the spool's entries compare with what is known, by chunk.
    """
    compared: list[bytes] = []
    rows = RowsOf(path)
    reading = iter(rows)
    try:
        heading = next(reading, None)
        columns = read_heading(heading.cells if isinstance(heading, Cells) else ())
        while batch := list(islice(reading, chunk)):
            outcome.rows += len(batch)
            stated = []
            for row in batch:
                if isinstance(row, Cells):
                    if len(row.cells) != columns.width:
                        _refuse(outcome, refuse, row.line, Why.CELL_COUNT, "", "")
                    else:
                        stated.append(columns.stated(row.line, row.cells))
                else:
                    _refuse(outcome, refuse, row.line, row.why, "", row.begins)
            entries = []
            for one, entry in zip(stated, check(stated, as_of), strict=True):
                if isinstance(entry, Why):
                    _refuse(outcome, refuse, one.line, entry, one.uscc, one.name)
                else:
                    entries.append(entry)
            if entries:
                spool.add(entries)
                compared.append(found := compare(entries))
                if any(found):
                    beside.ask([entry for entry, how in zip(entries, found, strict=True) if how])
            tidy()
            progress("read", outcome.rows, 0)
    except (HeadingError, UnreadableFileError, UnreadableWorkbookError) as error:
        raise NotRegistrationsError(str(error)) from error
    outcome.complete = rows.complete
    return compared


def _refuse(outcome: Outcome, refuse: Refuse, line: int, why: Why, uscc: str, name: str) -> None:
    outcome.rejected[why] += 1
    refuse(line, why, uscc, name)


def _latest(
    news: Sequence[tuple[Entry, int, Answer | None]],
    superseded: frozenset[int],
    outcome: Outcome,
    refuse: Refuse,
) -> list[tuple[Entry, int, Answer | None]]:
    """The entries whose code does not occur again further down; the others are refused."""
    kept = []
    for one in news:
        entry = one[0]
        if entry.line in superseded:
            _refuse(outcome, refuse, entry.line, Why.SUPERSEDED, entry.uscc, entry.name)
        else:
            kept.append(one)
    return kept


@contextlib.contextmanager
def _only_import() -> Iterator[None]:
    """Hold the advisory lock of imports. A killed one's is let go by the server within moments, hence the wait."""
    with connection.cursor() as cursor:
        try:
            cursor.execute("SET lock_timeout = %s", [f"{_PATIENCE}s"])
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        except OperationalError as error:
            raise RunningAlreadyError(
                "另一次导入正在进行，请等它结束后再试 / another import is running; please try again when it has ended"
            ) from error
        finally:
            cursor.execute("RESET lock_timeout")
    try:
        yield
    finally:
        # When the connection is lost the lock is lost with it, and the error that lost it is the one to be told.
        with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _close_connections() -> None:
    for one in connections.all(initialized_only=True):
        one.close()
        if close_pool := getattr(one, "close_pool", None):
            close_pool()


def _begin(path: Path, as_of: date, clock: Callable[[], datetime]) -> int:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    with acting_as(SYSTEM):
        return Import.objects.create(
            file_name=path.name[:200], sha256=digest.hexdigest(), as_of=as_of, started_at=clock()
        ).pk


def _finish(source: int, outcome: Outcome, clock: Callable[[], datetime]) -> None:
    counts = {
        "rows": outcome.rows,
        "accepted": outcome.accepted,
        "unchanged": outcome.unchanged,
        "changed": outcome.changed,
        "cancelled": outcome.cancelled,
        "rejected": {why.value: number for why, number in sorted(outcome.rejected.items())},
        "opened": {".".join(place): number for place, number in sorted(outcome.opened.items())},
        "complete": outcome.complete,
    }
    with acting_as(SYSTEM):
        Import.objects.filter(pk=source).update(finished_at=clock(), counts=counts)
