"""Gauss-Krüger projection on the CGCS2000 ellipsoid, both ways, by Krüger's series.

Source: L. Krüger, Konforme Abbildung des Erdellipsoids in der Ebene (1912), in the third flattening n up to the fourth
power as in GB/T 17798 and C. Karney, Transverse Mercator with an accuracy of a few nanometers (2011), eq. 35-36: within
five degrees of its meridian it is right to well below a millimetre. The scale on the meridian is 1, false easting
500 km, no false northing, as China's zones of three and six degrees have them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_A = 6378137.0  # metres
_F = 1 / 298.257222101
_N = _F / (2 - _F)
_E = (_F * (2 - _F)) ** 0.5
_RADIUS = _A / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64)
_FORTH = (
    _N / 2 - 2 * _N**2 / 3 + 5 * _N**3 / 16 + 41 * _N**4 / 180,
    13 * _N**2 / 48 - 3 * _N**3 / 5 + 557 * _N**4 / 1440,
    61 * _N**3 / 240 - 103 * _N**4 / 140,
    49561 * _N**4 / 161280,
)
_BACK = (
    _N / 2 - 2 * _N**2 / 3 + 37 * _N**3 / 96 - _N**4 / 360,
    _N**2 / 48 + _N**3 / 15 - 437 * _N**4 / 1440,
    17 * _N**3 / 480 - 37 * _N**4 / 840,
    4397 * _N**4 / 161280,
)
_FALSE_EAST = 500_000.0
_ZONE = 1_000_000.0
_LARGEST = 1e8


def meridian_of_zone(zone: Floats) -> Floats:
    """The central meridian (degrees) of zone numbers: 13–23 are zones of six degrees, 24–45 of three; else NaN."""
    six = np.where((zone >= 13) & (zone <= 23), 6.0 * zone - 3.0, np.nan)
    return np.where((zone >= 24) & (zone <= 45), 3.0 * zone, six)


def to_degrees(east: Floats, north: Floats, meridian: int | None) -> tuple[Floats, Floats]:
    """Longitude and latitude (degrees) of points in metres; NaN where no zone is stated or it is none of China's."""
    on_earth = (np.abs(east) < _LARGEST) & (np.abs(north) < _LARGEST)
    east, north = np.where(on_earth, east, np.nan), np.where(on_earth, north, np.nan)
    zone = np.floor(east / _ZONE)
    if meridian is None:
        middle = meridian_of_zone(zone)
        east = east - zone * _ZONE
    else:
        middle = np.full(east.shape, float(meridian))
    xi, eta = north / _RADIUS, (east - _FALSE_EAST) / _RADIUS
    # Beyond its zone's neighbours the series means nothing: such an easting is a mistake, not a place.
    sound = (np.abs(eta) < 0.16) & (np.abs(xi) < np.pi / 2)
    xi, eta = np.where(sound, xi, 0.0), np.where(sound, eta, 0.0)
    x, y = xi.copy(), eta.copy()
    for k, part in enumerate(_BACK, 1):
        x -= part * np.sin(2 * k * xi) * np.cosh(2 * k * eta)
        y -= part * np.cos(2 * k * xi) * np.sinh(2 * k * eta)
    lon = middle + np.degrees(np.arctan2(np.sinh(y), np.cos(x)))
    conformal = np.sin(x) / np.hypot(np.sinh(y), np.cos(x))
    lat = np.degrees(_geodetic(conformal))
    return np.where(sound, lon, np.nan), np.where(sound, lat, np.nan)


def from_degrees(lon: Floats, lat: Floats, meridian: int | None) -> tuple[Floats, Floats]:
    """Metres east and north; without a meridian in each point's own zone of three degrees, its number in front."""
    zone = np.round(lon / 3.0)
    middle = 3.0 * zone if meridian is None else np.full(lon.shape, float(meridian))
    away, phi = np.radians(lon - middle), np.radians(lat)
    tau = _conformal(np.tan(phi))
    xi = np.arctan2(tau, np.cos(away))
    eta = np.arcsinh(np.sin(away) / np.hypot(tau, np.cos(away)))
    x, y = xi.copy(), eta.copy()
    for k, part in enumerate(_FORTH, 1):
        x += part * np.sin(2 * k * xi) * np.cosh(2 * k * eta)
        y += part * np.cos(2 * k * xi) * np.sinh(2 * k * eta)
    east = _RADIUS * y + _FALSE_EAST
    return (east + zone * _ZONE if meridian is None else east), _RADIUS * x


def _conformal(tau: Floats) -> Floats:
    """The tangent of the conformal latitude from that of the geodetic one (Karney eq. 7-9)."""
    root = np.hypot(1.0, tau)
    sigma = np.sinh(_E * np.arctanh(_E * tau / root))
    return np.asarray(tau * np.hypot(1.0, sigma) - sigma * root)


def _geodetic(tau: Floats) -> Floats:
    """The geodetic latitude (radians) from the tangent of the conformal one, by Newton's method (eq. 19-21)."""
    guess = tau
    for _ in range(4):
        there = _conformal(guess)
        step = (tau - there) / np.hypot(1.0, there)
        guess = guess + step * (1 + (1 - _E**2) * guess**2) / ((1 - _E**2) * np.hypot(1.0, guess))
    return np.arctan(guess)
