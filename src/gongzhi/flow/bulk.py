"""Many cases at once, set-based: opened together, or moved together along an edge.

The same rules as for one (`actions`), but a statement each for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg.types.json import Jsonb

from gongzhi.flow import rules
from gongzhi.flow.errors import NotAllowedError, NotPossibleError
from gongzhi.flow.graph import NEW, CaseView, Edge, Graph
from gongzhi.flow.lines import COLUMNS, INTO_JOURNAL, Line, line_after, read, signature, tell
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One case to be opened: where it lies, whose it is, and the day its clock counts from."""

    area: str
    started_on: date
    department: str | None = None
    holder: int | None = None
    form: Mapping[str, Any] = field(default_factory=dict)
    case_id: int | None = None


def reserve_ids(count: int) -> list[int]:
    """Case numbers for openings whose rows refer to each other before they exist."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('flow_case_id_seq') FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def open_cases(
    graph: Graph, action: str, openings: Sequence[Opening], *, acting: Acting, moment: Moment
) -> list[int]:
    """Open cases by the same edge, set-based; returns their numbers in the order given.

    Each clock counts from its opening's own `started_on`. Runs inside the caller's transaction.
    """
    if not openings:
        return []
    edge = _edge(graph, NEW, action)
    if acting.role not in edge.who:
        raise NotAllowedError(f"{acting.role} may not open {graph.name} by {action}")
    target = graph.state(edge.target)
    missing = sum(opening.case_id is None for opening in openings)
    fresh = iter(reserve_ids(missing)) if missing else iter(())
    clocks: dict[date, rules.Running] = {}
    lines = []
    for opening in openings:
        running = clocks.get(opening.started_on)
        if running is None:
            running = rules.start(target, opening.started_on, moment.calendar, moment.limit)
            clocks[opening.started_on] = running
        case_id = opening.case_id if opening.case_id is not None else next(fresh)
        lines.append(
            Line(
                case_id,
                1,
                NEW,
                edge.target,
                opening.form,
                opening.area,
                opening.department,
                opening.holder,
                running,
                acting,
            )
        )
    ids = [line.case_id for line in lines]
    with connection.cursor() as cursor:
        _append(cursor, graph, edge, lines, moment=moment)
        cursor.execute(_OPEN, {"ids": ids})
    tell(graph, edge, tuple(ids), {}, acting=acting, moment=moment)
    return ids


def transition_many(
    graph: Graph,
    source: str,
    action: str,
    case_ids: Sequence[int],
    *,
    acting: Acting,
    moment: Moment,
    form: Mapping[str, Any] | Callable[[CaseView], Mapping[str, Any]] | None = None,
    whose: Callable[[CaseView], Acting] | None = None,
) -> list[int]:
    """Move all of these cases that stand in `source`, set-based; returns the ones that moved.

    Cases that have gone elsewhere meanwhile, and those that the edge's guard refuses, are left as they are. `form`
    is the machine's own and goes into every line unchecked; where lines differ it is made for each case, and who
    reacts reads the cases instead of the event's form. Where acts of many posts are taken over together, as
    from another system's history, `whose` names each case's. Runs inside the caller's transaction.
    """
    if not case_ids:
        return []
    edge = _edge(graph, source, action)
    if whose is None and acting.role not in edge.who:
        raise NotAllowedError(f"{acting.role} may not make {action}")
    same = {} if callable(form) else dict(form or {})
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM flow_case WHERE id = ANY(%s) AND graph = %s AND state = %s ORDER BY id FOR UPDATE",
            [list(case_ids), graph.name, source],
        )
        guard = graph.guards.get(action)
        standing = [read(row) for row in cursor.fetchall()]
        filled = [(case, running, dict(form(case)) if callable(form) else same) for case, running in standing]
        lines = [
            line_after(graph, edge, case, running, values, whose(case) if whose else acting, moment)
            for case, running, values in filled
            if guard is None or guard(case, values) is None
        ]
        if not lines:
            return []
        _append(cursor, graph, edge, lines, moment=moment)
    moved = [line.case_id for line in lines]
    tell(graph, edge, tuple(moved), same, acting=acting, moment=moment)
    return moved


def _edge(graph: Graph, source: str, action: str) -> Edge:
    edge = graph.edge(source, action)
    if edge is None:
        raise NotPossibleError(action, source)
    return edge


def _append(
    cursor: CursorWrapper,
    graph: Graph,
    edge: Edge,
    lines: Sequence[Line],
    *,
    moment: Moment,
) -> None:
    common: dict[str, Any] = {
        "graph": graph.name,
        "at": moment.at,
        "action": edge.action,
        "day": moment.today,
    }
    columns: dict[str, list[Any]] = {
        "case_id": [line.case_id for line in lines],
        "seq": [line.seq for line in lines],
        "source": [line.source for line in lines],
        "target": [line.target for line in lines],
        "post": [line.acting.post_id for line in lines],
        "by": [signature(line.acting) for line in lines],
        "form": [Jsonb(dict(line.form)) for line in lines],
        "area": [line.area for line in lines],
        "department": [line.department for line in lines],
        "holder": [line.holder for line in lines],
        "limit_name": [line.running.limit_name for line in lines],
        "started_on": [line.running.started_on for line in lines],
        "due": [line.running.due for line in lines],
        "provisional": [line.running.provisional for line in lines],
        "suspended_due": [line.running.suspended_due for line in lines],
        "suspended_on": [line.running.suspended_on for line in lines],
        "calendar": [line.running.calendar for line in lines],
    }
    cursor.execute(_APPEND, common | columns)


_APPEND = f"""{INTO_JOURNAL}
SELECT line.case_id, line.seq, %(graph)s, %(at)s, line.post, line."by", %(action)s, line.source, line.target, line.form,
    NULL, line.area, line.department, line.holder, %(day)s, line.limit_name, line.started_on, line.due,
    line.provisional, line.suspended_due, line.suspended_on, line.calendar, ''
FROM unnest(
    %(case_id)s::bigint[], %(seq)s::int[], %(post)s::bigint[], %(by)s::text[], %(source)s::text[], %(target)s::text[],
    %(form)s::jsonb[], %(area)s::text[], %(department)s::text[], %(holder)s::bigint[], %(limit_name)s::text[],
    %(started_on)s::date[], %(due)s::date[], %(provisional)s::bool[], %(suspended_due)s::date[],
    %(suspended_on)s::date[], %(calendar)s::text[]
) AS line (case_id, seq, post, "by", source, target, form, area, department, holder, limit_name, started_on, due,
    provisional, suspended_due, suspended_on, calendar)
"""

# The database fills the rest in from the opening line, so the two can't disagree.
_OPEN = "INSERT INTO flow_case (id) SELECT unnest(%(ids)s::bigint[])"
