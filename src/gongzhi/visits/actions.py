"""The only writers of visits: put businesses on a door's list, and record what a call found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from gongzhi.flow.actions import Outcome, transition
from gongzhi.flow.bulk import Opening, open_cases, reserve_ids, transition_many
from gongzhi.flow.events import publish
from gongzhi.flow.graph import CaseView
from gongzhi.flow.lists import list_cursor
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.registry.events import Finding, Known, Visited
from gongzhi.visits import graph, rules
from gongzhi.visits.models import VisitedBusiness


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a call found at one business: a coded result, and what was seen if anything."""

    result: str
    permit_seen: str = ""
    words: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


def call_on(businesses: Sequence[Known], *, cause: str, moment: Moment) -> int:
    """Put businesses on the list of their door, joining a visit that is still to be made or opening one.

    Returns how many visits were opened. One door, one visit: nobody is called on twice for two matters.
    """
    doors: dict[str, list[Known]] = defaultdict(list)
    for business in businesses:
        # A business whose address names no door has its own list; others can't be known to be beside it.
        doors[business.door_key or f"#{business.business_id}"].append(business)
    joining: dict[int, list[Known]] = {}
    opening: list[tuple[str, list[Known]]] = []
    waiting = _waiting_at(doors)
    for door, some in doors.items():
        case_id, room = waiting.get(door, (0, 0))
        if room:
            joining[case_id] = some[:room]
        rest = some[room:]
        opening += [
            (door, rest[start : start + rules.MOST_AT_ONE_DOOR])
            for start in range(0, len(rest), rules.MOST_AT_ONE_DOOR)
        ]
    _join(joining, cause, moment)
    _open(opening, cause, moment)
    return len(opening)


def _waiting_at(doors: Iterable[str]) -> dict[str, tuple[int, int]]:
    """For doors with a visit still to be made: its number and how many more fit on its list."""
    with list_cursor() as cursor:
        cursor.execute(
            "SELECT v.door_key, v.case_id, count(b.id) FROM visits_visit v"
            " JOIN flow_case c ON c.id = v.case_id AND c.is_open AND c.state = ANY(%s)"
            " LEFT JOIN visits_visitedbusiness b ON b.visit_id = v.case_id AND NOT b.left"
            " WHERE v.door_key = ANY(%s) GROUP BY v.door_key, v.case_id ORDER BY v.case_id",
            [[graph.TO_PLACE, graph.TO_ASSIGN, graph.TO_VISIT], list(doors)],
        )
        return {
            door: (case_id, max(0, rules.MOST_AT_ONE_DOOR - count))
            for door, case_id, count in cursor.fetchall()
        }


def _join(joining: Mapping[int, Sequence[Known]], cause: str, moment: Moment) -> None:
    if not joining:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, state FROM flow_case WHERE id = ANY(%s)", [list(joining)])
        by_state: dict[str, list[int]] = defaultdict(list)
        for case_id, state in cursor.fetchall():
            by_state[state].append(case_id)
    for state, ids in by_state.items():
        transition_many(graph.GRAPH, state, "add", ids, acting=SYSTEM, moment=moment, form={"cause": cause})
    # Who was taken off a list may come back to it; on a new one nobody stands yet.
    _list(
        [(case_id, business) for case_id, some in joining.items() for business in some],
        cause,
        again='ON CONFLICT (visit_id, business_id) DO UPDATE SET cause = excluded.cause, "left" = false',
    )


def _open(opening: Sequence[tuple[str, Sequence[Known]]], cause: str, moment: Moment) -> None:
    if not opening:
        return
    ids = reserve_ids(len(opening))
    by_way: dict[str, list[Opening]] = defaultdict(list)
    forms: dict[tuple[object, ...], dict[str, Any]] = {}
    for case_id, (_, some) in zip(ids, opening, strict=True):
        first = some[0]
        way = rules.way_in(first.area, placed=first.placed)
        same = first.method, round(first.confidence, 4), first.candidates
        form = forms.get(same)
        if form is None:
            form = forms[same] = {"method": same[0], "confidence": same[1], "cause": cause}
            if first.candidates:
                form["candidates"] = [list(candidate) for candidate in first.candidates]
        by_way[way].append(Opening(area=first.area, started_on=moment.today, form=form, case_id=case_id))
    for way, openings in by_way.items():
        open_cases(graph.GRAPH, way, openings, acting=SYSTEM, moment=moment)
    with list_cursor() as cursor:
        cursor.execute(
            "INSERT INTO visits_visit (case_id, door_key, address)"
            " SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[])",
            [ids, [door[:200] for door, _ in opening], [some[0].address[:500] for _, some in opening]],
        )
    _list(
        [(case_id, business) for case_id, (_, some) in zip(ids, opening, strict=True) for business in some],
        cause,
    )


def _list(rows: Sequence[tuple[int, Known]], cause: str, *, again: str = "") -> None:
    with list_cursor() as cursor:
        cursor.execute(
            "INSERT INTO visits_visitedbusiness (visit_id, business_id, cause, result, returned_result, permit_seen,"
            " words, answers, \"left\") SELECT visit, business, %s, '', '', '', '', '{}', false"
            f" FROM unnest(%s::bigint[], %s::bigint[]) AS b (visit, business) {again}",
            [cause, [case_id for case_id, _ in rows], [business.business_id for _, business in rows]],
        )


