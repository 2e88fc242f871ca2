"""What visits teach the address library: where an officer found somebody, where a person said a door is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection

from gongzhi.coordinates import UnknownSystemError, UnreadablePointError, read_point, read_system
from gongzhi.flow.events import Moved
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.places.learning import Teaching, learn_many
from gongzhi.places.models import StandardAddress
from gongzhi.registry.events import Finding
from gongzhi.visits.queries import missing
from gongzhi.visits.rules import CONFIRMS, GRID_DIGITS

_How = StandardAddress.How


def teach_what_was_found(findings: Sequence[Finding], *, acting: Acting, moment: Moment) -> int:
    """An officer found businesses at their addresses: where they are is known now. Returns the addresses learnt."""
    confirmed = {finding.business_id for finding in findings if finding.result in CONFIRMS}
    if acting == SYSTEM or not confirmed:
        return 0  # what is taken over in bulk was confirmed by somebody under another library
    visits = sorted({finding.visit_id for finding in findings})
    told = [
        row for row in _addresses(visits) if row["business"] in confirmed and len(row["area"]) == GRID_DIGITS
    ]
    return learn_many([_teaching(row, _How.VISIT, acting) for row in told], moment=moment)


def teach_what_was_said(event: Moved) -> int:
    """A person said in which grid or village a door is. Returns the addresses learnt."""
    if event.acting == SYSTEM:
        return 0
    how = _How.GRID if event.action == "reassign" else _How.CLERK
    rows = _addresses(event.case_ids)
    return learn_many([_teaching(row, how, event.acting) for row in rows], moment=event.moment)


def teach_what_was_added(event: Moved) -> int:
    """Whoever keeps the library added a missing address: by its own words and by those of the registrations."""
    taught = []
    for row in _addresses(event.case_ids):
        report = _reported(row["case"])
        place = _point(report)
        taught.append(_teaching(row, _How.ADDED, event.acting, **place))
        if text := str(event.form.get("address") or report.get("address") or ""):
            taught.append(_teaching({**row, "text": text}, _How.ADDED, event.acting, **place))
    return learn_many(taught, moment=event.moment)


def _teaching(row: dict[str, Any], how: str, acting: Acting, **place: Any) -> Teaching:
    by = f"{acting.title} {acting.name}".strip()
    return Teaching(
        text=row["text"],
        area=row["area"],
        case=row["case"],
        how=how,
        by=by,
        post=acting.post_id,
        **place,
    )


def _addresses(case_ids: Collection[int]) -> list[dict[str, Any]]:
    """The addresses as they are registered of all who are on these visits' lists, with where the visit lies."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, c.area, b.id, b.address FROM flow_case c"
            ' JOIN visits_visitedbusiness l ON l.visit_id = c.id AND NOT l."left"'
            " JOIN registry_business b ON b.id = l.business_id WHERE c.id = ANY(%s) ORDER BY c.id, l.id",
            [list(case_ids)],
        )
        return [
            {"case": case, "area": area, "business": business, "text": text}
            for case, area, business, text in cursor.fetchall()
        ]


def _reported(case_id: int) -> dict[str, Any]:
    """What was last reported of a missing address."""
    return missing([case_id]).get(case_id, {})


def _point(report: dict[str, Any]) -> dict[str, Any]:
    """The reported point in the one system that is stored."""
    if not report.get("point"):
        return {}
    try:
        system = read_system(str(report.get("system", "")))
        point = read_point(str(report["point"]), system)
    except (UnknownSystemError, UnreadablePointError):
        return {}  # checked when it was reported; a journal of another version may hold something else
    return {"lon": point.lon, "lat": point.lat, "stated_in": system.code}
