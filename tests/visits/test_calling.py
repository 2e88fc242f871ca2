"""What a call comes to, who is told of it when, and by which day."""

from __future__ import annotations

from datetime import date

import pytest

from gongzhi.flow.errors import MovedMeanwhileError, NoSuchCaseError, NotAllowedError
from gongzhi.visits import graph
from gongzhi.visits.rules import IncompleteError
from tests.loop.city import FOOD, City


def test_all_in_order_ends_the_visit_and_the_department_is_told_that_day(city: City) -> None:
    business = city.register(sure=[FOOD])
    city.go_to(date(2026, 10, 15))
    city.call("officer", city.visit(business).id, "in_order")
    assert city.visit(business).state == graph.DONE
    notice = city.notice(business)
    assert (notice.state, notice.due) == ("following_up", date(2026, 11, 5))


def test_guidance_on_30_september_means_a_return_by_20_october(city: City) -> None:
    business = city.register(sure=[FOOD])
    city.go_to(date(2026, 9, 30))
    city.call("officer", city.visit(business).id, "needs_correction")
    visit = city.visit(business)
    assert (visit.state, visit.due) == (graph.GUIDED, date(2026, 10, 20))


def test_who_is_in_order_is_told_at_once_and_who_was_guided_at_the_return(city: City) -> None:
    fine, guided = city.register_many(2, sure=[FOOD])
    visit = city.visit(fine).id
    city.call("officer", visit, {fine: "in_order", guided: "needs_correction"})
    assert city.case(visit).state == graph.GUIDED
    assert city.notice(fine).state == "following_up"
    assert city.notice(guided).state == "delivered"
    city.go_to(date(2026, 10, 15))
    city.call("officer", visit, {guided: "in_order"})
    assert city.case(visit).state == graph.DONE
    told = city.notice(guided)
    assert (told.state, told.due) == ("following_up", date(2026, 11, 5))
    # Who was told before isn't told again: their fifteen days went on.
    assert city.notice(fine).due == date(2026, 10, 19)
    rows = city.listed(visit)
    assert (rows[guided].result, rows[guided].returned_result) == ("needs_correction", "in_order")


def test_what_is_not_put_right_by_the_return_is_passed_on(city: City) -> None:
    first, second = city.register_many(2, sure=[FOOD])
    visit = city.visit(first).id
    city.call("officer", visit, "needs_correction")
    city.call("officer", visit, {first: "in_order", second: "needs_correction"})
    assert city.case(visit).state == graph.PASSED_ON
    results = {b: city.journal(city.notice(b).id)[-1].form["result"] for b in (first, second)}
    assert results == {first: "in_order", second: "needs_correction"}


def test_nobody_on_the_list_is_passed_over(city: City) -> None:
    first, second = city.register_many(2)
    visit = city.visit(first).id
    with pytest.raises(IncompleteError) as refused:
        city.call("officer", visit, {first: "in_order"})
    assert refused.value.missing == (second,)
    assert city.case(visit).state == graph.TO_VISIT
    assert city.listed(visit)[first].result == ""


def test_who_joined_while_the_officer_stood_at_the_door_is_not_passed_over(city: City) -> None:
    business = city.register()
    visit = city.visit(business)
    city.register()
    with pytest.raises((IncompleteError, MovedMeanwhileError)):
        city.call("officer", visit.id, {business: "in_order"}, expected_seq=visit.seq)


def test_sending_the_same_results_twice_is_harmless(city: City) -> None:
    business = city.register(sure=[FOOD])
    visit = city.visit(business)
    sent = {"client_key": "a-tap", "expected_seq": visit.seq, "state": visit.state}
    once = city.call("officer", visit.id, {business: "needs_correction"}, **sent)
    lines = len(city.journal(visit.id))
    city.go_to(date(2026, 9, 22))
    twice = city.call("officer", visit.id, {business: "needs_correction"}, **sent)
    assert (once.replayed, twice.replayed) == (False, True)
    assert once.seq == twice.seq
    assert len(city.journal(visit.id)) == lines
    assert city.visit(business).state == graph.GUIDED
    assert city.listed(visit.id)[business].returned_result == ""


def test_a_second_officer_who_read_the_same_list_is_told_who_was_first(city: City) -> None:
    business = city.register()
    visit = city.visit(business)
    city.call("officer", visit.id, {business: "in_order"})
    with pytest.raises(MovedMeanwhileError, match="officer的人"):
        city.call("officer", visit.id, {business: "closed"}, expected_seq=visit.seq, state=visit.state)


@pytest.mark.parametrize("who", ["village", "town_office", "registrar"])
def test_only_an_officer_records_a_call(city: City, who: str) -> None:
    business = city.register()
    with pytest.raises(NotAllowedError):
        city.call(who, city.visit(business).id, {business: "in_order"})


def test_the_officer_of_the_next_grid_does_not_find_the_door(city: City) -> None:
    visit = city.visit(city.register())
    for who in ("next_officer", "other_officer"):
        with pytest.raises(NoSuchCaseError):
            city.act(who, visit.id, "note")


def test_having_met_nobody_is_noted_and_the_days_go_on(city: City) -> None:
    visit = city.visit(city.register())
    city.act("officer", visit.id, "note", words="门关着。")
    after = city.case(visit.id)
    assert (after.state, after.due) == (visit.state, visit.due)


def test_who_ended_before_the_return_is_not_called_on_again(city: City) -> None:
    fine, ended = city.register_many(2)
    visit = city.visit(fine).id
    city.call("officer", visit, {fine: "in_order", ended: "needs_correction"})
    city.cancel(ended)
    assert city.case(visit).state == graph.WITHDRAWN


def test_data_that_prove_it_stand_for_a_visit_and_the_department_is_told(city: City) -> None:
    business = city.register(sure=[FOOD])
    visit = city.visit(business).id
    city.act("town_office", visit, "excuse", proof="许可证库中已有有效许可。")
    assert city.case(visit).state == graph.NOT_NEEDED
    notice = city.notice(business)
    assert notice.state == "following_up"
    assert city.journal(notice.id)[-1].form["result"] == "proved_by_data"
