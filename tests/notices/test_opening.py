"""Which notices a registration opens, and how far the machine takes them alone."""

from __future__ import annotations

from datetime import date

from gongzhi.notices import graph
from tests.loop.city import AWAY, BOOKS, FOOD, GRID, HAIRDRESSER, NOWHERE, TOBACCO, TOWN, City


def test_what_is_sure_is_pushed_and_lies_in_the_inbox_of_a_department_at_the_desk_at_once(city: City) -> None:
    notice = city.notice(city.register(sure=[FOOD]))
    assert notice.state == graph.DELIVERED
    assert notice.area == GRID
    assert [line.action for line in city.journal(notice.id)] == ["push", "deliver"]


def test_a_department_that_works_elsewhere_gets_a_push_that_waits_for_its_receipt(city: City) -> None:
    notice = city.notice(city.register(sure=[BOOKS]), AWAY)
    assert notice.state == graph.PUSHED
    city.act("registrar", notice.id, "deliver", receipt="回执 2026-17")
    assert city.case(notice.id).state == graph.DELIVERED


def test_each_department_gets_one_notice_however_many_permits_it_answers_for(city: City) -> None:
    business = city.register(sure=[FOOD, "P002", TOBACCO, HAIRDRESSER])
    found = {case.department: city.permits(case.id) for case in city.notices(business)}
    assert found == {"market": {FOOD, "P002"}, "tobacco": {TOBACCO}, "health": {HAIRDRESSER}}


def test_what_is_unsure_waits_for_the_registrar_who_has_until_the_pushs_own_limit(city: City) -> None:
    notice = city.notice(city.register(review=[FOOD]))
    assert notice.state == graph.TO_CONFIRM
    assert notice.owner_role == "registrar"
    # Registered on Monday the 21st: 25 to 27 September are the Mid-Autumn holidays.
    assert notice.due == date(2026, 9, 29)


def test_the_registrar_confirms_and_it_is_delivered(city: City) -> None:
    notice = city.notice(city.register(review=[FOOD]))
    city.act("registrar", notice.id, "confirm")
    assert city.case(notice.id).state == graph.DELIVERED


def test_a_scope_without_a_permit_goes_on_the_claim_list_of_every_department(city: City) -> None:
    notice = city.notice(city.register(), None)
    assert notice.state == graph.UNCLAIMED
    assert notice.department is None


def test_sure_and_unsure_permits_of_one_department_are_two_matters(city: City) -> None:
    business = city.register(sure=[FOOD], review=["P002"])
    states = {case.state: city.permits(case.id) for case in city.notices(business)}
    assert states == {graph.DELIVERED: {FOOD}, graph.TO_CONFIRM: {"P002"}}


def test_without_a_town_nothing_is_pushed_until_somebody_names_it(city: City) -> None:
    notice = city.notice(city.register(sure=[FOOD], at=NOWHERE))
    assert notice.state == graph.TO_PLACE
    city.act("city_registrar", notice.id, "place", area=TOWN)
    placed = city.case(notice.id)
    assert (placed.state, placed.area) == (graph.DELIVERED, TOWN)


def test_limits_of_old_stock_count_from_the_day_it_came_in(city: City) -> None:
    business = city.register(review=[FOOD], established=date(2020, 3, 2))
    assert city.notice(business).due == date(2026, 9, 29)
    opening = city.journal(city.notice(business).id)[0]
    assert opening.form["stock"] is True


def test_limits_of_a_new_registration_count_from_its_own_day(city: City) -> None:
    business = city.register(review=[FOOD], established=date(2026, 9, 18))
    # Sunday the 20th is worked for the holidays to come.
    assert city.notice(business).due == date(2026, 9, 24)
