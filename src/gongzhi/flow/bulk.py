"""Many cases at once, set-based: opened together, or moved together along an edge.

The same rules as for one (`actions`), but a statement each for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db import connection
from psycopg import Cursor
from psycopg.types.json import Jsonb

from gongzhi.flow import rules
from gongzhi.flow.errors import NotAllowedError, NotPossibleError
from gongzhi.flow.graph import NEW, CaseView, Edge, Graph, Guard, ReadsAhead
from gongzhi.flow.lines import COLUMNS, INTO_JOURNAL, Line, line_after, read, signature, tell
from gongzhi.flow.lists import compact, list_cursor
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting


class Opening(NamedTuple):
    """One case to be opened: where it lies, whose it is, and the day its clock counts from."""

    area: str
    started_on: date
    department: str | None = None
    holder: int | None = None
    form: Mapping[str, Any] = MappingProxyType({})
    case_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """A second edge that cases take in the instant in which they are opened, with the same form for all."""

    action: str
    form: Mapping[str, Any] = field(default_factory=dict)


def reserve_ids(count: int) -> list[int]:
    """Case numbers for openings whose rows refer to each other before they exist."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('flow_case_id_seq') FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def open_cases(
    graph: Graph,
    action: str,
    openings: Sequence[Opening],
    *,
    acting: Acting,
    moment: Moment,
    onward: Onward | None = None,
) -> list[int]:
    """Open cases by the same edge, set-based; returns their numbers in the order given.

    Each clock counts from its opening's own `started_on`. With `onward` each case takes a second line at once, as a
    `transition_many` right after would add it: for whoever sees everything, by an edge without guard that leaves a
    case where it lies. Runs inside the caller's transaction.
    """
    if not openings:
        return []
    edge = _edge(graph, NEW, action)
    second = _edge(graph, edge.target, onward.action) if onward else None
    for one in filter(None, (edge, second)):
        if acting.role not in one.who:
            raise NotAllowedError(f"{acting.role} may not open {graph.name} by {one.action}")
    if second and (second.action in graph.changes or second.action in graph.guards):
        raise NotPossibleError(second.action, second.source)
    missing = sum(opening.case_id is None for opening in openings)
    fresh = iter(reserve_ids(missing)) if missing else iter(())
    ids = [next(fresh) if opening.case_id is None else opening.case_id for opening in openings]
    days = {day: number for number, day in enumerate(dict.fromkeys(one.started_on for one in openings), 1)}
    target = graph.state(edge.target)
    clocks = [rules.start(target, day, moment.calendar, moment.limit) for day in days]
    values = {
        "case_id": ids,
        "form": _encoded([opening.form for opening in openings]),
        "area": [opening.area for opening in openings],
        "department": [opening.department for opening in openings],
        "holder": [opening.holder for opening in openings],
        "clock": [days[opening.started_on] for opening in openings],
        "graph": graph.name,
        "at": moment.at,
        "day": moment.today,
        "post": acting.post_id,
        "by": signature(acting),
        "action": edge.action,
        "target": edge.target,
    } | _clocks("", clocks)
    statement = _OPEN
    if onward and second:
        there = graph.state(second.target)
        later = [
            rules.after(second, there, one, moment.today, moment.calendar, moment.limit) for one in clocks
        ]
        values |= {"onward": second.action, "onward_target": second.target, "onward_form": Jsonb(onward.form)}
        values |= _clocks("onward_", later)
        statement = _OPEN_AND_GO_ON
    with list_cursor() as cursor:
        cursor.execute(statement, values)
    tell(graph, edge, tuple(ids), {}, acting=acting, moment=moment)
    if onward and second:
        tell(graph, second, tuple(ids), onward.form, acting=acting, moment=moment)
    return ids


def _encoded(forms: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each form as JSON. One that many share is encoded once."""
    known: dict[int, str] = {}
    texts = []
    for form in forms:
        text = known.get(id(form))
        if text is None:
            text = known[id(form)] = compact(dict(form))
        texts.append(text)
    return texts


_CLOCK = ("limit_name", "started_on", "due", "provisional", "suspended_due", "suspended_on", "calendar")


def _clocks(prefix: str, clocks: Sequence[rules.Running]) -> dict[str, list[Any]]:
    return {f"{prefix}{name}": [getattr(clock, name) for clock in clocks] for name in _CLOCK}


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
    with list_cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM flow_case WHERE id = ANY(%s) AND graph = %s AND state = %s ORDER BY id FOR UPDATE",
            [list(case_ids), graph.name, source],
        )
        standing = [read(row) for row in cursor.fetchall()]
        filled = [(case, running, dict(form(case)) if callable(form) else same) for case, running in standing]
        refused = _refusals(graph.guards.get(action), [(case, values) for case, _, values in filled])
        lines = [
            line_after(graph, edge, case, running, values, whose(case) if whose else acting, moment)
            for (case, running, values), reason in zip(filled, refused, strict=True)
            if reason is None
        ]
        if not lines:
            return []
        _append(cursor, graph, edge, lines, moment=moment)
    moved = [line.case_id for line in lines]
    tell(graph, edge, tuple(moved), same, acting=acting, moment=moment)
    return moved


def _refusals(
    guard: Guard | None, asked: Sequence[tuple[CaseView, Mapping[str, Any]]]
) -> Sequence[str | None]:
    """Why each is refused, or None. A guard that reads what it needs is asked once for all of them."""
    if guard is None:
        return (None,) * len(asked)
    if isinstance(guard, ReadsAhead):
        return guard.of_many(asked)
    return [guard(case, values) for case, values in asked]


def _edge(graph: Graph, source: str, action: str) -> Edge:
    edge = graph.edge(source, action)
    if edge is None:
        raise NotPossibleError(action, source)
    return edge


def _append(
    cursor: Cursor[Any],
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


def _line(prefix: str, seq: int, action: str, source: str, target: str, form: str) -> str:
    clock = ", ".join(
        f"(%({prefix}{name})s::{kind}[])[clock]" for name, kind in zip(_CLOCK, _KINDS, strict=True)
    )
    return f"""
SELECT case_id, {seq}, %(graph)s::text, %(at)s::timestamptz, %(post)s::bigint, %(by)s::text, {action}, {source},
    {target}, {form}, NULL::text, area, department, holder, %(day)s::date, {clock}, ''::bytea
FROM opened"""


_KINDS = ("text", "date", "date", "bool", "date", "date", "text")
# The database opens a case by its first lines, so the two can't disagree.
_OPENED = f"""
WITH opened AS MATERIALIZED (
    SELECT * FROM unnest(
        %(case_id)s::bigint[], %(form)s::text[], %(area)s::text[], %(department)s::text[], %(holder)s::bigint[],
        %(clock)s::int[]
    ) AS line (case_id, form, area, department, holder, clock)
)
{INTO_JOURNAL}"""
_OPEN = _OPENED + _line("", 1, "%(action)s::text", "''", "%(target)s::text", "form::jsonb")
_OPEN_AND_GO_ON = f"{_OPEN}\nUNION ALL" + _line(
    "onward_",
    2,
    "%(onward)s::text",
    "%(target)s::text",
    "%(onward_target)s::text",
    "%(onward_form)s::jsonb",
)
