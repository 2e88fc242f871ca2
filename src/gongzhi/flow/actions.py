"""The only writers of cases: open them, and move them along an edge.

A move is one transaction: lock the row, check the source, the post, the guard and the form, run the clock, add the
journal line. The line moves the case, by a trigger; this module never updates a case itself.
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
from gongzhi.flow.errors import MovedMeanwhileError, NoSuchCaseError, NotAllowedError, NotPossibleError
from gongzhi.flow.events import Moved, publish
from gongzhi.flow.forms import clean, resolved
from gongzhi.flow.graph import NEW, CaseView, Changes, Edge, Form, Graph, graph_named
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting

LOCK = "FOR UPDATE"
"""Taken off only by the test that shows what happens without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One case to be opened: where it lies, whose it is, and the day its clock counts from."""

    area: str
    started_on: date
    department: str | None = None
    holder: int | None = None
    form: Mapping[str, Any] = field(default_factory=dict)
    case_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a move came to; `replayed` when the same request had already been made.

    `area` and `department` say where the case lies now, for whoever asks whether they still see it.
    """

    case_id: int
    seq: int
    state: str
    replayed: bool = False
    area: str = field(default="", compare=False)
    department: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class _Line:
    """A journal line on its way in, and what the case's columns are after it."""

    case_id: int
    seq: int
    source: str
    target: str
    form: Mapping[str, Any]
    area: str
    department: str | None
    holder: int | None
    running: rules.Running
    acting: Acting


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
            _Line(
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
        _append(cursor, graph, edge, lines, moment=moment, client_key=None)
        cursor.execute(_OPEN, {"ids": ids})
    _tell(graph, edge, tuple(ids), {}, acting=acting, moment=moment)
    return ids


def transition(
    case_id: int,
    action: str,
    *,
    acting: Acting,
    moment: Moment,
    form: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    client_key: str | None = None,
    expected_seq: int | None = None,
) -> Outcome:
    """Move one case along an edge, inside the caller's transaction.

    `facts` are what a room adds to the journal line beside the form, such as a visit's results.

    `client_key` makes a repeated request harmless: the second answers what the first did. `expected_seq` is
    the line the person had read; if the case has moved since, they are told by whom.

    Raises NoSuchCaseError, MovedMeanwhileError, NotPossibleError, NotAllowedError, FormInvalidError.
    """
    with connection.cursor() as cursor:
        case, running = _locked(cursor, case_id)
        if client_key is not None:
            cursor.execute(
                "SELECT seq, target FROM flow_journal WHERE case_id = %s AND client_key = %s",
                [case_id, client_key],
            )
            if done := cursor.fetchone():
                return Outcome(
                    case_id=case_id,
                    seq=done[0],
                    state=done[1],
                    replayed=True,
                    area=case.area,
                    department=case.department,
                )
        if expected_seq is not None and expected_seq != case.seq:
            raise _moved_meanwhile(cursor, case)
        graph = graph_named(case.graph)
        edge = graph.edge(case.state, action)
        if edge is None:
            raise NotPossibleError(action, case.state)
        if acting.role not in edge.who:
            raise NotAllowedError(f"{acting.role} may not make {action}")
        values = clean(resolved(form_of(graph, edge, case), moment.today), form or {}) | dict(facts or {})
        if (guard := graph.guards.get(action)) and (reason := guard(case, values)):
            raise NotPossibleError(action, case.state, reason)
        line = _line_after(graph, edge, case, running, values, acting, moment)
        _append(cursor, graph, edge, [line], moment=moment, client_key=client_key)
    _tell(graph, edge, (case_id,), values, acting=acting, moment=moment)
    return Outcome(
        case_id=case_id, seq=line.seq, state=edge.target, area=line.area, department=line.department
    )


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
            f"SELECT {_COLUMNS} FROM flow_case WHERE id = ANY(%s) AND graph = %s AND state = %s ORDER BY id {LOCK}",
            [list(case_ids), graph.name, source],
        )
        guard = graph.guards.get(action)
        standing = [_read(row) for row in cursor.fetchall()]
        filled = [(case, running, dict(form(case)) if callable(form) else same) for case, running in standing]
        lines = [
            _line_after(graph, edge, case, running, values, whose(case) if whose else acting, moment)
            for case, running, values in filled
            if guard is None or guard(case, values) is None
        ]
        if not lines:
            return []
        _append(cursor, graph, edge, lines, moment=moment, client_key=None)
    moved = [line.case_id for line in lines]
    _tell(graph, edge, tuple(moved), same, acting=acting, moment=moment)
    return moved


def form_of(graph: Graph, edge: Edge, case: CaseView) -> Form:
    """The form an edge asks in this case: its own, or one built for the case."""
    build = graph.forms.get(edge.action)
    return build(case) if build else edge.form


def _edge(graph: Graph, source: str, action: str) -> Edge:
    edge = graph.edge(source, action)
    if edge is None:
        raise NotPossibleError(action, source)
    return edge


