"""From any system to any other, always by way of WGS-84, for arrays of points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gongzhi.coordinates import gauss, offset

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from gongzhi.coordinates.systems import System

    Floats = NDArray[np.float64]


def to_wgs84(x: ArrayLike, y: ArrayLike, system: System) -> tuple[Floats, Floats]:
    """Longitudes and latitudes (degrees, WGS-84) of points stated in `system`.

    `x` is the longitude in degrees, or metres east where the system is projected; `y` the latitude, or metres north.
    (Surveyors in China call north x and east y: the order here is east first whatever they are called.) What is no
    point of the system, and NaN, gives NaN.
    """
    east, north = _arrays(x, y)
    if system.kind == "gauss":
        return _checked(*gauss.to_degrees(east, north, system.meridian))
    east, north = _checked(east, north)
    if system.kind == "bd09":
        east, north = offset.gcj_from_bd(east, north)
    if system.kind in {"bd09", "gcj02"}:
        east, north = offset.wgs_from_gcj(east, north)
    return east, north


def from_wgs84(lon: ArrayLike, lat: ArrayLike, system: System) -> tuple[Floats, Floats]:
    """The other way: what WGS-84 points (degrees) are called in `system`; see `to_wgs84` for the order."""
    east, north = _checked(*_arrays(lon, lat))
    if system.kind == "gauss":
        return gauss.from_degrees(east, north, system.meridian)
    if system.kind in {"bd09", "gcj02"}:
        east, north = offset.gcj_from_wgs(east, north)
    if system.kind == "bd09":
        east, north = offset.bd_from_gcj(east, north)
    return east, north


def convert(x: ArrayLike, y: ArrayLike, source: System, target: System) -> tuple[Floats, Floats]:
    """Points of one system in another."""
    return from_wgs84(*to_wgs84(x, y, source), target)


def _arrays(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    return np.asarray(x, np.float64), np.asarray(y, np.float64)


def _checked(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """NaN for what is no point on earth, such as metres that were called degrees or two numbers the wrong way round."""
    sound = (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)
    return np.where(sound, lon, np.nan), np.where(sound, lat, np.nan)