def excuse(businesses: Sequence[tuple[Known, str]], *, proof: str, moment: Moment) -> None:
    """Keep on file that businesses need no visit because data prove it; the departments get what was found before.

    Each comes with the coded result that stands for it.
    """
    known = [business for business, _ in businesses]
    openings = [
        Opening(area=business.area, started_on=moment.today, form={"proof": proof}) for business in known
    ]
    ids = open_cases(graph.GRAPH, "excuse", openings, acting=SYSTEM, moment=moment)
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO visits_visit (case_id, door_key, address)"
            " SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[])",
            [
                ids,
                [business.door_key[:200] for business in known],
                [business.address[:500] for business in known],
            ],
        )
    _list(list(zip(ids, known, strict=True)), "excused")
    findings = tuple(
        Finding(business_id=business.business_id, result=result, visit_id=case_id)
        for case_id, (business, result) in zip(ids, businesses, strict=True)
    )
    publish(Visited(findings=findings, acting=SYSTEM, moment=moment), acting=SYSTEM, moment=moment)


def take_off(business_ids: Sequence[int], *, reason: str, moment: Moment) -> int:
    """Take businesses off lists nobody has called on yet; a list that is left empty is withdrawn."""
    with connection.cursor() as cursor:
        cursor.execute(
            'UPDATE visits_visitedbusiness b SET "left" = true FROM flow_case c'
            " WHERE b.business_id = ANY(%s) AND c.id = b.visit_id AND c.is_open AND b.told_on IS NULL"
            " RETURNING b.visit_id",
            [list(business_ids)],
        )
        touched = sorted({row[0] for row in cursor.fetchall()})
        cursor.execute(
            "SELECT c.id, c.state FROM flow_case c WHERE c.id = ANY(%s) AND NOT EXISTS"
            ' (SELECT 1 FROM visits_visitedbusiness b WHERE b.visit_id = c.id AND NOT b."left"'
            " AND b.told_on IS NULL)",
            [touched],
        )
        by_state: dict[str, list[int]] = defaultdict(list)
        for case_id, state in cursor.fetchall():
            by_state[state].append(case_id)
    return sum(
        len(
            transition_many(
                graph.GRAPH, state, "withdraw", ids, acting=SYSTEM, moment=moment, form={"reason": reason}
            )
        )
        for state, ids in by_state.items()
    )


def record_call(
    case_id: int,
    found: Mapping[int, Found],
    *,
    acting: Acting,
    moment: Moment,
    state: str,
    expected_seq: int,
    client_key: str | None = None,
) -> Outcome:
    """Record what a call found at each business on the list, and make the edge that follows from it.

    `state` and `expected_seq` are what the officer had before them. Raises IncompleteError when a business has no
    result yet, and flow's errors.
    """
    waiting = list(
        VisitedBusiness.objects.filter(visit_id=case_id, left=False, told_on__isnull=True).order_by("id")
    )
    results = {business_id: one.result for business_id, one in found.items()}
    listed = [row.business_id for row in waiting]
    second = state == graph.GUIDED
    called = rules.second_call(listed, results) if second else rules.first_call(listed, results)
    outcome = transition(
        case_id,
        called.action,
        acting=acting,
        moment=moment,
        facts=_facts(listed, found),
        expected_seq=expected_seq,
        client_key=client_key,
    )
    if outcome.replayed:
        return outcome
    for row in waiting:
        one = found[row.business_id]
        if second:
            row.returned_result = one.result
        else:
            row.result = one.result
        row.permit_seen = one.permit_seen or row.permit_seen
        row.words = one.words or row.words
        row.answers = {**row.answers, **one.answers}
        row.told_on = moment.today if row.business_id in called.told else None
    VisitedBusiness.objects.bulk_update(
        waiting, ["result", "returned_result", "permit_seen", "words", "answers", "told_on"]
    )
    tell(case_id, {business: results[business] for business in called.told}, acting=acting, moment=moment)
    return outcome


def record_many(
    state: str,
    case_ids: Sequence[int],
    result: str,
    *,
    acting: Acting,
    moment: Moment,
    whose: Callable[[CaseView], Acting] | None = None,
) -> list[int]:
    """Record the same result for every business still to be called on at many doors, set-based.

    For what another system or an invented history brings in bulk; returns the visits that moved.
    """
    one = {0: result}
    called = rules.second_call([0], one) if state == graph.GUIDED else rules.first_call([0], one)
    moved = transition_many(
        graph.GRAPH,
        state,
        called.action,
        case_ids,
        acting=acting,
        moment=moment,
        form={"result": result},
        whose=whose,
    )
    rows = VisitedBusiness.objects.filter(visit_id__in=moved, left=False, told_on__isnull=True)
    findings = tuple(
        Finding(business_id=business, result=result, visit_id=visit)
        for business, visit in rows.values_list("business_id", "visit_id")
    )
    column = "returned_result" if state == graph.GUIDED else "result"
    rows.update(**{column: result}, **({"told_on": moment.today} if called.told else {}))
    if called.told:
        publish(Visited(findings=findings, acting=acting, moment=moment), acting=acting, moment=moment)
    return moved


def _facts(listed: Sequence[int], found: Mapping[int, Found]) -> dict[str, Any]:
    """What a call's journal line keeps: each result, and what was noted of single items if anything was."""
    facts: dict[str, Any] = {"results": {str(business): found[business].result for business in listed}}
    answers = {str(business): dict(found[business].answers) for business in listed if found[business].answers}
    return facts | ({"answers": answers} if answers else {})


def tell(case_id: int, results: Mapping[int, str], *, acting: Acting, moment: Moment) -> None:
    """Tell whoever was notified what a visit found at these businesses."""
    if not results:
        return
    findings = tuple(
        Finding(business_id=business, result=result, visit_id=case_id) for business, result in results.items()
    )
    publish(Visited(findings=findings, acting=acting, moment=moment), acting=acting, moment=moment)
