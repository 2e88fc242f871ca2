"""A new drawing of grids: read from its file, checked, and laid over the one it follows. No database."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from gongzhi.coordinates import System, to_wgs84

MOST_BYTES = 50 * 1024 * 1024
_COLUMNS = ("grid_code", "village_code", "name", "polygon_wkt")
_MOST_OVERLAP = 0.02
"""Of the smaller of two grids: surveys of neighbours never meet exactly, but a place has one grid."""
_ALL = 0.999
_SHOWN = 20


class NotADrawingError(ValueError):
    """The file is no drawing that could take effect; `problems` says why, each in both languages."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class Drawn:
    """One grid as it is drawn: `polygon` in WGS-84 degrees, None where it has no drawing."""

    code: str
    name: str
    polygon: Any
    invented: bool = False

    @property
    def village(self) -> str:
        """The village's twelve digits."""
        return self.code[:12]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a redraw does to one village.

    `begins`, `ends` and `changed` are codes; `touched` are those in which something may lie in another grid now.
    `becomes` names the grid that holds all of an old one, `mostly` the one that holds most of it. `left_out` is the
    share of the village's former ground that no grid covers any more.
    """

    village: str
    begins: tuple[str, ...]
    ends: tuple[str, ...]
    changed: tuple[str, ...]
    renamed: tuple[str, ...]
    becomes: Mapping[str, str] = field(default_factory=dict)
    mostly: Mapping[str, str] = field(default_factory=dict)
    left_out: float = 0.0

    @property
    def touched(self) -> frozenset[str]:
        """Codes that ended or whose borders are others."""
        return frozenset((*self.ends, *self.changed))

    @property
    def nothing(self) -> bool:
        """Whether the village's grids stay as they are."""
        return not (self.begins or self.ends or self.changed or self.renamed)


def read_drawing(content: bytes, system: System, villages: Iterable[str]) -> list[Drawn]:
    """The grids of a file: CSV in UTF-8, gzipped or not, with the columns `grid_code, village_code, name, polygon_wkt`.

    Polygons are WKT in `system`; `invented` may say yes. Raises NotADrawingError with all that is wrong with it.
    """
    known, problems = frozenset(villages), []
    grids: dict[str, Drawn] = {}
    for number, row in enumerate(_rows(content), 2):
        code, village = (row["grid_code"] or "").strip(), (row["village_code"] or "").strip()
        if why := _unfit_code(code, village, known, grids):
            problems.append(f"第 {number} 行 / line {number}: {why}")
            continue
        polygon, why = _polygon(row["polygon_wkt"] or "", system)
        if why:
            problems.append(f"第 {number} 行 / line {number}: {code}: {why}")
            continue
        name = (row["name"] or "").strip()[:60] or f"第{code[12:]}网格"
        grids[code] = Drawn(code, name, polygon, (row.get("invented") or "").strip() == "yes")
    if not grids and not problems:
        problems.append("文件里没有网格 / the file holds no grid")
    problems += overlaps(list(grids.values()))
    if problems:
        raise NotADrawingError(problems[:_SHOWN])
    return list(grids.values())


def overlaps(grids: Sequence[Drawn], beside: Sequence[Drawn] = ()) -> list[str]:
    """Pairs that lie on each other, in words: among `grids`, and of them with `beside`, which stay as they are."""
    drawn = [one for one in (*grids, *beside) if one.polygon is not None]
    own = sum(one.polygon is not None for one in grids)
    if not own:
        return []
    shapes = np.array([one.polygon for one in drawn])
    first, second = shapely.STRtree(shapes).query(shapes[:own], predicate="intersects")
    pairs = first < second
    first, second = first[pairs], second[pairs]
    common = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    least = np.minimum(shapely.area(shapes[first]), shapely.area(shapes[second]))
    return [
        f"{drawn[a].code} 与 {drawn[b].code} 重叠 {share:.0%} / {drawn[a].code} and {drawn[b].code} overlap"
        for a, b, share in zip(first.tolist(), second.tolist(), (common / least).tolist(), strict=True)
        if share > _MOST_OVERLAP
    ][:_SHOWN]


