"""Reads of cases and journals, always for a post, inside its transaction (`acting_as`).

Every query names the post's area itself; row security refuses the rest once more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from gongzhi.flow import rules
from gongzhi.flow.actions import form_of
from gongzhi.flow.errors import NoSuchCaseError
from gongzhi.flow.forms import resolved
from gongzhi.flow.graph import CaseView, Edge, Form, Graph, graph_named
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting

PAGE = 30
"""Rows a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A case as lists and pages show it. `days_left` counts working days; negative once it is late."""

    id: int
    graph: str
    state: str
    is_open: bool
    owner_role: str | None
    area: str
    department: str | None
    holder: int | None
    opened_on: date
    closed_on: date | None
    due: date | None
    provisional: bool
    suspended_due: date | None
    suspended_on: date | None
    seq: int
    lamp: rules.Lamp
    days_left: int | None

    @property
    def process(self) -> Graph:
        """The graph it runs through."""
        return graph_named(self.graph)

    def view(self) -> CaseView:
        """The case as guards and forms see it."""
        return CaseView(
            id=self.id,
            graph=self.graph,
            state=self.state,
            area=self.area,
            department=self.department,
            holder=self.holder,
            seq=self.seq,
        )


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list in order of due day, and where the next one starts (None: this is the last)."""

    rows: tuple[Standing, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Count:
    """How much stands in one state, and how much of it is late or due soon."""

    graph: str
    state: str
    total: int
    red: int
    yellow: int


@dataclass(frozen=True, slots=True)
class Line:
    """One journal line as a timeline shows it."""

    case_id: int
    seq: int
    graph: str
    at: datetime
    by: str
    post_id: int
    action: str
    source: str
    target: str
    form: dict[str, Any]
    due: date | None
    on_day: date
    department: str | None
    area: str
    suspended_due: date | None

    @property
    def edge(self) -> Edge | None:
        """The edge as today's graph draws it; None when a later version no longer has it."""
        return graph_named(self.graph).edge(self.source, self.action)


_COLUMNS = (
    "id, graph, state, is_open, owner_role, area, department, holder, opened_on, closed_on, due, provisional,"
    " suspended_due, suspended_on, seq"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a list is narrowed to. `mine` keeps what waits for the post's own role."""

    graph: str = ""
    state: str = ""
    lamp: str = ""
    area: str = ""
    department: str = ""
    mine: bool = True


def waiting(acting: Acting, wanted: Filter, *, moment: Moment, after: str = "", size: int = PAGE) -> Page:
    """Open cases that the post sees, soonest due first, from behind the place `after` on."""
    where, values = _conditions(acting, wanted, moment)
    if after:
        due, _, case_id = after.partition(".")
        try:
            values += [date.fromisoformat(due), int(case_id)]
        except ValueError:
            raise ValueError(f"{after!r} is no place in this list") from None
        where.append("(due, id) > (%s, %s)")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM flow_case WHERE {' AND '.join(where)} ORDER BY due, id LIMIT %s",
            [*values, size + 1],
        )
        soon = yellow_until(moment)
        rows = [_standing(row, moment, soon) for row in cursor.fetchall()]
    more = f"{rows[size - 1].due}.{rows[size - 1].id}" if len(rows) > size else None
    return Page(tuple(rows[:size]), more)


def counts(acting: Acting, wanted: Filter, *, moment: Moment) -> list[Count]:
    """How many open cases the post sees in each state, and how many are late or due soon."""
    where, values = _conditions(acting, wanted, moment)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT graph, state, count(*), count(*) FILTER (WHERE due < %s),"
            " count(*) FILTER (WHERE due >= %s AND due <= %s AND suspended_on IS NULL)"
            f" FROM flow_case WHERE {' AND '.join(where)} GROUP BY graph, state ORDER BY graph, state",
            [moment.today, moment.today, yellow_until(moment), *values],
        )
        return [Count(*row) for row in cursor.fetchall()]


def case_for(acting: Acting, case_id: int, *, moment: Moment) -> Standing:
    """One case, open or ended. Raises NoSuchCaseError when it is not this post's to see."""
    found = cases_for(acting, [case_id], moment=moment)
    if not found:
        raise NoSuchCaseError(f"no case {case_id} for this post")
    return found[0]


