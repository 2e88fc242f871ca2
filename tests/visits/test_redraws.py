"""Grids are redrawn from a day on: history keeps the old ones, what is open follows in one transaction."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import shapely
from django.db import connections

from gongzhi.flow.actions import transition
from gongzhi.flow.errors import MovedMeanwhileError
from gongzhi.flow.moment import moment_at
from gongzhi.flow.verify import verify
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.org.models import Grid
from gongzhi.places import redraws
from gongzhi.places.learning import Teaching, learn_many
from gongzhi.places.models import Moved, Redraw, StandardAddress
from gongzhi.places.redrawing import NotADrawingError
from gongzhi.visits import graph
from tests.loop.city import FOOD, GRID, NEXT_GRID, NEXT_VILLAGE, OTHER_GRID, TOWN, VILLAGE, City, door, settle

DAY = date(2026, 9, 24)
ONE = VILLAGE + "090"
"""A new grid that takes over GRID and NEXT_GRID."""


def polygon(code: str) -> Any:
    return shapely.from_wkt(Grid.objects.get(code=code, valid_to__isnull=True).polygon)


def written(grids: dict[str, Any]) -> bytes:
    lines = [
        f'{code},{code[:12]},第{code[-2:]}网格,"{shapely.to_wkt(shape, 9)}"' for code, shape in grids.items()
    ]
    return "\n".join(["grid_code,village_code,name,polygon_wkt", *lines]).encode()


def standing() -> dict[str, Any]:
    rows = Grid.objects.filter(village_id=VILLAGE, valid_to__isnull=True)
    return {row.code: shapely.from_wkt(row.polygon) for row in rows}


def merged() -> bytes:
    grids = standing()
    grids[ONE] = shapely.union_all([grids.pop(GRID), grids.pop(NEXT_GRID)])
    return written(grids)


def split(code: str = GRID) -> tuple[bytes, str, str]:
    """The grid cut in two at two thirds of its width: the larger western part, and the rest."""
    grids = standing()
    whole = grids.pop(code)
    west, south, east, north = whole.bounds
    at = west + (east - west) * 0.6
    larger, smaller = VILLAGE + "081", VILLAGE + "082"
    grids[larger] = whole.intersection(shapely.box(west, south, at, north))
    grids[smaller] = whole.intersection(shapely.box(at, south, east, north))
    if grids[larger].area < grids[smaller].area:
        larger, smaller = smaller, larger
    return written(grids), larger, smaller


def plan(city: City, content: bytes, day: date = DAY) -> int:
    office = city.people["city_office"]
    with acting_as(office):
        redraw = redraws.hand_in("grids.csv", content, valid_from=day, acting=office, moment=city.moment)
        redraws.confirm(redraw.pk, acting=office, moment=city.moment)
    return redraw.pk


def come(city: City, redraw: int, day: date = DAY) -> Redraw:
    city.go_to(day, hour=1)
    with acting_as(SYSTEM):
        assert redraws.due(city.moment) == [redraw]
        return redraws.take_effect(redraw, moment=city.moment)


def test_open_work_goes_to_the_new_grid_on_the_day_with_the_same_days_left(city: City) -> None:
    first = city.register(sure=[FOOD], at=door(GRID, "甲路1号"))
    second = city.register(sure=[FOOD], at=door(NEXT_GRID, "乙路2号"))
    away = city.register(at=door(OTHER_GRID, "丙路3号"))
    city.call("officer", city.visit(first).id, "needs_correction")
    redraw = plan(city, merged())
    with acting_as(SYSTEM):
        assert redraws.take_effect(redraw, moment=city.moment).state == "planned"
    assert city.visit(first).area == GRID, "until the day nothing is another"
    due = {business: city.visit(business).due for business in (first, second)}
    done = come(city, redraw)
    assert done.state == "effective"
    assert done.counts == {"begun": 1, "ended": 2, "changed": 0, "visit": 2, "business": 2}
    for business, state in ((first, graph.GUIDED), (second, graph.TO_VISIT)):
        visit = city.visit(business)
        assert (visit.state, visit.area, visit.due) == (state, ONE, due[business])
        assert city.business(business).area == ONE
        assert city.notice(business).area == ONE
    assert city.visit(away).area == OTHER_GRID
    last = city.journal(city.visit(first).id)[-1]
    assert (last.action, last.form["redraw"], last.post_id) == ("rematch", redraw, 0)
    assert [line.area for line in city.journal(city.visit(first).id)][-2:] == [GRID, ONE]


def test_history_keeps_the_grids_of_their_days(city: City) -> None:
    untouched = next(code for code in standing() if code not in {GRID, NEXT_GRID})
    kept = Grid.objects.get(code=untouched).pk
    come(city, plan(city, merged()))
    ended = Grid.objects.get(code=GRID)
    assert (ended.valid_from, ended.valid_to) == (date(2021, 1, 1), DAY)
    begun = Grid.objects.get(code=ONE)
    assert (begun.valid_from, begun.valid_to) == (DAY, None)
    assert Grid.objects.get(code=untouched).pk == kept
    inside = polygon(ONE).representative_point()
    from gongzhi.places.queries import grid_map  # noqa: PLC0415

    before, after = grid_map(DAY - timedelta(days=1)), grid_map(DAY)
    assert before.locate([inside.x], [inside.y])[0] in {GRID, NEXT_GRID}
    assert after.locate([inside.x], [inside.y]) == [ONE]


def test_in_a_split_grid_a_known_door_goes_to_its_half_and_an_unknown_one_to_its_village(city: City) -> None:
    content, larger, smaller = split()
    known = "广东省东莞市莞城街道北隅社区试风路18号"
    at = door(GRID)[1]
    here = shapely.from_wkt(content.decode().split(smaller + ",")[1].split('"')[1]).representative_point()
    with acting_as(SYSTEM):
        learn_many(
            [Teaching(text=known, area=GRID, case=1, how="added", by="x", post=1, lon=here.x, lat=here.y)],
            moment=city.moment,
        )
        key = StandardAddress.objects.get(text=known).door_key
    sure = city.register(sure=[FOOD], at=(known, type(at)(GRID, True, key, "road-number", 0.99)))
    unsure = city.register(sure=[FOOD], at=door(GRID, "无名巷9号"))
    promised = city.register(at=door(GRID, "无名巷11号"))
    city.call("officer", city.visit(promised).id, "needs_correction")
    wrong = city.register(at=door(GRID, "无名巷13号"))
    city.act("officer", city.visit(wrong).id, "return_address", reason="no_such_number")
    due = city.visit(unsure).due
    come(city, plan(city, content))
    assert (city.visit(sure).state, city.visit(sure).area) == (graph.TO_VISIT, smaller)
    assert city.business(sure).area == smaller
    with acting_as(SYSTEM):
        assert StandardAddress.objects.get(text=known).area == smaller
    asked = city.visit(unsure)
    assert (asked.state, asked.area, asked.due) == (graph.TO_ASSIGN, VILLAGE, due)
    assert city.business(unsure).area == VILLAGE
    assert city.notice(unsure).area == VILLAGE
    assert (city.visit(promised).state, city.visit(promised).area) == (graph.GUIDED, larger)
    assert (city.visit(wrong).state, city.visit(wrong).area) == (graph.ADDRESS_WRONG, VILLAGE)


def test_what_waits_in_a_village_of_one_grid_now_goes_straight_there(city: City) -> None:
    waiting = city.register(sure=[FOOD], at=door(VILLAGE, "丁巷4号"))
    assert city.visit(waiting).state == graph.TO_ASSIGN
    come(city, plan(city, written({ONE: shapely.union_all(list(standing().values()))})))
    visit = city.visit(waiting)
    assert (visit.state, visit.area) == (graph.TO_VISIT, ONE)
    assert city.business(waiting).area == ONE


def test_a_second_time_nothing_moves_and_what_came_late_into_an_ended_grid_is_swept_up(city: City) -> None:
    first = city.register(at=door(GRID, "甲路1号"))
    redraw = plan(city, merged())
    come(city, redraw)
    lines = len(city.journal(city.visit(first).id))
    with acting_as(SYSTEM):
        again = redraws.take_effect(redraw, moment=city.moment)
    assert again.counts["visit"] == 1
    assert len(city.journal(city.visit(first).id)) == lines
    late = city.register(at=door(GRID, "迟路5号"))
    with acting_as(SYSTEM):
        assert redraws.due(city.moment) == []
        assert redraws.lately(city.moment) == [redraw]
        swept = redraws.take_effect(redraw, moment=city.moment)
    assert swept.counts["visit"] == 2
    assert city.visit(late).area == ONE


def test_the_report_names_what_moved_from_where_to_where_for_those_who_may_see_it(city: City) -> None:
    business = city.register(at=door(GRID, "甲路1号"))
    redraw = plan(city, merged())
    come(city, redraw)
    with acting_as(city.people["city_office"]):
        rows = [(row.kind, row.number, row.before, row.after) for row in redraws.moved(redraw)]
    assert rows == [
        ("visit", city.visit(business).id, GRID, ONE),
        ("business", business, GRID, ONE),
    ]
    with acting_as(city.people["other_town_office"]):
        assert redraws.moved(redraw) == []


def test_a_dropped_redraw_changes_nothing_and_a_passed_day_is_refused(city: City) -> None:
    office = city.people["city_office"]
    redraw = plan(city, merged())
    with acting_as(office):
        redraws.drop(redraw, acting=office)
    city.go_to(DAY)
    with acting_as(SYSTEM):
        assert redraws.due(city.moment) == []
        assert redraws.take_effect(redraw, moment=city.moment).state == "dropped"
    assert Grid.objects.filter(code=ONE).count() == 0
    with acting_as(office), pytest.raises(NotADrawingError):
        redraws.hand_in("x.csv", merged(), valid_from=date(2026, 9, 23), acting=office, moment=city.moment)
    with acting_as(office), pytest.raises(redraws.DecidedAlreadyError):
        redraws.confirm(redraw, acting=office, moment=city.moment)


def test_a_day_has_one_drawing_and_a_neighbours_ground_is_not_taken(city: City) -> None:
    plan(city, merged())
    with pytest.raises(NotADrawingError, match="already"):
        plan(city, merged())
    neighbour = Grid.objects.filter(village_id=NEXT_VILLAGE, valid_to__isnull=True).first()
    assert neighbour is not None
    with pytest.raises(NotADrawingError, match="overlap"):
        plan(city, written({VILLAGE + "001": shapely.from_wkt(neighbour.polygon)}), DAY + timedelta(days=1))


@pytest.fixture
def committed(fresh_db: str, instant: datetime) -> Iterator[City]:
    """A city whose work really commits, for what happens in two connections at once."""
    yield City(settle(), instant)
    connections.close_all()


def test_an_officer_at_work_at_that_very_moment_is_told_and_nothing_is_lost(committed: City) -> None:
    city = committed
    visits = [city.visit(city.register(at=door(GRID, f"甲路{n}号"))).id for n in range(1, 7)]
    redraw = plan(city, merged(), city.moment.today)
    seqs = {visit: city.case(visit).seq for visit in visits}
    moment = moment_at(city.now)
    begun, outcomes = threading.Barrier(3), []

    def officer(some: list[int]) -> None:
        try:
            begun.wait(30)
            for visit in some:
                try:
                    with acting_as(city.people["officer"]) as acting:
                        transition(
                            visit, "note", acting=acting, moment=moment, form={"words": "到过"},
                            expected_seq=seqs[visit],
                        )  # fmt: skip
                    outcomes.append((visit, "noted"))
                except Exception as error:  # noqa: BLE001  what it is, the test says
                    outcomes.append((visit, type(error).__name__))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=officer, args=(some,)) for some in (visits[:3], visits[3:])]
    for thread in threads:
        thread.start()
    begun.wait(30)
    with acting_as(SYSTEM):
        redraws.take_effect(redraw, moment=moment)
    for thread in threads:
        thread.join()
    assert {name for _, name in outcomes} <= {"noted", "NoSuchCaseError", MovedMeanwhileError.__name__}
    noted = {visit for visit, name in outcomes if name == "noted"}
    for visit in visits:
        assert city.case(visit).area == ONE
        actions = [line.action for line in city.journal(visit)]
        assert actions == ["send", *(["note"] if visit in noted else []), "rematch"]
    with acting_as(SYSTEM):
        assert Moved.objects.filter(redraw_id=redraw, kind="visit").count() == len(visits)
        assert verify().broken == ()


def test_two_that_put_the_same_redraw_in_force_do_it_once(committed: City) -> None:
    city = committed
    business = city.register(at=door(GRID, "甲路1号"))
    redraw = plan(city, merged(), city.moment.today)
    moment = moment_at(city.now)
    begun = threading.Barrier(2)

    def run() -> None:
        try:
            begun.wait(30)
            with acting_as(SYSTEM):
                redraws.take_effect(redraw, moment=moment)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with acting_as(SYSTEM):
        assert Grid.objects.filter(code=ONE).count() == 1
        assert Moved.objects.filter(redraw_id=redraw).count() == 2
    assert city.visit(business).area == ONE
    assert TOWN in ONE
