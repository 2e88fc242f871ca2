"""Registrations may come with a point: it says in which system; what it contradicts is a person's to settle."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from gongzhi.coordinates import BD09, WGS84, convert
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.places.rules import BY_COORDINATES, Candidate, PlacedAddress, weighed
from gongzhi.registry.intake.checking import Stated, check
from gongzhi.registry.models import Business
from gongzhi.registry.rules import Entry
from gongzhi.visits import queries as visits
from tests.registry.conftest import Library, Take
from tests.registry.files import row

VILLAGE, NEXT, OTHER = "441900006003", "441900006004", "441900003001"


def placed(area: str = VILLAGE) -> PlacedAddress:
    return PlacedAddress(area, True, f"{VILLAGE}/甲路1号", "stated-village", 0.99)


def drawn(_village: str) -> bool:
    return True


def test_a_point_in_the_stated_village_adds_its_grid_and_no_more() -> None:
    assert weighed(placed(), VILLAGE + "002", drawn).area == VILLAGE + "002"
    known = placed(VILLAGE + "001")
    assert weighed(known, VILLAGE + "002", drawn) == known, "the door's own grid is known already"


@pytest.mark.parametrize(
    ("point", "area"), [(NEXT + "001", "441900006"), (OTHER + "001", "4419"), (None, "4419")]
)
def test_a_point_elsewhere_makes_it_a_persons(point: str | None, area: str) -> None:
    doubted = weighed(placed(), point, drawn)
    assert (doubted.placed, doubted.area, doubted.door_key, doubted.method) == (
        False,
        area,
        "",
        BY_COORDINATES,
    )
    assert doubted.candidates[-1] == Candidate(VILLAGE, 0.99)
    assert [one.village for one in doubted.candidates[:-1]] == ([point] if point else [])


def test_a_point_alone_places_nothing_but_is_shown_first() -> None:
    vague = PlacedAddress("441900006", False, "", "none", 0.2, (Candidate(VILLAGE, 0.2),))
    shown = weighed(vague, NEXT + "001", drawn)
    assert (shown.placed, shown.area) == (False, "441900006")
    assert shown.candidates == (Candidate(NEXT + "001", None), Candidate(VILLAGE, 0.2))
    assert weighed(placed(), None, lambda _: False) == placed(), "without drawn grids nobody can tell"


def stated(**extra: str) -> Stated:
    return Stated(
        line=2, name="虚拟坐标商行", uscc="92441900XNMBKGP14J", established="2026-09-01",
        scope="食品销售", address="莞城街道北隅社区甲路1号", extra=extra,
    )  # fmt: skip


def entry(**extra: str) -> Entry:
    (found,) = check([stated(**extra)], date(2026, 9, 21))
    assert isinstance(found, Entry)
    return found


def test_whatever_system_it_is_stated_in_one_is_kept() -> None:
    x, y = (float(value) for value in convert(113.75, 23.02, WGS84, BD09))
    for columns in (
        {"lon": "113.75", "lat": "23.02", "coordinates": "WGS-84"},
        {"经度": f"{x:.9f}", "纬度": f"{y:.9f}", "坐标系": "百度"},
        {"lon": "474373.0869", "lat": "2546774.3251", "coordinates": "CGCS2000-GK-114"},
    ):
        kept = entry(**columns)
        assert kept.point == pytest.approx((113.75, 23.02), abs=1e-7)
        assert json.loads(kept.extra)["WGS-84"] == "113.7500000,23.0200000"
        assert kept.remarks == entry().remarks
        assert kept.content == entry(**columns).content


@pytest.mark.parametrize(
    ("columns", "remark"),
    [
        ({"lon": "113.75", "lat": "23.02"}, "coordinates_unstated"),
        ({"lon": "113.75", "lat": "23.02", "coordinates": "北京54"}, "coordinates_unstated"),
        ({"lon": "东", "lat": "23.02", "coordinates": "WGS-84"}, "coordinates_unfit"),
        ({"lon": "113.75", "coordinates": "WGS-84"}, "coordinates_unfit"),
        ({"lon": "474373", "lat": "2546774", "coordinates": "WGS-84"}, "coordinates_unfit"),
    ],
)
def test_a_registration_is_not_refused_for_its_coordinates_but_remarked(
    columns: dict[str, str], remark: str
) -> None:
    kept = entry(**columns)
    assert kept.point is None
    assert kept.remarks[-1] == remark


class Surveyed(Library):
    """A library that also holds points against what is stated, by the digit of their longitude."""

    def hold_against(self, found: Sequence[Any], points: Any) -> list[Any]:
        grids = {113.0: VILLAGE + "001", 114.0: OTHER + "001"}
        answers = list(found)
        for at, (lon, _) in points.items():
            answers[at] = weighed(answers[at], grids.get(round(lon, 3)), drawn)
        return answers


def test_a_registration_that_lies_elsewhere_than_it_says_waits_in_the_queue_of_addresses(take: Take) -> None:
    rows = [
        {**row(1), "lon": "113.0", "lat": "23.0", "coordinates": "WGS-84"},
        {**row(2), "lon": "114.0", "lat": "23.0", "coordinates": "WGS-84"},
    ]
    done = take(rows, places=Surveyed())
    assert (done.rows, done.accepted) == (2, 2)
    with acting_as(SYSTEM):
        fits, contradicts = Business.objects.order_by("id")
        assert (fits.placed, fits.area) == (True, VILLAGE + "001")
        assert (contradicts.placed, contradicts.area, contradicts.method) == (False, "4419", BY_COORDINATES)
        (visit,) = visits.of_business(contradicts.pk)
        found = visits.candidates([visit])[visit]
    assert [code for code, _ in found] == [OTHER + "001", VILLAGE + "001"]
