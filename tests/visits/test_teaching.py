"""Who was there teaches the library: dated, signed, once an address, and taken back with a reason."""

from __future__ import annotations

from datetime import date

import pytest

from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.places.learning import NotTaughtError, Teaching, learn_many, unlearn
from gongzhi.places.models import StandardAddress
from gongzhi.registry.rules import Where
from gongzhi.visits.actions import record_many
from tests.loop.city import FOOD, GRID, NEXT_GRID, NEXT_VILLAGE, NOWHERE, OTHER_VILLAGE, TOWN, VILLAGE, City

DOOR = "广东省东莞市莞城街道北隅社区试风路18号"


def at(text: str, area: str = GRID) -> tuple[str, Where]:
    return text, Where(area, len(area) >= 12, f"{area[:12]}/{text[-7:]}", "road-number", 0.99)


def known(text: str | None = None) -> list[StandardAddress]:
    with acting_as(SYSTEM):
        rows = StandardAddress.objects.filter(valid_to__isnull=True).order_by("id")
        return list(rows.filter(text=text) if text else rows)


def test_an_officer_who_finds_a_business_teaches_where_its_address_is(city: City) -> None:
    business = city.register(sure=[FOOD], at=at(DOOR))
    visit = city.visit(business).id
    assert known() == []
    city.call("officer", visit, "in_order")
    (taught,) = known()
    assert (taught.text, taught.area, taught.how, taught.learnt_from) == (DOOR, GRID, "visit", visit)
    assert taught.learnt_by == "岗位officer officer的人"
    assert (taught.learnt_post, taught.valid_from) == (city.people["officer"].post_id, date(2026, 9, 21))


@pytest.mark.parametrize("result", ["not_found", "moved_away", "not_opened", "closed"])
def test_a_call_that_found_nobody_teaches_nothing(city: City, result: str) -> None:
    city.call("officer", city.visit(city.register(at=at(DOOR))).id, result)
    assert known() == []


@pytest.mark.parametrize("text", ["莞城街道北隅社区", "莞城街道北隅社区市场旁", "莞城街道北隅社区试风路附近"])
def test_an_address_without_a_door_teaches_nothing(city: City, text: str) -> None:
    city.call("officer", city.visit(city.register(at=at(text))).id, "in_order")
    city.act(
        "city_registrar", city.visit(city.register(at=(text, NOWHERE[1]))).id, "place_in_grid", area=GRID
    )
    assert known() == []


def test_what_is_taken_over_in_bulk_teaches_nothing(city: City) -> None:
    visit = city.visit(city.register(at=at(DOOR))).id
    with acting_as(SYSTEM):
        officer = city.people["officer"]
        record_many(
            "to_visit", [visit], "in_order", acting=SYSTEM, moment=city.moment, whose=lambda _: officer
        )
    assert city.case(visit).state == "done"
    assert known() == []


def test_one_address_is_taught_once_however_many_are_behind_it(city: City) -> None:
    city.register_many(3, at=at(DOOR))
    city.call("officer", city.visit(city.register(at=at(DOOR))).id, "in_order")
    assert len(known()) == 1
    city.call("officer", city.visit(city.register(at=at(DOOR + "三楼"))).id, "in_order")
    assert len(known()) == 1, "another floor of a door that is known to lie here is no news"


def test_a_wrong_grid_put_right_is_known_from_then_on(city: City) -> None:
    visit = city.visit(city.register(at=at(DOOR))).id
    city.act("officer", visit, "return_grid")
    city.act("village", visit, "reassign", area=NEXT_GRID)
    (taught,) = known()
    assert (taught.area, taught.how, taught.learnt_by) == (NEXT_GRID, "grid", "岗位village village的人")


def test_a_clerks_choice_in_the_queue_is_known_from_then_on(city: City) -> None:
    visit = city.visit(city.register(at=(DOOR, NOWHERE[1]))).id
    city.act("city_registrar", visit, "place_in_village", area=VILLAGE)
    (taught,) = known()
    assert (taught.area, taught.how) == (VILLAGE, "clerk")
    city.act("village", visit, "assign", area=GRID)
    assert [row.area for row in known()] == [VILLAGE], "giving work to a grid says nothing of the place"
    city.call("officer", visit, "in_order")
    assert [row.area for row in known()] == [GRID], "being there does"


PLAIN = "试风路18号"
"""Words that name no village can lie in any."""


def teaching(text: str, area: str, case: int = 7) -> Teaching:
    return Teaching(text=text, area=area, case=case, how="clerk", by="岗位registrar", post=3)


def test_what_was_taught_is_taken_back_with_a_reason_and_what_was_known_before_holds_again(
    city: City,
) -> None:
    with acting_as(SYSTEM):
        assert learn_many([teaching(PLAIN, GRID)], moment=city.moment) == 1
        assert learn_many([teaching(PLAIN, GRID)], moment=city.moment) == 0
        first = known(PLAIN)[0]
        assert learn_many([teaching(PLAIN, OTHER_VILLAGE, case=8)], moment=city.moment) == 1
        second = known(PLAIN)[0]
    assert second.replaces == first.pk
    with acting_as(city.people["registrar"]) as registrar, pytest.raises(NotTaughtError):
        unlearn(second.pk, "不是我镇的", acting=registrar, moment=city.moment)
    with acting_as(city.people["city_registrar"]) as clerk:
        with pytest.raises(NotTaughtError):
            unlearn(second.pk, "  ", acting=clerk, moment=city.moment)
        again = unlearn(second.pk, "走错了门", acting=clerk, moment=city.moment)
        assert again is not None
        assert again.pk == first.pk
        with pytest.raises(NotTaughtError):
            unlearn(second.pk, "走错了门", acting=clerk, moment=city.moment)
    assert [row.pk for row in known(PLAIN)] == [first.pk]
    with acting_as(SYSTEM):
        second.refresh_from_db()
    assert (second.ended_by, second.ended_why) == ("岗位city_registrar city_registrar的人", "走错了门")


def test_of_many_taught_together_the_last_word_on_an_address_counts(city: City) -> None:
    with acting_as(SYSTEM):
        some = [teaching(f"莞城街道北隅社区试风路{n}号", GRID) for n in range(300)]
        again = [
            teaching("莞城街道北隅社区试风路7号", NEXT_GRID),
            teaching("城里", VILLAGE),
            teaching(DOOR, TOWN),
        ]
        assert learn_many([*some, *again], moment=city.moment) == 300
    assert known("莞城街道北隅社区试风路7号")[0].area == NEXT_GRID


def test_a_village_that_is_known_more_closely_is_no_news(city: City) -> None:
    with acting_as(SYSTEM):
        assert learn_many([teaching(PLAIN, GRID)], moment=city.moment) == 1
        assert learn_many([teaching(PLAIN, VILLAGE)], moment=city.moment) == 0
        assert learn_many([teaching(PLAIN, NEXT_VILLAGE)], moment=city.moment) == 1


@pytest.mark.parametrize("text", [DOOR, "莞城街道试风路18号"])
def test_words_that_name_another_place_than_where_somebody_was_found_teach_nothing(
    city: City, text: str
) -> None:
    """A business that was found elsewhere has not moved the village that its registration names."""
    with acting_as(SYSTEM):
        assert learn_many([teaching(text, OTHER_VILLAGE)], moment=city.moment) == 0
        assert learn_many([teaching(text, GRID)], moment=city.moment) == 1