def cases_for(acting: Acting, case_ids: Iterable[int], *, moment: Moment) -> list[Standing]:
    """These cases, as far as the post sees them, in order of their numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM flow_case WHERE id = ANY(%s) AND area >= %s AND area < %s ORDER BY id",
            [list(case_ids), acting.area, acting.area + "~"],
        )
        soon = yellow_until(moment)
        return [_standing(row, moment, soon) for row in cursor.fetchall()]


def journal_of(case_ids: Sequence[int]) -> list[Line]:
    """The journal lines of these cases, oldest first, as far as the post sees them."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT case_id, seq, graph, at, "by", post_id, action, source, target, form::text, due, on_day,'
            " department, area, suspended_due FROM flow_journal WHERE case_id = ANY(%s)"
            " ORDER BY at, recorded_at, case_id, seq",
            [list(case_ids)],
        )
        return [Line(*(*row[:9], json.loads(row[9]), *row[10:])) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Act:
    """An edge the post may make now, with its form as it is to be shown."""

    edge: Edge
    form: Form


def acts_for(acting: Acting, case: Standing, *, moment: Moment) -> list[Act]:
    """What the post may do with a case where it stands."""
    graph, view = case.process, case.view()
    return [
        Act(edge, resolved(form_of(graph, edge, view), moment.today))
        for edge in graph.edges_from(case.state)
        if acting.role in edge.who
    ]


def yellow_until(moment: Moment) -> date:
    """The last due day that shows yellow: so many working days from today as the city's reference data say."""
    return moment.calendar.due(moment.today, moment.limit("escalation.yellow")).date


def _conditions(acting: Acting, wanted: Filter, moment: Moment) -> tuple[list[str], list[Any]]:
    where: list[str] = ["is_open"]
    values: list[Any] = []
    area = wanted.area if wanted.area.startswith(acting.area) else acting.area
    if area:
        where.append("area >= %s AND area < %s")
        values += [area, area + "~"]
    if acting.department:
        where.append("(department = %s OR department IS NULL)")
        values.append(acting.department)
    for column, value in (
        ("graph", wanted.graph),
        ("state", wanted.state),
        ("department", wanted.department),
    ):
        if value:
            where.append(f"{column} = %s")
            values.append(value)
    if wanted.mine:
        where.append("owner_role = %s")
        values.append(acting.role)
    if wanted.lamp == rules.Lamp.RED:
        where.append("due < %s")
        values.append(moment.today)
    elif wanted.lamp == rules.Lamp.YELLOW:
        where.append("due >= %s AND due <= %s AND suspended_on IS NULL")
        values += [moment.today, yellow_until(moment)]
    elif wanted.lamp == rules.Lamp.PAUSED:
        where.append("suspended_on IS NOT NULL AND due >= %s")
        values.append(moment.today)
    elif wanted.lamp == rules.Lamp.GREEN:
        where.append("due > %s AND suspended_on IS NULL")
        values.append(yellow_until(moment))
    return where, values


def _standing(row: Sequence[Any], moment: Moment, soon: date) -> Standing:
    is_open, due, suspended_on = row[3], row[10], row[13]
    left = None
    if is_open and due is not None:
        between = moment.calendar.working_days_between
        # Over a weekend a case can be late without a working day having passed: no number says that.
        left = between(moment.today, due) if due >= moment.today else -between(due, moment.today) or None
    return Standing(
        id=row[0],
        graph=row[1],
        state=row[2],
        is_open=is_open,
        owner_role=row[4],
        area=row[5],
        department=row[6],
        holder=row[7],
        opened_on=row[8],
        closed_on=row[9],
        due=due,
        provisional=row[11],
        suspended_due=row[12],
        suspended_on=suspended_on,
        seq=row[14],
        lamp=rules.lamp(
            is_open=is_open,
            due=due,
            suspended_on=suspended_on,
            today=moment.today,
            yellow_until=soon,
        ),
        days_left=left,
    )
