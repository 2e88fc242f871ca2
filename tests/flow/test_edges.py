"""Every edge of every process can be made, and the database refuses every line that is not one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from gongzhi.flow import forms
from gongzhi.flow.actions import transition
from gongzhi.flow.bulk import Opening, open_cases
from gongzhi.flow.graph import NEW, CaseView, Edge, Graph
from gongzhi.flow.moment import Moment
from gongzhi.notices.graph import CORRECTIONS
from gongzhi.notices.graph import GRAPH as NOTICES
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.visits.graph import GRAPH as VISITS
from tests.flow.acts import MARKET, any_reasons, filled, who_may
from tests.flow.conftest import GRID, OFFICER, OTHER_OFFICER
from tests.flow.raw import answers, insert_line, insert_together, stand
from tests.flow.toy import TOY

pytestmark = pytest.mark.usefixtures("kernel")

GRAPHS = [TOY, NOTICES, VISITS]
EDGES = [pytest.param(graph, edge, id=f"{graph.name}: {edge.source or 'new'}-{edge.action}")
         for graph in GRAPHS for edge in graph.edges]  # fmt: skip


@pytest.fixture(autouse=True)
def _reasons_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lists of coded reasons are the catalogue's; any will do here."""
    choices = any_reasons(GRAPHS)
    monkeypatch.setattr(forms, "_reasons", lambda _name, _on: choices)


