"""Runs the trial of a version: the stored examples, then scope by scope what it would change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any

from gongzhi.collector import at_rest
from gongzhi.flow.actions import transition
from gongzhi.flow.moment import moment_at
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.rulebooks import graph
from gongzhi.rulebooks.models import Book, BookTrial, TrialScope
from gongzhi.rulebooks.queries import book_of, book_on, digest_of, texts_of
from gongzhi.rulebooks.rules import Difference, Trial, conflicts, failures
from gongzhi.rulebooks.tables import EXAMPLES, rows_of
from gongzhi.scopes.rulebook import TableError

SAMPLE = 20_000
"""Scopes that a trial looks at: enough to show what a rule does, few enough to wait for."""
_CHUNK = 250


def run_trial(
    trial_id: int, sample: Iterable[tuple[str, int]], total: int, *, clock: Callable[[], datetime]
) -> None:
    """Try a version over `sample` (scopes with how many businesses carry each); every outcome stands in its row.

    Must not be called inside a transaction: whoever watches sees how far it has come.
    """
    with acting_as(SYSTEM):
        row = BookTrial.objects.select_related("book").get(pk=trial_id)
        if row.ended:
            return
        if row.state == BookTrial.State.RUNNING:
            # Its worker was killed: what it had found is not the whole, and nobody should wait for the rest.
            _end(trial_id, BookTrial.State.FAILED, clock)
            return
        BookTrial.objects.filter(pk=trial_id).update(
            state=BookTrial.State.RUNNING, total=total, seen_at=clock()
        )
        try:
            trial = Trial(book_on(row.on_day), book_of(row.book, row.on_day))
        except TableError as error:
            _end(trial_id, BookTrial.State.FAILED, clock, problem=str(error)[:1000])
            return
        examples = rows_of(texts_of(row.book)[EXAMPLES])
    for chunk in _chunks(sample):
        with at_rest():
            found = [one for scope, count in chunk if (one := trial.take(scope, count)) is not None]
        with acting_as(SYSTEM):
            TrialScope.objects.bulk_create(_row(trial_id, one) for one in found)
            rows = BookTrial.objects.filter(pk=trial_id)
            rows.update(done=trial.scopes, seen_at=clock())
            if rows.filter(stop_asked=True).exists():
                _end(trial_id, BookTrial.State.STOPPED, clock)
                return
    report = _report(trial, examples)
    with acting_as(SYSTEM):
        _end(trial_id, BookTrial.State.DONE, clock, report=report, done=trial.scopes, total=trial.scopes)
        book = Book.objects.get(pk=row.book_id)
        state = book.case.state
        current = state in {graph.DRAFT, graph.TESTED} and digest_of(book) == row.version
        if current and not report["failures"]:
            facts = {"trial": trial_id, "changed": report["changed"]}
            transition(book.pk, "test", acting=SYSTEM, moment=moment_at(clock()), facts=facts)


def _chunks(sample: Iterable[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    rest = iter(sample)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def _row(trial_id: int, one: Difference) -> TrialScope:
    return TrialScope(
        trial_id=trial_id,
        scope=one.scope,
        businesses=one.businesses,
        permits=sorted(one.permits),
        gained=sorted(c for c in one.permits if one.after.get(c) == "sure"),
        lost=sorted(c for c in one.permits if one.before.get(c) == "sure"),
        before={code: [how, one.rules_before[code]] for code, how in one.before.items()},
        after={code: [how, one.rules_after[code]] for code, how in one.after.items()},
    )


def _report(trial: Trial, examples: list[dict[str, str]]) -> dict[str, Any]:
    """The figures of a trial as they are kept, read by its page and its workbook."""
    old = {(one.first, one.second) for one in conflicts(trial.before)}
    shifts = trial.shifts()
    return {
        "scopes": trial.scopes,
        "businesses": trial.businesses,
        "nothing": trial.nothing,
        "changed": sum(1 for one in shifts if one.gained or one.lost or one.asked_before != one.asked_after),
        "examples": len(examples),
        "failures": [asdict(one) for one in failures(examples, trial.after)],
        "shifts": [asdict(one) for one in shifts],
        "conflicts": [
            {**asdict(one), "fresh": (one.first, one.second) not in old} for one in conflicts(trial.after)
        ],
        "shadows": [asdict(one) for one in trial.shadows()],
        "silent": trial.silent(),
        "gaps": trial.gaps(),
    }


def _end(trial_id: int, state: str, clock: Callable[[], datetime], **also: Any) -> None:
    BookTrial.objects.filter(pk=trial_id).update(state=state, seen_at=clock(), **also)
