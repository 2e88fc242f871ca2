"""Coordinates: which system they are in, said out loud, and the way to the one that is stored (WGS-84).

Pure: no Django, no files. `read_system` understands how people and files name a system, `to_wgs84` and `from_wgs84`
convert arrays of points, `read_point` reads one that somebody pasted.
"""

from gongzhi.coordinates.converting import convert, from_wgs84, to_wgs84
from gongzhi.coordinates.pasted import Point, UnreadablePointError, read_point
from gongzhi.coordinates.systems import (
    BD09,
    CGCS2000,
    GCJ02,
    SYSTEMS,
    WGS84,
    System,
    UnknownSystemError,
    gauss_kruger,
    read_system,
)

__all__ = [
    "BD09",
    "CGCS2000",
    "GCJ02",
    "SYSTEMS",
    "WGS84",
    "Point",
    "System",
    "UnknownSystemError",
    "UnreadablePointError",
    "convert",
    "from_wgs84",
    "gauss_kruger",
    "read_point",
    "read_system",
    "to_wgs84",
]
