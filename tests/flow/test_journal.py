"""The journal: after any walk its chain holds and rebuilds the case, and whoever changes the past is found."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from gongzhi.flow import forms
from gongzhi.flow.actions import transition
from gongzhi.flow.bulk import Opening, open_cases
from gongzhi.flow.graph import NEW, CaseView, Clock, Graph, State, all_graphs
from gongzhi.flow.install import UnsoundGraphError, install_graphs
from gongzhi.flow.moment import Moment
from gongzhi.flow.verify import Verdict, verify
from gongzhi.notices.graph import GRAPH as NOTICES
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.org.roles import Role
from gongzhi.visits.graph import GRAPH as VISITS
from tests.flow.acts import MARKET, any_reasons, filled, who_may
from tests.flow.conftest import GRID, OFFICER, moment_of
from tests.flow.raw import path_to
from tests.flow.toy import TOY, edge, registered

GRAPHS = [TOY, NOTICES, VISITS]
WALKS, STEPS = 8, 12
DEPARTMENTS = [MARKET, "education", "health", "fire", "culture"]


@pytest.fixture(autouse=True)
def _reasons_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lists of coded reasons are the catalogue's; any will do here."""
    choices = any_reasons(GRAPHS)
    monkeypatch.setattr(forms, "_reasons", lambda _name, _on: choices)


def _row(case_id: int) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, seq, area, department, holder, is_open, owner_role, due FROM flow_case WHERE id = %s",
            [case_id],
        )
        return cursor.fetchone()


def walk(graph: Graph, chance: random.Random, begun: datetime) -> int:
    """One case on a legal way through the process, a few days between the acts."""
    at = begun
    opening = chance.choice(list(graph.edges_from(NEW)))
    acting = who_may(opening)
    with acting_as(acting):
        [case_id] = open_cases(
            graph,
            opening.action,
            [Opening(area=GRID, started_on=moment_of(at).today, department=MARKET)],
            acting=acting,
            moment=moment_of(at),
        )
    for _ in range(STEPS):
        at += timedelta(days=chance.randrange(5))
        with acting_as(SYSTEM):
            state, seq, area, department, holder, is_open, owner, due = _row(case_id)
        assert is_open == (not graph.state(state).final)
        if not is_open:
            break
        assert owner == graph.state(state).owner
        assert due is not None
        view = CaseView(
            id=case_id,
            graph=graph.name,
            state=state,
            area=area,
            department=department,
            holder=holder,
            seq=seq,
        )
        step(graph, view, chance, moment_of(at))
    return case_id


def step(graph: Graph, case: CaseView, chance: random.Random, moment: Moment) -> None:
    """Make some edge that is legal where the case stands."""
    for made in chance.sample(edges := list(graph.edges_from(case.state)), len(edges)):
        acting = who_may(made, case.department)
        given = filled(graph, made, case, moment.today, chance.choice(DEPARTMENTS))
        facts = {"area": GRID} if acting == SYSTEM else None
        guard = graph.guards.get(made.action)
        with acting_as(acting):
            if guard and guard(case, given):
                continue
            transition(case.id, made.action, acting=acting, moment=moment, form=given, facts=facts)
        return
    pytest.fail(f"{graph.name} leaves nothing to do in {case.state}")


REBUILT = """
SELECT last.case_id, last.graph, last.target, NOT s.final, s.owner_role, last.area, last.department, last.holder,
    opening.on_day, CASE WHEN s.final THEN last.on_day END, last.limit_name, last.started_on, last.due,
    last.provisional, last.suspended_due, last.suspended_on, last.calendar, last.seq, last.hash
FROM (SELECT DISTINCT ON (case_id) * FROM flow_journal ORDER BY case_id, seq DESC) last
JOIN flow_journal opening ON opening.case_id = last.case_id AND opening.seq = 1
JOIN flow_state s ON s.graph = last.graph AND s.state = last.target
"""
KEPT = """
SELECT id, graph, state, is_open, owner_role, area, department, holder, opened_on, closed_on, limit_name,
    started_on, due, provisional, suspended_due, suspended_on, calendar, seq, head
FROM flow_case
"""


