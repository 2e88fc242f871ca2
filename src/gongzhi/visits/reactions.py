"""What visits do when the registry tells them something, and what follows from their own edges."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from gongzhi.flow.events import Moved, on, when
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import SYSTEM
from gongzhi.places.events import Redrawn
from gongzhi.registry.actions import place_businesses
from gongzhi.registry.events import Cancelled, Changed, Known, Lapsed, Registered, Visited
from gongzhi.visits import actions, graph, rematching, rules, silence, teaching
from gongzhi.visits.models import VisitedBusiness


@on(Registered)
def call_on_new(event: Registered) -> None:
    """A business is registered: its door is called on."""
    actions.call_on(event.businesses, cause="registered", moment=event.moment)


@on(Changed)
def call_on_changed(event: Changed) -> None:
    """A business moved, or does something else now: it is called on where it is, unless that was just done."""
    moved = {business.business_id for business in event.address}
    if moved:
        actions.take_off(sorted(moved), reason="address_changed", moment=event.moment)
        actions.call_on(event.address, cause="address_changed", moment=event.moment)
    others = [business for business in event.scope if business.business_id not in moved]
    if not others:
        return
    waiting = _waiting_for(others)
    recent = _found_lately(others, event.moment)
    actions.excuse(
        [
            (b, recent[b.business_id])
            for b in others
            if b.business_id in recent and b.business_id not in waiting
        ],
        proof="recently_visited",
        moment=event.moment,
    )
    actions.call_on(
        [b for b in others if b.business_id not in recent and b.business_id not in waiting],
        cause="scope_changed",
        moment=event.moment,
    )


@on(Lapsed)
def call_on_lapsed(event: Lapsed) -> None:
    """A permit ran out: whoever is not waiting to be called on for something else is called on."""
    waiting = _waiting_for(event.businesses)
    actions.call_on(
        [one for one in event.businesses if one.business_id not in waiting],
        cause="permit_lapsed",
        moment=event.moment,
    )


@on(Cancelled)
def call_off(event: Cancelled) -> None:
    """The business ended: nobody has to call."""
    actions.take_off(event.business_ids, reason=event.reason, moment=event.moment)


_PLACED = ("place_in_grid", "place_in_village", "add_in_grid", "add_in_village")


@when(graph.NAME, *_PLACED, "assign", "reassign", "hand_over")
def businesses_lie_there(event: Moved) -> None:
    """Where a person says the door is, its businesses are: their files, and what else is open for them, follow."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.business_id, c.area FROM visits_visitedbusiness b JOIN flow_case c ON c.id = b.visit_id"
            ' WHERE b.visit_id = ANY(%s) AND NOT b."left"',
            [list(event.case_ids)],
        )
        areas = dict(cursor.fetchall())
    place_businesses(
        areas,
        confirmed=event.action in _PLACED,
        acting=SYSTEM,
        moment=event.moment,
    )


@on(Visited)
def the_library_learns_what_was_found(event: Visited) -> None:
    """An officer found somebody at an address: the library knows it from now on."""
    teaching.teach_what_was_found(event.findings, acting=event.acting, moment=event.moment)


@on(Visited)
def who_was_found_is_not_silent(event: Visited) -> None:
    """A visit found out about businesses of whom somebody wanted to know: they are not asked about again."""
    found = [one.business_id for one in event.findings if one.result != rules.CANNOT_BE_FOUND]
    if found:
        silence.answer(found, moment=event.moment)


@when(graph.NAME, "place_in_grid", "place_in_village", "reassign")
def the_library_learns_what_was_said(event: Moved) -> None:
    """A clerk placed a door, or a village put a wrong grid right: the library knows it from now on."""
    teaching.teach_what_was_said(event)


@when(graph.NAME, "add_in_grid", "add_in_village")
def the_library_learns_what_was_added(event: Moved) -> None:
    """A missing address was added: the library has it from now on."""
    teaching.teach_what_was_added(event)


@on(Redrawn)
def follow_the_redraw(event: Redrawn) -> None:
    """A village's grids are others: what is open there, and whose grid businesses are in, follows."""
    rematching.follow(event)


@when(graph.NAME, "not_found")
def nothing_there(event: Moved) -> None:
    """A person found that there is no such address: that is the result for everybody registered there."""
    for case_id in event.case_ids:
        _conclude(case_id, rules.CANNOT_BE_FOUND, event)


@when(graph.NAME, "excuse")
def proved_otherwise(event: Moved) -> None:
    """Somebody named data that prove what a visit would: the departments are told so."""
    if event.source == "":
        return  # opened as excused: what was found before is told by the action that opened it
    for case_id in event.case_ids:
        _conclude(case_id, rules.PROVED_BY_DATA, event)


def _conclude(case_id: int, result: str, event: Moved) -> None:
    rows = VisitedBusiness.objects.filter(visit_id=case_id, left=False, told_on__isnull=True)
    results = dict.fromkeys(rows.values_list("business_id", flat=True), result)
    rows.update(result=result, told_on=event.moment.today)
    actions.tell(case_id, results, acting=SYSTEM, moment=event.moment)


def _waiting_for(businesses: list[Known]) -> set[int]:
    """Those that are on a list already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.business_id FROM visits_visitedbusiness b JOIN flow_case c ON c.id = b.visit_id"
            ' WHERE b.business_id = ANY(%s) AND c.is_open AND NOT b."left" AND b.told_on IS NULL',
            [[business.business_id for business in businesses]],
        )
        return {row[0] for row in cursor.fetchall()}


def _found_lately(businesses: list[Known], moment: Moment) -> dict[int, str]:
    """What was found at those who were called on within the span in which nobody is called on again."""
    since = moment.today - timedelta(days=moment.limit("visit.no_repeat").amount)
    rows = VisitedBusiness.objects.filter(
        business_id__in=[business.business_id for business in businesses], told_on__gt=since
    ).order_by("told_on")
    return {row.business_id: row.returned_result or row.result for row in rows}
