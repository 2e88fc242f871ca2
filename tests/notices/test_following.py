"""What becomes of notices when a business changes, ends, or is placed, and when a visit was made."""

from __future__ import annotations

from datetime import date

import pytest

from gongzhi.notices import graph
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.registry.actions import place_businesses
from tests.loop.city import (
    FOOD,
    GRID,
    HAIRDRESSER,
    NEXT_GRID,
    NOWHERE,
    OTHER_GRID,
    TOBACCO,
    TOWN,
    VILLAGE,
    City,
    door,
)

RESULT_ON = date(2026, 10, 15)
FIFTEEN_LATER = date(2026, 11, 5)


def test_a_scope_that_no_longer_needs_a_permit_withdraws_its_notice_and_leaves_the_others(city: City) -> None:
    business = city.register(sure=[FOOD, TOBACCO])
    city.change(business, sure=[FOOD])
    assert city.notice(business, "market").state == graph.DELIVERED
    gone = city.notice(business, "tobacco")
    assert gone.state == graph.WITHDRAWN
    assert city.journal(gone.id)[-1].form["reason"] == "scope_changed"


def test_a_scope_that_needs_more_opens_only_what_is_new(city: City) -> None:
    business = city.register(sure=[FOOD])
    city.change(business, sure=[FOOD, "P002", HAIRDRESSER])
    market = [case for case in city.notices(business) if case.department == "market"]
    assert [city.permits(case.id) for case in market] == [{FOOD}, {"P002"}]
    assert city.permits(city.notice(business, "health").id) == {HAIRDRESSER}


def test_what_was_answered_is_not_asked_again(city: City) -> None:
    business = city.register(sure=[FOOD])
    notice = city.notice(business)
    city.act("market", notice.id, "receive")
    city.act("market", notice.id, "feed_back", result="licensed")
    city.change(business, sure=[FOOD, "P002"])
    assert [city.permits(case.id) for case in city.notices(business) if case.is_open] == [{"P002"}]
    city.change(business, sure=[FOOD])
    assert [case for case in city.notices(business) if case.is_open] == []


def test_a_first_permit_ends_the_line_on_the_claim_list(city: City) -> None:
    business = city.register()
    listed = city.notice(business, None)
    city.change(business, sure=[FOOD])
    assert city.case(listed.id).state == graph.WITHDRAWN
    assert city.notice(business).state == graph.DELIVERED


def test_a_scope_still_without_a_permit_keeps_its_line_on_the_claim_list(city: City) -> None:
    business = city.register()
    listed = city.notice(business, None)
    city.change(business, scope="养生保健咨询")
    assert [(case.id, case.state) for case in city.notices(business)] == [(listed.id, graph.UNCLAIMED)]


def test_what_a_department_claimed_stays_with_it_when_the_scope_changes(city: City) -> None:
    business = city.register()
    listed = city.notice(business, None)
    city.act("tobacco", listed.id, "claim")
    city.change(business, sure=[FOOD])
    assert city.case(listed.id).state == graph.CLAIMED
    assert city.notice(business).state == graph.DELIVERED


def test_within_a_town_open_notices_move_along(city: City) -> None:
    business = city.register(sure=[FOOD])
    before = city.notice(business)
    city.act("market", before.id, "receive")
    before = city.case(before.id)
    city.change(business, at=door(NEXT_GRID, "光明路8号"))
    after = city.case(before.id)
    assert (after.state, after.area, after.due) == (graph.RECEIVED, NEXT_GRID, before.due)
    assert len(city.notices(business)) == 1


def test_into_another_town_they_are_withdrawn_and_opened_there_anew(city: City) -> None:
    business = city.register(sure=[FOOD])
    before = city.notice(business)
    city.change(business, at=door(OTHER_GRID, "东城路8号"))
    assert city.case(before.id).state == graph.WITHDRAWN
    assert city.journal(before.id)[-1].form["reason"] == "address_changed"
    anew = city.notice(business)
    assert (anew.state, anew.area) == (graph.DELIVERED, OTHER_GRID)


