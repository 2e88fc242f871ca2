"""A permit that runs out is noticed once, told to its department, and the door is called on."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongzhi.notices import graph
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.registry.actions import Held, record_permits_held
from gongzhi.registry.lapsing import notice_lapsed, scope_change_due
from gongzhi.registry.models import PermitHeld
from gongzhi.registry.queries import permits_lapsed
from tests.loop.city import FOOD, TOBACCO, City

SCOPE = "餐饮服务；烟草制品零售"
LAST_DAY = date(2026, 10, 20)
DAY_AFTER = date(2026, 10, 21)


def _licensed(city: City, *, until: date | None = LAST_DAY) -> int:
    """A business with both of its permits, one of which runs out."""
    business = city.register(sure=[FOOD, TOBACCO], scope=SCOPE)
    food, tobacco = city.notice(business), city.notice(business, "tobacco")
    for who, notice in (("market", food), ("tobacco", tobacco)):
        city.act(who, notice.id, "receive")
    ending = {"permit_until": until.isoformat()} if until else {}
    city.act("market", food.id, "feed_back", result="licensed", permit_number="JY-1", **ending)
    city.act("tobacco", tobacco.id, "feed_back", result="licensed", permit_number="YC-1")
    return business


def _lapse(city: City, most: int = 100) -> int:
    with acting_as(SYSTEM):
        return notice_lapsed(acting=SYSTEM, moment=city.moment, most=most)


def _open(city: City, business: int) -> list[set[str]]:
    return [city.permits(case.id) for case in city.notices(business) if case.is_open]


def test_the_permits_last_day_is_still_a_day_with_it(city: City) -> None:
    business = _licensed(city)
    city.go_to(LAST_DAY)
    assert _lapse(city) == 0
    city.go_to(DAY_AFTER)
    assert _lapse(city) == 1
    assert _open(city, business) == [{FOOD}]
    (notice,) = [case for case in city.notices(business) if case.is_open]
    assert notice.department == "market"
    assert notice.state == graph.DELIVERED


def test_a_lapse_is_told_once(city: City) -> None:
    business = _licensed(city)
    city.go_to(DAY_AFTER)
    assert (_lapse(city), _lapse(city)) == (1, 0)
    city.go_to(date(2026, 11, 3))
    assert _lapse(city) == 0
    assert len(_open(city, business)) == 1


def test_the_door_is_called_on_for_it(city: City) -> None:
    business = _licensed(city)
    visit = city.visit(business)
    city.call("officer", visit.id, {business: "in_order"})
    city.go_to(DAY_AFTER)
    _lapse(city)
    (again,) = [case for case in city.visits(business) if case.is_open]
    assert city.listed(again.id)[business].cause == "permit_lapsed"


def test_whoever_is_to_be_called_on_anyway_is_called_on_once(city: City) -> None:
    business = _licensed(city)
    city.go_to(DAY_AFTER)
    _lapse(city)
    assert len([case for case in city.visits(business) if case.is_open]) == 1


def test_a_renewed_permit_has_not_lapsed(city: City) -> None:
    business = _licensed(city)
    with acting_as(SYSTEM):
        renewed = Held(business, FOOD, "JY-2", valid_from=DAY_AFTER, valid_to=date(2031, 10, 20))
        record_permits_held([renewed], source="notice")
    city.go_to(DAY_AFTER)
    assert _lapse(city) == 0
    with acting_as(SYSTEM):
        assert permits_lapsed(business, DAY_AFTER) == []


def test_the_same_number_prolonged_lapses_again_at_its_new_end(city: City) -> None:
    business = _licensed(city)
    city.go_to(DAY_AFTER)
    _lapse(city)
    with acting_as(SYSTEM):
        record_permits_held(
            [Held(business, FOOD, "JY-1", valid_from=DAY_AFTER, valid_to=date(2026, 12, 1))], source="notice"
        )
    city.go_to(date(2026, 12, 2))
    assert _lapse(city) == 1


def test_what_the_scope_no_longer_calls_for_is_not_asked_again(city: City) -> None:
    business = _licensed(city)
    city.change(business, sure=[TOBACCO], scope="烟草制品零售")
    city.go_to(DAY_AFTER)
    _lapse(city)
    assert _open(city, business) == []


def test_a_business_that_ended_is_asked_nothing(city: City) -> None:
    business = _licensed(city)
    city.cancel(business)
    city.go_to(DAY_AFTER)
    assert _lapse(city) == 0


def test_a_permit_without_an_end_never_lapses(city: City) -> None:
    _licensed(city, until=None)
    city.go_to(date(2039, 1, 3))
    assert _lapse(city) == 0


def test_many_are_told_of_in_portions(city: City) -> None:
    for _ in range(3):
        _licensed(city)
    city.go_to(DAY_AFTER)
    assert [_lapse(city, most=2) for _ in range(3)] == [2, 1, 0]


def test_the_scope_has_to_be_changed_within_thirty_days(city: City) -> None:
    assert scope_change_due(LAST_DAY, city.moment) == date(2026, 11, 19)


def test_the_same_permit_twice_in_one_go_is_kept_once(city: City) -> None:
    business = city.register(sure=[FOOD])
    twice = [Held(business, FOOD, "JY-9", valid_from=LAST_DAY, valid_to=None)] * 2
    with acting_as(SYSTEM):
        record_permits_held(twice, source="notice")
        record_permits_held([], source="notice")
        assert PermitHeld.objects.filter(business_id=business).count() == 1


def test_more_lapses_take_no_more_queries(city: City) -> None:
    queries = []
    for count in (1, 4):
        for _ in range(count):
            _licensed(city)
        city.go_to(DAY_AFTER)
        with acting_as(SYSTEM), CaptureQueriesContext(connection) as made:
            assert notice_lapsed(acting=SYSTEM, moment=city.moment) == count
        queries.append(len(made))
        city.go_to(date(2026, 9, 21))
    assert queries[1] <= queries[0]