@pytest.mark.usefixtures("kernel")
@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.name)
def test_any_walk_can_end_and_its_journal_is_whole_and_rebuilds_its_case(
    graph: Graph, instant: datetime
) -> None:
    # Reactions are the rooms' own; here a case walks alone.
    with registered():
        cases = [walk(graph, random.Random(seed), instant) for seed in range(WALKS)]  # noqa: S311  no secret
    with acting_as(SYSTEM), connection.cursor() as cursor:
        for case_id in cases:
            state = _row(case_id)[0]
            onward = replace(
                graph,
                edges=(*(e for e in graph.edges if e.source), edge("on", NEW, state, set(), Clock.START)),
            )
            assert any(path_to(onward, end.name) for end in graph.states if end.final and _leads(onward, end))
        verdict = verify()
        assert verdict.broken == ()
        assert verdict.cases >= WALKS
        assert verdict.lines > verdict.cases
        for left, right in ((REBUILT, KEPT), (KEPT, REBUILT)):
            cursor.execute(f"{left} EXCEPT ALL {right}")
            assert cursor.fetchall() == []


def _leads(graph: Graph, end: State) -> bool:
    try:
        return bool(path_to(graph, end.name))
    except AssertionError:
        return False


def test_a_verdict_is_only_about_what_the_post_sees(kernel: str, moment: Moment, opened: Any) -> None:
    opened()
    with acting_as(SYSTEM):
        assert verify().cases > 0
    with transaction.atomic():
        assert verify() == Verdict(0, 0, ())


@pytest.fixture
def three_cases(kernel: str, instant: datetime) -> list[int]:
    """Three cases of four lines each."""
    found = []
    for _ in range(3):
        with acting_as(SYSTEM):
            opening = Opening(area=GRID, started_on=moment_of(instant).today)
            [case_id] = open_cases(TOY, "start", [opening], acting=SYSTEM, moment=moment_of(instant))
        for action, form in (
            ("note", {"words": "一"}),
            ("note", {"words": "二"}),
            ("finish", {"words": "三"}),
        ):
            with acting_as(OFFICER):
                transition(case_id, action, acting=OFFICER, moment=moment_of(instant), form=form)
        found.append(case_id)
    return found


@contextmanager
def _unguarded() -> Iterator[Any]:
    """The owner's connection with the triggers taken off, as somebody with all power could; undone afterwards.

    `verify` looks at the same, spoilt, transaction.
    """
    with transaction.atomic(using="owner"), pytest.MonkeyPatch.context() as patch:
        patch.setattr("gongzhi.flow.verify.connection", connections["owner"])
        with connections["owner"].cursor() as cursor:
            for table in ("flow_journal", "flow_case"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield cursor
        transaction.set_rollback(True, using="owner")


CHANGED, MISSING = "the line is not what was written", "a line before it is missing"
ELSEWHERE = "the case does not stand where its journal ends"
NOT_AFTER = "it does not follow the line before it"


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        (
            'UPDATE flow_journal SET form = \'{"words": "别的"}\' WHERE case_id = %s AND seq = 2',
            {f"2: {CHANGED}"},
        ),
        ("UPDATE flow_journal SET \"by\" = '别人' WHERE case_id = %s AND seq = 3", {f"3: {CHANGED}"}),
        ("UPDATE flow_journal SET at = at + '1 s' WHERE case_id = %s AND seq = 4", {f"4: {CHANGED}"}),
        ("DELETE FROM flow_journal WHERE case_id = %s AND seq = 2", {f"3: {MISSING}"}),
        ("DELETE FROM flow_journal WHERE case_id = %s AND seq = 1", {f"2: {MISSING}", f"4: {ELSEWHERE}"}),
        ("DELETE FROM flow_journal WHERE case_id = %s AND seq = 4", {f"4: {ELSEWHERE}"}),
        (
            """UPDATE flow_journal SET seq = CASE seq WHEN 2 THEN 12 ELSE 13 END WHERE case_id = %s AND seq IN (2, 3);
            UPDATE flow_journal SET seq = CASE seq WHEN 12 THEN 3 ELSE 2 END WHERE case_id = %s AND seq > 11""",
            {f"2: {CHANGED}", f"3: {CHANGED}", f"4: {NOT_AFTER}"},
        ),
        # Whoever makes a line's hash good again breaks the next line.
        (
            """UPDATE flow_journal SET form = '{}' WHERE case_id = %s AND seq = 2;
            UPDATE flow_journal line SET hash = flow_line_hash(line) WHERE case_id = %s AND seq = 2""",
            {f"3: {NOT_AFTER}"},
        ),
        ("UPDATE flow_case SET state = 'doing' WHERE id = %s", {f"4: {ELSEWHERE}"}),
        ("UPDATE flow_case SET head = sha256('x') WHERE id = %s", {f"4: {ELSEWHERE}"}),
        ("UPDATE flow_case SET is_open = true WHERE id = %s", {f"4: {ELSEWHERE}"}),
        ("UPDATE flow_case SET closed_on = closed_on - 1 WHERE id = %s", {f"4: {ELSEWHERE}"}),
        ("UPDATE flow_case SET area = '440402' WHERE id = %s", {f"4: {ELSEWHERE}"}),
    ],
)
def test_whoever_changes_the_past_is_found(tampering: str, found: set[str], three_cases: list[int]) -> None:
    spoilt = three_cases[1]
    with _unguarded() as cursor:
        assert verify().broken == ()
        for statement in tampering.split(";"):
            cursor.execute(statement, [spoilt])
        assert set(verify().broken) == {f"{spoilt}/{place}" for place in found}


