"""Draws processes from their graphs: Mermaid, Graphviz and the page `docs/processes.md`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gongzhi.flow.graph import NEW, Clock, Edge, Form, Graph, State
from gongzhi.org.roles import LABELS, Role

CLOCKS: dict[Clock, tuple[str, str]] = {
    Clock.START: ("新期限起算", "a new limit starts"),
    Clock.KEEP: ("期限照计", "the limit goes on"),
    Clock.PAUSE: ("期限中止", "the limit is put aside"),
    Clock.RESUME: ("期限续计", "the limit put aside goes on"),
    Clock.STOP: ("期限终止", "the clock ends"),
}
"""What each clock rule is called."""

_HEAD = """\
# 流程 · Processes

本页由流程图数据生成，请勿手改：`gongzhi flow diagram --write`。
This page is generated from the graphs; do not edit it by hand.

期限以参考数据为准（`gongzhi.packs`），此处只列名称。带 * 的为必填项。
Limits are dated reference data, named here only. A question with * has to be answered.
"""


def mermaid(graph: Graph) -> str:
    """The process as a Mermaid state diagram with Chinese labels; acts that change nobody's work are left out."""
    lines = ["stateDiagram-v2", "    direction TB"]
    lines += [f'    state "{state.zh}" as {state.name}' for state in graph.states]
    lines += [
        f"    {source or '[*]'} --> {target}: {'、'.join(words)}" for source, target, words in _arrows(graph)
    ]
    lines += [f"    {state.name} --> [*]" for state in graph.states if state.final]
    return "\n".join(lines) + "\n"


def dot(graph: Graph) -> str:
    """The process as a Graphviz digraph with Chinese labels, ends in double boxes."""
    lines = [f'digraph "{graph.name}" {{', "    rankdir=TB; node [shape=box, style=rounded];"]
    lines += ['    "" [shape=point];']
    lines += [
        f'    "{state.name}" [label="{state.zh}"{", peripheries=2" if state.final else ""}];'
        for state in graph.states
    ]
    for source, target, words in _arrows(graph):
        label = "\\n".join(words)
        lines.append(f'    "{source}" -> "{target}" [label="{label}"];')
    return "\n".join([*lines, "}"]) + "\n"


def page(graphs: Iterable[Graph]) -> str:
    """All processes as one Markdown page: diagram, states with owner and limit, acts with who, clock and form."""
    return "\n".join([_HEAD, *(_chapter(graph) for graph in graphs)])


def _arrows(graph: Graph) -> Iterator[tuple[str, str, list[str]]]:
    """One arrow a pair of states, with the acts that make it, in the order they were written."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for edge in graph.edges:
        if not edge.quiet:
            words = arrows.setdefault((edge.source, edge.target), [])
            if edge.zh not in words:
                words.append(edge.zh)
    return ((source, target, words) for (source, target), words in arrows.items())


def _chapter(graph: Graph) -> str:
    rows = [f"## {graph.zh} · {graph.en} (`{graph.name}` v{graph.version})", "", "```mermaid"]
    rows += [mermaid(graph) + "```", ""]
    rows += _table(("状态 State", "由谁办理 Owner", "期限 Limit"), (_state_row(s) for s in graph.states))
    rows += [""]
    rows += _table(
        (
            "从 From",
            "动作 Act",
            "到 To",
            "谁 Who",
            "期限 Clock",
            "表单 Form",
        ),
        _edge_rows(graph),
    )
    return "\n".join(rows) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [head, tuple("---" for _ in head), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def _state_row(state: State) -> tuple[str, ...]:
    name = f"{state.zh} · {state.en} (`{state.name}`)"
    if state.final or state.owner is None:
        return name, "—", "办结 · end"
    return name, _roles([state.owner]), f"`{state.limit}`"


def _edge_rows(graph: Graph) -> Iterator[tuple[str, ...]]:
    """One row an act: the same act from several states is written once."""
    grouped: dict[tuple[object, ...], list[Edge]] = {}
    for edge in graph.edges:
        stays = edge.source == edge.target
        key = (
            edge.action,
            NEW if stays else edge.target,
            stays,
            edge.zh,
            edge.en,
            edge.who,
            edge.clock,
            edge.form,
        )
        grouped.setdefault(key, []).append(edge)
    for edges in grouped.values():
        first = edges[0]
        stays = first.source == first.target
        yield (
            "<br>".join(graph.state(e.source).zh if e.source else "（新建 · new）" for e in edges),
            f"{first.zh} · {first.en} (`{first.action}`)",
            "不变 · stays" if stays else graph.state(first.target).zh,
            _roles(sorted(first.who, key=list(Role).index)),
            " · ".join(CLOCKS[first.clock]),
            "按案情 · depends on the case" if first.action in graph.forms else _form(first.form),
        )


def _roles(roles: Iterable[Role]) -> str:
    return "<br>".join(" · ".join(LABELS[role]) for role in roles)


def _form(form: Form) -> str:
    fields = (f"{field.zh}{'*' if field.required else ''} · {field.en}" for field in form.fields)
    return "<br>".join(fields) or "—"
