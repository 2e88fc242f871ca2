"""Coordinates that a registration states with its address: read in their own system, kept in the one. Pure."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from gongzhi.coordinates import System, UnknownSystemError, read_system, to_wgs84
from gongzhi.registry.rules import Entry

if TYPE_CHECKING:
    from gongzhi.registry.intake.checking import Stated

LON = ("lon", "longitude", "经度", "x坐标")
LAT = ("lat", "latitude", "纬度", "y坐标")
SYSTEM = ("coordinates", "coordinate_system", "坐标系")
KEPT = "WGS-84"
"""Under which heading the converted point stands among a business's other columns."""

UNSTATED, UNFIT = "coordinates_unstated", "coordinates_unfit"
"""Remarks: of which system the point is was not said; it is no point of the system that was said."""

_STATES_ONE = frozenset(LON)
Other = TypeVar("Other")


def with_points(rows: Sequence[Stated], entries: Sequence[Entry | Other]) -> list[Entry | Other]:
    """The entries, those whose row states a point with that point in WGS-84, or with a remark why not.

    A registration is not refused for its coordinates: it is placed by its address then.
    """
    kept = list(entries)
    asked: dict[System, list[tuple[int, float, float]]] = defaultdict(list)
    for at, row in enumerate(rows):
        entry = kept[at]
        if not row.extra or not isinstance(entry, Entry) or _STATES_ONE.isdisjoint(row.extra):
            continue
        x, y, said = (_first(row.extra, names) for names in (LON, LAT, SYSTEM))
        try:
            asked[read_system(said)].append((at, float(x), float(y)))
        except UnknownSystemError:
            kept[at] = entry._replace(remarks=(*entry.remarks, UNSTATED))
        except ValueError:
            kept[at] = entry._replace(remarks=(*entry.remarks, UNFIT))
    for system, points in asked.items():
        lon, lat = to_wgs84([x for _, x, _ in points], [y for _, _, y in points], system)
        for (at, _, _), x, y in zip(points, lon.tolist(), lat.tolist(), strict=True):
            entry = kept[at]
            assert isinstance(entry, Entry)  # noqa: S101  only such were asked
            if math.isnan(x):
                kept[at] = entry._replace(remarks=(*entry.remarks, UNFIT))
                continue
            stated = json.loads(entry.extra) | {KEPT: f"{x:.7f},{y:.7f}"}
            kept[at] = entry._replace(
                extra=json.dumps(stated, ensure_ascii=False, sort_keys=True), point=(x, y)
            )
    return kept


def _first(extra: Mapping[str, str], names: Sequence[str]) -> str:
    return next((extra[name] for name in names if name in extra), "")
