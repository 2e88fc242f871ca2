"""Takes in an address library, from a file of whoever keeps it. What people teach case by case is in `learning`."""

from __future__ import annotations

import csv
import gzip
import io
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from django.db import connection

from gongzhi.addresses import Gazetteer, door_key
from gongzhi.coordinates import System, UnknownSystemError, read_system, to_wgs84
from gongzhi.flow.moment import Moment
from gongzhi.org.models import Division
from gongzhi.places.grids import GridMap
from gongzhi.places.queries import gazetteer
from gongzhi.places.rules import disagreement

LONGEST = 300
"""Characters of an address that are kept; a longer one is refused."""

_BATCH = 20_000
_COLUMNS = {"address", "village_code"}
_JUDGED_FROM = 50
_MOST_DOUBTS = 0.3
"""A file of which so large a share lies elsewhere than it says was read in the wrong system, not surveyed badly."""


class NotALibraryError(ValueError):
    """The file isn't an address library; the message says why in both languages."""


@dataclass
class Imported:
    """What became of a library's rows; `rows` is the sum of the others but `located`.

    `waiting` rows have coordinates that lie elsewhere than they say: a person decides. `located` counts points.
    """

    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    waiting: int = 0
    located: int = 0
    rejected: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Line:
    """A row of the file that may be kept."""

    number: int
    text: str
    village: str
    grid: str
    x: float
    y: float
    system: System | None


