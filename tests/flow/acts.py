"""Who may make an edge, and a form that it accepts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from gongzhi.flow.actions import form_of
from gongzhi.flow.forms import resolved
from gongzhi.flow.graph import CaseView, Choice, Edge, Field, Graph
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.roles import Role
from tests.flow.conftest import GRID

MARKET, EDUCATION = "market", "education"


def any_reasons(graphs: Iterable[Graph]) -> tuple[Choice, ...]:
    """Coded reasons that every form of these processes takes; the real lists are the catalogue's."""
    codes = {code for g in graphs for e in g.edges for f in e.form.fields for code in f.only} | {"any"}
    return tuple(Choice(code=code, zh=code, en=code) for code in sorted(codes))


def who_may(edge: Edge, department: str | None = MARKET) -> Acting:
    """A post that may make this edge anywhere in the city, the machine itself where it may."""
    if Role.SYSTEM in edge.who:
        return SYSTEM
    role = min(edge.who)
    return Acting(
        post_id=9,
        role=role,
        area="4419",
        department=department if role is Role.DEPARTMENT else None,
        name="李娜",
        title="岗位",
    )


def filled(graph: Graph, edge: Edge, case: CaseView, on: date, department: str = EDUCATION) -> dict[str, str]:
    """Answers that the edge's form accepts in this case."""
    form = resolved(form_of(graph, edge, case), on)
    return {field.name: _answer(field, on, department) for field in form.fields}


def _answer(field: Field, on: date, department: str) -> str:
    if field.choices:
        return field.choices[0].code
    if field.name == "point":
        return "113.75,23.02"
    return {
        "date": on.isoformat(),
        "checkbox": "1",
        "department": department,
        "division": GRID[:9],
        "village": GRID[:12],
        "grid": GRID,
    }.get(field.kind, GRID if field.name == "area" else "依据和说明")
