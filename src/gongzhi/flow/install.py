"""Copies the graphs into the tables that the database checks edges against."""

from __future__ import annotations

from django.db import connections, transaction

from gongzhi.flow.graph import all_graphs, check


class UnsoundGraphError(Exception):
    """A graph fails its proof; nothing was installed."""


def install_graphs() -> int:
    """Make the database's edges those of the registered graphs; returns how many edges there are.

    A state in which cases still stand is never taken away: that release is refused with the state's name.
    """
    problems = [f"{graph.name}: {problem}" for graph in all_graphs() for problem in check(graph)]
    if problems:
        raise UnsoundGraphError("; ".join(problems))
    states = [(g.name, s.name, s.owner, s.final) for g in all_graphs() for s in g.states]
    edges = [(g.name, e.source, e.action, e.target) for g in all_graphs() for e in g.edges]
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("LOCK TABLE flow_state, flow_edge IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(
            "SELECT DISTINCT graph, state FROM flow_case WHERE is_open"
            " AND NOT (graph || '.' || state = ANY(%s))",
            [[f"{graph}.{state}" for graph, state, *_ in states]],
        )
        if stranded := cursor.fetchall():
            raise UnsoundGraphError(
                f"open cases would be stranded in {', '.join('.'.join(s) for s in stranded)}"
            )
        cursor.execute("DELETE FROM flow_edge")
        cursor.execute("DELETE FROM flow_state")
        cursor.executemany(
            "INSERT INTO flow_state (graph, state, owner_role, final) VALUES (%s, %s, %s, %s)", states
        )
        cursor.executemany(
            "INSERT INTO flow_edge (graph, source, action, target) VALUES (%s, %s, %s, %s)", edges
        )
    return len(edges)
