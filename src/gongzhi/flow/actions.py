"""One case moves along an edge, by one post's act.

A move is one transaction: lock the row, check the source, the post, the guard and the form, run the clock, add the
journal line. The line moves the case, by a trigger; nothing in this room updates a case itself. Only `bulk` writes
lines too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection
from psycopg.errors import UniqueViolation

from gongzhi.flow import rules
from gongzhi.flow.errors import (
    FormInvalidError,
    MovedMeanwhileError,
    NoSuchCaseError,
    NotAllowedError,
    NotPossibleError,
)
from gongzhi.flow.forms import clean, resolved
from gongzhi.flow.graph import CaseView, Edge, Form, Graph, graph_named
from gongzhi.flow.lines import COLUMNS, INTO_JOURNAL, Line, line_after, read, signature, tell
from gongzhi.flow.lists import compact
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting
from gongzhi.org.prepared import prepared

LOCK = "FOR UPDATE"
"""Taken off only by the test that shows what happens without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a move came to; `replayed` when the same request had already been made.

    `area` and `department` say where the case lies now, for whoever asks whether they still see it; `graph` and
    `source` which edge it was.
    """

    case_id: int
    seq: int
    state: str
    replayed: bool = False
    area: str = field(default="", compare=False)
    department: str | None = field(default=None, compare=False)
    graph: str = field(default="", compare=False)
    source: str = field(default="", compare=False)


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
    unknown: Callable[[Form], Mapping[str, str]] | None = None,
) -> Outcome:
    """Move one case along an edge, inside the caller's transaction.

    `facts` are what a room adds to the journal line beside the form, such as a visit's results.

    `client_key` makes a repeated request harmless: the second answers what the first did. `expected_seq` is
    the line the person had read; if the case has moved since, they are told by whom. A key that comes with
    another line's number than before is no repetition and is refused.

    `unknown` is the door's own look at the form as it is asked: messages by field for answers that name what does
    not exist, which the kernel can't know.

    Raises NoSuchCaseError, MovedMeanwhileError, NotPossibleError, NotAllowedError, FormInvalidError.
    """
    case, running = _locked(case_id)
    # A repeated request finds the case further on than where it was read: its first line moved it. So nobody who
    # finds it there has to ask.
    if client_key is not None and expected_seq != case.seq and (done := _done(case, client_key)):
        return done
    if expected_seq is not None and expected_seq != case.seq:
        raise _moved_meanwhile(case)
    graph = graph_named(case.graph)
    edge = graph.edge(case.state, action)
    if edge is None:
        raise NotPossibleError(action, case.state)
    if acting.role not in edge.who:
        raise NotAllowedError(f"{acting.role} may not make {action}")
    asked = form_of(graph, edge, case)
    if unknown is not None and (errors := unknown(asked)):
        raise FormInvalidError(errors)
    values = clean(resolved(asked, moment.today), form or {}) | dict(facts or {})
    if (guard := graph.guards.get(action)) and (reason := guard(case, values)):
        raise NotPossibleError(action, case.state, reason)
    line = line_after(graph, edge, case, running, values, acting, moment)
    _append(graph, edge, line, moment=moment, client_key=client_key)
    tell(graph, edge, (case_id,), values, acting=acting, moment=moment)
    return Outcome(
        case_id=case_id,
        seq=line.seq,
        state=edge.target,
        area=line.area,
        department=line.department,
        graph=graph.name,
        source=edge.source,
    )


def form_of(graph: Graph, edge: Edge, case: CaseView) -> Form:
    """The form an edge asks in this case: its own, or one built for the case."""
    build = graph.forms.get(edge.action)
    return build(case) if build else edge.form


def _locked(case_id: int) -> tuple[CaseView, rules.Running]:
    found = prepared(f"SELECT {COLUMNS} FROM flow_case WHERE id = %s {LOCK}", [case_id])
    if not found:
        raise NoSuchCaseError(f"no case {case_id} for this post")
    return read(found[0])


def _done(case: CaseView, client_key: str) -> Outcome | None:
    """What the request with this key came to, if it has been made before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, source, target FROM flow_journal WHERE case_id = %s AND client_key = %s",
            [case.id, client_key],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    seq, source, target = row
    return Outcome(
        case_id=case.id,
        seq=seq,
        state=target,
        replayed=True,
        area=case.area,
        department=case.department,
        graph=case.graph,
        source=source,
    )


def _moved_meanwhile(case: CaseView) -> MovedMeanwhileError:
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT "by", action, at FROM flow_journal WHERE case_id = %s ORDER BY seq DESC LIMIT 1',
            [case.id],
        )
        by, action, at = cursor.fetchone()
    return MovedMeanwhileError(by=by, action=action, at=at, state=case.state)


def _append(graph: Graph, edge: Edge, line: Line, *, moment: Moment, client_key: str | None) -> None:
    running = line.running
    values = (
        line.case_id,
        line.seq,
        graph.name,
        moment.at,
        line.acting.post_id,
        signature(line.acting),
        edge.action,
        line.source,
        line.target,
        compact(dict(line.form)),
        client_key,
        line.area,
        line.department,
        line.holder,
        moment.today,
        running.limit_name,
        running.started_on,
        running.due,
        running.provisional,
        running.suspended_due,
        running.suspended_on,
        running.calendar,
    )
    try:
        prepared(_APPEND, values)
    except IntegrityError as error:
        cause = error.__cause__
        if isinstance(cause, UniqueViolation) and cause.diag.constraint_name == "flow_journal_client_key":
            raise NotPossibleError(edge.action, line.source) from error
        raise


_APPEND = f"{INTO_JOURNAL} VALUES ({'%s, ' * 22}'')"
