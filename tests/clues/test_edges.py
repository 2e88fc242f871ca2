"""Every edge of the clues' processes is made by whoever may, with all that follows, and every other is refused."""

from __future__ import annotations

import pytest

from gongzhi.clues import companions, states
from gongzhi.clues.graph import ASSISTANCE, GRAPH, REVISITS
from gongzhi.flow.actions import transition
from gongzhi.flow.errors import NoSuchCaseError, NotAllowedError, NotPossibleError
from gongzhi.flow.graph import NEW, Edge, check
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.org.roles import Role
from tests.clues.conftest import Clues
from tests.clues.ways import PEOPLE, WAYS, filled, who_makes
from tests.loop.city import GRID, NEXT_VILLAGE

EDGES = [edge for edge in GRAPH.edges if edge.source != NEW]
MADE_BY_RULE = {"await_parts", "parts_done", "end_part"}
"""Acts of the machine that its own reactions make; `test_parts` sees them made."""


@pytest.mark.parametrize("graph", [GRAPH, ASSISTANCE, REVISITS], ids=lambda graph: graph.name)
def test_the_processes_are_sound(graph: object) -> None:
    assert check(graph) == []


def test_there_is_a_way_to_every_state() -> None:
    assert set(WAYS) == {state.name for state in GRAPH.states}


@pytest.mark.parametrize("state", sorted(WAYS))
def test_people_bring_a_clue_to_every_state(city: Clues, state: str) -> None:
    case_id = WAYS[state](city)
    standing = city.case(case_id)
    assert standing.state == state
    clue = city.clue(case_id)
    assert (clue.area, clue.department) == (standing.area, standing.department)
    if standing.is_open:
        assert standing.owner_role is not None
        assert standing.due is not None


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: f"{edge.source}-{edge.action}")
def test_every_edge_is_made_with_all_that_follows(city: Clues, edge: Edge) -> None:
    case_id = WAYS[edge.source](city)
    who = who_makes(city, edge, case_id)
    form = filled(city, edge, case_id, city.moment.today)
    facts = None
    if not who:
        assert Role.SYSTEM in edge.who, f"nobody who sees the clue may make {edge.action}"
        facts = {"area": GRID, "department": "culture", "words": "系统"}
        form = {}
    acting = city.people[who] if who else SYSTEM
    if not who and edge.form.fields:
        form = filled(city, edge, case_id, city.moment.today)
    with acting_as(acting):
        made = transition(case_id, edge.action, acting=acting, moment=city.moment, form=form, facts=facts)
    assert made.state == edge.target
    # What the sums read of it stands beside it from its end on, and not before.
    ended = [edge.target] if GRAPH.state(edge.target).final else []
    assert [row[0] for row in city.rows("SELECT state FROM clues_ended WHERE clue_id = %s", case_id)] == ended
    [line] = [line for line in city.journal(case_id) if line.seq == made.seq]
    assert (line.action, line.source, line.target, line.post_id) == (
        edge.action,
        edge.source,
        edge.target,
        acting.post_id,
    )
    standing, clue = city.case(case_id), city.clue(case_id)
    assert (clue.area, clue.department) == (standing.area, standing.department)


@pytest.mark.parametrize("state", sorted(WAYS))
def test_no_other_act_is_possible_and_nobody_else_may_make_it(city: Clues, state: str) -> None:
    case_id = WAYS[state](city)
    case = city.case(case_id)
    everybody = {role: city.people[name] for role, name in PEOPLE.items()}
    everybody[Role.DEPARTMENT] = city.people.get(case.department or "", city.people["market"])
    for action in GRAPH.actions():
        edge = GRAPH.edge(state, action)
        for role, acting in everybody.items():
            if edge is not None and role in edge.who:
                continue
            refused = NotPossibleError if edge is None else NotAllowedError
            with acting_as(acting), pytest.raises((refused, NoSuchCaseError)):
                transition(case_id, action, acting=acting, moment=city.moment, form={})
    assert city.case(case_id).seq == case.seq


def test_an_owner_can_always_do_something_where_a_clue_waits() -> None:
    for state in GRAPH.states:
        if not state.final:
            loud = [
                edge for edge in GRAPH.edges_from(state.name) if state.owner in edge.who and not edge.quiet
            ]
            assert loud, state.name


def _letter(city: Clues) -> int:
    WAYS[states.AWAITING_ASSISTANCE](city)
    [(case_id,)] = city.rows("SELECT max(case_id) FROM clues_assistance")
    return case_id


@pytest.mark.parametrize("action", ["answer", "decline"])
@pytest.mark.parametrize("delayed", [False, True])
def test_a_letter_is_answered_or_declined_and_the_clue_goes_on(
    city: Clues, action: str, *, delayed: bool
) -> None:
    case_id = _letter(city)
    [(clue,)] = city.rows("SELECT clue_id FROM clues_assistance WHERE case_id = %s", case_id)
    assert (city.case(case_id).department, city.case(case_id).state) == ("tobacco", companions.ASKED)
    if delayed:
        city.act("tobacco", case_id, "delay", words="核查需时")
    city.act("tobacco", case_id, action, words="该店无许可证")
    assert city.state(clue) == states.HANDLING
    [line] = [line for line in city.journal(clue) if line.action == "assisted"]
    assert (line.form["department"], line.form["answer"]) == ("tobacco", action)


def test_who_goes_on_without_the_answer_takes_the_letter_back(city: Clues) -> None:
    case_id = _letter(city)
    [(clue,)] = city.rows("SELECT clue_id FROM clues_assistance WHERE case_id = %s", case_id)
    city.act("market", clue, "go_on", words="已自行核实")
    assert city.state(case_id) == companions.RECALLED


def test_a_letter_reaches_nobody_but_who_is_asked(city: Clues) -> None:
    case_id = _letter(city)
    for who in ("health", "other_tobacco"):
        with pytest.raises(NoSuchCaseError):
            city.act(who, case_id, "answer", words="不是我们")


def test_a_village_that_said_no_does_not_get_the_clue_again(city: Clues) -> None:
    case_id = city.report().case_id
    city.act("village", case_id, "wrong_village", words="该处属邻村")
    with pytest.raises(NotPossibleError):
        city.act("town_office", case_id, "assign", area=GRID[:12])
    city.act("town_office", case_id, "assign", area=NEXT_VILLAGE)
    assert city.case(case_id).area == NEXT_VILLAGE
