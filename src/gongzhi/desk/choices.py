"""The answers a form offers where they depend on who fills it in: departments, grids, villages, places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Q

from gongzhi.desk import words
from gongzhi.flow.forms import NOT_A_CHOICE
from gongzhi.flow.graph import Choice, Field, Form
from gongzhi.flow.queries import Standing
from gongzhi.org.acting import Acting
from gongzhi.org.models import Department, Division, Grid
from gongzhi.org.presence import present_in
from gongzhi.visits import graph as visits_graph
from gongzhi.visits.queries import waiting_by_grid

_LEAST = 0.01
"""A place less likely than this is no help to the person who has to choose."""


def filled(form: Form, acting: Acting, case: Standing, on: date | None = None) -> tuple[Field, ...]:
    """A form's fields with the answers that this post may give in this case.

    With the day `on`, grids to which work is given say how much waits in each and how many are at work there.
    """
    return tuple(_filled(field, acting, case, on) for field in form.fields)


def _filled(field: Field, acting: Acting, case: Standing, on: date | None) -> Field:
    if field.kind == "department":
        found = [
            Choice(code=d.code, zh=d.name, en=d.name_en)
            for d in Department.objects.all()
            if d.code != case.department
        ]
    elif field.kind == "grid":
        codes = grids_below(_near(acting, case))
        found = _loaded(codes, on) if on is not None and _gives_out(case) else _places(codes)
    elif field.kind == "village":
        found = _places(divisions_below(_near(acting, case), Division.Level.VILLAGE))
    elif field.kind == "division":
        found = _places(divisions_below(acting.area, Division.Level.TOWN))
    else:
        return field
    # However many places there are, they are drawn as a list to choose from, never as a box to type a code into.
    return replace(field, kind="choice", choices=tuple(found))


def unknown(form: Form, given: Mapping[str, str], acting: Acting) -> dict[str, str]:
    """What a filled-in form names that does not exist, or that is not this post's to name: a message by field.

    A page offers only what exists, but anybody can send something else; the kernel knows no places.
    """
    return {
        field.name: NOT_A_CHOICE
        for field in form.fields
        if (answer := given.get(field.name, "").strip()) and not _may_name(field, answer, acting)
    }


def _may_name(field: Field, answer: str, acting: Acting) -> bool:
    if field.kind == "department":
        return Department.objects.filter(code=answer).exists()
    if field.kind not in {"grid", *_LEVELS}:
        return True
    if not answer.startswith(acting.area):
        return False
    if field.kind == "grid":
        return Grid.objects.filter(code=answer, valid_to__isnull=True).exists()
    return Division.objects.filter(code=answer, level=_LEVELS[field.kind], valid_to__isnull=True).exists()


_LEVELS = {"village": Division.Level.VILLAGE, "division": Division.Level.TOWN}


def _near(acting: Acting, case: Standing) -> str:
    """The town a case lies in, as far as it is known and the post reaches; grids of other towns are no answer."""
    town = case.area[:9] if len(case.area) >= 9 else case.area
    return town if town.startswith(acting.area) else acting.area


def grids_below(area: str) -> list[str]:
    """The codes of today's grids in an area."""
    rows = Grid.objects.filter(code__gte=area, code__lt=area + "~").filter(Q(valid_to__isnull=True))
    return list(rows.order_by("code").values_list("code", flat=True))


def divisions_below(area: str, level: str) -> list[str]:
    """The codes of today's divisions of a level in an area."""
    rows = Division.objects.filter(code__gte=area, code__lt=area + "~", level=level, valid_to__isnull=True)
    return list(rows.values_list("code", flat=True))


def _places(codes: list[str]) -> list[Choice]:
    return [Choice(code=code, zh=(name := words.place(code)), en=name) for code in codes]


def _gives_out(case: Standing) -> bool:
    """Whether somebody chooses who calls, and not where a door is."""
    return case.graph == visits_graph.NAME and case.state in _GIVEN_OUT


_GIVEN_OUT = frozenset({visits_graph.TO_ASSIGN, visits_graph.TO_VISIT, visits_graph.GUIDED})


def _loaded(codes: list[str], on: date) -> list[Choice]:
    """Grids by their codes, each with the visits that wait there and who is at work; the order is not the load's."""
    waiting, present = waiting_by_grid(codes), present_in(codes, on)
    made = []
    for code in codes:
        name, n, people = words.place(code), waiting.get(code, 0), present.get(code, 0)
        made.append(
            Choice(
                code=code,
                zh=f"{name}（在办 {n} 件，在岗 {people} 人）",
                en=f"{name} (open {n}, at work {people})",
            )
        )
    return made


def places_for(candidates: Iterable[tuple[str, float | None]], acting: Acting) -> list[dict[str, Any]]:
    """Where a door may lie, best first: the line to click and its confidence, as far as the post may name it."""
    return [
        {"value": code, "label": words.place(code), "confidence": score}
        for code, score in candidates
        if code.startswith(acting.area) and (score is None or score >= _LEAST)
    ]