def test_a_journal_whose_case_was_taken_away_is_found(three_cases: list[int]) -> None:
    with _unguarded() as cursor:
        cursor.execute("DELETE FROM flow_case WHERE id = %s", [three_cases[0]])
        assert verify().broken == (f"{three_cases[0]}/1: the line belongs to no case",)


def test_the_hash_is_the_same_whatever_a_session_shows_dates_in(three_cases: list[int]) -> None:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'America/Caracas'")
        cursor.execute("SET LOCAL DateStyle = 'German'")
        cursor.execute("SET LOCAL extra_float_digits = 0")
        cursor.execute("SET LOCAL bytea_output = 'escape'")
        assert verify().broken == ()


def _toy_with(**states: dict[str, Any]) -> Graph:
    return replace(TOY, states=tuple(replace(s, **states.get(s.name, {})) for s in TOY.states))


def test_a_release_that_gives_a_state_to_another_role_takes_its_open_cases_along(
    toy_db: str, moment: Moment
) -> None:
    with acting_as(SYSTEM):
        opening = Opening(area=GRID, started_on=moment.today)
        [case_id] = open_cases(TOY, "start", [opening], acting=SYSTEM, moment=moment)
    others = [g for g in all_graphs() if g.name != "toy"]
    released = replace(
        _toy_with(doing={"owner": Role.VILLAGE}),
        edges=tuple(replace(e, who=e.who | {Role.VILLAGE}) for e in TOY.edges),
    )
    with _only(*others, released):
        install_graphs()
    with acting_as(SYSTEM):
        assert _row(case_id)[6] == Role.VILLAGE
        assert verify().broken == ()


def test_a_release_that_would_strand_open_cases_is_refused_and_changes_nothing(
    toy_db: str, moment: Moment
) -> None:
    with acting_as(SYSTEM):
        opening = Opening(area=GRID, started_on=moment.today)
        open_cases(TOY, "start", [opening], acting=SYSTEM, moment=moment)
    others = [g for g in all_graphs() if g.name != "toy"]
    with _only(*others), pytest.raises(UnsoundGraphError, match=r"stranded in toy\.doing"):
        install_graphs()
    unsound = replace(TOY, edges=TOY.edges[:-1])
    with (
        _only(*others, unsound),
        pytest.raises(UnsoundGraphError, match="toy: state doing can't reach an end"),
    ):
        install_graphs()
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM flow_edge WHERE graph = 'toy'")
        assert cursor.fetchone() == (len(TOY.edges),)


@contextmanager
def _only(*graphs: Graph) -> Iterator[None]:
    from gongzhi.flow import graph as kernel  # noqa: PLC0415

    with registered():
        kernel._graphs.clear()
        for one in graphs:
            kernel.register(one)
        yield


def test_an_owner_who_is_not_the_states_cannot_be_written(kernel: str, opened: Any) -> None:
    case_id = opened()
    with (
        pytest.raises(DatabaseError, match="can only take its next line"),
        connections["owner"].cursor() as cursor,
    ):
        cursor.execute("UPDATE flow_case SET owner_role = 'registrar' WHERE id = %s", [case_id])
