"""What people do with a notice: confirm, dismiss, receive, claim, return, answer."""

from __future__ import annotations

from datetime import date

import pytest

from gongzhi.flow.errors import FormInvalidError, NoSuchCaseError, NotAllowedError, NotPossibleError
from gongzhi.notices import actions, graph
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.registry.queries import permits_held
from tests.loop.city import FOOD, TOBACCO, City


def test_dismissing_needs_reasons(city: City) -> None:
    notice = city.notice(city.register(review=[FOOD]))
    with pytest.raises(FormInvalidError):
        city.act("registrar", notice.id, "dismiss")
    city.act("registrar", notice.id, "dismiss", words="经核对，不涉及食品经营。")
    assert city.case(notice.id).state == graph.NOT_NEEDED


def test_nobody_but_the_registrar_confirms(city: City) -> None:
    notice = city.notice(city.register(review=[FOOD]))
    for who in ("market", "town_office", "officer", "administrator"):
        with pytest.raises(NotAllowedError):
            city.act(who, notice.id, "confirm")


def test_the_registrar_of_another_town_does_not_find_it(city: City) -> None:
    notice = city.notice(city.register(review=[FOOD]))
    with pytest.raises(NoSuchCaseError):
        city.act("other_registrar", notice.id, "confirm")


def test_whoever_claims_a_listed_scope_has_it_and_the_others_no_longer_see_it(city: City) -> None:
    notice = city.notice(city.register(), None)
    city.act("tobacco", notice.id, "claim")
    claimed = city.case(notice.id)
    assert (claimed.state, claimed.department) == (graph.CLAIMED, "tobacco")
    assert claimed.holder == city.people["tobacco"].post_id
    with pytest.raises(NoSuchCaseError):
        city.act("market", notice.id, "claim")


def test_the_office_may_send_a_listed_scope_to_a_department(city: City) -> None:
    notice = city.notice(city.register(), None)
    city.act("town_office", notice.id, "send", department="market")
    sent = city.case(notice.id)
    assert (sent.state, sent.department) == (graph.DELIVERED, "market")


def test_what_nobody_claims_lapses_after_its_limit_and_not_on_its_last_day(city: City) -> None:
    notice = city.notice(city.register(), None)
    # Ten working days from 21 September, over both holidays.
    assert notice.due == date(2026, 10, 12)
    city.go_to(date(2026, 10, 12))
    with acting_as(SYSTEM):
        assert actions.lapse(moment=city.moment) == 0
    city.go_to(date(2026, 10, 13))
    with acting_as(SYSTEM):
        assert actions.lapse(moment=city.moment) == 1
        assert actions.lapse(moment=city.moment) == 0
    assert city.case(notice.id).state == graph.NOT_NEEDED


def test_received_and_taken_on_are_told_apart_and_can_be_put_back(city: City) -> None:
    notice = city.notice(city.register(sure=[FOOD]))
    city.act("market", notice.id, "receive")
    received = city.case(notice.id)
    assert (received.state, received.holder) == (graph.RECEIVED, None)
    city.act("market", notice.id, "claim")
    assert city.case(notice.id).holder == city.people["market"].post_id
    # Taking it on is no reason for more time.
    assert city.case(notice.id).due == received.due
    city.act("market", notice.id, "release")
    assert (city.case(notice.id).state, city.case(notice.id).holder) == (graph.RECEIVED, None)


@pytest.mark.parametrize(
    "form",
    [{}, {"reason": "no_such_item"}, {"words": "无此事项"}, {"reason": "just because", "words": "无此事项"}],
)
def test_a_return_needs_a_coded_reason_and_its_grounds(city: City, form: dict[str, str]) -> None:
    notice = city.notice(city.register(sure=[FOOD]))
    with pytest.raises(FormInvalidError):
        city.act("market", notice.id, "return", **form)
    assert city.case(notice.id).state == graph.DELIVERED


def _returned(city: City) -> int:
    notice = city.notice(city.register(sure=[FOOD]))
    city.act("market", notice.id, "return", reason="no_such_item", words="经营范围不含餐饮。")
    assert city.case(notice.id).state == graph.RETURNED
    return notice.id


def test_what_is_returned_waits_for_the_coordinating_office_three_days(city: City) -> None:
    returned = city.case(_returned(city))
    assert returned.owner_role == "town_office"
    assert returned.due == date(2026, 9, 24)


