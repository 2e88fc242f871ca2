"""`check` proves a graph: it agrees with a slow oracle, and names every kind of mistake."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.flow.graph import NEW, Clock, Edge, Graph, State, all_graphs, check, register
from gongzhi.org.roles import Role
from tests.flow.toy import TOY, edge, registered

_NAMES = ("a", "b", "c", "d", "e")


@st.composite
def _graphs(draw: st.DrawFn) -> Graph:
    """Graphs whose only possible faults are about what reaches what."""
    names = _NAMES[: draw(st.integers(1, 5))]
    finals = draw(st.sets(st.sampled_from(names)))
    pairs = draw(st.sets(st.tuples(st.sampled_from((NEW, *names)), st.sampled_from(names)), max_size=10))
    states = tuple(
        State(name=n, zh=n, en=n, final=True)
        if n in finals
        else State(name=n, zh=n, en=n, owner=Role.OFFICER, limit="ten")
        for n in names
    )
    edges = tuple(
        edge(f"to_{b}", a, b, {Role.OFFICER}, Clock.STOP if b in finals else Clock.START)
        for a, b in sorted(pairs)
    )
    return Graph(name="g", zh="g", en="g", version=1, states=states, edges=edges)


def _reaches(graph: Graph) -> dict[tuple[str, str], bool]:
    """Warshall's closure: whether there is a way, of any length, from one state to another."""
    nodes = [NEW, *(state.name for state in graph.states)]
    direct = {(e.source, e.target) for e in graph.edges}
    way = {(a, b): a == b or (a, b) in direct for a, b in product(nodes, nodes)}
    for through, a, b in product(nodes, nodes, nodes):
        way[a, b] = way[a, b] or (way[a, through] and way[through, b])
    return way


@given(_graphs())
def test_reachability_agrees_with_the_closure_of_all_ways(graph: Graph) -> None:
    way = _reaches(graph)
    finals = [state.name for state in graph.states if state.final]
    found = set(check(graph))
    for state in graph.states:
        name = state.name
        assert (f"state {name} can't be reached" in found) == (not way[NEW, name])
        assert (f"state {name} can't reach an end" in found) == (not any(way[name, end] for end in finals))
        stuck = not state.final and not any(e.source == name for e in graph.edges)
        assert (f"the owner of {name} can do nothing there" in found) == stuck
        leaves = {e.action for e in graph.edges if e.source == name} if state.final else set()
        assert {p for p in found if p.startswith(f"end {name} has a way out")} == {
            f"end {name} has a way out: {action}" for action in leaves
        }


def _with_edge(changed: str, **changes: object) -> Graph:
    return replace(TOY, edges=tuple(replace(e, **changes) if e.action == changed else e for e in TOY.edges))


def _with_state(changed: str, **changes: object) -> Graph:
    return replace(TOY, states=tuple(replace(s, **changes) if s.name == changed else s for s in TOY.states))


def _and(*more: Edge) -> Graph:
    return replace(TOY, edges=(*TOY.edges, *more))


def _without(*actions: str) -> Graph:
    return replace(TOY, edges=tuple(e for e in TOY.edges if e.action not in actions))


_EVERYBODY = {Role.OFFICER}

MISTAKES = {
    "state doing is written twice": replace(TOY, states=(*TOY.states, TOY.state("doing"))),
    "edge nowhere –jump→ done starts nowhere": _and(edge("jump", "nowhere", "done", _EVERYBODY, Clock.STOP)),
    "edge doing –jump→ nowhere leads nowhere": _and(edge("jump", "doing", "nowhere", _EVERYBODY, Clock.KEEP)),
    "edge doing –note→ waiting repeats an action of its source": _and(
        edge("note", "doing", "waiting", _EVERYBODY, Clock.KEEP)
    ),
    "edge waiting –take→ doing may be made by nobody": _with_edge("take", who=frozenset()),
    "state doing can't be reached": _without("start", "take", "answer"),
    "state doing can't reach an end": _without("finish"),
    "waiting state waiting belongs to nobody": _with_state("waiting", owner=None),
    "waiting state asked has no limit": _with_state("asked", limit=None),
    "the owner of asked can do nothing there": _with_state("asked", owner=Role.REGISTRAR),
    "end done has a way out: reopen": _and(edge("reopen", "done", "doing", _EVERYBODY, Clock.START)),
    "edge finish ends the case but leaves its clock running": _with_edge("finish", clock=Clock.KEEP),
    "edge doing –ask→ asked puts a limit aside and nothing takes it up again": _with_edge(
        "answer", clock=Clock.START
    ),
    "edge waiting –take→ doing takes up a limit that nothing put aside": _with_edge(
        "take", clock=Clock.RESUME
    ),
    "edge doing –hand_over→ doing is called quiet but changes something": _with_edge(
        "hand_over", quiet=True, clock=Clock.START
    ),
    "edge (new) –open→ waiting opens a case and has no clock to go on with": _with_edge(
        "open", clock=Clock.KEEP
    ),
}


@pytest.mark.parametrize("words", MISTAKES)
def test_each_kind_of_mistake_is_named(words: str) -> None:
    assert words in check(MISTAKES[words])


def test_a_quiet_act_is_not_enough_for_the_owner_of_a_state() -> None:
    graph = replace(_without("ask", "ask_again", "answer", "finish"), states=TOY.states)
    assert "the owner of doing can do nothing there" in check(graph)


def test_the_toy_and_every_registered_process_are_sound() -> None:
    assert check(TOY) == []
    assert {graph.name for graph in all_graphs()} >= {"notices", "visits"}
    assert {graph.name: check(graph) for graph in all_graphs() if check(graph)} == {}


def test_two_processes_of_one_name_are_refused() -> None:
    with registered(TOY):
        register(TOY)
        with pytest.raises(ValueError, match="two graphs are called toy"):
            register(replace(TOY))
