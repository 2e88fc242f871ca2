"""An address that the library lacks is reported, added by whoever keeps it, and costs the visit no day."""

from __future__ import annotations

from datetime import date

import pytest

from gongzhi.flow.errors import FormInvalidError, NotAllowedError, NotPossibleError
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.places.models import StandardAddress
from gongzhi.visits import graph
from tests.loop.city import FOOD, GRID, NEXT_GRID, NOWHERE, VILLAGE, City, door

REPORT = {"address": "东莞市莞城街道北隅社区新风巷6号", "reason": "not_in_library"}
FIRST_DUE = date(2026, 10, 12)


def texts() -> dict[str, str]:
    with acting_as(SYSTEM):
        return dict(StandardAddress.objects.filter(valid_to__isnull=True).values_list("text", "area"))


def test_the_visits_clock_stands_until_the_address_is_added_and_the_keeper_has_one_day(city: City) -> None:
    business = city.register(sure=[FOOD])
    visit = city.visit(business).id
    city.go_to(date(2026, 9, 22))
    city.act("officer", visit, "report_missing", **REPORT)
    waiting = city.case(visit)
    assert (waiting.state, waiting.owner_role) == (graph.ADDRESS_MISSING, "registrar")
    assert (waiting.due, waiting.suspended_due) == (date(2026, 9, 23), FIRST_DUE)
    city.go_to(date(2026, 9, 23))
    city.act("registrar", visit, "add_in_grid", area=NEXT_GRID)
    going = city.case(visit)
    assert (going.state, going.area, going.due) == (graph.TO_VISIT, NEXT_GRID, date(2026, 10, 13))
    assert texts()[REPORT["address"]] == NEXT_GRID
    assert city.business(business).area == NEXT_GRID


def test_its_own_words_and_its_point_enter_the_library_in_the_one_system(city: City) -> None:
    visit = city.visit(city.register()).id
    city.act("officer", visit, "report_missing", **REPORT, point="113.7541, 23.0472", system="GCJ-02")
    city.act(
        "registrar", visit, "add_in_village", area=VILLAGE, address="东莞市莞城街道北隅社区新风巷6号之一"
    )
    assert city.case(visit).state == graph.TO_ASSIGN
    with acting_as(SYSTEM):
        added = StandardAddress.objects.get(text="东莞市莞城街道北隅社区新风巷6号之一")
    assert (added.how, added.learnt_from, added.stated_in) == ("added", visit, "GCJ-02")
    assert (added.lon, added.lat) == pytest.approx((113.74888, 23.04983), abs=2e-4)


def test_a_point_without_its_system_or_no_point_at_all_is_refused(city: City) -> None:
    visit = city.visit(city.register()).id
    for wrong in ({"point": "113.75, 23.04"}, {"point": "某处", "system": "WGS-84"}):
        with pytest.raises(NotPossibleError) as refused:
            city.act("officer", visit, "report_missing", **REPORT, **wrong)
        assert refused.value.reason in {graph.NO_SYSTEM, graph.NO_POINT}
    with pytest.raises(FormInvalidError):
        city.act("officer", visit, "report_missing", address="x", reason="other_grid")
    assert city.case(visit).state == graph.TO_VISIT


def test_refused_with_a_reason_the_registrar_settles_where_it_is_and_the_first_stop_counts(
    city: City,
) -> None:
    visit = city.visit(city.register()).id
    city.act("officer", visit, "report_missing", **REPORT)
    city.go_to(date(2026, 9, 22))
    with pytest.raises(FormInvalidError):
        city.act("registrar", visit, "refuse_address")
    city.act("registrar", visit, "refuse_address", reason="in_library")
    refused = city.case(visit)
    assert (refused.state, refused.suspended_due, refused.due) == (
        graph.ADDRESS_WRONG,
        FIRST_DUE,
        date(2026, 9, 30),
    )
    city.go_to(date(2026, 9, 23))
    city.act("registrar", visit, "place_in_grid", area=GRID)
    assert city.case(visit).due == date(2026, 10, 14)


def test_what_was_never_placed_starts_its_ten_days_when_it_is_added(city: City) -> None:
    visit = city.visit(city.register(at=NOWHERE)).id
    city.act("city_registrar", visit, "report_missing", **REPORT)
    assert city.case(visit).state == graph.TO_ADD
    city.go_to(date(2026, 9, 22))
    city.act("city_registrar", visit, "add_in_grid", area=GRID)
    added = city.case(visit)
    assert (added.state, added.due) == (graph.TO_VISIT, date(2026, 10, 13))


def test_a_village_reports_too_and_an_officer_adds_nothing(city: City) -> None:
    visit = city.visit(city.register(at=door(VILLAGE))).id
    city.act("village", visit, "report_missing", **REPORT)
    with pytest.raises(NotAllowedError):
        city.act("village", visit, "add_in_grid", area=GRID)
    city.act("town_office", visit, "add_in_grid", area=GRID)
    assert city.case(visit).due == FIRST_DUE
    assert texts()[REPORT["address"]] == GRID