def import_library(file: Path, *, moment: Moment, system: System | None = None) -> Imported:
    """Take in a library (CSV in UTF-8, gzipped or not), inside the caller's transaction, as the system.

    Columns `address, village_code`, optionally `grid_code`, `lon`, `lat` and `coordinates`, which names the system of
    the row's point; `system` is that of points whose row names none. Others are ignored. An address that is known
    keeps its row, with its place brought up to date. What a person taught stands until it is taken back: whoever was
    there knows better than a file that says again what it said before. A point outside the village that the row states
    is nobody's place until a person has decided (`doubts.settle`).
    Raises NotALibraryError, and OSError when the file can't be opened.
    """
    done = Imported()
    names, grids = gazetteer(moment.today), GridMap(moment.today)
    villages = set(Division.objects.filter(level=Division.Level.VILLAGE).values_list("code", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_INCOMING)
        with _lines(file) as lines:
            batch: list[_Line] = []
            for row in lines:
                done.rows += 1
                if why := _unfit(row, villages):
                    done.rejected[why] += 1
                    continue
                try:
                    batch.append(_line(done.rows, row, system))
                except UnknownSystemError:
                    done.rejected["coordinates_unknown"] += 1
                if len(batch) == _BATCH:
                    _copy(cursor, batch, names, grids, done)
                    batch = []
            if batch:
                _copy(cursor, batch, names, grids, done)
        _keep(cursor, done, moment)
    done.rejected += Counter()
    done.unchanged = done.rows - done.added - done.changed - done.waiting - done.rejected.total()
    return done


def _keep(cursor, done: Imported, moment: Moment) -> None:  # type: ignore[no-untyped-def]
    """From the temporary tables into the library and the queue of doubts."""
    cursor.execute(_REPEATED)
    done.rejected["repeated_in_file"] += cursor.rowcount
    cursor.execute("SELECT count(*) FROM places_incoming WHERE why <> ''")
    (doubted,) = cursor.fetchone()
    if done.located >= _JUDGED_FROM and doubted > _MOST_DOUBTS * done.located:
        raise NotALibraryError(
            f"{done.located} 个坐标中有 {doubted} 个不在所写的村（社区）内，坐标系可能写错，文件没有导入 / "
            f"{doubted} of {done.located} points lie outside the village they state: the coordinate system is "
            "probably another one; nothing was imported"
        )
    cursor.execute(_DOUBT, {"today": moment.today})
    cursor.execute(_WAITING)
    done.waiting = cursor.rowcount
    cursor.execute(_CHANGE, {"today": moment.today})
    done.changed = cursor.rowcount
    cursor.execute(_ADD, {"today": moment.today})
    done.added = cursor.rowcount
    cursor.execute("DROP TABLE places_incoming")


@contextmanager
def _lines(file: Path) -> Iterator[Iterator[dict[str, str]]]:
    with file.open("rb") as raw:
        zipped = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        plain = gzip.GzipFile(fileobj=raw) if zipped else raw
        with io.TextIOWrapper(plain, encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text, restval="")
            if missing := _COLUMNS - set(reader.fieldnames or ()):
                raise NotALibraryError(
                    f"地址库缺少列：{'、'.join(sorted(missing))} / "
                    f"the library lacks the columns {', '.join(sorted(missing))}"
                )
            try:
                yield reader
            except (UnicodeDecodeError, csv.Error, EOFError, gzip.BadGzipFile) as error:
                raise NotALibraryError(
                    f"地址库文件无法读取 / the library can't be read as CSV in UTF-8: {error}"
                ) from error


def _unfit(row: dict[str, str], villages: set[str]) -> str | None:
    address, village = row["address"].strip(), row["village_code"].strip()
    if not address:
        return "missing_address"
    if len(address) > LONGEST or "\x00" in address:
        return "address_unfit"
    if village not in villages:
        return "village_unknown"
    grid = (row.get("grid_code") or "").strip()
    if grid and grid[:12] != village:
        return "grid_of_another_village"
    return None if all(map(_is_number, (row.get("lon"), row.get("lat")))) else "coordinates_unfit"


def _line(number: int, row: dict[str, str], system: System | None) -> _Line:
    """The row with its point as numbers. Raises UnknownSystemError, and NotALibraryError for a point of no system."""
    x, y = _number(row.get("lon")), _number(row.get("lat"))
    if math.isnan(x) or math.isnan(y):
        system = None  # no point, no system
    elif said := (row.get("coordinates") or "").strip():
        system = read_system(said)
    elif system is None:
        raise NotALibraryError(
            "文件有坐标而没有写明坐标系：请加 coordinates 列，或用 --coordinates 说明 / the file has coordinates and "
            "says of which system they are nowhere: add a column `coordinates`, or name it with --coordinates"
        )
    grid = (row.get("grid_code") or "").strip()
    return _Line(number, row["address"].strip(), row["village_code"].strip(), grid, x, y, system)


def _number(text: str | None) -> float:
    return float(text) if text and text.strip() else math.nan


def _is_number(text: str | None) -> bool:
    try:
        _number(text)
    except ValueError:
        return False
    return True


def _in_wgs84(batch: Sequence[_Line]) -> tuple[np.ndarray, np.ndarray]:
    """The points of a batch in the one system that is stored, NaN where there is none."""
    lon, lat = np.full(len(batch), np.nan), np.full(len(batch), np.nan)
    for system in {line.system for line in batch} - {None}:
        own = [at for at, line in enumerate(batch) if line.system == system]
        lon[own], lat[own] = to_wgs84([batch[at].x for at in own], [batch[at].y for at in own], system)
    return lon, lat


def _copy(cursor, batch: Sequence[_Line], names: Gazetteer, grids: GridMap, done: Imported) -> None:  # type: ignore[no-untyped-def]
    lon, lat = _in_wgs84(batch)
    located = grids.locate(lon, lat)
    with cursor.copy(
        "COPY places_incoming (line, text, door_key, area, village_code, lon, lat, stated_in, why, found) FROM STDIN"
    ) as copy:
        for line, x, y, point in zip(batch, lon.tolist(), lat.tolist(), located, strict=True):
            stated = line.system.code if line.system else ""
            if stated and math.isnan(x):
                done.rejected["coordinates_unfit"] += 1
                continue
            done.located += bool(stated)
            why = disagreement(line.village, point, grids.draws) if stated else ""
            area = line.grid or (point if point and not why else line.village)
            key = door_key(line.text, names, line.village)[:LONGEST]
            place = (x, y) if stated else (None, None)
            copy.write_row(
                (line.number, line.text, key, area, line.village, *place, stated, why, point or "")
            )


_INCOMING = """
CREATE TEMPORARY TABLE IF NOT EXISTS places_incoming (
    line bigint, text text, door_key text, area text, village_code text, lon double precision, lat double precision,
    stated_in text, why text, found text
) ON COMMIT DROP;
TRUNCATE places_incoming
"""
_REPEATED = """
DELETE FROM places_incoming i USING places_incoming later WHERE later.text = i.text AND later.line > i.line
"""
_CHANGE = """
UPDATE places_address a SET area = i.area, village_code = i.village_code, door_key = i.door_key, lon = i.lon,
    lat = i.lat, stated_in = i.stated_in, changed_at = clock_timestamp()
FROM places_incoming i WHERE a.text = i.text AND a.valid_to IS NULL AND a.source = 'library'
    AND (a.area, a.village_code, a.lon, a.lat) IS DISTINCT FROM (i.area, i.village_code, i.lon, i.lat)
"""
_ADD = """
INSERT INTO places_address (text, door_key, area, village_code, lon, lat, stated_in, source, valid_from, changed_at)
SELECT text, door_key, area, village_code, lon, lat, stated_in, 'library', %(today)s, clock_timestamp()
FROM places_incoming i
WHERE NOT EXISTS (SELECT 1 FROM places_address a WHERE a.text = i.text AND a.valid_to IS NULL)
ORDER BY line
"""
# What a person has decided of the very same row holds: a file that comes again asks nobody twice.
_DOUBT = """
INSERT INTO places_doubt (text, area, found, why, lon, lat, stated_in, opened_on)
SELECT text, village_code, found, why, lon, lat, stated_in, %(today)s FROM places_incoming WHERE why <> '' ORDER BY line
ON CONFLICT (text, area, lon, lat) DO NOTHING
"""
_WAITING = """
WITH doubted AS (DELETE FROM places_incoming WHERE why <> '' RETURNING text, village_code, lon, lat)
SELECT 1 FROM doubted d JOIN places_doubt o
    ON (o.text, o.area, o.lon, o.lat) = (d.text, d.village_code, d.lon, d.lat) AND o.settled_on IS NULL
"""
