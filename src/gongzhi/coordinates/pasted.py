"""A point as somebody pastes it from a map or a table: two numbers in whatever dress."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gongzhi.coordinates.converting import to_wgs84

if TYPE_CHECKING:
    from gongzhi.coordinates.systems import System


class UnreadablePointError(ValueError):
    """The text holds no point of the stated system; the message is in both languages."""


@dataclass(frozen=True, slots=True)
class Point:
    """A point in WGS-84 degrees."""

    lon: float
    lat: float


_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_SEXAGESIMAL = re.compile(
    r"(\d{1,3})\s*[°度]\s*(\d{1,2}(?:\.\d+)?)\s*[′'分]?\s*(?:(\d{1,2}(?:\.\d+)?)\s*[″\"秒]?)?"
)
_WIDE = str.maketrans("０１２３４５６７８９．－，；　＋", "0123456789.-,; +")
# In China a longitude is 73 to 136, a latitude below 54: in degrees the order can be told from the numbers.
_LEAST_LON = 60.0
_DO_NOT_FIT = (
    "不是该坐标系里的点，请核对坐标和坐标系 · no point of that system: check the numbers and the system"
)


def read_point(text: str, system: System) -> Point:
    """The point that a text states in `system`, as WGS-84.

    Takes `113.75, 23.02`, `23.02 113.75`, `东经113°45′ 北纬23°1′12″`, and for a projection `38402345.6 2547890.1`.
    Raises UnreadablePointError where there are not two numbers, or they are no point of that system.
    """
    first, second = _two_numbers(text.translate(_WIDE))
    if system.projected:
        # Northings in China stay below six million metres and eastings with their zone above thirteen million.
        east, north = (first, second) if _is_east(first, second, system) else (second, first)
    else:
        east, north = (second, first) if first < _LEAST_LON <= second else (first, second)
    lon, lat = to_wgs84(east, north, system)
    if not (math.isfinite(float(lon)) and math.isfinite(float(lat))):
        raise UnreadablePointError(_DO_NOT_FIT)
    return Point(float(lon), float(lat))


def _is_east(first: float, second: float, system: System) -> bool:
    return first > second if system.meridian is None else first < second


def _two_numbers(text: str) -> tuple[float, float]:
    turned = [
        int(degrees) + float(minutes) / 60 + float(seconds or 0) / 3600
        for degrees, minutes, seconds in _SEXAGESIMAL.findall(text)
    ]
    numbers = turned if len(turned) == 2 else [float(number) for number in _NUMBER.findall(text)]
    if len(numbers) != 2:
        raise UnreadablePointError(
            "应为两个数，如 113.75, 23.02 · two numbers are needed, as in 113.75, 23.02"
        )
    return numbers[0], numbers[1]
