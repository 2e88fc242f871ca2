"""`gongzhi flow` and `gongzhi journal`, and the drawings that are kept in the docs."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection, connections

from gongzhi.cli import flow as command
from gongzhi.cli.main import main
from gongzhi.flow import graph as kernel
from gongzhi.flow.actions import transition
from gongzhi.flow.bulk import Opening, open_cases
from gongzhi.flow.diagram import dot, mermaid, page
from gongzhi.flow.graph import Graph
from gongzhi.flow.moment import Moment
from gongzhi.notices.graph import GRAPH as NOTICES
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.visits.graph import GRAPH as VISITS
from tests.flow.conftest import GRID
from tests.flow.toy import TOY

Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _django_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command finds Django ready and the server up, as the tests have them."""
    monkeypatch.setattr("gongzhi.cli.main.with_django", lambda: None)


def test_the_page_of_processes_is_the_graphs() -> None:
    kept = (Path(__file__).parents[2] / "docs" / "processes.md").read_text(encoding="utf-8")
    assert kept == page(command.processes()), "run `gongzhi flow diagram --write`"


def test_every_room_with_a_process_is_found() -> None:
    assert {"notices", "visits"} <= {graph.name for graph in command.processes()}


@pytest.mark.parametrize("graph", [TOY, NOTICES, VISITS], ids=lambda graph: graph.name)
def test_a_drawing_has_every_state_and_every_act_that_matters(graph: Graph) -> None:
    drawn = mermaid(graph)
    for state in graph.states:
        assert f'state "{state.zh}" as {state.name}\n' in drawn
        assert (f"{state.name} --> [*]\n" in drawn) == state.final
    arrows = {
        (source, target): set(words.split("、"))
        for source, target, words in re.findall(r"^    (\S+) --> (\S+): (.+)$", drawn, re.MULTILINE)
    }
    expected: dict[tuple[str, str], set[str]] = {}
    for edge in graph.edges:
        if not edge.quiet:
            expected.setdefault((edge.source or "[*]", edge.target), set()).add(edge.zh)
    assert arrows == expected
    dotted = re.findall(r'^    "(\S*)" -> "(\S+)" \[label="(.+)"\];$', dot(graph), re.MULTILINE)
    assert {
        (source or "[*]", target): set(words.split("\\n")) for source, target, words in dotted
    } == expected


def test_one_process_or_all_are_drawn_on_request(capsys: Output) -> None:
    assert main(["flow", "diagram", "visits"]) == 0
    assert capsys.readouterr().out == mermaid(VISITS)
    assert main(["flow", "diagram", "visits", "--format", "dot"]) == 0
    assert capsys.readouterr().out == dot(VISITS)
    assert main(["flow", "diagram"]) == 0
    assert capsys.readouterr().out.count("stateDiagram-v2") == len(command.processes())
    with pytest.raises(SystemExit) as left:
        main(["flow", "diagram", "unheard_of"])
    assert left.value.code == 2
    assert ", ".join(sorted(graph.name for graph in command.processes())) in capsys.readouterr().err


def test_the_page_is_written_where_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr(command, "page_path", lambda: tmp_path / "processes.md")
    assert main(["flow", "diagram", "--write"]) == 0
    assert (tmp_path / "processes.md").read_text(encoding="utf-8") == page(command.processes())
    with pytest.raises(SystemExit):
        main(["flow", "diagram", "visits", "--write"])


def test_a_check_without_a_database_counts_and_proves(capsys: Output) -> None:
    assert main(["flow", "check", "--offline"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert len(told) == len(command.processes())
    [visits] = [line for line in told if line.startswith("visits: ")]
    assert visits.endswith("sound")
    numbers = (len(VISITS.states), 4, len(VISITS.edges), len(VISITS.actions()))
    assert tuple(map(int, re.findall(r"\d+", visits))) == numbers


def test_a_graph_that_fails_its_proof_fails_the_check(
    capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = replace(VISITS, edges=tuple(e for e in VISITS.edges if e.target != "guided"))
    monkeypatch.setitem(kernel._graphs, "visits", broken)
    assert main(["flow", "check", "--offline"]) == 1
    assert "visits: state guided can't be reached" in capsys.readouterr().err


def _limits_in_force() -> None:
    names = sorted({s.limit for graph in command.processes() for s in graph.states if s.limit})
    with connections["owner"].cursor() as cursor:
        cursor.executemany(
            "INSERT INTO flow_limit (name, amount, unit, basis, verified, valid_from) SELECT %s, 10, 'working_days',"
            " '', false, '2017-10-01' WHERE NOT EXISTS (SELECT 1 FROM flow_limit WHERE name = %s)",
            [(name, name) for name in names],
        )


def test_a_database_that_allows_what_the_graphs_do_passes(toy_db: str, capsys: Output) -> None:
    _limits_in_force()
    assert main(["flow", "check"]) == 0
    assert "the database agrees" in capsys.readouterr().out


def test_a_database_that_allows_something_else_is_named(toy_db: str, capsys: Output) -> None:
    _limits_in_force()
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM flow_edge WHERE graph = 'toy' AND action = 'answer'")
        cursor.execute("UPDATE flow_edge SET target = 'dropped' WHERE graph = 'toy' AND action = 'finish'")
        cursor.execute(
            "UPDATE flow_state SET owner_role = 'registrar' WHERE graph = 'toy' AND state = 'asked'"
        )
        cursor.execute("DELETE FROM flow_limit WHERE name = 'toy.three'")
    assert main(["flow", "check"]) == 1
    told = capsys.readouterr().err
    assert "the database lacks: toy asked answer doing" in told
    assert "the database lacks: toy doing finish done" in told
    assert "the database also has: toy doing finish dropped" in told
    assert "the database lacks: toy asked town_office False" in told
    assert "no limit in force: toy.three" in told


def test_a_database_without_tables_is_not_compared(toy_db: str, capsys: Output) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE flow_edge RENAME TO flow_edge_not_yet")
    assert main(["flow", "check"]) == 0
    assert "not compared" in capsys.readouterr().out


def test_verifying_says_what_was_counted_and_what_is_broken(
    toy_db: str, moment: Moment, capsys: Output
) -> None:
    assert main(["journal", "verify"]) == 0
    assert json.loads(capsys.readouterr().out) == {"cases": 0, "lines": 0, "broken": []}
    with acting_as(SYSTEM):
        opening = Opening(area=GRID, started_on=moment.today)
        first, second = open_cases(TOY, "open", [opening, opening], acting=SYSTEM, moment=moment)
        transition(second, "drop", acting=SYSTEM, moment=moment)
    connection.close()
    assert main(["journal", "verify"]) == 0
    assert json.loads(capsys.readouterr().out) == {"cases": 2, "lines": 3, "broken": []}
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE flow_journal DISABLE TRIGGER USER")
        cursor.execute('UPDATE flow_journal SET form = \'{"words": "后来添的"}\' WHERE case_id = %s', [first])
    assert main(["journal", "verify"]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out) == {
        "cases": 2,
        "lines": 3,
        "broken": [f"{first}/1: the line is not what was written"],
    }
    assert told.err.startswith("gongzhi: ")


def test_verifying_without_tables_says_what_to_do(toy_db: str, capsys: Output) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE flow_journal RENAME TO flow_journal_not_yet")
    assert main(["journal", "verify"]) == 1
    assert "gongzhi init" in capsys.readouterr().err
