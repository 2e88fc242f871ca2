"""Acts through the desk's forms: what is done, what comes back, and what nobody can send past the graph."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from tests.loop.city import (
    FOOD,
    GRID,
    NEXT_GRID,
    NOWHERE,
    OTHER_GRID,
    OTHER_VILLAGE,
    VILLAGE,
    City,
    door,
)
from tests.loop.visitor import Visitor, text_of

from gongzhi.flow.errors import NotPossibleError
from gongzhi.notices import actions

Desk = Callable[..., Visitor]


def _act(visitor: Visitor, city: City, case: int, action: str, **form: Any) -> Any:
    form.setdefault("expected_seq", city.case(case).seq)
    return visitor.post(reverse("act", args=[case, action]), **form)


def test_an_act_is_made_and_leads_back_to_the_case_which_says_so(desk: Desk, city: City) -> None:
    notice = city.notice(city.register(sure=[FOOD])).id
    visitor = desk("market")
    answer = _act(visitor, city, notice, "receive")
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("case", args=[notice]))
    assert "已完成：接收" in text_of(visitor.get(answer.headers["Location"]))
    assert city.case(notice).state == "received"


def test_the_page_offers_what_the_graph_lets_this_post_do_and_nothing_else(desk: Desk, city: City) -> None:
    notice = city.notice(city.register(sure=[FOOD])).id
    offered = set(re.findall(r'action="/cases/\d+/act/(\w+)/"', text_of(_case(desk("market"), notice))))
    assert offered == {"receive", "return"}
    assert "/act/" not in text_of(_case(desk("officer"), notice))


def _case(visitor: Visitor, case: int) -> Any:
    return visitor.get(reverse("case", args=[case]))


def test_a_form_that_lacks_something_comes_back_with_everything_that_was_written(
    desk: Desk, city: City
) -> None:
    notice = city.notice(city.register(sure=[FOOD])).id
    answer = _act(desk("market"), city, notice, "return", words='登记的"经营范围"不含<餐饮>。')
    assert answer.status_code == 422
    page = text_of(answer)
    assert "请填写此项" in page
    assert "登记的&quot;经营范围&quot;不含&lt;餐饮&gt;。" in page
    assert city.case(notice).state == "delivered"


def test_what_is_lacking_is_said_in_english_too(desk: Desk, city: City) -> None:
    notice = city.notice(city.register(sure=[FOOD])).id
    page = text_of(_act(desk("market", "en"), city, notice, "return", reason="other", words=""))
    assert "请填写此项" not in page
    answer = _act(desk("officer", "en"), city, city.visit(city.register()).id, "return_address")
    assert answer.status_code == 422


def test_whoever_comes_second_is_told_who_was_first_and_shown_how_it_stands(desk: Desk, city: City) -> None:
    notice = city.notice(city.register(review=[FOOD])).id
    read = city.case(notice).seq
    slow = desk("registrar")
    city.act("city_registrar", notice, "dismiss", words="不涉及食品。")
    answer = slow.post(reverse("act", args=[notice, "confirm"]), expected_seq=read)
    assert answer.status_code == 409
    page = text_of(answer)
    assert "city_registrar的人" in page
    assert "无需告知" in page
    assert city.case(notice).state == "not_needed"


def test_the_same_form_sent_twice_is_one_act(desk: Desk, city: City) -> None:
    notice = city.notice(city.register(sure=[FOOD])).id
    visitor = desk("market")
    form = {"expected_seq": city.case(notice).seq, "client_key": "a-double-tap"}
    for _ in range(2):
        answer = visitor.post(reverse("act", args=[notice, "receive"]), **form)
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("case", args=[notice]))
    assert [line.action for line in city.journal(notice)] == ["push", "deliver", "receive"]


@pytest.mark.parametrize(
    ("username", "action", "status"),
    [("officer", "receive", 403), ("town_office", "receive", 403), ("market", "confirm", 409)],
)
def test_what_is_not_this_posts_or_not_possible_is_refused_with_a_reason(
    desk: Desk, city: City, username: str, action: str, status: int
) -> None:
    notice = city.notice(city.register(sure=[FOOD])).id
    answer = _act(desk(username), city, notice, action)
    assert answer.status_code == status
    assert 'role="alert"' in text_of(answer)
    assert city.case(notice).state == "delivered"


def test_a_refusal_by_the_rules_says_which(desk: Desk, city: City) -> None:
    notice = city.notice(city.register(sure=[FOOD])).id
    city.act("market", notice, "return", reason="no_such_item", words="无此事项。")
    answer = _act(desk("town_office"), city, notice, "reroute", department="market")
    assert answer.status_code == 409
    assert "已退回过此告知" in text_of(answer)
    english = _act(desk("town_office", "en"), city, notice, "reroute", department="market")
    assert "已退回过此告知" not in text_of(english)


@pytest.mark.parametrize(
    "area", ["", "4419", "44190000300", "999999999999999", OTHER_GRID, VILLAGE, "'; --", GRID + "0", "网格"]
)
def test_a_grid_is_one_that_exists_and_that_the_post_may_name(desk: Desk, city: City, area: str) -> None:
    visit = city.visit(city.register(at=door(VILLAGE)))
    answer = _act(desk("village"), city, visit.id, "assign", area=area)
    assert answer.status_code == 422
    assert city.case(visit.id).seq == visit.seq


def test_a_department_is_one_that_exists_and_another_one(desk: Desk, city: City) -> None:
    notice = city.notice(city.register(sure=[FOOD])).id
    city.act("market", notice, "return", reason="no_such_item", words="无此事项。")
    visitor = desk("town_office")
    for department in ("", "nobody", "烟草"):
        assert _act(visitor, city, notice, "reroute", department=department).status_code == 422
    assert _act(visitor, city, notice, "reroute", department="tobacco").status_code == 302


def test_a_town_is_named_from_the_list_of_towns(desk: Desk, city: City) -> None:
    notice = city.notice(city.register(sure=[FOOD], at=NOWHERE)).id
    visitor = desk("city_registrar")
    assert '<option value="441900003">' in text_of(_case(visitor, notice))
    for area in ("4419", "441999999", GRID):
        assert _act(visitor, city, notice, "place", area=area).status_code == 422
    assert _act(visitor, city, notice, "place", area=GRID[:9]).status_code == 302
    assert city.case(notice).state == "delivered"


def test_a_village_is_named_from_the_list_of_villages(desk: Desk, city: City) -> None:
    visit = city.visit(city.register(at=door(VILLAGE, sure=False))).id
    page = text_of(_case(desk("registrar"), visit))
    assert f'value="{VILLAGE}"' in page
    assert f'value="{OTHER_VILLAGE}"' not in page


def test_one_click_on_a_candidate_places_a_door(desk: Desk, city: City) -> None:
    visit = city.visit(city.register(at=door(VILLAGE, sure=False))).id
    visitor = desk("registrar")
    seq = city.case(visit).seq
    here = reverse("review_addresses") + "?state=to_place"
    answer = visitor.post(
        reverse("place", args=[visit]), candidate=VILLAGE, expected_seq=seq, client_key="once", back=here
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, here)
    assert (city.case(visit).state, city.case(visit).area) == ("to_assign", VILLAGE)
    # The same click again, from an impatient finger.
    again = visitor.post(
        reverse("place", args=[visit]), candidate=VILLAGE, expected_seq=seq, client_key="once"
    )
    assert again.status_code == 302
    assert len(city.journal(visit)) == 2


@pytest.mark.parametrize("candidate", ["", OTHER_GRID, OTHER_VILLAGE, "441900", "9" * 15])
def test_no_click_places_a_door_where_the_post_may_not(desk: Desk, city: City, candidate: str) -> None:
    visit = city.visit(city.register(at=door(VILLAGE, sure=False)))
    answer = desk("registrar").post(
        reverse("place", args=[visit.id]), candidate=candidate, expected_seq=visit.seq
    )
    assert answer.status_code == 422
    assert city.case(visit.id).seq == visit.seq


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_no_act_leads_off_the_site(desk: Desk, city: City, back: str) -> None:
    notice = city.notice(city.register(sure=[FOOD])).id
    answer = _act(desk("market"), city, notice, "receive", back=back)
    assert answer.headers["Location"] == reverse("case", args=[notice])


def test_what_went_to_somebody_else_leads_back_to_the_list(desk: Desk, city: City) -> None:
    visit = city.visit(city.register())
    city.act("officer", visit.id, "return_grid")
    visitor = desk("village")
    _act(visitor, city, visit.id, "reassign", area=NEXT_GRID)
    notice = city.notice(city.register(), None).id
    answer = _act(desk("registrar"), city, notice, "send", department="tobacco")
    assert answer.status_code == 302
    assert city.case(notice).department == "tobacco"


def test_an_act_whose_consequence_is_refused_leaves_nothing_half_done(
    desk: Desk, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise NotPossibleError("deliver", "pushed", "不可送达")

    notice = city.notice(city.register(review=[FOOD]))
    monkeypatch.setattr(actions, "deliver_where_read", refuse)
    answer = _act(desk("registrar"), city, notice.id, "confirm")
    assert answer.status_code == 409
    assert "不可送达" in text_of(answer)
    assert city.case(notice.id).seq == notice.seq
    assert [line.action for line in city.journal(notice.id)] == ["ask"]