def test_the_new_town_is_told_even_where_the_old_one_had_answered(city: City) -> None:
    business = city.register(sure=[FOOD])
    notice = city.notice(business)
    city.act("market", notice.id, "receive")
    city.act("market", notice.id, "feed_back", result="licensed")
    city.change(business, at=door(OTHER_GRID, "东城路8号"))
    assert city.case(notice.id).state == graph.FED_BACK
    assert city.notice(business).area == OTHER_GRID
    assert city.notice(business).is_open


def test_a_move_within_the_town_asks_nobody_again_who_has_answered(city: City) -> None:
    business = city.register(sure=[FOOD])
    notice = city.notice(business)
    city.act("market", notice.id, "receive")
    city.act("market", notice.id, "feed_back", result="licensed")
    city.change(business, at=door(NEXT_GRID, "光明路8号"))
    assert len(city.notices(business)) == 1


@pytest.mark.parametrize("status", ["注销", "吊销", "迁出"])
def test_when_a_business_ends_nobody_has_to_follow_up(city: City, status: str) -> None:
    business = city.register(sure=[FOOD, TOBACCO], review=[HAIRDRESSER])
    city.act("market", city.notice(business).id, "receive")
    city.cancel(business, status)
    assert {case.state for case in city.notices(business)} == {graph.WITHDRAWN}
    reasons = {city.journal(case.id)[-1].form["reason"] for case in city.notices(business)}
    assert reasons == {{"注销": "cancelled", "吊销": "revoked", "迁出": "moved_out"}[status]}


def test_a_business_that_comes_back_is_looked_at_as_if_it_were_another(city: City) -> None:
    business = city.register(sure=[FOOD])
    city.cancel(business)
    city.go_to(date(2026, 9, 28))
    city.change(business, status="存续")
    assert city.notice(business).state == graph.DELIVERED
    assert (city.visit(business).state, city.visit(business).due) == ("to_visit", date(2026, 10, 16))


def test_another_scope_in_another_town_is_told_there_alone(city: City) -> None:
    business = city.register(sure=[FOOD])
    city.change(business, sure=[TOBACCO], at=door(OTHER_GRID, "东城路8号"))
    still = [(case.department, case.area) for case in city.notices(business) if case.is_open]
    assert still == [("tobacco", OTHER_GRID)]


def _to(city: City, state: str) -> int:
    """A notice brought into a state by the people who do that."""
    sure = state not in {graph.TO_CONFIRM, graph.UNCLAIMED}
    if state == graph.UNCLAIMED:
        return city.notice(city.register(), None).id
    business = city.register(sure=[FOOD] if sure else [], review=[] if sure else [FOOD])
    notice = city.notice(business).id
    if state in {graph.RECEIVED, graph.CLAIMED}:
        city.act("market", notice, "receive")
    if state == graph.CLAIMED:
        city.act("market", notice, "claim")
    if state == graph.RETURNED:
        city.act("market", notice, "return", reason="no_such_item", words="无此事项。")
    assert city.case(notice).state == state
    return notice


def _visit_after(city: City, notice: int, result: str = "in_order") -> None:
    (business,) = _businesses_of(notice)
    city.go_to(RESULT_ON)
    city.call("officer", city.visit(business).id, result)


def _businesses_of(notice: int) -> list[int]:
    from gongzhi.notices.models import Notice  # noqa: PLC0415

    with acting_as(SYSTEM):
        return list(Notice.objects.filter(pk=notice).values_list("business_id", flat=True))


@pytest.mark.parametrize("result", ["in_order", "moved_away", "declined"])
@pytest.mark.parametrize("state", [graph.DELIVERED, graph.RECEIVED, graph.CLAIMED])
def test_a_visits_result_starts_fifteen_working_days_wherever_a_department_has_it(
    city: City, state: str, result: str
) -> None:
    notice = _to(city, state)
    _visit_after(city, notice, result)
    told = city.case(notice)
    assert (told.state, told.due) == (graph.FOLLOWING_UP, FIFTEEN_LATER)
    assert city.journal(notice)[-1].form["result"] == result


