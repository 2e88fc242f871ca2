"""Which grid a point lies in: the polygons of a day, in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import numpy as np
import shapely
from django.db.models import Q

from gongzhi.org.models import Grid


class GridMap:
    """The grids of one day. `of_village` lists each village's grids, drawn or not; `codes` are all of them."""

    def __init__(self, on: date) -> None:
        rows = Grid.objects.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
        codes, drawings = [], []
        villages: dict[str, list[str]] = defaultdict(list)
        for code, village, polygon in rows.order_by("code").values_list("code", "village_id", "polygon"):
            villages[village].append(code)
            if polygon:
                codes.append(code)
                drawings.append(polygon)
        self.of_village = {village: tuple(grids) for village, grids in villages.items()}
        self.codes = frozenset(code for grids in villages.values() for code in grids)
        self._drawn_towns = frozenset(code[:9] for code in codes)
        self._codes = np.array(codes, dtype=object)
        self._tree = shapely.STRtree(shapely.from_wkt(drawings))

    def draws(self, village: str) -> bool:
        """Whether grids are drawn in this village's town, so that a point can be held against what is stated."""
        return village[:9] in self._drawn_towns

    def locate(self, lon: Sequence[float | None], lat: Sequence[float | None]) -> list[str | None]:
        """The grid of each point (degrees), None outside all of them or without coordinates.

        On a shared border the grid with the lower code has it, so that the answer is always the same.
        """
        found: list[str | None] = [None] * len(lon)
        x, y = np.array(lon, dtype=float), np.array(lat, dtype=float)
        stated = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if not len(stated) or not len(self._codes):
            return found
        point, grid = self._tree.query(shapely.points(x[stated], y[stated]), predicate="intersects")
        # Codes rise with their index, so going backwards leaves the lowest.
        for at in np.lexsort((grid, point))[::-1].tolist():
            found[int(stated[point[at]])] = self._codes[grid[at]]
        return found