@pytest.fixture(autouse=True)
def _named_by_a_correction(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which notices a correction names is the notices' own promise (tests/notices/test_corrections.py)."""
    for action in CORRECTIONS:
        assert action in NOTICES.guards
        monkeypatch.setitem(NOTICES.guards, action, lambda _case, _form: None)


@pytest.fixture
def undone() -> Iterator[None]:
    """What the test does is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("undone")
@pytest.mark.parametrize(("graph", "edge"), EDGES)
def test_every_edge_is_made_through_the_kernel(graph: Graph, edge: Edge, moment: Moment) -> None:
    acting = who_may(edge)
    if edge.source == NEW:
        with acting_as(acting):
            opening = Opening(area=GRID, started_on=moment.today, department=MARKET)
            [case_id] = open_cases(graph, edge.action, [opening], acting=acting, moment=moment)
        seq = 0
    else:
        case_id, seq = stand(graph, edge.source, moment, area=GRID, department=MARKET)
        view = CaseView(
            id=case_id,
            graph=graph.name,
            state=edge.source,
            area=GRID,
            department=MARKET,
            holder=None,
            seq=seq,
        )
        given = filled(graph, edge, view, moment.today)
        # The machine fills in no form: what its acts need it states as facts.
        facts = {"area": GRID} if acting == SYSTEM else None
        with acting_as(acting):
            made = transition(case_id, edge.action, acting=acting, moment=moment, form=given, facts=facts)
        assert (made.seq, made.state, made.replayed) == (seq + 1, edge.target, False)
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.state, c.seq, c.is_open, c.owner_role, c.due IS NULL, c.closed_on, j.action, j.source, j.target,"
            " j.post_id, c.head = j.hash FROM flow_case c JOIN flow_journal j ON j.case_id = c.id AND j.seq = c.seq"
            " WHERE c.id = %s",
            [case_id],
        )
        row = cursor.fetchone()
    target = graph.state(edge.target)
    assert row == (
        edge.target,
        seq + 1,
        not target.final,
        target.owner,
        target.final or row[4],
        moment.today if target.final else None,
        edge.action,
        edge.source,
        edge.target,
        acting.post_id,
        True,
    )


@pytest.mark.usefixtures("undone")
@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.name)
def test_the_database_takes_the_edges_of_the_graph_and_no_other_line(graph: Graph, moment: Moment) -> None:
    standing = {
        state.name: stand(graph, state.name, moment, area=GRID, department=None) for state in graph.states
    }
    standing[NEW] = (9_000_000_000, 0)
    actions = (*graph.actions(), "unheard_of")
    targets = (*(state.name for state in graph.states), "unheard_of", NEW)
    wanted = {
        (case_id, seq + 1, source, action, target): "made"
        if (edge := graph.edge(source, action)) and edge.target == target
        else "GZ002"
        for source, (case_id, seq) in standing.items()
        for action in actions
        for target in targets
    }
    with acting_as(SYSTEM):
        told = answers(graph, wanted)
    assert {line: answer for line, answer in told.items() if answer != wanted[line]} == {}
    assert list(told.values()).count("made") == len(graph.edges)


@pytest.mark.usefixtures("undone")
@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.name)
def test_an_edge_is_refused_where_the_case_does_not_stand_at_its_source(graph: Graph, moment: Moment) -> None:
    standing = {
        state.name: stand(graph, state.name, moment, area=GRID, department=None) for state in graph.states
    }
    attempts = [
        (case_id, seq + 1, edge.source, edge.action, edge.target)
        for state, (case_id, seq) in standing.items()
        for edge in graph.edges
        if edge.source != state
    ]
    # The right state, and a line too early, too late, or of a case that is not there.
    attempts += [
        (case_id, line, edge.source, edge.action, edge.target)
        for edge in graph.edges
        if edge.source != NEW
        for case_id, line in (
            (standing[edge.source][0], standing[edge.source][1]),
            (standing[edge.source][0], standing[edge.source][1] + 2),
            (9_000_000_000, 1),
            (9_000_000_000, 2),
        )
        if (case_id, line) != (standing[edge.source][0], 1)
    ]
    with acting_as(SYSTEM):
        told = answers(graph, attempts)
    assert set(told.values()) == {"GZ001"}


@pytest.mark.usefixtures("undone")
def test_a_line_of_another_process_does_not_move_a_case(moment: Moment) -> None:
    case_id, seq = stand(VISITS, "to_place", moment, area=GRID, department=None)
    with acting_as(SYSTEM):
        told = answers(NOTICES, [(case_id, seq + 1, "to_place", "withdraw", "withdrawn")])
    assert set(told.values()) == {"GZ001"}


@pytest.mark.usefixtures("undone")
def test_a_case_that_stands_takes_one_line_a_statement(moment: Moment) -> None:
    first, second = next(
        (edge, onward)
        for edge in VISITS.edges
        if edge.source != NEW
        for onward in VISITS.edges_from(edge.target)
    )
    case_id, seq = stand(VISITS, first.source, moment, area=GRID, department=None)
    lines = [
        (case_id, seq + 1, first.source, first.action, first.target),
        (case_id, seq + 2, second.source, second.action, second.target),
    ]
    with acting_as(SYSTEM):
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            insert_together(VISITS.name, lines, area=GRID)
        assert getattr(refused.value.__cause__, "sqlstate", "") == "GZ001"
        insert_together(VISITS.name, lines[:1], area=GRID)


@pytest.mark.usefixtures("undone")
def test_of_several_lines_one_that_follows_no_edge_lets_none_move(moment: Moment) -> None:
    (one, first), (other, second) = (
        stand(VISITS, "to_place", moment, area=GRID, department=None) for _ in range(2)
    )
    edge = next(edge for edge in VISITS.edges_from("to_place"))
    lines = [
        (one, first + 1, edge.source, edge.action, edge.target),
        (other, second + 1, edge.source, "unheard_of", edge.target),
    ]
    with acting_as(SYSTEM):
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            insert_together(VISITS.name, lines, area=GRID)
        assert getattr(refused.value.__cause__, "sqlstate", "") == "GZ002"
        insert_together(VISITS.name, lines[:1], area=GRID)


def _refusal(alias: str, statement: str, values: list[Any], acting: Acting = SYSTEM) -> str:
    """The SQLSTATE with which a statement is refused, or what it changed."""
    begun = acting_as(acting) if alias == "default" else transaction.atomic(using=alias)
    try:
        with begun, connections[alias].cursor() as cursor:
            cursor.execute(statement, values)
            return f"{cursor.rowcount} rows"
    except DatabaseError as error:
        return str(getattr(error.__cause__, "sqlstate", error))


DENIED, WITHOUT_A_LINE, ONLY_ADDED_TO = "42501", "GZ003", "GZ004"


@pytest.mark.parametrize(
    ("statement", "as_owner"),
    [
        ("UPDATE flow_case SET state = 'done' WHERE id = %s", WITHOUT_A_LINE),
        ("UPDATE flow_case SET state = 'done', seq = seq + 1 WHERE id = %s", WITHOUT_A_LINE),
        ("UPDATE flow_case SET due = due + 30 WHERE id = %s", WITHOUT_A_LINE),
        ("UPDATE flow_case SET is_open = false WHERE id = %s", WITHOUT_A_LINE),
        ("UPDATE flow_case SET area = '4404' WHERE id = %s", WITHOUT_A_LINE),
        ("UPDATE flow_case SET head = '' WHERE id = %s", WITHOUT_A_LINE),
        ("DELETE FROM flow_case WHERE id = %s", ONLY_ADDED_TO),
        ("UPDATE flow_journal SET form = '{}' WHERE case_id = %s", ONLY_ADDED_TO),
        ("UPDATE flow_journal SET at = at WHERE case_id = %s", ONLY_ADDED_TO),
        ("DELETE FROM flow_journal WHERE case_id = %s", ONLY_ADDED_TO),
        ("TRUNCATE flow_journal", ONLY_ADDED_TO),
        ("TRUNCATE flow_case CASCADE", ONLY_ADDED_TO),
    ],
)
def test_cases_and_journals_are_changed_by_nobody_not_even_their_owner(
    statement: str, as_owner: str, opened: Callable[..., int]
) -> None:
    case_id = opened()
    values = [case_id] * statement.count("%s")
    assert _refusal("default", statement, values) == DENIED
    assert _refusal("owner", statement, values) == as_owner


def test_the_column_by_which_a_row_is_locked_is_never_written(opened: Callable[..., int]) -> None:
    statement = "UPDATE flow_case SET lock_slot = lock_slot + 1 WHERE id = %s"
    assert _refusal("default", statement, [opened()]) == WITHOUT_A_LINE


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO flow_edge (graph, source, action, target) VALUES ('toy', 'done', 'reopen', 'doing')",
        "DELETE FROM flow_edge",
        "UPDATE flow_state SET final = false",
        "INSERT INTO flow_limit (name, amount) VALUES ('toy.ten', 99)",
        "ALTER TABLE flow_journal DISABLE TRIGGER ALL",
        "DROP TRIGGER flow_append ON flow_journal",
        "CREATE OR REPLACE FUNCTION flow_append() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "SELECT flow_append()",
    ],
)
def test_the_application_cannot_change_what_is_allowed(statement: str) -> None:
    assert _refusal("default", statement, []) in {DENIED, "0A000"}


NEW_CASE = 8_000_000_000


def test_a_case_without_an_opening_line_is_refused() -> None:
    statement = "INSERT INTO flow_case (id) VALUES (%s)"
    assert _refusal("default", statement, [NEW_CASE]) == DENIED
    assert _refusal("owner", statement, [NEW_CASE]) == WITHOUT_A_LINE


@pytest.mark.usefixtures("undone")
def test_a_trigger_of_ones_own_opens_no_case() -> None:
    """What the lines' trigger may do, the application's own may not."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bait (id bigint) ON COMMIT DROP")
        cursor.execute(
            "CREATE FUNCTION pg_temp.forge() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN INSERT INTO public.flow_case (id) VALUES (NEW.id); RETURN NEW; END'"
        )
        cursor.execute(
            "CREATE TRIGGER forge BEFORE INSERT ON bait FOR EACH ROW EXECUTE FUNCTION pg_temp.forge()"
        )
        with (
            pytest.raises(DatabaseError, match="permission denied for table flow_case"),
            transaction.atomic(),
        ):
            cursor.execute("INSERT INTO bait VALUES (%s)", [NEW_CASE])


