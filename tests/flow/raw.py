"""SQL that goes round the kernel, to see what the database itself allows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

from django.db import connection

from gongzhi.flow.bulk import Opening, open_cases
from gongzhi.flow.graph import NEW, Edge, Graph
from gongzhi.flow.moment import Moment
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM

Attempt = tuple[int, int, str, str, str]
"""case, line, source, action, target"""

INSERT = """
INSERT INTO flow_journal (case_id, seq, graph, at, post_id, "by", action, source, target, form, client_key, area,
    department, on_day, due, provisional, hash)
VALUES (%(case_id)s, %(seq)s, %(graph)s, '2026-09-21 10:00+08', %(post_id)s, '系统', %(action)s, %(source)s,
    %(target)s, '{}', %(client_key)s, %(area)s, %(department)s, '2026-09-21', '2026-10-12', false, '')
"""


def insert_line(graph: str, attempt: Attempt, **more: Any) -> None:
    """Add one line to a journal by hand, as whoever the connection is."""
    case_id, seq, source, action, target = attempt
    values = {
        "graph": graph,
        "case_id": case_id,
        "seq": seq,
        "source": source,
        "action": action,
        "target": target,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT, values | {"post_id": 0, "client_key": None, "area": "4419", "department": None} | more
        )


def insert_together(graph: str, attempts: list[Attempt], *, area: str) -> None:
    """Add several lines by one statement, as whoever the connection is."""
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO flow_journal (case_id, seq, graph, at, post_id, "by", action, source, target, form, area,'
            " on_day, due, provisional, hash) SELECT case_id, seq, %s, '2026-09-21 10:00+08', 0, '系统', action,"
            " source, target, '{}', %s, '2026-09-21', '2026-10-12', false, '' FROM"
            " unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[])"
            " AS line (case_id, seq, source, action, target)",
            [graph, area, *(list(column) for column in zip(*attempts, strict=True))],
        )


def path_to(graph: Graph, state: str) -> list[Edge]:
    """A shortest way from nothing to a state."""
    ways: deque[tuple[str, list[Edge]]] = deque([(NEW, [])])
    seen = {NEW}
    while ways:
        standing, way = ways.popleft()
        if standing == state:
            return way
        for edge in graph.edges_from(standing):
            if edge.target not in seen:
                seen.add(edge.target)
                ways.append((edge.target, [*way, edge]))
    raise AssertionError(f"{graph.name} never comes to {state}")


def stand(graph: Graph, state: str, moment: Moment, *, area: str, department: str | None) -> tuple[int, int]:
    """A case that stands in a state, brought there by legal lines; its number and its last line's."""
    opening, *way = path_to(graph, state)
    with acting_as(SYSTEM):
        role = SYSTEM if SYSTEM.role in opening.who else None
        assert role is not None, f"{graph.name} can't be opened by the system by {opening.action}"
        [case_id] = open_cases(
            graph,
            opening.action,
            [Opening(area=area, started_on=moment.today, department=department)],
            acting=SYSTEM,
            moment=moment,
        )
        for seq, edge in enumerate(way, start=2):
            insert_line(
                graph.name,
                (case_id, seq, edge.source, edge.action, edge.target),
                area=area,
                department=department,
            )
    return case_id, len(way) + 1


_TRY = """
DO $$
DECLARE tried attempt%%ROWTYPE;
BEGIN
    FOR tried IN SELECT * FROM attempt LOOP
        BEGIN
            INSERT INTO flow_journal (case_id, seq, graph, at, post_id, "by", action, source, target, form, area,
                on_day, provisional, hash)
            VALUES (tried.case_id, tried.seq, tried.graph, now(), 0, '系统', tried.action, tried.source,
                tried.target, '{}', '4419', '2026-09-21', false, '');
            RAISE EXCEPTION 'undone' USING ERRCODE = 'ZZ000';
        EXCEPTION WHEN OTHERS THEN
            UPDATE attempt SET answer = CASE SQLSTATE WHEN 'ZZ000' THEN 'made' ELSE SQLSTATE END
            WHERE number = tried.number;
        END;
    END LOOP;
END $$
"""


def answers(graph: Graph, attempts: Iterable[Attempt]) -> dict[Attempt, str]:
    """What the database says to each line, every accepted one undone: `made`, or the code of its refusal."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE attempt (number serial PRIMARY KEY, graph text, case_id bigint, seq int,"
            " source text, action text, target text, answer text) ON COMMIT DROP"
        )
        cursor.execute(
            "INSERT INTO attempt (graph, case_id, seq, source, action, target)"
            " SELECT %s, t.* FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[]) t",
            [graph.name, *(list(column) for column in zip(*attempts, strict=True))],
        )
        cursor.execute(_TRY.replace("%%", "%"))
        cursor.execute("SELECT case_id, seq, source, action, target, answer FROM attempt")
        told = {row[:5]: row[5] for row in cursor.fetchall()}
        cursor.execute("DROP TABLE attempt")
    return told
