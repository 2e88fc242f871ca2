"""What a process looks like: states with an owner and a limit, edges with who, form and clock.

Everything else is derived from a graph: the database's table of allowed edges, the buttons on a page, the
diagram in the docs, the permission to act and the tests. Pure: nothing here touches a database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from gongzhi.org.acting import Acting
from gongzhi.org.roles import Role

NEW = ""
"""The source of an edge by which a case comes into being."""


class Clock(StrEnum):
    """What an edge does to the case's clock."""

    START = "start"  # a new limit, that of the target state, from today
    KEEP = "keep"  # the same limit goes on
    PAUSE = "pause"  # the limit is put aside; the target state's own limit runs meanwhile
    RESUME = "resume"  # the limit that was put aside goes on, later by the working days between
    STOP = "stop"  # nothing runs any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One coded answer with its words in both languages."""

    code: str
    zh: str
    en: str
    needs_words: bool = False
    """Whether it stands only with an explanation in the form's `words` field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question of a form.

    `kind` is one of text, textarea, choice, date, checkbox, department, division, village, grid. `reasons` names
    a list of coded reasons that a city keeps as data, of which `only` takes some; they become `choices` when the
    form is shown or checked (`gongzhi.flow.forms.resolved`).
    """

    name: str
    zh: str
    en: str
    kind: str = "text"
    required: bool = True
    choices: tuple[Choice, ...] = ()
    reasons: str = ""
    only: tuple[str, ...] = ()
    hint_zh: str = ""
    hint_en: str = ""
    max_length: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The questions that an edge asks before it is made."""

    fields: tuple[Field, ...] = ()


EMPTY_FORM = Form()


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A place where a case can stand.

    A state is either `final` or waits for `owner`, who has `limit` (the name of a dated limit) to move it on.
    """

    name: str
    zh: str
    en: str
    owner: Role | None = None
    limit: str | None = None
    final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One legal act: from `source` by `action` to `target`, by a post whose role is in `who`.

    An (source, action) pair has one target. Edges by the SYSTEM alone show no button.
    """

    action: str
    source: str
    target: str
    zh: str
    en: str
    who: frozenset[Role]
    clock: Clock
    form: Form = EMPTY_FORM
    quiet: bool = False
    """A line in the journal that changes nobody's work (a note, a receipt)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """What guards, forms and effects are told of a case."""

    id: int
    graph: str
    state: str
    area: str
    department: str | None
    holder: int | None
    seq: int


@runtime_checkable
class ReadsAhead(Protocol):
    """A guard that can be asked of many cases at once, and reads what it has to know of all of them together."""

    def __call__(self, case: CaseView, form: Mapping[str, Any], /) -> str | None:
        """Why the act is refused, or None."""

    def of_many(self, asked: Sequence[tuple[CaseView, Mapping[str, Any]]]) -> Sequence[str | None]:
        """Why each of these acts is refused, or None, in their order."""


Guard = Callable[[CaseView, Mapping[str, Any]], str | None] | ReadsAhead
"""Answers why an act is refused in the case at hand (a message id), or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What an act changes of a case beside its state; None leaves a column as it is, "" empties it."""

    area: str | None = None
    department: str | None = None
    holder: int | None = None


ChangesFor = Callable[[CaseView, Mapping[str, Any], Acting], Changes]
"""Works out what an act changes beside the state: whose it becomes, where it lies, who holds it."""

FormFor = Callable[[CaseView], Form]
"""Builds an edge's form where it depends on the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A whole process."""

    name: str
    zh: str
    en: str
    version: int
    states: tuple[State, ...]
    edges: tuple[Edge, ...]
    guards: Mapping[str, Guard] = field(default_factory=dict)
    forms: Mapping[str, FormFor] = field(default_factory=dict)
    changes: Mapping[str, ChangesFor] = field(default_factory=dict)

    def state(self, name: str) -> State:
        """The state of this name; KeyError if there is none."""
        for state in self.states:
            if state.name == name:
                return state
        raise KeyError(f"{self.name} has no state {name!r}")

    def edge(self, source: str, action: str) -> Edge | None:
        """The edge by which `action` leaves `source`, or None: the act is not legal there."""
        for edge in self.edges:
            if edge.source == source and edge.action == action:
                return edge
        return None

    def edges_from(self, source: str) -> Iterator[Edge]:
        """Every act that is legal in a state, in the order they were written."""
        return (edge for edge in self.edges if edge.source == source)

    def actions(self) -> tuple[str, ...]:
        """Every action of the graph once, in the order they first appear."""
        return tuple(dict.fromkeys(edge.action for edge in self.edges))


