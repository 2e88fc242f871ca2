"""Two at once over one clue: one wins, the other is told. The twin without the lock shows that the race is real."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError, connections

from gongzhi.clues import graph as clues_graph
from gongzhi.flow import actions, graph
from gongzhi.flow.actions import Outcome, transition
from gongzhi.flow.errors import NoSuchCaseError, NotPossibleError
from gongzhi.flow.graph import CaseView
from gongzhi.org.access import acting_as
from tests.clues.conftest import Clues, settle_clues
from tests.clues.ways import WAYS
from tests.flow.test_concurrency import at_once

PATIENCE = 1.0


@pytest.fixture
def committed(fresh_db: str, instant: datetime) -> Iterator[Clues]:
    """A city whose acts really commit."""
    yield Clues(settle_clues(), instant)
    connections.close_all()


@contextmanager
def _both_have_read(action: str, another: str) -> Iterator[None]:
    """Widen the window: between reading the clue and writing the line, each waits for the other."""
    meeting = threading.Barrier(2)

    def meet(_case: CaseView, _form: Mapping[str, Any]) -> None:
        try:
            meeting.wait(PATIENCE)
        except threading.BrokenBarrierError:
            return

    whole = clues_graph.GRAPH
    graph._graphs[whole.name] = replace(whole, guards={action: meet, another: meet})
    try:
        yield
    finally:
        graph._graphs[whole.name] = whole


def _act(city: Clues, who: str, case_id: int, action: str, **form: str) -> Callable[[], Outcome]:
    def act() -> Outcome:
        with acting_as(city.people[who]) as acting:
            return transition(case_id, action, acting=acting, moment=city.moment, form=form)

    return act


def _race(city: Clues) -> tuple[int, list[Outcome | Exception]]:
    """The town sends an objection on while the city's office closes it."""
    case_id = WAYS["objected"](city)
    with _both_have_read("reroute", "dismiss"):
        results = at_once(
            [
                _act(city, "town_office", case_id, "reroute", department="health", words="异议成立"),
                _act(city, "city_office", case_id, "dismiss", result="mistaken", words="误报"),
            ]
        )
    return case_id, results


def test_an_objection_is_decided_once_and_the_other_is_told(committed: Clues) -> None:
    case_id, results = _race(committed)
    assert sorted(isinstance(result, Outcome) for result in results) == [False, True], results
    [refused] = [result for result in results if not isinstance(result, Outcome)]
    assert isinstance(refused, NotPossibleError)
    [(decision,)] = committed.rows("SELECT decision FROM clues_objection WHERE clue_id = %s", case_id)
    state = committed.state(case_id)
    assert (state, decision) in {("pushed", "upheld"), ("not_unlicensed", "closed")}


def test_the_twin_without_the_lock_tells_nobody(committed: Clues, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "LOCK", "")
    _, results = _race(committed)
    [refused] = [result for result in results if not isinstance(result, Outcome)]
    # The database still lets only one line in; but who came second gets an error and no word of why.
    assert isinstance(refused, DatabaseError)


def test_two_clerks_take_a_clue_on_and_one_has_it(committed: Clues) -> None:
    case_id = WAYS["received"](committed)
    results = at_once([_act(committed, "market", case_id, "take_on") for _ in range(6)])
    assert sum(isinstance(result, Outcome) for result in results) == 1
    assert all(isinstance(result, NotPossibleError | NoSuchCaseError | Outcome) for result in results), (
        results
    )
