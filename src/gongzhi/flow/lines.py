"""Journal lines on their way in: a case as it is read, the line it takes next, and who is told.

Shared by the acts of one person (`actions`) and the acts on many cases (`bulk`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongzhi.flow import rules
from gongzhi.flow.errors import NotAllowedError
from gongzhi.flow.events import Moved, publish
from gongzhi.flow.graph import CaseView, Changes, Edge, Graph
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting

COLUMNS = (
    "id, graph, state, area, department, holder, seq,"
    " limit_name, started_on, due, provisional, suspended_due, suspended_on, calendar"
)
"""What `read` reads of a row of flow_case."""

INTO_JOURNAL = """
INSERT INTO flow_journal (
    case_id, seq, graph, at, post_id, "by", action, source, target, form, client_key, area, department, holder,
    on_day, limit_name, started_on, due, provisional, suspended_due, suspended_on, calendar, hash)
"""


@dataclass(frozen=True, slots=True)
class Line:
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


def read(row: Sequence[Any]) -> tuple[CaseView, rules.Running]:
    """A case and its clock, from a row of COLUMNS."""
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


def line_after(
    graph: Graph,
    edge: Edge,
    case: CaseView,
    running: rules.Running,
    values: Mapping[str, Any],
    acting: Acting,
    moment: Moment,
) -> Line:
    """The line that this edge adds to the case, its clock run on. Raises NotAllowedError for another's edge."""
    if acting.role not in edge.who:
        raise NotAllowedError(f"{acting.role} may not make {edge.action}")
    changes_for = graph.changes.get(edge.action)
    changes = changes_for(case, values, acting) if changes_for else Changes()
    target = graph.state(edge.target)
    return Line(
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


def signature(acting: Acting) -> str:
    """How a line is signed: the post and the person; the machine signs as itself."""
    return " ".join(filter(None, (acting.title, acting.name)))[:160] if acting.post_id else acting.title


def tell(
    graph: Graph,
    edge: Edge,
    case_ids: tuple[int, ...],
    form: Mapping[str, Any],
    *,
    acting: Acting,
    moment: Moment,
) -> None:
    """Tell the rooms that cases moved, in the same transaction."""
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
