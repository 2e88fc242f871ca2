"""What notices do when the registry or a visit tells them something. Runs as the system, in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection

from gongzhi.catalog.queries import routes
from gongzhi.flow.events import Moved, on, when
from gongzhi.notices import actions, graph
from gongzhi.notices.corrections import begin, record
from gongzhi.notices.models import NoticePermit, Touched
from gongzhi.notices.rules import DepartmentsFor, same_town, still_called_for
from gongzhi.notices.tasks import go_through_city
from gongzhi.org.acting import SYSTEM
from gongzhi.registry.actions import Held, record_permits_held
from gongzhi.registry.events import Cancelled, Changed, Lapsed, Placed, Registered, Visited
from gongzhi.rulebooks import graph as rulebooks_graph
from gongzhi.rulebooks.models import Book

_WITH_A_SECTION = (*graph.WITH_DEPARTMENT, graph.RETURNED)


@on(Registered)
def notify(event: Registered) -> None:
    """A business is registered: its departments are told."""
    today = event.moment.today
    actions.open_notices(
        event.businesses,
        cause="registered",
        departments_for=_departments_on(today),
        acting=SYSTEM,
        moment=event.moment,
    )


@on(Changed)
def notify_again(event: Changed) -> None:
    """Scope or address is another: withdraw what no longer holds, tell who has not been told."""
    moved_away = _follow_addresses(event)
    _follow_scopes(event, moved_away)


@on(Cancelled)
def withdraw_all(event: Cancelled) -> None:
    """The business ended: nobody has to follow up what is open."""
    by_state: dict[str, list[int]] = defaultdict(list)
    for notice in _open_notices(event.business_ids):
        by_state[notice.state].append(notice.case_id)
    actions.withdraw(by_state, event.reason, moment=event.moment)


@on(Lapsed)
def notify_of_lapse(event: Lapsed) -> None:
    """Permits ran out: whoever licenses what the scope still calls for is told, unless it already looks at it."""
    told = {pair for notice in _open_notices(event.permits) for pair in notice.told}
    for known in event.businesses:
        lapsed = event.permits[known.business_id]
        told.add((known.business_id, ""))
        told |= {(known.business_id, hit.code) for hit in known.match.permits if hit.code not in lapsed}
    actions.open_notices(
        event.businesses,
        cause="permit_lapsed",
        departments_for=_departments_on(event.moment.today),
        acting=SYSTEM,
        moment=event.moment,
        told=told,
    )


@on(Placed)
def follow_the_place(event: Placed) -> None:
    """A person said where the business is: what was held goes out, what is open follows."""
    moved: dict[str, list[int]] = defaultdict(list)
    relocated: dict[str, list[int]] = defaultdict(list)
    areas: dict[int, str] = {}
    for notice in _open_notices(event.areas):
        area = areas[notice.case_id] = event.areas[notice.business_id]
        elsewhere = notice.state in _WITH_A_SECTION and not same_town(notice.area, area)
        if notice.area != area:
            (relocated if elsewhere else moved)[notice.state].append(notice.case_id)
    actions.move(moved, areas, moment=event.moment)
    actions.relocate(relocated, areas, moment=event.moment)


@on(Visited)
def bring_results(event: Visited) -> None:
    """A visit was concluded, normal or not: every department that was notified is told."""
    findings = {finding.business_id: finding for finding in event.findings}
    by_state: dict[str, list[int]] = defaultdict(list)
    found: dict[int, tuple[str, int]] = {}
    for notice in _open_notices(findings):
        finding = findings[notice.business_id]
        by_state[notice.state].append(notice.case_id)
        found[notice.case_id] = (finding.result, finding.visit_id)
    actions.tell_results(by_state, found, moment=event.moment)


@when(graph.NAME, "push", "confirm", "send", "reroute", "place", "insist", "relocate")
@when(graph.NAME, "claim", source=graph.UNCLAIMED)
def deliver(event: Moved) -> None:
    """What was pushed is delivered where it is read at the desk, and brings along what a visit has found.

    What the system pushes by opening it is delivered with that (`actions.open_notices`); what a clerk takes on that
    their department has received lies there already.
    """
    if event.action == "push" and event.acting == SYSTEM:
        return
    actions.deliver_where_read(event.case_ids, moment=event.moment)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.case_id, c.state, n.visit_result FROM notices_notice n JOIN flow_case c ON c.id = n.case_id"
            " WHERE n.case_id = ANY(%s) AND n.visit_result <> '' AND c.state = ANY(%s)",
            [list(event.case_ids), list(graph.WITH_DEPARTMENT)],
        )
        by_state: dict[str, list[int]] = defaultdict(list)
        found: dict[int, tuple[str, int]] = {}
        for case_id, state, result in cursor.fetchall():
            by_state[state].append(case_id)
            found[case_id] = (result, 0)
    actions.tell_results(by_state, found, moment=event.moment)


@when(graph.NAME, "feed_back")
def keep_the_permit(event: Moved) -> None:
    """A department says that it has issued a permit: it stands in the business's file, and no visit asks for it."""
    number = str(event.form.get("permit_number", ""))
    if event.form.get("result") != "licensed" or not number:
        return
    rows = NoticePermit.objects.filter(notice_id__in=event.case_ids).order_by("notice_id", "permit")
    until = event.form.get("permit_until")
    record_permits_held(
        [
            Held(
                business_id,
                permit,
                number,
                valid_from=event.moment.today,
                valid_to=date.fromisoformat(str(until)) if until else None,
            )
            for business_id, permit in rows.values_list("notice__business_id", "permit")
        ],
        source="notice",
    )