def test_a_result_before_the_receipt_counts_as_one(city: City) -> None:
    notice = city.notice(city.register(sure=["P053"]), "publicity")
    assert notice.state == graph.PUSHED
    _visit_after(city, notice.id)
    assert city.case(notice.id).state == graph.FOLLOWING_UP


def test_a_result_known_before_the_confirmation_is_brought_along(city: City) -> None:
    notice = _to(city, graph.TO_CONFIRM)
    due = city.case(notice).due
    _visit_after(city, notice)
    assert (city.case(notice).state, city.case(notice).due) == (graph.TO_CONFIRM, due)
    city.act("registrar", notice, "confirm")
    assert (city.case(notice).state, city.case(notice).due) == (graph.FOLLOWING_UP, FIFTEEN_LATER)


def test_a_result_known_before_the_claim_is_brought_along(city: City) -> None:
    notice = _to(city, graph.UNCLAIMED)
    _visit_after(city, notice)
    assert city.case(notice).state == graph.UNCLAIMED
    city.act("market", notice, "claim")
    claimed = city.case(notice)
    assert (claimed.state, claimed.due) == (graph.FOLLOWING_UP, FIFTEEN_LATER)
    assert (claimed.department, claimed.holder) == ("market", city.people["market"].post_id)


@pytest.mark.parametrize(
    ("action", "form", "department"),
    [
        ("insist", {"words": "登记的经营范围写明餐饮服务。"}, "market"),
        ("reroute", {"department": "tobacco"}, "tobacco"),
    ],
)
def test_a_result_known_while_it_was_returned_is_brought_along(
    city: City, action: str, form: dict[str, str], department: str
) -> None:
    notice = _to(city, graph.RETURNED)
    _visit_after(city, notice)
    assert city.case(notice).state == graph.RETURNED
    city.act("town_office", notice, action, **form)
    told = city.case(notice)
    assert (told.state, told.department, told.due) == (graph.FOLLOWING_UP, department, FIFTEEN_LATER)


def test_an_answered_notice_stays_answered_whatever_a_visit_finds(city: City) -> None:
    notice = _to(city, graph.RECEIVED)
    city.act("market", notice, "feed_back", result="licensed")
    _visit_after(city, notice)
    assert city.case(notice).state == graph.FED_BACK


def test_naming_the_place_sends_out_what_was_held(city: City) -> None:
    business = city.register(sure=[FOOD], review=[TOBACCO], at=NOWHERE)
    assert {case.state for case in city.notices(business)} == {graph.TO_PLACE, graph.TO_CONFIRM}
    city.act("city_registrar", city.visit(business).id, "place_in_grid", area=GRID)
    assert {(case.state, case.area) for case in city.notices(business)} == {
        (graph.DELIVERED, GRID),
        (graph.TO_CONFIRM, GRID),
    }


def test_a_business_that_lies_elsewhere_takes_its_notices_into_the_other_town(city: City) -> None:
    business = city.register(sure=[FOOD], at=door(VILLAGE))
    notice = city.notice(business)
    city.act("market", notice.id, "receive")
    city.act("market", notice.id, "claim")
    with acting_as(SYSTEM) as system:
        place_businesses({business: OTHER_GRID}, confirmed=True, acting=system, moment=city.moment)
    anew = city.notice(business)
    assert anew.area == OTHER_GRID
    # Who had taken it on in the old town no longer sees it: nobody has it until somebody there does.
    assert (anew.state, anew.holder) == (graph.DELIVERED, None)
    assert city.permits(anew.id) == {FOOD}


def test_nothing_is_open_for_the_town_it_never_lay_in(city: City) -> None:
    business = city.register(sure=[FOOD], at=door(TOWN, sure=False))
    city.act("city_registrar", city.visit(business).id, "place_in_grid", area=OTHER_GRID)
    still = [case.area for case in city.notices(business) if case.is_open]
    assert still == [OTHER_GRID]