def check(graph: Graph) -> list[str]:
    """What is wrong with a graph, in words; empty when it is sound.

    Proves: names are unique, edges join states that exist, every state can be reached from the opening edges,
    every state can reach an end, a waiting state has an owner, a limit and an act that its owner can do, an
    end has no way out and no running clock, a limit that is put aside is taken up again somewhere and no other
    is, and a quiet edge changes nothing.
    """
    names = [state.name for state in graph.states]
    problems = [f"state {name} is written twice" for name in sorted({n for n in names if names.count(n) > 1})]
    known = set(names)
    seen: set[tuple[str, str]] = set()
    for edge in graph.edges:
        problems += _edge_problems(edge, known, seen)
        seen.add((edge.source, edge.action))
    forward: dict[str, set[str]] = {}
    backward: dict[str, set[str]] = {}
    for edge in graph.edges:
        forward.setdefault(edge.source, set()).add(edge.target)
        backward.setdefault(edge.target, set()).add(edge.source)
    reachable = _closure({NEW}, forward)
    ending = _closure({state.name for state in graph.states if state.final}, backward)
    for state in graph.states:
        if state.name not in reachable:
            problems.append(f"state {state.name} can't be reached")
        if state.name not in ending:
            problems.append(f"state {state.name} can't reach an end")
        problems += _state_problems(graph, state)
    return problems + _clock_problems(graph)


def _edge_problems(edge: Edge, known: set[str], seen: set[tuple[str, str]]) -> list[str]:
    where = _words(edge)
    problems = []
    if edge.source not in known | {NEW}:
        problems.append(f"{where} starts nowhere")
    if edge.target not in known:
        problems.append(f"{where} leads nowhere")
    if (edge.source, edge.action) in seen:
        problems.append(f"{where} repeats an action of its source")
    if not edge.who:
        problems.append(f"{where} may be made by nobody")
    if edge.quiet and (edge.source != edge.target or edge.clock is not Clock.KEEP):
        problems.append(f"{where} is called quiet but changes something")
    if edge.source == NEW and edge.clock not in {Clock.START, Clock.STOP}:
        problems.append(f"{where} opens a case and has no clock to go on with")
    return problems


def _state_problems(graph: Graph, state: State) -> list[str]:
    out = list(graph.edges_from(state.name))
    if state.final:
        problems = [f"end {state.name} has a way out: {edge.action}" for edge in out]
        problems += [
            f"edge {edge.action} ends the case but leaves its clock running"
            for edge in graph.edges
            if edge.target == state.name and edge.clock is not Clock.STOP
        ]
        return problems
    problems = []
    if state.owner is None:
        problems.append(f"waiting state {state.name} belongs to nobody")
    if state.limit is None:
        problems.append(f"waiting state {state.name} has no limit")
    if state.owner is not None and not any(state.owner in e.who and not e.quiet for e in out):
        problems.append(f"the owner of {state.name} can do nothing there")
    return problems


def _clock_problems(graph: Graph) -> list[str]:
    """Whether every limit that is put aside can be taken up again, and none is taken up that never was."""
    carried: dict[str, set[str]] = {}
    for edge in graph.edges:
        if edge.clock in {Clock.KEEP, Clock.PAUSE}:
            carried.setdefault(edge.source, set()).add(edge.target)
    pauses = [edge for edge in graph.edges if edge.clock is Clock.PAUSE]
    resumes = [edge for edge in graph.edges if edge.clock is Clock.RESUME]
    problems = [
        f"{_words(pause)} puts a limit aside and nothing takes it up again"
        for pause in pauses
        if not _closure({pause.target}, carried) & {edge.source for edge in resumes}
    ]
    put_aside = _closure({edge.target for edge in pauses}, carried)
    problems += [
        f"{_words(resume)} takes up a limit that nothing put aside"
        for resume in resumes
        if resume.source not in put_aside
    ]
    return problems


def _words(edge: Edge) -> str:
    return f"edge {edge.source or '(new)'} –{edge.action}→ {edge.target}"


def _closure(start: set[str], steps: Mapping[str, set[str]]) -> set[str]:
    seen, frontier = set(start), set(start)
    while frontier:
        frontier = {after for before in frontier for after in steps.get(before, ())} - seen
        seen |= frontier
    return seen


_graphs: dict[str, Graph] = {}


def register(graph: Graph) -> Graph:
    """Make a process known; a second graph of the same name is a mistake of ours."""
    if _graphs.get(graph.name, graph) is not graph:
        raise ValueError(f"two graphs are called {graph.name}")
    _graphs[graph.name] = graph
    return graph


def all_graphs() -> tuple[Graph, ...]:
    """Every known process, by name."""
    return tuple(_graphs[name] for name in sorted(_graphs))


def graph_named(name: str) -> Graph:
    """The process of this name; KeyError if there is none."""
    return _graphs[name]