@when(graph.NAME, *graph.CORRECTIONS)
def record_the_decision(event: Moved) -> None:
    """A notice that a version of the rules touches was withdrawn or upheld: its matter is decided."""
    decision = "withdraw" if event.action == "retract" else "keep"
    for case_id in event.case_ids:
        matters = Touched.objects.filter(notice_id=case_id, decision__isnull=True).exclude(kind="missing")
        record(
            matters.values_list("pk", flat=True),
            decision,
            str(event.form.get("words", "")),
            acting=event.acting,
            moment=event.moment,
        )


@when(rulebooks_graph.NAME, "take_force")
def list_what_is_touched(event: Moved) -> None:
    """A version took force: what it touches is listed for a decision, by the worker."""
    for book in Book.objects.filter(pk__in=event.case_ids):
        go_through_city.defer(correction_id=begin(book, moment=event.moment).pk)


def _departments_on(today: date) -> DepartmentsFor:
    routing = routes(today)

    def departments_for(permit: str, area: str) -> tuple[str, ...]:
        route = routing.route(permit, area)
        return route.notice if route else ()

    return departments_for


@dataclass(frozen=True, slots=True)
class _Noticed:
    """One notice as the reactions need it."""

    case_id: int
    business_id: int
    state: str
    area: str
    department: str | None
    permits: list[str]

    @property
    def told(self) -> set[tuple[int, str]]:
        """What it has told, as `open_notices` leaves it out."""
        return {(self.business_id, permit) for permit in self.permits or ("",)}


def _open_notices(business_ids: Iterable[int]) -> list[_Noticed]:
    return _notices(business_ids, "c.is_open")


def _answered_notices(business_ids: Iterable[int]) -> list[_Noticed]:
    """What departments have already answered for: a change does not ask them again."""
    return _notices(business_ids, f"c.state = '{graph.FED_BACK}'")


def _notices(business_ids: Iterable[int], condition: str) -> list[_Noticed]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.case_id, n.business_id, c.state, c.area, c.department,"
            " ARRAY(SELECT p.permit FROM notices_noticepermit p WHERE p.notice_id = n.case_id)"
            " FROM notices_notice n JOIN flow_case c ON c.id = n.case_id"
            f" WHERE n.business_id = ANY(%s) AND {condition} ORDER BY n.case_id",
            [list(business_ids)],
        )
        return [_Noticed(*row) for row in cursor.fetchall()]


def _follow_addresses(event: Changed) -> set[int]:
    """Within a town open notices move along; into another town they are withdrawn and opened there anew.

    Another town has not been told of what the old one has answered.
    """
    known = {business.business_id: business for business in event.address}
    withdrawn: dict[str, list[int]] = defaultdict(list)
    moved: dict[str, list[int]] = defaultdict(list)
    areas: dict[int, str] = {}
    elsewhere: set[int] = set()
    told: set[tuple[int, str]] = set()
    for notice in _open_notices(known):
        after = known[notice.business_id]
        if not same_town(notice.area, after.area):
            withdrawn[notice.state].append(notice.case_id)
            elsewhere.add(notice.business_id)
            continue
        told |= notice.told
        if notice.area != after.area:
            moved[notice.state].append(notice.case_id)
            areas[notice.case_id] = after.area
    for notice in _answered_notices(known):
        if same_town(notice.area, known[notice.business_id].area):
            told |= notice.told
        else:
            elsewhere.add(notice.business_id)
    actions.move(moved, areas, moment=event.moment)
    actions.withdraw(withdrawn, "address_changed", moment=event.moment)
    actions.open_notices(
        [known[business_id] for business_id in sorted(elsewhere)],
        cause="address_changed",
        departments_for=_departments_on(event.moment.today),
        acting=SYSTEM,
        moment=event.moment,
        told=told,
    )
    return elsewhere


def _follow_scopes(event: Changed, done: set[int]) -> None:
    known = {b.business_id: b for b in event.scope if b.business_id not in done}
    if not known:
        return
    withdrawn: dict[str, list[int]] = defaultdict(list)
    told: set[tuple[int, str]] = set()
    for notice in _open_notices(known):
        if still_called_for(notice.permits, notice.department, known[notice.business_id]):
            told |= notice.told
        else:
            withdrawn[notice.state].append(notice.case_id)
    actions.withdraw(withdrawn, "scope_changed", moment=event.moment)
    for notice in _answered_notices(known):
        told |= {(notice.business_id, permit) for permit in notice.permits}
    actions.open_notices(
        list(known.values()),
        cause="scope_changed",
        departments_for=_departments_on(event.moment.today),
        acting=SYSTEM,
        moment=event.moment,
        told=told,
    )
