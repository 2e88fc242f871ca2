"""One matter and several departments, clues that are the same, operators that register, premises seen again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from gongzhi.clues import queries, states
from gongzhi.clues.actions import revise, settle_joining, settle_likeness
from gongzhi.clues.comparing import compare
from gongzhi.clues.joining import look_again
from gongzhi.clues.revisiting import open_due
from gongzhi.clues.rules import Licence, Matched, PermitFact, Situation, Standing, Where
from gongzhi.flow.actions import transition
from gongzhi.flow.errors import NotPossibleError
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.roles import Role
from gongzhi.registry.models import Business, PermitHeld
from tests.clues.conftest import GRID, NEW_TRADE, NO_LICENCE, TOBACCO_SHOP, Clues
from tests.loop.city import FOOD, NEXT_GRID, OTHER_GRID, door

SONG_HALL = Situation(
    matched=(Matched("P041", sure=True),),
    permits={"P041": PermitFact(Standing.NONE)},
    licence=Licence.NONE,
    otherwise=Standing.NONE,
    where=Where(area=GRID),
)
"""Culture and police act, each by its own duty."""


def _part(city: Clues, lead: int) -> int:
    [(part,)] = city.rows("SELECT case_id FROM clues_clue WHERE part_of_id = %s", lead)
    return part


def test_each_department_by_its_own_duty_and_the_clue_ends_with_the_last(city: Clues) -> None:
    lead = city.push(SONG_HALL)
    part = _part(city, lead)
    assert (city.case(lead).department, city.case(part).department) == ("culture", "police")
    assert city.clue(lead).needed == ["culture", "police"]
    city.act("culture", lead, "receive")
    city.act("culture", lead, "feed_back", result="closed_down")
    assert city.state(lead) == states.AWAITING_PARTS
    with acting_as(SYSTEM):
        police = Acting(0, Role.DEPARTMENT, "4419", "police", title="公安")
        for action, form in (("receive", {}), ("feed_back", {"result": "penalised"})):
            transition(part, action, acting=police, moment=city.moment, form=form)
    assert (city.state(part), city.state(lead)) == (states.PART_ENDED, states.TO_CHECK)
    city.act("village", lead, "confirm", reason="confirmed")
    assert city.state(lead) == states.CLOSED


def test_a_clue_that_ends_takes_its_open_parts_along(city: Clues) -> None:
    lead = city.push(SONG_HALL)
    part = _part(city, lead)
    city.act("culture", lead, "object", reason="wrong_activity", words="现场为餐厅")
    city.act("town_office", lead, "dismiss", result="mistaken", words="误报")
    assert (city.state(lead), city.state(part)) == (states.NOT_UNLICENSED, states.WITHDRAWN)


def test_the_same_stall_reported_twice_is_proposed_and_a_person_merges_it(city: Clues) -> None:
    key = f"{GRID[:12]}/东正路1号"
    first = city.report(NO_LICENCE, door_key=key, sign="老王小吃店")
    second = city.report(NO_LICENCE, door_key=key, sign="老王小吃", by="village")
    elsewhere = city.report(NO_LICENCE, door_key=f"{GRID[:12]}/振兴路9号", sign="另一家店")
    assert (first.alike, second.alike, elsewhere.alike) == (0, 1, 0)
    with acting_as(city.people["village"]) as acting:
        [pair] = queries.likenesses(acting)
        settle_likeness(pair.pk, "merged", acting=acting, moment=city.moment, words="同一档口")
        assert queries.likenesses(acting) == []
        with pytest.raises(NotPossibleError):
            settle_likeness(pair.pk, "different", acting=acting, moment=city.moment)
        assert queries.family(first.case_id) == [first.case_id, second.case_id]
    assert city.state(second.case_id) == states.MERGED
    assert city.clue(second.case_id).merged_into_id == first.case_id
    assert "absorb" in [line.action for line in city.journal(first.case_id)]


def test_a_pair_said_to_be_different_is_not_proposed_again(city: Clues) -> None:
    key = f"{GRID[:12]}/东正路1号"
    city.report(NO_LICENCE, door_key=key, sign="老王小吃")
    city.report(NO_LICENCE, door_key=key, sign="老王小吃")
    with acting_as(city.people["village"]) as acting:
        [pair] = queries.likenesses(acting)
        assert settle_likeness(pair.pk, "different", acting=acting, moment=city.moment) is None
        assert queries.likenesses(acting) == []


def test_an_operator_who_registers_at_the_door_joins_the_business_and_the_clue_is_judged_anew(
    city: Clues,
) -> None:
    where = door(GRID, "东正路1号")
    reported = city.report(NO_LICENCE, door_key=where[1].door_key, sign="虚拟老王服装店")
    city.act("village", reported.case_id, "urge")
    business = city.register(at=where, name="东莞市虚拟老王服装店")
    clue = city.clue(reported.case_id)
    assert clue.operator.business_id == business
    assert city.state(reported.case_id) == states.CLOSED
    assert (clue.result, clue.kind) == ("licensed", "not_unlicensed")
    [closing] = [line for line in city.journal(reported.case_id) if line.action == "close_by_data"]
    assert (closing.form["proof"], closing.form["business"]) == ("registered", business)
    with acting_as(city.people["officer"]):
        assert queries.of_business(business) == [reported.case_id]


def test_a_business_with_another_name_is_only_proposed(city: Clues) -> None:
    where = door(GRID, "东正路1号")
    reported = city.report(NO_LICENCE, door_key=where[1].door_key, sign="")
    business = city.register(at=where, name="东莞市虚拟腾达商行")
    assert city.clue(reported.case_id).operator.business_id is None
    with acting_as(city.people["village"]) as acting:
        [proposed] = queries.joinings(acting)
        assert proposed.business_id == business
        settle_joining(proposed.pk, "joined", acting=acting, moment=city.moment)
        assert queries.joinings(acting) == []
    assert city.state(reported.case_id) == states.CLOSED


def test_a_permit_that_is_gained_closes_the_clue_and_another_that_is_missing_keeps_it(city: Clues) -> None:
    business = city.register(sure=[FOOD], name="虚拟餐馆")
    situation = Situation(
        matched=(Matched(FOOD, sure=True), Matched("P041", sure=True)),
        permits={FOOD: PermitFact(Standing.NONE), "P041": PermitFact(Standing.NONE)},
        licence=Licence.HELD,
        where=Where(area=GRID),
    )
    reported = city.report(situation, business_id=business)
    for permit, state in ((FOOD, states.FOUND), ("P041", states.CLOSED)):
        with acting_as(SYSTEM):
            PermitHeld.objects.create(
                business_id=business, permit=permit, number=f"JY-{permit}", source="测试"
            )
        notice = city.notice(business)
        if notice.is_open:
            city.act("market", notice.id, "receive")
            city.act("market", notice.id, "feed_back", result="licensed", permit_number=f"JY-{permit}")
        else:
            with acting_as(SYSTEM):
                look_again([business], moment=city.moment, proof="permit_issued")
        assert city.state(reported.case_id) == state
    assert city.clue(reported.case_id).result == "permitted"


def test_clues_go_with_their_business_and_end_with_it(city: Clues) -> None:
    business = city.register(sure=[FOOD])
    reported = city.report(TOBACCO_SHOP, business_id=business)
    city.act("village", reported.case_id, "not_corrected", reason="refused")
    city.change(business, at=door(NEXT_GRID, "东正路2号"))
    assert (city.case(reported.case_id).area, city.state(reported.case_id)) == (NEXT_GRID, states.PUSHED)
    city.change(business, at=door(OTHER_GRID, "莞城路3号"))
    assert (city.case(reported.case_id).area, city.state(reported.case_id)) == (OTHER_GRID, states.PUSHED)
    assert city.journal(reported.case_id)[-1].action == "relocate"
    city.cancel(business)
    assert city.state(reported.case_id) == states.CLOSED
    assert city.journal(reported.case_id)[-1].form["proof"] == "cancelled"


def test_what_a_return_visit_still_finds_is_a_clue(city: Clues) -> None:
    business = city.register(sure=[FOOD])
    visit = city.visit(business)
    city.call("officer", visit.id, "needs_correction")
    city.call("officer", visit.id, "needs_correction")
    [(case_id, source, reference)] = city.rows(
        "SELECT k.case_id, k.source, k.source_ref FROM clues_clue k JOIN clues_operator o ON o.id = k.operator_id"
        " WHERE o.business_id = %s",
        business,
    )
    assert (source, reference, city.state(case_id)) == ("visit", str(visit.id), states.FOUND)


def test_premises_that_closed_are_seen_again_and_a_relapse_is_a_new_clue(city: Clues) -> None:
    case_id = city.push()
    city.act("market", case_id, "receive")
    city.act("market", case_id, "feed_back", result="closed_down")
    city.act("village", case_id, "confirm", reason="confirmed")
    with acting_as(SYSTEM):
        planned = queries.revisits(case_id)
    assert [(one.reason, one.planned_on) for one in planned] == [
        ("closed_premises", date(2026, 10, 12)),
        ("relapse", date(2026, 12, 20)),
    ]
    city.go_to(date(2026, 10, 11))
    with acting_as(SYSTEM):
        assert open_due(moment=city.moment) == 0
    city.go_to(date(2026, 10, 12))
    with acting_as(SYSTEM):
        assert open_due(moment=city.moment) == 1
        assert open_due(moment=city.moment) == 0
        first = queries.revisits(case_id)[0].case_id
    assert first is not None
    city.act("officer", first, "relapse", words="又开门营业")
    [(again, source, area)] = city.rows(
        "SELECT case_id, source, area FROM clues_clue WHERE relapse_of_id = %s", case_id
    )
    assert (source, area, city.state(again)) == ("patrol", GRID, states.FOUND)
    with acting_as(SYSTEM):
        assert queries.revisits(case_id)[1].dropped
        assert set(queries.family(case_id)) == {case_id, again, first}


def test_a_serious_clue_is_before_the_three_centres_at_once_and_each_signs_for_itself(city: Clues) -> None:
    reported = city.report(replace(TOBACCO_SHOP, hazards=("gas_bottles",)))
    assert (reported.state, city.case(reported.case_id).department) == (states.URGENT, "market")
    for who in ("city_centre", "town_centre", "village_centre"):
        with acting_as(city.people[who]) as acting:
            [alert] = queries.alerts(acting)
            assert (alert.clue_id, alert.raised_at) == (reported.case_id, city.moment.at)
    city.act("town_centre", reported.case_id, "acknowledge", words="收到")
    with acting_as(city.people["town_centre"]) as acting:
        assert queries.alerts(acting) == []
    with acting_as(city.people["city_centre"]) as acting:
        assert len(queries.alerts(acting)) == 1


def test_what_is_found_out_later_is_judged_anew_and_goes_to_who_it_belongs_to(city: Clues) -> None:
    case_id = city.push(NEW_TRADE)
    assert city.state(case_id) == states.TO_ROUTE
    with acting_as(city.people["town_office"]) as acting:
        revise(case_id, TOBACCO_SHOP, words="经核实为烟草零售", acting=acting, moment=city.moment)
    assert (city.state(case_id), city.case(case_id).department) == (states.PUSHED, "market")
    assert city.clue(case_id).kind == "no_permit"


def test_a_scope_that_needs_a_permit_which_never_came_is_a_clue_after_the_limit(city: Clues) -> None:
    business = city.register()
    with acting_as(SYSTEM):
        Business.objects.filter(pk=business).update(scope="许可项目：餐饮服务")
    due = city.moment.calendar.due(city.moment.today, city.moment.limit("clue.no_permit_after")).date
    for day, opened in ((due, 0), (due + timedelta(days=1), 1), (due + timedelta(days=2), 0)):
        city.go_to(day)
        with acting_as(SYSTEM):
            assert compare(moment=city.moment) == opened
    [(source, permits)] = city.rows("SELECT source, permits FROM clues_clue")
    assert (source, permits) == ("comparison", [FOOD])
