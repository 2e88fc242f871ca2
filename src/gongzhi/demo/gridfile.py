"""The grid file of a city pack: one line a grid, gzipped, the same bytes for the same grids."""

from __future__ import annotations

import csv
import gzip
import io
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gongzhi.demo.geography import Grid, invent_grids, read_town_centres, read_villages

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

COLUMNS = ("grid_code", "village_code", "name", "valid_from", "valid_to", "invented", "polygon_wkt")


def write_grids(grids: Iterable[Grid], path: Path, *, valid_from: date) -> int:
    """Write the grids, all open-ended and all declared invented; returns the file's size in bytes."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    for grid in grids:
        wkt = shapely.to_wkt(grid.polygon, rounding_precision=5)
        lines.writerow((grid.code, grid.village_code, grid.name, valid_from.isoformat(), "", "yes", wkt))
    # A fixed time stamp in the gzip header: the same grids give the same file, so git sees no change.
    path.write_bytes(gzip.compress(text.getvalue().encode("utf-8"), compresslevel=9, mtime=0))
    return path.stat().st_size


def read_grids(path: Path) -> list[Grid]:
    """Read a grid file back; raises ValueError naming the grid whose polygon cannot be read."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    grids = []
    for row in rows:
        try:
            polygon = shapely.from_wkt(row["polygon_wkt"])
        except shapely.errors.GEOSException as error:
            raise ValueError(f"grid {row['grid_code']}: its polygon is not WKT") from error
        grids.append(Grid(row["grid_code"], row["village_code"], row["name"], polygon))
    return grids


def make_grid_file(villages: Path, out: Path, *, seed: int, valid_from: date) -> int:
    """Invent the grids of a pack's division list and write them; returns the file's size in bytes."""
    grids = invent_grids(read_villages(villages), read_town_centres(), np.random.default_rng(seed))
    return write_grids(grids, out, valid_from=valid_from)
