"""The coordinate systems that maps and files in China use, and the many ways to write their names.

- WGS-84: what a satellite receiver gives.
- CGCS2000: the national system since 2008. Its ellipsoid differs from WGS-84's by 0.1 mm at the pole and its frame by
  centimetres, which no border of a grid can tell apart: both are taken as the same here.
- GCJ-02: the offset system of the maps that the public sees (高德, 腾讯).
- BD-09: Baidu's offset on top of it.
- CGCS2000 projected: metres east and north in a Gauss-Krüger zone of 3 or 6 degrees, as surveyors deliver them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["wgs84", "cgcs2000", "gcj02", "bd09", "gauss"]


class UnknownSystemError(ValueError):
    """Nobody could say which coordinate system this names; the message is in both languages."""

    def __init__(self, said: str) -> None:
        super().__init__(
            f"坐标系“{said}”无法识别，可写 WGS-84、CGCS2000、GCJ-02、BD-09 或高斯投影 CGCS2000 / 114E · "
            f"{said!r} names no coordinate system known here"
        )


@dataclass(frozen=True, slots=True)
class System:
    """A coordinate system. `code` is its one spelling, which `read_system` reads back.

    `meridian` is the central meridian in degrees of a projected system; None there means that the eastings carry their
    zone's number before the six digits of metres (38 500 000).
    """

    kind: Kind
    code: str
    zh: str
    en: str
    meridian: int | None = None

    @property
    def projected(self) -> bool:
        """Whether its points are metres east and north, not degrees."""
        return self.kind == "gauss"


WGS84 = System("wgs84", "WGS-84", "WGS-84（卫星定位）", "WGS-84 (satellite positioning)")
CGCS2000 = System("cgcs2000", "CGCS2000", "CGCS2000（国家大地坐标）", "CGCS2000 (national geodetic)")
GCJ02 = System("gcj02", "GCJ-02", "GCJ-02（高德、腾讯地图）", "GCJ-02 (AMap, Tencent)")
BD09 = System("bd09", "BD-09", "BD-09（百度地图）", "BD-09 (Baidu)")
GAUSS = System(
    "gauss",
    "CGCS2000-GK",
    "CGCS2000 高斯投影（横坐标带带号）",
    "CGCS2000 Gauss-Krüger (eastings with zone)",
)
SYSTEMS = (WGS84, CGCS2000, GCJ02, BD09, GAUSS)
"""What a form offers. A projection without zone numbers has to name its meridian: `gauss_kruger`."""

_WEST, _EAST = 72, 138
_NAMES = {
    **dict.fromkeys(("wgs84", "wgs1984", "gps", "epsg4326", "4326", "大地", "卫星定位"), WGS84),
    **dict.fromkeys(
        ("cgcs2000", "国家2000", "2000", "国家大地2000", "epsg4490", "4490", "大地2000"), CGCS2000
    ),
    **dict.fromkeys(
        ("gcj02", "gcj", "火星", "高德", "腾讯", "amap", "高德地图", "腾讯地图", "国测局"), GCJ02
    ),
    **dict.fromkeys(("bd09", "bd09ll", "百度", "baidu", "百度地图"), BD09),
    **dict.fromkeys(("cgcs2000gk", "cgcs2000高斯", "高斯", "高斯投影", "gk", "cgcs2000投影"), GAUSS),
}
_NOISE = re.compile(r"[\s\-_/:.()（）]|坐标系?")
_MERIDIAN = re.compile(
    r"(?:cgcs2000|国家2000|高斯)(?:gk|高斯投影|高斯|投影)?(?:中央经线)?(?:cm)?(\d{2,3})[e度°]?"
)


def gauss_kruger(meridian: int) -> System:
    """CGCS2000 in metres around a central meridian (degrees), eastings without a zone's number.

    Raises UnknownSystemError for a meridian outside China.
    """
    if not _WEST <= meridian <= _EAST or meridian % 3:
        raise UnknownSystemError(f"CGCS2000 / {meridian}E")
    return System(
        "gauss",
        f"CGCS2000-GK-{meridian}",
        f"CGCS2000 高斯投影，中央经线 {meridian}°",
        f"CGCS2000 Gauss-Krüger, meridian {meridian}°E",
        meridian,
    )


def read_system(said: str) -> System:
    """The system that a text names, in any usual spelling: `gcj02`, `GCJ-02`, `火星坐标系`, `百度`, `CGCS2000 / 114E`.

    Raises UnknownSystemError; an empty text names none either: which system it is has to be stated.
    """
    plain = _NOISE.sub("", said.strip().lower())
    if (known := _NAMES.get(plain)) is not None:
        return known
    if found := _MERIDIAN.fullmatch(plain):
        return gauss_kruger(int(found[1]))
    raise UnknownSystemError(said.strip()[:40])
