"""Coordinates say which system they are in, and come back as they went."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.coordinates import (
    BD09,
    CGCS2000,
    GCJ02,
    SYSTEMS,
    WGS84,
    System,
    UnknownSystemError,
    UnreadablePointError,
    convert,
    from_wgs84,
    gauss_kruger,
    read_point,
    read_system,
    to_wgs84,
)

ZONED = read_system("CGCS2000-GK")
# One degree inside the formula's rectangle: at its very edge the systems can't be told apart.
LON, LAT = st.floats(74, 135), st.floats(3, 54)


@given(LON, LAT, st.sampled_from((*SYSTEMS, gauss_kruger(114))))
def test_a_point_comes_back_from_every_system_as_it_went(lon: float, lat: float, system: System) -> None:
    if system.meridian is not None:
        lon = 111 + lon % 6  # a projection is for the neighbourhood of its meridian
    back = to_wgs84(*from_wgs84(lon, lat, system), system)
    assert np.allclose(back, (lon, lat), rtol=0, atol=1e-7)


@given(LON, LAT)
def test_the_offset_systems_lie_within_a_kilometre_and_a_half_of_the_truth(lon: float, lat: float) -> None:
    for system in (GCJ02, BD09):
        x, y = from_wgs84(lon, lat, system)
        metres = math.hypot((x - lon) * 111_320 * math.cos(math.radians(lat)), (y - lat) * 111_320)
        assert 5 < metres < 2_500


PUBLISHED = [
    # What the open implementations of the formula give in their own tests and manuals.
    (WGS84, GCJ02, (121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    (WGS84, GCJ02, (113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    (WGS84, GCJ02, (116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    (WGS84, GCJ02, (116.404, 39.915), (116.41024449916938, 39.91640428150164)),
    (GCJ02, BD09, (116.404, 39.915), (116.41036949371029, 39.92133699351021)),
    # What PROJ 9.5 gives for EPSG:4547, 4526 and 4498 (metres).
    (CGCS2000, gauss_kruger(114), (113.75, 23.02), (474373.0868770618, 2546774.325071704)),
    (CGCS2000, gauss_kruger(114), (114.9, 22.5), (592609.3363146432, 2489445.6723464555)),
    (CGCS2000, gauss_kruger(114), (112.6, 24.9), (358546.54945546936, 2755704.6774114887)),
    (CGCS2000, gauss_kruger(114), (114, 53.5), (500000.0, 5930265.860262768)),
    (CGCS2000, ZONED, (113.75, 23.02), (38474373.08687706, 2546774.325071704)),
]


@pytest.mark.parametrize(("source", "target", "point", "there"), PUBLISHED)
def test_known_points_are_where_others_have_them(
    source: System, target: System, point: tuple[float, float], there: tuple[float, float]
) -> None:
    within = 1e-4 if target.projected else 1e-10
    assert np.allclose(convert(*point, source, target), there, rtol=0, atol=within)
    assert np.allclose(convert(*there, target, source), point, rtol=0, atol=1e-7)


def test_a_zone_of_six_degrees_is_told_by_its_number() -> None:
    # EPSG:4498, zone 20, the meridian 117: the same place as in zone 38 of three degrees.
    assert np.allclose(
        to_wgs84(20166725.954570837, 2550451.4677713625, ZONED), (113.75, 23.02), rtol=0, atol=1e-7
    )


def test_the_meridian_arc_is_as_long_as_adding_it_up_step_by_step_says() -> None:
    """An oracle of its own: the arc from the equator to a latitude by numbers alone, on the meridian."""
    a, f = 6378137.0, 1 / 298.257222101
    e2 = f * (2 - f)
    phi = np.linspace(0, math.radians(23.02), 200_001)
    bow = a * (1 - e2) / (1 - e2 * np.sin(phi) ** 2) ** 1.5
    arc = float(((bow[1:] + bow[:-1]) / 2 * np.diff(phi)).sum())
    assert from_wgs84(114, 23.02, gauss_kruger(114))[1] == pytest.approx(arc, abs=1e-4)


@given(st.floats(-179, 60), st.floats(-80, 80))
def test_outside_china_a_point_is_the_same_in_wgs84_and_gcj02(lon: float, lat: float) -> None:
    for there in (from_wgs84(lon, lat, GCJ02), to_wgs84(lon, lat, GCJ02)):
        assert (float(there[0]), float(there[1])) == (lon, lat)


def test_cgcs2000_is_taken_for_wgs84_as_it_differs_by_centimetres() -> None:
    assert [float(v) for v in convert(113.75, 23.02, CGCS2000, WGS84)] == [113.75, 23.02]


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=2, max_size=2))
def test_whatever_the_numbers_the_answer_is_a_place_on_earth_or_none(numbers: list[float]) -> None:
    for system in (*SYSTEMS, gauss_kruger(114)):
        lon, lat = to_wgs84([numbers[0]], [numbers[1]], system)
        assert bool(np.isnan(lon[0]) and np.isnan(lat[0])) or (abs(lon[0]) <= 181 and abs(lat[0]) <= 90)


@pytest.mark.parametrize(
    ("said", "system"),
    [
        ("wgs84", WGS84),
        (" WGS-84 ", WGS84),
        ("GPS", WGS84),
        ("EPSG:4326", WGS84),
        ("gcj02", GCJ02),
        ("火星坐标系", GCJ02),
        ("高德", GCJ02),
        ("百度坐标", BD09),
        ("BD-09", BD09),
        ("CGCS 2000", CGCS2000),
        ("国家2000坐标系", CGCS2000),
        ("CGCS2000 / 114E", gauss_kruger(114)),
        ("CGCS2000-GK-114", gauss_kruger(114)),
        ("CGCS2000高斯投影中央经线114度", gauss_kruger(114)),
    ],
)
def test_a_system_is_understood_as_people_write_it(said: str, system: System) -> None:
    assert read_system(said) == system
    assert read_system(system.code) == system


@pytest.mark.parametrize("said", ["", "?", "北京54", "CGCS2000 / 5E", "CGCS2000 / 113E"])
def test_a_system_that_nobody_stated_is_not_guessed(said: str) -> None:
    with pytest.raises(UnknownSystemError, match=" · "):
        read_system(said)


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ("113.75, 23.02", WGS84),
        ("23.02 113.75", WGS84),
        ("（１１３．７５，２３．０２）", WGS84),
        ("东经113°45′ 北纬23°1′12″", CGCS2000),
        ("23°1'12\" 113°45'0\"", CGCS2000),
        ("474373.0869 2546774.3251", gauss_kruger(114)),
        ("X=2546774.3251 Y=474373.0869", gauss_kruger(114)),
        ("38474373.0869, 2546774.3251", ZONED),
        ("2546774.3251, 38474373.0869", ZONED),
    ],
)
def test_a_pasted_point_is_read_in_either_order(text: str, system: System) -> None:
    point = read_point(text, system)
    assert (point.lon, point.lat) == pytest.approx((113.75, 23.02), abs=1e-7)


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ("", WGS84),
        ("113.75", WGS84),
        ("1 2 3", WGS84),
        ("474373 2546774", WGS84),
        ("474373 2546774", ZONED),
        ("500 95", GCJ02),
    ],
)
def test_what_is_no_point_of_the_system_is_refused_in_both_languages(text: str, system: System) -> None:
    with pytest.raises(UnreadablePointError, match=" · "):
        read_point(text, system)
