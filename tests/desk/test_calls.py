"""A call at a door through the desk: one form for everything there, recorded once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from tests.loop.city import (
    FOOD,
    TOBACCO,
    City,
)
from tests.loop.visitor import Visitor, text_of

Desk = Callable[..., Visitor]


def _call(visitor: Visitor, city: City, visit: int, results: dict[int, str], **form: Any) -> Any:
    form.setdefault("expected_seq", city.case(visit).seq)
    form |= {f"result-{business}": result for business, result in results.items()}
    return visitor.post(reverse("call", args=[visit]), **form)


def test_a_call_is_recorded_for_every_business_behind_the_door(desk: Desk, city: City) -> None:
    first, second = city.register_many(2, sure=[FOOD])
    visit = city.visit(first).id
    visitor = desk("officer")
    answer = _call(visitor, city, visit, {first: "in_order", second: "needs_correction"})
    assert answer.status_code == 302
    assert city.case(visit).state == "guided"
    page = text_of(visitor.get(reverse("call", args=[visit])))
    assert f"result-{second}" in page
    assert f"result-{first}" not in page


def test_nothing_is_presumed_in_order(desk: Desk, city: City) -> None:
    business = city.register()
    page = text_of(desk("officer").get(reverse("call", args=[city.visit(business).id])))
    assert f'name="result-{business}"' in page
    assert " checked" not in page


def test_a_call_with_a_gap_comes_back_with_what_was_filled_in(desk: Desk, city: City) -> None:
    first, _second = city.register_many(2)
    visit = city.visit(first).id
    form = {f"words-{first}": "铺面整洁，经营者在场。"}
    answer = _call(desk("officer"), city, visit, {first: "in_order"}, **form)
    assert answer.status_code == 422
    page = text_of(answer)
    assert "铺面整洁，经营者在场。" in page
    assert page.count(" checked") == 1
    assert "请选择结果" in page
    assert city.case(visit).state == "to_visit"


@pytest.mark.parametrize("result", ["excellent", "proved_by_data", ""])
def test_a_result_is_one_of_the_list(desk: Desk, city: City, result: str) -> None:
    business = city.register()
    visit = city.visit(business).id
    assert _call(desk("officer"), city, visit, {business: result}).status_code == 422


def test_a_clue_has_to_be_described(desk: Desk, city: City) -> None:
    business = city.register()
    visit = city.visit(business).id
    answer = _call(desk("officer"), city, visit, {business: "clue"})
    assert answer.status_code == 422
    assert "选择此项须说明情况" in text_of(answer)


def test_tapping_twice_records_one_call_and_says_that_it_is_done(desk: Desk, city: City) -> None:
    business = city.register(sure=[FOOD])
    visit = city.visit(business).id
    visitor = desk("officer")
    seq = city.case(visit).seq
    for _ in range(2):
        answer = _call(visitor, city, visit, {business: "in_order"}, expected_seq=seq, client_key="two-taps")
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("cases"))
        assert "走访结果已提交" in text_of(visitor.get(reverse("cases")))
    assert len(city.journal(visit)) == 2


def test_tapping_twice_on_a_guided_call_does_not_record_the_return(desk: Desk, city: City) -> None:
    business = city.register()
    visit = city.visit(business).id
    visitor = desk("officer")
    seq = city.case(visit).seq
    for _ in range(2):
        form = {"expected_seq": seq, "client_key": "two-taps"}
        assert _call(visitor, city, visit, {business: "needs_correction"}, **form).status_code == 302
    assert city.case(visit).state == "guided"


def test_a_call_on_a_list_that_changed_meanwhile_is_filled_in_again_on_the_new_one(
    desk: Desk, city: City
) -> None:
    business = city.register()
    visit = city.visit(business).id
    seq = city.case(visit).seq
    newcomer = city.register(name="虚拟后来商行")
    results = {business: "in_order", newcomer: "in_order"}
    answer = _call(desk("officer"), city, visit, results, expected_seq=seq)
    assert answer.status_code == 409
    assert "虚拟后来商行" in text_of(answer)
    assert city.case(visit).state == "to_visit"


def test_the_officer_reads_what_departments_were_told_and_what_is_on_file(desk: Desk, city: City) -> None:
    business = city.register(sure=[TOBACCO])
    page = text_of(desk("officer").get(reverse("call", args=[city.visit(business).id])))
    assert f'name="permit-{business}"' in page


def test_single_items_may_be_noted_and_stand_in_the_businesss_file(desk: Desk, city: City) -> None:
    business = city.register(sure=[FOOD])
    visit = city.visit(business).id
    visitor = desk("officer")
    assert f'name="item-{business}-opening"' in text_of(visitor.get(reverse("call", args=[visit])))
    answer = _call(visitor, city, visit, {business: "in_order"}, **{f"item-{business}-opening": "open"})
    assert answer.status_code == 302
    assert city.journal(visit)[-1].form["answers"] == {str(business): {"opening": "open"}}
    assert "正在经营" in text_of(visitor.get(reverse("business", args=[business])))


def test_an_item_that_is_left_out_is_no_mistake_and_an_unknown_answer_is(desk: Desk, city: City) -> None:
    business = city.register(sure=[FOOD])
    visit = city.visit(business).id
    wrong = {f"item-{business}-opening": "closed-by-force"}
    assert _call(desk("officer"), city, visit, {business: "in_order"}, **wrong).status_code == 422
    assert _call(desk("officer"), city, visit, {business: "in_order"}).status_code == 302
    assert "answers" not in city.journal(visit)[-1].form


def test_a_permit_on_record_is_not_asked_for_again(desk: Desk, city: City) -> None:
    business = city.register(sure=[FOOD])
    notice = city.notice(business)
    city.act("market", notice.id, "receive")
    city.act("market", notice.id, "feed_back", result="licensed", permit_number="JY14419000000001")
    page = text_of(desk("officer").get(reverse("call", args=[city.visit(business).id])))
    assert "JY14419000000001" in page
    assert f'name="permit-{business}"' not in page