def compare(village: str, before: Sequence[Drawn], after: Sequence[Drawn]) -> Changes:
    """What becomes of a village's grids."""
    old, new = {one.code: one for one in before}, {one.code: one for one in after}
    common = sorted(old.keys() & new.keys())
    changed = tuple(code for code in common if not _same(old[code].polygon, new[code].polygon))
    renamed = tuple(code for code in common if code not in changed and old[code].name != new[code].name)
    ends = tuple(sorted(old.keys() - new.keys()))
    becomes: dict[str, str] = {}
    mostly: dict[str, str] = {}
    lost = whole = 0.0
    drawn = [one for one in new.values() if one.polygon is not None]
    shapes = np.array([one.polygon for one in drawn])
    for code in (*ends, *changed):
        polygon = old[code].polygon
        if polygon is None or not drawn:
            continue
        shares = shapely.area(shapely.intersection(shapes, polygon)) / polygon.area
        best = int(shares.argmax())
        whole += polygon.area
        lost += polygon.area * max(0.0, 1.0 - float(shares.sum()))
        if shares[best] > 0:
            mostly[code] = drawn[best].code
        if shares[best] >= _ALL:
            becomes[code] = drawn[best].code
    return Changes(
        village=village,
        begins=tuple(sorted(new.keys() - old.keys())),
        ends=ends,
        changed=changed,
        renamed=renamed,
        becomes=becomes,
        mostly=mostly,
        left_out=lost / whole if whole else 0.0,
    )


def locate(
    grids: Sequence[Drawn], lon: Sequence[float | None], lat: Sequence[float | None]
) -> list[str | None]:
    """The grid of each point among these, the lower code on a shared border; None outside all or without a point."""
    drawn = sorted((one for one in grids if one.polygon is not None), key=lambda one: one.code)
    found: list[str | None] = [None] * len(lon)
    x, y = np.array(lon, dtype=float), np.array(lat, dtype=float)
    stated = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if not drawn or not len(stated):
        return found
    tree = shapely.STRtree([one.polygon for one in drawn])
    point, grid = tree.query(shapely.points(x[stated], y[stated]), predicate="intersects")
    for at in np.lexsort((grid, point))[::-1].tolist():
        found[int(stated[point[at]])] = drawn[grid[at]].code
    return found


def _same(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    if shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), tolerance=1e-9):
        return True
    # Another first corner or a point more on a straight line draws the same ground.
    return bool(shapely.symmetric_difference(one, other).area < 1e-6 * one.area)


def _rows(content: bytes) -> Iterable[dict[str, str]]:
    try:
        plain = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
        text = plain.decode("utf-8-sig")
        csv.field_size_limit(16 * 1024 * 1024)
        reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
        missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise NotADrawingError([f"缺少列：{'、'.join(missing)} / missing columns: {', '.join(missing)}"])
        return list(reader)
    except (UnicodeDecodeError, csv.Error, EOFError, OSError) as error:
        raise NotADrawingError([f"不是完整的 UTF-8 CSV / not a whole CSV in UTF-8 ({error})"]) from error


def _unfit_code(code: str, village: str, known: frozenset[str], seen: Mapping[str, Drawn]) -> str:
    if village not in known:
        return f"没有村（社区）{village[:12]} / no such village"
    if len(code) != 15 or not (code.isascii() and code.isdigit()) or code[:12] != village:
        return f"网格代码应为村代码加三位数字：{code[:20]} / a grid's code is its village's and three digits"
    return f"{code} 出现两次 / {code} occurs twice" if code in seen else ""


def _polygon(text: str, system: System) -> tuple[Any, str]:
    try:
        polygon = shapely.from_wkt(text)
    except shapely.errors.GEOSException:
        polygon = None
    if polygon is None or polygon.is_empty or polygon.geom_type not in {"Polygon", "MultiPolygon"}:
        return None, "边界不是 WKT 多边形 / the border is no polygon in WKT"
    polygon = shapely.force_2d(polygon)
    corners = shapely.get_coordinates(polygon)
    turned = np.stack(to_wgs84(corners[:, 0], corners[:, 1], system), 1)
    if not np.isfinite(turned).all():
        return None, "坐标不属于所说的坐标系 / the coordinates are none of the stated system"
    polygon = shapely.transform(polygon, lambda _: turned)
    if not polygon.is_valid:
        return None, f"边界自相交 / the border crosses itself ({shapely.is_valid_reason(polygon)[:60]})"
    return polygon, ""