def test_it_goes_to_another_department_and_never_straight_back(city: City) -> None:
    notice = _returned(city)
    city.act("town_office", notice, "reroute", department="tobacco")
    assert (city.case(notice).state, city.case(notice).department) == (graph.DELIVERED, "tobacco")
    city.act("tobacco", notice, "return", reason="not_our_jurisdiction", words="不属烟草。")
    for earlier in ("market", "tobacco"):
        with pytest.raises(NotPossibleError, match="已退回"):
            city.act("town_office", notice, "reroute", department=earlier)
    assert city.case(notice).state == graph.RETURNED


def test_the_office_may_insist_with_reasons_only(city: City) -> None:
    notice = _returned(city)
    with pytest.raises(FormInvalidError):
        city.act("town_office", notice, "insist")
    city.act("town_office", notice, "insist", words="登记的经营范围写明餐饮服务。")
    insisted = city.case(notice)
    assert (insisted.state, insisted.department) == (graph.DELIVERED, "market")


def test_the_office_may_close_what_nobody_needs(city: City) -> None:
    notice = _returned(city)
    city.act("town_office", notice, "close", words="经核实不涉及任何许可。")
    assert city.case(notice).state == graph.NOT_NEEDED


def test_a_department_of_another_town_does_not_find_it(city: City) -> None:
    notice = city.notice(city.register(sure=[FOOD, TOBACCO]))
    for who in ("other_market", "tobacco", "other_town_office"):
        with pytest.raises(NoSuchCaseError):
            city.act(who, notice.id, "receive")


@pytest.mark.parametrize("result", ["licensed", "closed_or_moved", "case_filed"])
def test_an_answer_is_coded_and_closes_the_notice(city: City, result: str) -> None:
    notice = city.notice(city.register(sure=[FOOD]))
    city.act("market", notice.id, "receive")
    city.act("market", notice.id, "feed_back", result=result)
    answered = city.case(notice.id)
    assert (answered.state, answered.is_open, answered.due) == (graph.FED_BACK, False, None)
    assert city.journal(notice.id)[-1].form["result"] == result


def test_a_permit_that_was_issued_stands_in_the_businesss_file(city: City) -> None:
    business = city.register(sure=[FOOD])
    notice = city.notice(business)
    city.act("market", notice.id, "receive")
    city.act("market", notice.id, "feed_back", result="licensed", permit_number="JY14419000000001")
    with acting_as(SYSTEM):
        (held,) = permits_held([business], date(2026, 9, 21))[business]
    assert (held.permit, held.number) == (FOOD, "JY14419000000001")


def test_an_answer_without_a_permit_adds_none_to_the_file(city: City) -> None:
    business = city.register(sure=[FOOD])
    notice = city.notice(business)
    city.act("market", notice.id, "receive")
    city.act("market", notice.id, "feed_back", result="closed_or_moved", permit_number="JY14419000000001")
    with acting_as(SYSTEM):
        assert permits_held([business], date(2026, 9, 21)) == {}


@pytest.mark.parametrize("result", ["not_needed", "transferred"])
def test_some_answers_have_to_be_explained(city: City, result: str) -> None:
    notice = city.notice(city.register(sure=[FOOD]))
    city.act("market", notice.id, "receive")
    with pytest.raises(FormInvalidError):
        city.act("market", notice.id, "feed_back", result=result)
    city.act("market", notice.id, "feed_back", result=result, words="只销售预包装食品，已备案。")
    assert city.case(notice.id).state == graph.FED_BACK


def test_progress_is_no_answer(city: City) -> None:
    notice = city.notice(city.register(sure=[FOOD]))
    city.act("market", notice.id, "receive")
    with pytest.raises(FormInvalidError):
        city.act("market", notice.id, "feed_back", result="accepted")
    with pytest.raises(FormInvalidError):
        city.act("market", notice.id, "report_progress", progress="licensed")


def test_progress_keeps_the_clock(city: City) -> None:
    notice = city.notice(city.register(sure=[FOOD]))
    city.act("market", notice.id, "receive")
    before = city.case(notice.id)
    city.go_to(date(2026, 9, 23))
    city.act("market", notice.id, "report_progress", progress="accepted")
    after = city.case(notice.id)
    assert (after.state, after.due, after.seq) == (before.state, before.due, before.seq + 1)
