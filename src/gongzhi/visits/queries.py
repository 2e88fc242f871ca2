"""Reads of visits for a post: row security keeps what is not its own away."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from gongzhi.visits.models import Visit, VisitedBusiness

SHOWN = 4
"""Names a list shows of the businesses behind one door; the rest is a number."""


@dataclass(frozen=True, slots=True)
class VisitRow:
    """What a list says of a visit beside its case."""

    case_id: int
    address: str
    names: tuple[str, ...]
    more: int


def rows(case_ids: Sequence[int]) -> dict[int, VisitRow]:
    """The door and the businesses behind it of these visits, by case."""
    if not case_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.case_id, v.address, ARRAY(SELECT b.name FROM visits_visitedbusiness l"
            ' JOIN registry_business b ON b.id = l.business_id WHERE l.visit_id = v.case_id AND NOT l."left"'
            " ORDER BY l.id), (SELECT count(*) FROM visits_visitedbusiness l"
            ' WHERE l.visit_id = v.case_id AND NOT l."left")'
            " FROM visits_visit v WHERE v.case_id = ANY(%s)",
            [list(case_ids)],
        )
        return {
            case_id: VisitRow(case_id, address, tuple(names[:SHOWN]), max(0, count - SHOWN))
            for case_id, address, names, count in cursor.fetchall()
        }


def visit(case_id: int) -> Visit | None:
    """One visit, or None when it is not this post's to see."""
    return Visit.objects.filter(pk=case_id).first()


def listed(case_id: int) -> list[VisitedBusiness]:
    """The businesses on a visit's list, those that left before anybody called excepted."""
    found = VisitedBusiness.objects.filter(visit_id=case_id, left=False).select_related("business")
    return list(found.order_by("id"))


def to_call_on(case_id: int) -> list[VisitedBusiness]:
    """The businesses that still have to be called on."""
    return [row for row in listed(case_id) if row.told_on is None]


def of_business(business_id: int) -> list[int]:
    """The cases of the visits to a business that the post sees."""
    return list(VisitedBusiness.objects.filter(business_id=business_id).values_list("visit_id", flat=True))


def candidates(case_ids: Sequence[int]) -> dict[int, list[tuple[str, float | None]]]:
    """Where each door may lie, as the matcher saw it when the visit was opened: codes, best first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT case_id, form -> 'candidates' FROM flow_journal"
            " WHERE case_id = ANY(%s) AND seq = 1 AND form ? 'candidates'",
            [list(case_ids)],
        )
        return {
            case_id: [(code, score) for code, score in json.loads(found)]
            for case_id, found in cursor.fetchall()
        }


def missing(case_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What was last reported of each door that the library lacks: address, reason, point and its system, words, by."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT DISTINCT ON (case_id) case_id, form::text, "by" FROM flow_journal'
            " WHERE case_id = ANY(%s) AND action = 'report_missing' ORDER BY case_id, seq DESC",
            [list(case_ids)],
        )
        return {case_id: json.loads(form) | {"by": by} for case_id, form, by in cursor.fetchall()}


def open_at_door(door_key: str) -> list[tuple[int, str]]:
    """The open visits to a door that the post sees: (case, area)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, c.area FROM visits_visit v JOIN flow_case c ON c.id = v.case_id AND c.is_open"
            " WHERE v.door_key = %s ORDER BY c.id",
            [door_key[:200]],
        )
        return list(cursor.fetchall())


def waiting_by_grid(areas: Sequence[str]) -> dict[str, int]:
    """How many open visits lie in each of these grids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT area, count(*) FROM flow_case WHERE is_open AND graph = 'visits' AND area = ANY(%s) GROUP BY area",
            [list(areas)],
        )
        return dict(cursor.fetchall())


def was_made(case_id: int, client_key: str) -> bool:
    """Whether an act with this key was already recorded for a visit that the post sees."""
    if not client_key:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM flow_journal WHERE case_id = %s AND client_key = %s", [case_id, client_key]
        )
        return cursor.fetchone() is not None
