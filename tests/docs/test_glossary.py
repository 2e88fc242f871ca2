"""The glossary names every word of the processes, as the graphs say it today."""

from __future__ import annotations

import pkgutil

import pytest

import gongzhi
from gongzhi.cli.flow import processes
from gongzhi.flow.graph import Graph
from gongzhi.org.roles import LABELS, Role
from tests.docs.pages import DOCS, codes, rows, sections

GLOSSARY = sections(DOCS / "glossary.md")
GRAPHS = processes()


def words(title: str) -> dict[str, tuple[str, str]]:
    """Code to (Chinese, English), from the table under a heading that begins with `title`."""
    (text,) = [text for heading, text in GLOSSARY.items() if heading.startswith(title)]
    table = rows(text)
    for row in table:
        assert len(row) == 5, f"a row of {title} has {len(row)} cells: {row}"
        assert all(row), f"an empty cell in {title}: {row}"
    named = [code for row in table for code in codes(row[0])]
    assert len(named) == len(set(named)), f"{title} says something twice"
    return {code: (row[1], row[2]) for row in table for code in codes(row[0])}


@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.name)
def test_every_state_stands_in_the_glossary_by_its_own_words(graph: Graph) -> None:
    said = words(f"{graph.zh} `{graph.name}`：状态")
    assert said == {state.name: (state.zh, state.en) for state in graph.states}


@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.name)
def test_every_act_stands_in_the_glossary_with_all_it_is_called(graph: Graph) -> None:
    said = words(f"{graph.zh} `{graph.name}`：动作")
    called: dict[str, tuple[set[str], set[str]]] = {}
    for edge in graph.edges:
        zh, en = called.setdefault(edge.action, (set(), set()))
        zh.add(edge.zh)
        en.add(edge.en)
    assert {act: (set(zh.split("；")), set(en.split("; "))) for act, (zh, en) in said.items()} == called


def test_every_role_stands_in_the_glossary_by_its_own_words() -> None:
    assert words("角色") == {role.value: LABELS[role] for role in Role}


def test_every_room_stands_in_the_glossary() -> None:
    packages = {room.name for room in pkgutil.iter_modules(gongzhi.__path__) if room.ispkg}
    named = set(words("房间"))
    assert packages <= named
    modules = {room.name for room in pkgutil.iter_modules(gongzhi.__path__)}
    assert named <= modules, "the glossary names a room that is gone"


def test_everyday_words_are_complete_rows() -> None:
    assert len(words("基本词")) > 30