_COLUMNS = (
    "id, graph, state, area, department, holder, seq,"
    " limit_name, started_on, due, provisional, suspended_due, suspended_on, calendar"
)


def _read(row: Sequence[Any]) -> tuple[CaseView, rules.Running]:
    case = CaseView(
        id=row[0], graph=row[1], state=row[2], area=row[3], department=row[4], holder=row[5], seq=row[6]
    )
    running = rules.Running(
        limit_name=row[7],
        started_on=row[8],
        due=row[9],
        provisional=row[10],
        suspended_due=row[11],
        suspended_on=row[12],
        calendar=row[13],
    )
    return case, running


def _locked(cursor: CursorWrapper, case_id: int) -> tuple[CaseView, rules.Running]:
    cursor.execute(f"SELECT {_COLUMNS} FROM flow_case WHERE id = %s {LOCK}", [case_id])
    row = cursor.fetchone()
    if row is None:
        raise NoSuchCaseError(f"no case {case_id} for this post")
    return _read(row)


def _moved_meanwhile(cursor: CursorWrapper, case: CaseView) -> MovedMeanwhileError:
    cursor.execute(
        'SELECT "by", action, at FROM flow_journal WHERE case_id = %s ORDER BY seq DESC LIMIT 1', [case.id]
    )
    by, action, at = cursor.fetchone()
    return MovedMeanwhileError(by=by, action=action, at=at, state=case.state)


def _line_after(
    graph: Graph,
    edge: Edge,
    case: CaseView,
    running: rules.Running,
    values: Mapping[str, Any],
    acting: Acting,
    moment: Moment,
) -> _Line:
    if acting.role not in edge.who:
        raise NotAllowedError(f"{acting.role} may not make {edge.action}")
    changes_for = graph.changes.get(edge.action)
    changes = changes_for(case, values, acting) if changes_for else Changes()
    target = graph.state(edge.target)
    return _Line(
        case.id,
        case.seq + 1,
        case.state,
        edge.target,
        values,
        case.area if changes.area is None else changes.area,
        case.department if changes.department is None else changes.department or None,
        case.holder if changes.holder is None else changes.holder or None,
        rules.after(edge, target, running, moment.today, moment.calendar, moment.limit),
        acting,
    )


def _signature(acting: Acting) -> str:
    """How a line is signed: the post and the person; the machine signs as itself."""
    return " ".join(filter(None, (acting.title, acting.name)))[:160] if acting.post_id else acting.title


def _append(
    cursor: CursorWrapper,
    graph: Graph,
    edge: Edge,
    lines: Sequence[_Line],
    *,
    moment: Moment,
    client_key: str | None,
) -> None:
    common: dict[str, Any] = {
        "graph": graph.name,
        "at": moment.at,
        "action": edge.action,
        "day": moment.today,
        "client_key": client_key,
    }
    columns: dict[str, list[Any]] = {
        "case_id": [line.case_id for line in lines],
        "seq": [line.seq for line in lines],
        "source": [line.source for line in lines],
        "target": [line.target for line in lines],
        "post": [line.acting.post_id for line in lines],
        "by": [_signature(line.acting) for line in lines],
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
    if len(lines) == 1:
        # One act at a desk: twenty lists of one item each cost the driver more than the act itself.
        cursor.execute(_APPEND_ONE, common | {name: column[0] for name, column in columns.items()})
    else:
        cursor.execute(_APPEND, common | columns)


def _tell(
    graph: Graph,
    edge: Edge,
    case_ids: tuple[int, ...],
    form: Mapping[str, Any],
    *,
    acting: Acting,
    moment: Moment,
) -> None:
    publish(
        Moved(
            graph=graph.name,
            action=edge.action,
            source=edge.source,
            target=edge.target,
            case_ids=case_ids,
            form=form,
            acting=acting,
            moment=moment,
        ),
        acting=acting,
        moment=moment,
    )


_INTO_JOURNAL = """
INSERT INTO flow_journal (
    case_id, seq, graph, at, post_id, "by", action, source, target, form, client_key, area, department, holder,
    on_day, limit_name, started_on, due, provisional, suspended_due, suspended_on, calendar, hash)
"""

_APPEND_ONE = f"""{_INTO_JOURNAL}
VALUES (%(case_id)s, %(seq)s, %(graph)s, %(at)s, %(post)s, %(by)s, %(action)s, %(source)s, %(target)s, %(form)s,
    %(client_key)s, %(area)s, %(department)s, %(holder)s, %(day)s, %(limit_name)s, %(started_on)s, %(due)s,
    %(provisional)s, %(suspended_due)s, %(suspended_on)s, %(calendar)s, '')
"""

_APPEND = f"""{_INTO_JOURNAL}
SELECT line.case_id, line.seq, %(graph)s, %(at)s, line.post, line."by", %(action)s, line.source, line.target, line.form,
    %(client_key)s, line.area, line.department, line.holder, %(day)s, line.limit_name, line.started_on, line.due,
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
