"""Where a door is: assigned by its village, sent back with the clock stopped, placed by a person."""

from __future__ import annotations

from datetime import date

import pytest

from gongzhi.flow.errors import FormInvalidError, NoSuchCaseError
from gongzhi.visits import graph
from tests.loop.city import (
    FOOD,
    GRID,
    NEXT_GRID,
    NEXT_VILLAGE,
    NOWHERE,
    OTHER_GRID,
    OTHER_VILLAGE,
    VILLAGE,
    City,
    door,
)

FIRST_DUE = date(2026, 10, 12)


def test_the_ten_days_go_on_while_a_village_assigns(city: City) -> None:
    visit = city.visit(city.register(at=door(VILLAGE)))
    city.go_to(date(2026, 9, 23))
    city.act("village", visit.id, "assign", area=GRID)
    assigned = city.case(visit.id)
    assert (assigned.state, assigned.area, assigned.due) == (graph.TO_VISIT, GRID, FIRST_DUE)


def test_another_village_does_not_find_it(city: City) -> None:
    visit = city.visit(city.register(at=door(VILLAGE)))
    with pytest.raises(NoSuchCaseError):
        city.act("other_village", visit.id, "assign", area=OTHER_GRID)


def test_a_wrong_address_stops_the_clock_for_exactly_the_working_days_between(city: City) -> None:
    visit = city.visit(city.register())
    city.go_to(date(2026, 9, 24))
    city.act("officer", visit.id, "return_address", reason="no_such_number")
    stopped = city.case(visit.id)
    assert (stopped.state, stopped.owner_role) == (graph.ADDRESS_WRONG, "registrar")
    assert stopped.suspended_due == FIRST_DUE
    city.go_to(date(2026, 9, 29))
    city.act("registrar", visit.id, "place_in_grid", area=NEXT_GRID)
    resumed = city.case(visit.id)
    # Between the 24th and the 29th lie two working days, the 28th and the 29th itself.
    assert (resumed.state, resumed.area, resumed.due) == (graph.TO_VISIT, NEXT_GRID, date(2026, 10, 14))
    assert resumed.suspended_due is None


def test_a_wrong_address_needs_a_coded_reason(city: City) -> None:
    visit = city.visit(city.register())
    with pytest.raises(FormInvalidError):
        city.act("officer", visit.id, "return_address", words="地址不对")
    with pytest.raises(FormInvalidError):
        city.act("officer", visit.id, "return_address", reason="other")


def test_a_wrong_grid_takes_one_tap_and_the_village_has_a_day(city: City) -> None:
    visit = city.visit(city.register())
    city.act("officer", visit.id, "return_grid")
    wrong = city.case(visit.id)
    assert (wrong.state, wrong.owner_role, wrong.due) == (graph.GRID_WRONG, "village", date(2026, 9, 22))
    city.go_to(date(2026, 9, 22))
    city.act("village", visit.id, "reassign", area=NEXT_GRID)
    moved = city.case(visit.id)
    assert (moved.state, moved.area, moved.due) == (graph.TO_VISIT, NEXT_GRID, date(2026, 10, 13))


def test_a_wrong_grid_that_is_a_wrong_village_keeps_the_first_stop(city: City) -> None:
    visit = city.visit(city.register())
    city.act("officer", visit.id, "return_grid")
    city.go_to(date(2026, 9, 22))
    city.act("village", visit.id, "return_address", reason="other_village")
    city.go_to(date(2026, 9, 23))
    city.act("town_office", visit.id, "place_in_village", area=NEXT_VILLAGE)
    placed = city.case(visit.id)
    assert (placed.state, placed.area, placed.due) == (graph.TO_ASSIGN, NEXT_VILLAGE, date(2026, 10, 14))


def test_the_office_hands_a_door_over_without_giving_more_time(city: City) -> None:
    visit = city.visit(city.register())
    city.act("village", visit.id, "hand_over", area=NEXT_GRID)
    handed = city.case(visit.id)
    assert (handed.area, handed.due) == (NEXT_GRID, FIRST_DUE)


def test_what_a_person_places_starts_its_ten_days_then(city: City) -> None:
    visit = city.visit(city.register(at=NOWHERE))
    assert visit.due == date(2026, 9, 29)
    city.go_to(date(2026, 9, 22))
    city.act("city_registrar", visit.id, "place_in_grid", area=GRID)
    assert city.case(visit.id).due == date(2026, 10, 13)


def test_where_a_person_places_a_door_its_businesses_lie_and_their_notices_go_out(city: City) -> None:
    business = city.register(sure=[FOOD], at=NOWHERE)
    assert city.notice(business).state == "to_place"
    city.act("city_registrar", city.visit(business).id, "place_in_grid", area=GRID)
    known = city.business(business)
    assert (known.area, known.placed, known.method, known.confidence) == (GRID, True, "person", 1.0)
    notice = city.notice(business)
    assert (notice.state, notice.area) == ("delivered", GRID)


def test_placing_it_in_a_village_is_enough_to_notify(city: City) -> None:
    business = city.register(sure=[FOOD], at=NOWHERE)
    city.act("city_registrar", city.visit(business).id, "place_in_village", area=VILLAGE)
    assert city.business(business).area == VILLAGE
    assert city.notice(business).state == "delivered"
    assert city.visit(business).state == graph.TO_ASSIGN


def test_assigning_to_a_grid_narrows_where_the_business_lies(city: City) -> None:
    business = city.register(sure=[FOOD], at=door(VILLAGE))
    city.act("village", city.visit(business).id, "assign", area=NEXT_GRID)
    assert city.business(business).area == NEXT_GRID
    assert city.notice(business).area == NEXT_GRID


def test_a_door_found_in_another_town_goes_there_with_its_notices(city: City) -> None:
    business = city.register(sure=[FOOD])
    city.act("officer", city.visit(business).id, "return_address", reason="other_village")
    city.act("city_registrar", city.visit(business).id, "place_in_village", area=OTHER_VILLAGE)
    assert city.visit(business).area == OTHER_VILLAGE
    notice = city.notice(business)
    assert (notice.state, notice.area) == ("delivered", OTHER_VILLAGE)
    with pytest.raises(NoSuchCaseError):
        city.act("market", notice.id, "receive")
    city.act("other_market", notice.id, "receive")


def test_no_such_address_ends_the_visit_and_tells_the_departments_so(city: City) -> None:
    business = city.register(sure=[FOOD])
    visit = city.visit(business).id
    city.act("officer", visit, "return_address", reason="demolished")
    with pytest.raises(FormInvalidError):
        city.act("registrar", visit, "not_found")
    city.go_to(date(2026, 10, 15))
    city.act("registrar", visit, "not_found", words="电话无法接通，现场查无此址。")
    assert city.case(visit).state == graph.DONE
    notice = city.notice(business)
    assert (notice.state, notice.due) == ("following_up", date(2026, 11, 5))
    assert city.journal(notice.id)[-1].form["result"] == "not_found"
    assert city.listed(visit)[business].result == "not_found"


def test_an_officer_may_not_place_doors(city: City) -> None:
    from gongzhi.flow.errors import NotAllowedError  # noqa: PLC0415

    visit = city.visit(city.register())
    city.act("officer", visit.id, "return_address", reason="no_such_number")
    with pytest.raises(NotAllowedError):
        city.act("officer", visit.id, "place_in_grid", area=GRID)
