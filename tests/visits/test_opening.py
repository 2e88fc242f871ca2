"""Who is called on, and by which list: one door, one visit."""

from __future__ import annotations

from datetime import date

import pytest

from gongzhi.visits import graph, rules
from tests.loop.city import GRID, NEXT_GRID, NOWHERE, TOWN, VILLAGE, City, door

FIRST_DUE = date(2026, 10, 12)


@pytest.mark.parametrize(
    ("at", "state", "owner"),
    [
        (door(GRID), graph.TO_VISIT, "officer"),
        (door(VILLAGE), graph.TO_ASSIGN, "village"),
        (door(VILLAGE, sure=False), graph.TO_PLACE, "registrar"),
        (door(TOWN), graph.TO_PLACE, "registrar"),
        (NOWHERE, graph.TO_PLACE, "registrar"),
    ],
)
def test_a_door_goes_to_its_grid_to_its_village_or_to_a_person_first(
    city: City, at: tuple, state: str, owner: str
) -> None:
    visit = city.visit(city.register(at=at))
    assert (visit.state, visit.owner_role) == (state, owner)


@pytest.mark.parametrize("at", [door(GRID), door(VILLAGE)])
def test_a_visit_registered_on_21_september_is_due_on_12_october(city: City, at: tuple) -> None:
    assert city.visit(city.register(at=at)).due == FIRST_DUE


def test_businesses_behind_one_door_are_one_visit(city: City) -> None:
    first, second = city.register_many(2)
    third = city.register_many(1)[0]
    assert city.visit(first).id == city.visit(second).id == city.visit(third).id
    assert set(city.listed(city.visit(first).id)) == {first, second, third}


def test_businesses_behind_different_doors_are_not(city: City) -> None:
    first, second = city.register(), city.register(at=door(GRID, "东正路2号"))
    assert city.visit(first).id != city.visit(second).id


def test_businesses_whose_address_names_no_door_each_have_their_own_list(city: City) -> None:
    first, second = city.register_many(2, at=NOWHERE)
    assert city.visit(first).id != city.visit(second).id


def test_joining_a_visit_that_still_waits_is_in_its_journal_and_gives_no_more_time(city: City) -> None:
    first = city.register()
    before = city.visit(first)
    city.go_to(date(2026, 9, 23))
    city.register()
    after = city.visit(first)
    assert (after.state, after.due, after.seq) == (before.state, before.due, before.seq + 1)
    assert city.journal(after.id)[-1].action == "add"


def test_a_list_holds_no_more_than_can_be_worked_through_at_one_door(city: City) -> None:
    businesses = city.register_many(rules.MOST_AT_ONE_DOOR + 1)
    lists = {city.visit(business).id for business in businesses}
    assert sorted(len(city.listed(one)) for one in lists) == [1, rules.MOST_AT_ONE_DOOR]


def test_a_full_list_sends_the_next_one_to_a_second(city: City) -> None:
    businesses = city.register_many(rules.MOST_AT_ONE_DOOR)
    next_one = city.register()
    assert city.visit(next_one).id != city.visit(businesses[0]).id
    assert city.visit(city.register()).id == city.visit(next_one).id


def test_nobody_joins_a_visit_that_was_made(city: City) -> None:
    first = city.register()
    city.call("officer", city.visit(first).id, "in_order")
    assert city.visit(city.register()).id != city.visit(first).id


def test_a_business_that_moves_is_called_on_where_it_is_now(city: City) -> None:
    business = city.register()
    before = city.visit(business)
    city.change(business, at=door(NEXT_GRID, "光明路8号"))
    assert city.case(before.id).state == graph.WITHDRAWN
    now = city.visit(business)
    assert (now.state, now.area) == (graph.TO_VISIT, NEXT_GRID)


def test_one_of_several_that_moves_leaves_the_others_on_the_list(city: City) -> None:
    stays, moves = city.register_many(2)
    visit = city.visit(stays)
    city.change(moves, at=door(NEXT_GRID, "光明路8号"))
    assert city.case(visit.id).state == graph.TO_VISIT
    assert set(city.listed(visit.id)) == {stays}


@pytest.mark.parametrize("status", ["注销", "吊销", "迁出"])
def test_a_list_that_is_left_empty_is_withdrawn(city: City, status: str) -> None:
    first, second = city.register_many(2)
    visit = city.visit(first).id
    city.cancel(first, status)
    assert city.case(visit).state == graph.TO_VISIT
    assert set(city.listed(visit)) == {second}
    city.cancel(second, status)
    assert city.case(visit).state == graph.WITHDRAWN


def test_a_change_of_scope_before_the_visit_asks_for_no_second_one(city: City) -> None:
    business = city.register()
    city.change(business, sure=["P001"])
    assert len(city.visits(business)) == 1


def test_who_was_called_on_lately_is_excused_and_the_new_notice_hears_what_was_found(city: City) -> None:
    business = city.register()
    city.call("officer", city.visit(business).id, "in_order")
    city.go_to(date(2026, 10, 15))
    city.change(business, sure=["P001"])
    excused = city.visit(business)
    assert (excused.state, excused.is_open) == (graph.NOT_NEEDED, False)
    assert city.journal(excused.id)[0].form["proof"] == "recently_visited"
    notice = city.notice(business)
    assert (notice.state, notice.due) == ("following_up", date(2026, 11, 5))


def test_being_excused_is_no_visit_that_excuses_the_next_time(city: City) -> None:
    business = city.register()
    city.call("officer", city.visit(business).id, "in_order")
    city.go_to(date(2026, 12, 19))
    city.change(business, sure=["P001"])
    assert city.visit(business).state == graph.NOT_NEEDED
    city.go_to(date(2026, 12, 20))
    city.change(business, sure=["P024"])
    assert city.visit(business).state == graph.TO_VISIT


def test_after_ninety_days_a_change_of_scope_is_called_on_again(city: City) -> None:
    business = city.register()
    city.call("officer", city.visit(business).id, "in_order")
    city.go_to(date(2026, 12, 20))
    city.change(business, sure=["P001"])
    assert city.visit(business).state == graph.TO_VISIT
