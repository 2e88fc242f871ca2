"""What clues do when the registry, a visit or a notice tells them something. Runs as the system, in the same
transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection

from gongzhi.clues import consequences, graph, joining, states
from gongzhi.clues.comparing import situation_of
from gongzhi.clues.discovering import TOWN_DIGITS, Discovery, open_clues
from gongzhi.clues.likening import propose_joinings
from gongzhi.flow.bulk import transition_many
from gongzhi.flow.events import Moved, on, when
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import SYSTEM
from gongzhi.registry.events import Cancelled, Changed, Finding, Placed, Registered, Visited

__all__ = ["consequences"]

PROBABLE = "probable"
_CLUE_RESULTS = frozenset({"clue"})
"""Results of a visit that are a clue as they stand."""
_NOT_PUT_RIGHT = "needs_correction"
"""What was still found on the return visit."""


@on(Registered)
def perhaps_the_same(event: Registered) -> None:
    """Somebody registers at a door where an operator without a code was found: proposed, and joined where sure."""
    proposed = propose_joinings([one.business_id for one in event.businesses], moment=event.moment)
    sure: dict[int, list[int]] = defaultdict(list)
    for operator, business, verdict in proposed:
        if verdict == PROBABLE:
            sure[operator].append(business)
    joining.join_files(
        [(operator, found[0]) for operator, found in sure.items() if len(found) == 1],
        by=SYSTEM.title,
        moment=event.moment,
    )


@on(Changed)
def judge_again(event: Changed) -> None:
    """Scope or address is another: what is open is judged with it, and goes along with the address."""
    moved = {one.business_id: one.area for one in event.address}
    _follow(moved, event.moment)
    joining.look_again(
        [one.business_id for one in event.scope if one.business_id not in moved],
        moment=event.moment,
        proof="scope_changed",
    )


@on(Placed)
def follow_the_place(event: Placed) -> None:
    """A person said where the business is: its open clues follow."""
    _follow(event.areas, event.moment)


@on(Cancelled)
def close_what_ended(event: Cancelled) -> None:
    """The licence ended. Whoever waits for a permit of a business that is gone has nothing left to do; that somebody
    may still trade there is seen on a return visit."""
    by_state: dict[str, list[int]] = defaultdict(list)
    for case_id, _, state, _ in _open_clues(event.business_ids):
        by_state[state].append(case_id)
    for state, ids in by_state.items():
        transition_many(
            graph.GRAPH,
            state,
            "close_by_data",
            ids,
            acting=SYSTEM,
            moment=event.moment,
            form={"proof": event.reason, "result": "moved"},
        )


@on(Visited)
def found_on_a_visit(event: Visited) -> None:
    """A visit's result is a clue, or what it found was not put right by the return visit."""
    open_from_visits([one for one in event.findings if one.result in _CLUE_RESULTS], event.moment)


@when("visits", "pass_on")
def not_put_right(event: Moved) -> None:
    """Guided, seen again, and still not put right: a clue."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.business_id, b.visit_id, coalesce(nullif(b.returned_result, ''), %s)"
            ' FROM visits_visitedbusiness b WHERE b.visit_id = ANY(%s) AND NOT b."left" AND b.result = %s',
            [_NOT_PUT_RIGHT, list(event.case_ids), _NOT_PUT_RIGHT],
        )
        rows = cursor.fetchall()
    results = event.form.get("results", {})
    open_from_visits(
        [
            Finding(business_id=business, result=_NOT_PUT_RIGHT, visit_id=visit)
            for business, visit, result in rows
            if results.get(str(business), event.form.get("result", result)) == _NOT_PUT_RIGHT
        ],
        event.moment,
    )


@when("notices", "feed_back")
def a_permit_was_issued(event: Moved) -> None:
    """A department says it has issued a permit: the open clues about it are judged with it."""
    if event.form.get("result") != "licensed":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT business_id FROM notices_notice WHERE case_id = ANY(%s)", [list(event.case_ids)]
        )
        businesses = [row[0] for row in cursor.fetchall()]
    joining.look_again(businesses, moment=event.moment, proof="permit_issued")


def open_from_visits(findings: Sequence[Finding], moment: Moment) -> list[int]:
    """Open a clue for each finding about a business that has none open; returns their cases."""
    if not findings:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.id, b.name, b.address, b.door_key, b.area, b.invented, (SELECT v.words FROM"
            " visits_visitedbusiness v WHERE v.visit_id = f.visit AND v.business_id = b.id), f.visit"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS f (business, visit) JOIN registry_business b"
            " ON b.id = f.business WHERE NOT EXISTS (SELECT 1 FROM clues_clue k JOIN clues_operator o"
            " ON o.id = k.operator_id JOIN flow_case c ON c.id = k.case_id AND c.is_open WHERE o.business_id = b.id)"
            " ORDER BY b.id",
            [[one.business_id for one in findings], [one.visit_id for one in findings]],
        )
        rows = cursor.fetchall()
    known = situation_of([row[0] for row in rows], moment)
    return open_clues(
        [
            Discovery(
                source="visit",
                source_ref=str(visit),
                area=area,
                found_on=moment.today,
                situation=known[business],
                address=address,
                door_key=door,
                sign=name,
                words=words or "",
                business_id=business,
                facts={"visit": visit},
                invented=invented,
            )
            for business, name, address, door, area, invented, words, visit in rows
        ],
        acting=SYSTEM,
        moment=moment,
    )


def _open_clues(business_ids: Iterable[int]) -> list[tuple[int, int, str, str]]:
    """(case, business, state, area) of the open clues about these businesses."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.case_id, o.business_id, c.state, c.area FROM clues_operator o JOIN clues_clue k"
            " ON k.operator_id = o.id JOIN flow_case c ON c.id = k.case_id AND c.is_open"
            " WHERE o.business_id = ANY(%s) ORDER BY k.case_id",
            [list(business_ids)],
        )
        return cursor.fetchall()


_WITH_A_SECTION = frozenset(
    state for state in (*states.WITH_DEPARTMENT, states.OBJECTED) if state != states.URGENT
)


def _follow(areas: Mapping[int, str], moment: Moment) -> None:
    """Clues go with their business: quietly within a town, to the other town's section across its border."""
    moving: dict[tuple[str, str], list[int]] = defaultdict(list)
    where: dict[int, str] = {}
    for case_id, business, state, area in _open_clues(areas):
        after = areas[business]
        if after == area or len(after) < TOWN_DIGITS:
            continue
        elsewhere = after[:TOWN_DIGITS] != area[:TOWN_DIGITS] and state in _WITH_A_SECTION
        moving[state, "relocate" if elsewhere else "move"].append(case_id)
        where[case_id] = after
    for (state, action), ids in moving.items():
        transition_many(
            graph.GRAPH,
            state,
            action,
            ids,
            acting=SYSTEM,
            moment=moment,
            form=lambda case: {"area": where[case.id]},
        )
