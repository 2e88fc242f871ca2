"""Two at once: one wins and the other is told. The twin without the locks shows that the race is real."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections

from gongzhi.flow import actions, graph
from gongzhi.flow.actions import Outcome, transition
from gongzhi.flow.bulk import Opening, open_cases
from gongzhi.flow.errors import MovedMeanwhileError, NotPossibleError
from gongzhi.flow.graph import CaseView
from gongzhi.flow.moment import Moment
from gongzhi.flow.verify import verify
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM, Acting
from tests.flow.conftest import GRID, OFFICER, post
from tests.flow.toy import TOY

COLLEAGUE = post(11, OFFICER.role, GRID, "赵磊")
PATIENCE = 1.0
"""Seconds that the first waits for the other to have read the case too; with a lock the other can't."""


@contextmanager
def _both_have_read() -> Iterator[None]:
    """Widen the window: between reading the case and writing the line, each waits for the other."""
    meeting = threading.Barrier(2)

    def meet(_case: CaseView, _form: Mapping[str, Any]) -> None:
        try:
            meeting.wait(PATIENCE)
        except threading.BrokenBarrierError:
            return

    graph._graphs["toy"] = replace(TOY, guards={"finish": meet})
    try:
        yield
    finally:
        graph._graphs["toy"] = TOY


def opened(moment: Moment) -> int:
    """A committed case that both officers can finish."""
    with acting_as(SYSTEM):
        return open_cases(
            TOY, "start", [Opening(area=GRID, started_on=moment.today)], acting=SYSTEM, moment=moment
        )[0]


def at_once(acts: list[Callable[[], Outcome]]) -> list[Outcome | Exception]:
    """What becomes of acts made by threads with connections of their own, all begun together."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Outcome]) -> Outcome | Exception:
        try:
            connection.ensure_connection()
            start.wait(30)
            return act()
        except Exception as error:  # noqa: BLE001  what it is, the test says
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def _finish(case_id: int, acting: Acting, moment: Moment, **more: Any) -> Callable[[], Outcome]:
    def act() -> Outcome:
        with acting_as(acting):
            return transition(case_id, "finish", acting=acting, moment=moment, form={"words": "好"}, **more)

    return act


def race(case_id: int, moment: Moment, **more: Any) -> list[Outcome | Exception]:
    """Two officers finish the same case at the same time."""
    with _both_have_read():
        return at_once([_finish(case_id, acting, moment, **more) for acting in (OFFICER, COLLEAGUE)])


def one_won_and_the_other_was_told(case_id: int, results: list[Outcome | Exception]) -> None:
    """The promise."""
    won = [result for result in results if isinstance(result, Outcome)]
    told = [result for result in results if isinstance(result, MovedMeanwhileError | NotPossibleError)]
    assert (len(won), len(told)) == (1, 1), results
    assert len(_finishes(case_id)) == 1


def _finishes(case_id: int) -> list[tuple[int, int]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT seq, post_id FROM flow_journal WHERE case_id = %s AND action = 'finish'", [case_id]
        )
        return cursor.fetchall()


def test_two_officers_at_once_one_wins_and_the_other_is_told(toy_db: str, moment: Moment) -> None:
    case_id = opened(moment)
    results = race(case_id, moment)
    one_won_and_the_other_was_told(case_id, results)
    [refused] = [result for result in results if isinstance(result, NotPossibleError)]
    assert (refused.action, refused.state) == ("finish", "done")


def test_who_had_read_the_case_is_told_who_was_faster(toy_db: str, moment: Moment) -> None:
    case_id = opened(moment)
    results = race(case_id, moment, expected_seq=1)
    one_won_and_the_other_was_told(case_id, results)
    [refused] = [result for result in results if isinstance(result, MovedMeanwhileError)]
    [(_, winner)] = _finishes(case_id)
    name = {post.post_id: post.name for post in (OFFICER, COLLEAGUE)}[winner]
    assert refused.by.endswith(name)
    assert (refused.action, refused.state) == ("finish", "done")


def test_without_the_kernels_lock_the_database_still_lets_one_win_but_tells_nobody(
    toy_db: str, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "LOCK", "")
    case_id = opened(moment)
    results = race(case_id, moment)
    with pytest.raises(AssertionError):
        one_won_and_the_other_was_told(case_id, results)
    assert sorted(isinstance(result, Outcome) for result in results) == [False, True]
    [refused] = [result for result in results if not isinstance(result, Outcome)]
    assert isinstance(refused, DatabaseError)
    assert len(_finishes(case_id)) == 1
    with acting_as(SYSTEM):
        assert verify().broken == ()


UNLOCKED = """
CREATE OR REPLACE FUNCTION flow_append() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    SELECT head INTO NEW.prev FROM public.flow_case WHERE id = NEW.case_id;
    PERFORM pg_sleep(0.2);
    NEW.recorded_at := clock_timestamp();
    NEW.hash := public.flow_line_hash(NEW);
    RETURN NEW;
END $$
"""


def test_the_twin_without_any_lock_lets_both_win_and_loses_one(
    toy_db: str, moment: Moment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "LOCK", "")
    case_id = opened(moment)
    with connections["owner"].cursor() as cursor:
        cursor.execute(UNLOCKED)
        cursor.execute("ALTER TABLE flow_case DISABLE TRIGGER flow_follow")
        cursor.execute("ALTER TABLE flow_journal DROP CONSTRAINT flow_journal_pkey")
    results = race(case_id, moment)
    assert [isinstance(result, Outcome) for result in results] == [True, True]
    with pytest.raises(AssertionError):
        one_won_and_the_other_was_told(case_id, results)
    assert sorted(_finishes(case_id)) == [(2, OFFICER.post_id), (2, COLLEAGUE.post_id)]
    with acting_as(SYSTEM):
        assert verify().broken != ()


def test_twenty_times_the_same_request_at_once_is_one_line(toy_db: str, moment: Moment) -> None:
    case_id = opened(moment)
    results = at_once([_finish(case_id, OFFICER, moment, client_key="tap")] * 20)
    assert all(isinstance(result, Outcome) for result in results), results
    assert sorted(result.replayed for result in results) == [False] + [True] * 19
    assert {(result.seq, result.state) for result in results} == {(2, "done")}
    assert len(_finishes(case_id)) == 1


def test_crowds_on_many_cases_leave_a_whole_journal(toy_db: str, moment: Moment) -> None:
    cases = [opened(moment) for _ in range(4)]

    def notes(case_id: int) -> Callable[[], Outcome]:
        def act() -> Outcome:
            for _ in range(5):
                with acting_as(OFFICER):
                    made = transition(case_id, "note", acting=OFFICER, moment=moment, form={"words": "到过"})
            return made

        return act

    results = at_once([notes(case_id) for case_id in cases * 2])
    assert [result for result in results if isinstance(result, Exception)] == []
    with acting_as(SYSTEM):
        verdict = verify()
    assert (verdict.cases, verdict.lines, verdict.broken) == (4, 4 + 4 * 2 * 5, ())
