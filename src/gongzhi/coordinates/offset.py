"""The published formulas of the two offset systems, and the way back by iteration.

GCJ-02 shifts a point by a smooth wave of some hundred metres; BD-09 turns and stretches that a little more. Both
formulas have been published and compared often (e.g. in the open `eviltransform`); neither has a closed inverse. As
the shift changes by less than a hundredth over its own length, stepping back by the difference homes in quickly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Shift = Callable[[Floats, Floats], tuple[Floats, Floats]]

_A = 6378245.0  # metres: the half axis of Krasovsky's ellipsoid, on which the formula was written
_EE = 0.00669342162296594323
_STEPS = 30
_CLOSE = 1e-11  # degrees: a micrometre, far below what is promised (1e-7)
_BD = np.pi * 3000.0 / 180.0
_BD_EAST, _BD_NORTH = 0.0065, 0.006


def in_china(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """The rectangle in which the formula shifts anything; outside, a point is the same in every system."""
    return (lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)


def gcj_shift(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """How far GCJ-02 lies from WGS-84 at a point (degrees), without asking whether the point is in China."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    wave = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    north = north + (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north = north + (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    east = east + (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east = east + (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    radians = np.radians(lat)
    magic = 1.0 - _EE * np.sin(radians) ** 2
    across = _A / np.sqrt(magic) * np.cos(radians) * np.pi / 180.0
    along = _A * (1.0 - _EE) / (magic * np.sqrt(magic)) * np.pi / 180.0
    return east / across, north / along


def bd_from_gcj(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """BD-09 of a GCJ-02 point."""
    far = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD)
    turn = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD)
    return far * np.cos(turn) + _BD_EAST, far * np.sin(turn) + _BD_NORTH


def gcj_from_wgs(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """GCJ-02 of a WGS-84 point; the same point outside China."""
    inside = in_china(lon, lat)
    # Far from China the formula has no meaning and may run over: it is asked only where its answer is used.
    east, north = gcj_shift(np.where(inside, lon, 105.0), np.where(inside, lat, 35.0))
    return np.where(inside, lon + east, lon), np.where(inside, lat + north, lat)


def wgs_from_gcj(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """The WGS-84 point that GCJ-02 shifts to this one, to far less than 1e-7 degrees; the same outside China.

    Within a kilometre of the rectangle's edge, which lies in the sea or abroad, the two systems can't be told apart.
    """
    inside = in_china(lon, lat)
    x, y = np.where(inside, lon, 105.0), np.where(inside, lat, 35.0)
    x, y = _home_in(x, y, lambda a, b: _sum(a, b, *gcj_shift(a, b)))
    return np.where(inside, x, lon), np.where(inside, y, lat)


def gcj_from_bd(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """The GCJ-02 point of which this is the BD-09."""
    return _home_in(lon, lat, bd_from_gcj)


def _sum(lon: Floats, lat: Floats, east: Floats, north: Floats) -> tuple[Floats, Floats]:
    return lon + east, lat + north


def _home_in(lon: Floats, lat: Floats, forward: Shift) -> tuple[Floats, Floats]:
    x, y = lon, lat
    for _ in range(_STEPS):
        ahead = forward(x, y)
        east, north = ahead[0] - lon, ahead[1] - lat
        x, y = x - east, y - north
        if max(np.abs(east).max(initial=0.0), np.abs(north).max(initial=0.0)) < _CLOSE:
            break
    return x, y
