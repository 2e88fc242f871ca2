"""Whose work is whose: no page of the desk shows or moves what lies in another town, department or grid."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import get_resolver, reverse
from tests.loop.busy import busy
from tests.loop.city import FOOD, GRID, NEXT_GRID, OTHER_GRID, POSTS, TOBACCO, TOWN, City, door
from tests.loop.visitor import Visitor, text_of
from tests.loop.workbooks import rows_of

from gongzhi.flow.graph import graph_named
from gongzhi.rulebooks.graph import READERS

Desk = Callable[..., Visitor]

SECRET = "虚拟机密"
OURS = [name for name, (_, area, _) in POSTS.items() if area.startswith(TOWN)]
THEIRS = [name for name in POSTS if name.startswith("other_")]


def _by_number() -> dict[str, str]:
    """The names of all addresses that take a number, with what it numbers."""
    names = get_resolver().reverse_dict
    return {
        name: argument
        for name in names
        if isinstance(name, str)
        for argument in names[name][0][0][1]
        if argument.endswith("_id")
    }


OF_THE_RULES = {"book_id", "trial_id", "remark_id", "touched_id", "correction_id"}
ELSEWHERE = {
    *("intake_id", "address_id", "doubt_id", "redraw_id"),  # the library's: tests/desk/test_places.py
    *("post_id", "absence_id"),  # people's: tests/desk/test_people.py
    "silence_id",  # who may be dormant: tests/desk/test_data_lists.py
    "objection_id",  # upheld objections: tests/desk/clues/test_clue_pages.py
    *OF_THE_RULES,  # no post's but their keepers' and readers': below
}


def test_every_address_with_a_number_is_tried_below() -> None:
    # The clues' own are tried in tests/desk/clues/test_clue_scope.py.
    numbered = {name: of for name, of in _by_number().items() if not name.startswith("clue_")}
    tried = {name for name, of in numbered.items() if of not in ELSEWHERE}
    assert tried == {"case", "act", "call", "place", "add", "business"}


@pytest.mark.parametrize("username", [name for name, (role, _, _) in POSTS.items() if role not in READERS])
def test_the_rules_are_shown_to_nobody_who_neither_keeps_nor_reads_them(desk: Desk, username: str) -> None:
    visitor = desk(username)
    of_the_rules = [name for name, of in _by_number().items() if of in OF_THE_RULES]
    assert len(of_the_rules) >= 14
    for name in of_the_rules:
        possible = get_resolver().reverse_dict[name][0][0][1]
        words = {"action": "withdraw", "table": "rules", "key": "P001-1", "kind": "gaps", "permit": "P001"}
        address = reverse(name, kwargs={one: words.get(one, 1) for one in possible})
        assert {visitor.get(address).status_code, visitor.post(address).status_code} <= {403, 404, 405}, name


@pytest.mark.parametrize("username", [name for name in POSTS if name != "city_registrar"])
def test_a_file_of_the_whole_city_is_nobodys_but_its_registrars(desk: Desk, username: str) -> None:
    visitor, city_registrar = desk(username), desk("city_registrar")
    for name, of in _by_number().items():
        if of == "intake_id":
            address = reverse(name, args=[1])
            send = "post" if name == "file_stop" else "get"
            assert getattr(visitor, send)(address).status_code == 403, name
            assert getattr(city_registrar, send)(address).status_code == 404, name


def _asked(visitor: Visitor, case: int, business: int) -> dict[str, int]:
    """What each address with a number answers for this case or business."""
    place = {"candidate": GRID, "area": GRID, "words": "越权", "reason": "no_such_number"}
    return {
        "case": visitor.get(reverse("case", args=[case])).status_code,
        "act": visitor.post(reverse("act", args=[case, "receive"])).status_code,
        "call": visitor.get(reverse("call", args=[case])).status_code,
        "call sent": visitor.post(
            reverse("call", args=[case]), **{f"result-{business}": "in_order"}
        ).status_code,
        "place": visitor.post(reverse("place", args=[case]), **place).status_code,
        "add": visitor.post(reverse("add", args=[case]), **place).status_code,
        "business": visitor.get(reverse("business", args=[business])).status_code,
    }


@pytest.mark.parametrize("username", THEIRS)
def test_nobody_of_another_town_finds_a_case_or_a_business_by_its_number(
    desk: Desk, city: City, username: str
) -> None:
    business = city.register(sure=[FOOD, TOBACCO])
    visitor = desk(username)
    for standing in [*city.notices(business), *city.visits(business)]:
        answers = _asked(visitor, standing.id, business)
        assert answers == dict.fromkeys(answers, 404)
        assert city.case(standing.id).seq == standing.seq


@pytest.mark.parametrize("username", THEIRS)
def test_no_act_of_either_process_moves_a_case_of_another_town(desk: Desk, city: City, username: str) -> None:
    cases = busy(city)
    visitor = desk(username)
    for (process, state), case in cases.items():
        before = city.case(case)
        if not before.area.startswith(TOWN):
            continue
        for edge in graph_named(process).edges_from(state):
            form = {"area": OTHER_GRID, "words": "越权", "result": "licensed", "department": "market"}
            answer = visitor.post(reverse("act", args=[case, edge.action]), **form)
            assert answer.status_code == 404, (process, state, edge.action)
        assert city.case(case).seq == before.seq


LISTS = ("home", "cases", "businesses", "review_addresses", "review_scopes")


@pytest.mark.parametrize("username", THEIRS)
def test_no_list_search_or_workbook_shows_another_towns_businesses(
    desk: Desk, city: City, username: str
) -> None:
    city.register(sure=[FOOD], review=["P002"], name=SECRET + "甲")
    city.register(at=door(GRID[:12], sure=False), name=SECRET + "乙")
    visitor = desk(username)
    for name in LISTS:
        for query in ({}, {"mine": "0"}, {"mine": "0", "area": TOWN}, {"q": SECRET}):
            page = visitor.get(reverse(name), **query)
            assert page.status_code == 200
            # What was searched for stands in the search box, and nowhere else.
            assert text_of(page).count(SECRET) <= (1 if "q" in query else 0)
            assert "东正路" not in text_of(page)
    workbook = visitor.get(reverse("cases_export"), mine="0", area=TOWN)
    assert rows_of(workbook)[1:] == []


def test_a_department_sees_its_own_notices_and_what_nobody_has_claimed(desk: Desk, city: City) -> None:
    business = city.register(sure=[FOOD, TOBACCO])
    listed = city.notice(city.register(at=door(GRID, "东正路2号")), None).id
    visitor = desk("market")
    seen = {
        name: visitor.get(reverse("case", args=[case])).status_code
        for name, case in {
            "own": city.notice(business).id,
            "another's": city.notice(business, "tobacco").id,
            "unclaimed": listed,
        }.items()
    }
    assert seen == {"own": 200, "another's": 404, "unclaimed": 200}
    page = text_of(visitor.get(reverse("business", args=[business])))
    assert "烟草制品零售" not in page


def test_an_officer_sees_the_grid_and_no_other(desk: Desk, city: City) -> None:
    here, there = city.register(), city.register(at=door(NEXT_GRID, "光明路8号"))
    visitor = desk("officer")
    assert visitor.get(reverse("case", args=[city.visit(here).id])).status_code == 200
    assert visitor.get(reverse("case", args=[city.visit(there).id])).status_code == 404
    assert visitor.get(reverse("business", args=[there])).status_code == 404
    assert "光明路" not in text_of(visitor.get(reverse("cases")))


def test_what_was_moved_to_another_town_is_gone_from_the_first(desk: Desk, city: City) -> None:
    business = city.register(sure=[FOOD], name=SECRET)
    city.change(business, at=door(OTHER_GRID, "东城路8号"))
    ours, theirs = desk("market"), desk("other_market")
    assert ours.get(reverse("business", args=[business])).status_code == 404
    assert theirs.get(reverse("business", args=[business])).status_code == 200
    assert theirs.get(reverse("case", args=[city.notice(business).id])).status_code == 200
    assert ours.get(reverse("case", args=[city.notice(business).id])).status_code == 404
    # The withdrawn notice stays in the first town's files, without what the business is now.
    assert SECRET not in text_of(ours.get(reverse("cases"), mine="0"))


@pytest.mark.parametrize("username", OURS)
def test_everybody_of_the_town_finds_what_is_theirs(desk: Desk, city: City, username: str) -> None:
    business = city.register(sure=[FOOD], at=door(GRID))
    reaches = GRID.startswith(POSTS[username][1])
    answer = desk(username).get(reverse("business", args=[business]))
    assert answer.status_code == (200 if reaches else 404)
