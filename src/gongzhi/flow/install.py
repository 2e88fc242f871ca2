"""Copies the graphs into the tables that the database checks edges against."""

from __future__ import annotations

from django.db import connections, transaction

from gongzhi.flow.graph import all_graphs, check


class UnsoundGraphError(Exception):
    """A graph fails its proof; nothing was installed."""


def install_graphs() -> int:
    """Make the database's edges those of the registered graphs; returns how many edges there are.

    A state in which cases still wait is never taken away or made an end: that release is refused with the state's
    name. Where a state has another owner now, its open cases go to that owner.
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
            [[f"{graph}.{state}" for graph, state, _, final in states if not final]],
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
        cursor.execute(
            "UPDATE flow_case c SET owner_role = s.owner_role FROM flow_state s WHERE c.is_open"
            " AND s.graph = c.graph AND s.state = c.state AND s.owner_role IS DISTINCT FROM c.owner_role"
        )
    return len(edges)