@pytest.mark.usefixtures("undone")
def test_a_case_is_what_its_opening_line_says() -> None:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        insert_line("toy", (NEW_CASE, 1, NEW, "open", "waiting"), area=GRID)
        cursor.execute(
            "SELECT graph, state, area, holder, is_open, seq, opened_on::text, due::text, owner_role FROM flow_case"
            " WHERE id = %s",
            [NEW_CASE],
        )
        row = cursor.fetchone()
    assert row == (
        "toy",
        "waiting",
        GRID,
        None,
        True,
        1,
        "2026-09-21",
        "2026-10-12",
        TOY.state("waiting").owner,
    )


def test_a_case_is_opened_only_where_the_post_is() -> None:
    with pytest.raises(DatabaseError, match="row-level security"), acting_as(OTHER_OFFICER):
        insert_line("toy", (NEW_CASE, 1, NEW, "open", "waiting"), area=GRID, post_id=OTHER_OFFICER.post_id)


def test_a_post_signs_no_line_for_another(opened: Callable[..., int]) -> None:
    case_id = opened()
    note = (case_id, 2, "doing", "note", "doing")
    for another in (SYSTEM.post_id, OTHER_OFFICER.post_id):
        with pytest.raises(DatabaseError, match="row-level security"), acting_as(OFFICER):
            insert_line("toy", note, post_id=another)
    with acting_as(OFFICER):
        insert_line("toy", note, post_id=OFFICER.post_id)
    with acting_as(SYSTEM):
        insert_line("toy", (case_id, 3, "doing", "note", "doing"), post_id=OTHER_OFFICER.post_id)
