"""The only writers of notices. All set-based: an import opens thousands in one go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection

from gongzhi.flow.bulk import Onward, Opening, open_cases, reserve_ids, transition_many
from gongzhi.flow.lists import compact, list_cursor
from gongzhi.flow.moment import Moment
from gongzhi.notices import graph
from gongzhi.notices.rules import DepartmentsFor, Planned, not_yet_told, plan
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.queries import desk_sections
from gongzhi.registry.events import Known

if TYPE_CHECKING:
    from gongzhi.scopes import PermitHit


class _Draft(NamedTuple):
    case_id: int
    known: Known
    planned: Planned


def open_notices(
    businesses: Sequence[Known],
    *,
    cause: str,
    departments_for: DepartmentsFor,
    acting: Acting,
    moment: Moment,
    told: Collection[tuple[int, str]] = (),
) -> int:
    """Open the notices that these businesses' scopes call for; returns how many.

    `told` leaves out what already lies with a department (see `rules.not_yet_told`). Each clock counts from the
    business's own day.
    """
    pairs = [
        (known, left)
        for known in businesses
        for planned in plan(known, departments_for)
        if (left := not_yet_told(known, planned, told))
    ]
    if not pairs:
        return 0
    drafts = [_Draft(case_id, *pair) for case_id, pair in zip(reserve_ids(len(pairs)), pairs, strict=True)]
    # What a section reads at the desk lies in its inbox at once: pushed and delivered in the same instant.
    read_at_desk = _read_at_desk(moment)
    by_way: dict[tuple[str, bool], list[_Draft]] = defaultdict(list)
    for draft in drafts:
        planned = draft.planned
        # A person's act is a line of its own; that it lies there is the system's.
        push = planned.action == "push" and acting == SYSTEM
        at_once = push and read_at_desk(planned.department, draft.known.area)
        by_way[planned.action, at_once].append(draft)
    forms: dict[tuple[object, ...], dict[str, object]] = {}
    for (action, at_once), some in by_way.items():
        open_cases(
            graph.GRAPH,
            action,
            [_opening(draft, moment, forms) for draft in some],
            acting=acting,
            moment=moment,
            onward=_AT_DESK if at_once else None,
        )
    _insert(drafts, cause)
    return len(drafts)


_AT_DESK = Onward(action="deliver", form={"receipt": "desk"})


def _read_at_desk(moment: Moment) -> Callable[[str | None, str], bool]:
    sections = desk_sections(moment.today)
    return cache(sections.reaches)


def _opening(draft: _Draft, moment: Moment, forms: dict[tuple[object, ...], dict[str, object]]) -> Opening:
    known, planned = draft.known, draft.planned
    push = planned.action == "push"
    permits = tuple(hit.code for hit in planned.permits)
    same = (permits, known.counts_from if push else None, known.stock)
    form = forms.get(same)
    if form is None:
        form = forms[same] = {"permits": list(permits)} if permits else {}
        if push:
            # The law's limit to push ran from the registration; what runs from today is the delivery.
            due = moment.calendar.due(known.counts_from, moment.limit("notice.push"))
            form["push_due"] = due.date.isoformat()
        if known.stock:
            form["stock"] = True
    return Opening(
        area=known.area,
        department=planned.department,
        started_on=moment.today if push else known.counts_from,
        form=form,
        case_id=draft.case_id,
    )


def _words(hit: PermitHit) -> str:
    return compact([{"text": w.text, "start": w.start, "end": w.end} for w in hit.words])


def _insert(drafts: Iterable[_Draft], cause: str) -> None:
    drafts = list(drafts)
    hits = [(draft, hit) for draft in drafts for hit in draft.planned.permits]
    # Who registers the same scope shares what was found in it.
    words = {id(hit): hit for _, hit in hits}
    said = {key: _words(hit) for key, hit in words.items()}
    with list_cursor() as cursor:
        cursor.execute(
            "INSERT INTO notices_notice (case_id, business_id, cause, visit_result)"
            " SELECT case_id, business_id, %s, '' FROM unnest(%s::bigint[], %s::bigint[]) AS n (case_id, business_id)",
            [
                cause,
                [draft.case_id for draft in drafts],
                [draft.known.business_id for draft in drafts],
            ],
        )
        if not hits:
            return
        cursor.execute(
            "INSERT INTO notices_noticepermit (notice_id, permit, certainty, words, rule, book, basis)"
            " SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::jsonb[], %s::text[], %s::text[],"
            " %s::text[])",
            [
                [draft.case_id for draft, _ in hits],
                [hit.code for _, hit in hits],
                [hit.certainty for _, hit in hits],
                [said[id(hit)] for _, hit in hits],
                [hit.rule for _, hit in hits],
                [draft.known.match.version for draft, _ in hits],
                [hit.basis for _, hit in hits],
            ],
        )


def deliver_where_read(case_ids: Sequence[int], *, moment: Moment) -> list[int]:
    """Deliver the pushed notices whose department has a section at the desk: they lie in its inbox at once.

    The others wait in `pushed` for a receipt from another system, or for a person who confirms delivery.
    """
    read_at_desk = _read_at_desk(moment)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, department, area FROM flow_case WHERE id = ANY(%s) AND state = %s",
            [list(case_ids), graph.PUSHED],
        )
        reached = [
            case_id for case_id, department, area in cursor.fetchall() if read_at_desk(department, area)
        ]
    return transition_many(
        graph.GRAPH,
        graph.PUSHED,
        _AT_DESK.action,
        reached,
        acting=SYSTEM,
        moment=moment,
        form=_AT_DESK.form,
    )


def tell_results(
    case_ids_by_state: Mapping[str, Sequence[int]], found: Mapping[int, tuple[str, int]], *, moment: Moment
) -> None:
    """Bring visits' results to notices, standing in the states given; also to those not yet with a department.

    `found` says for each notice which result, and which visit found it.
    """
    for state, case_ids in case_ids_by_state.items():
        transition_many(
            graph.GRAPH,
            state,
            "visit_result",
            case_ids,
            acting=SYSTEM,
            moment=moment,
            form=lambda case: {"result": found[case.id][0], "visit": found[case.id][1]},
        )
    ids = [case_id for some in case_ids_by_state.values() for case_id in some]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notices_notice SET visit_result = told.result"
            " FROM unnest(%s::bigint[], %s::text[]) AS told (case_id, result)"
            " WHERE notices_notice.case_id = told.case_id",
            [ids, [found[case_id][0] for case_id in ids]],
        )


def withdraw(case_ids_by_state: dict[str, list[int]], reason: str, *, moment: Moment) -> int:
    """Withdraw open notices; the reason is in their last line."""
    return sum(
        len(
            transition_many(
                graph.GRAPH, state, "withdraw", ids, acting=SYSTEM, moment=moment, form={"reason": reason}
            )
        )
        for state, ids in case_ids_by_state.items()
    )


def move(case_ids_by_state: Mapping[str, Sequence[int]], areas: Mapping[int, str], *, moment: Moment) -> None:
    """Move open notices each to its area of the same town, or to the town that was found for it."""
    for state, ids in case_ids_by_state.items():
        action = "place" if state == graph.TO_PLACE else "move"
        transition_many(
            graph.GRAPH,
            state,
            action,
            ids,
            acting=SYSTEM,
            moment=moment,
            form=lambda case: {"area": areas[case.id]},
        )


def relocate(
    case_ids_by_state: Mapping[str, Sequence[int]], areas: Mapping[int, str], *, moment: Moment
) -> None:
    """Send notices that lie with a department on to its section in the town where the business was found."""
    for state, ids in case_ids_by_state.items():
        transition_many(
            graph.GRAPH,
            state,
            "relocate",
            ids,
            acting=SYSTEM,
            moment=moment,
            form=lambda case: {"area": areas[case.id]},
        )


def lapse(*, moment: Moment) -> int:
    """End what lay on the claim list until its limit without anybody claiming it; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM flow_case WHERE is_open AND graph = %s AND state = %s AND due < %s ORDER BY id",
            [graph.NAME, graph.UNCLAIMED, moment.today],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return len(transition_many(graph.GRAPH, graph.UNCLAIMED, "lapse", ids, acting=SYSTEM, moment=moment))
