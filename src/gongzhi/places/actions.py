"""The only writers of the address library: a file from whoever keeps it, and what people teach case by case."""

from __future__ import annotations

import csv
import gzip
import io
import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from gongzhi.addresses import door_key
from gongzhi.flow.moment import Moment
from gongzhi.org.models import Division
from gongzhi.places.grids import GridMap
from gongzhi.places.models import StandardAddress
from gongzhi.places.queries import gazetteer

_BATCH = 20_000
_LONGEST = 300
_COLUMNS = {"address", "village_code"}


class NotALibraryError(ValueError):
    """The file isn't an address library; the message says why in both languages."""


@dataclass
class Imported:
    """What became of a library's rows; `rows` is the sum of the others."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: Counter[str] = field(default_factory=Counter)


def import_library(file: Path, *, moment: Moment) -> Imported:
    """Take in a library (CSV in UTF-8, gzipped or not), inside the caller's transaction, as the system.

    Columns `address, village_code`, optionally `grid_code, lon, lat` (degrees); others are ignored. An address that
    is known keeps its row, with its place brought up to date. What a person taught about it gives way to the file.
    Raises NotALibraryError, and OSError when the file can't be opened.
    """
    done = Imported()
    names, grids = gazetteer(moment.today), GridMap(moment.today)
    villages = set(Division.objects.filter(level=Division.Level.VILLAGE).values_list("code", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_INCOMING)
        with _lines(file) as lines:
            batch: list[tuple[int, dict[str, str]]] = []
            for row in lines:
                done.rows += 1
                if why := _unfit(row, villages):
                    done.rejected[why] += 1
                    continue
                batch.append((done.rows, row))
                if len(batch) == _BATCH:
                    _copy(cursor, batch, names, grids)
                    batch = []
            if batch:
                _copy(cursor, batch, names, grids)
        cursor.execute(_REPEATED)
        done.rejected["repeated_in_file"] += cursor.rowcount
        cursor.execute(_CHANGE, {"today": moment.today})
        done.changed = cursor.rowcount
        cursor.execute(_ADD, {"today": moment.today})
        done.added = cursor.rowcount
        cursor.execute("DROP TABLE places_incoming")
    done.rejected += Counter()
    done.unchanged = done.rows - done.added - done.changed - done.rejected.total()
    return done


def learn(address: str, area: str, *, case: int, moment: Moment) -> StandardAddress:
    """Keep that a person found an address in a village or grid (12 or 15 digits), inside the caller's transaction.

    What was known of the address before ends today, so that an error can be traced. Raises ValueError for a shorter
    code: a town is no place to visit.
    """
    if len(area) not in {12, 15}:
        raise ValueError(f"an address is learnt for a village or a grid, not for {area}")
    text = address[:_LONGEST]
    with connection.cursor() as cursor:
        cursor.execute(_END, {"where": text, "case": None, "today": moment.today})
    return StandardAddress.objects.create(
        text=text,
        door_key=door_key(text, gazetteer(moment.today), area[:12])[:_LONGEST],
        area=area,
        village_code=area[:12],
        source=StandardAddress.Source.LEARNT,
        learnt_from=case,
        valid_from=moment.today,
    )


def unlearn(case: int, *, moment: Moment) -> int:
    """Take back what was learnt from a case, inside the caller's transaction; returns how many addresses.

    What the library said of them before holds again.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _END + " RETURNING text, valid_from", {"where": None, "case": case, "today": moment.today}
        )
        ended = cursor.fetchall()
        cursor.executemany(_REOPEN, ended)
    return len(ended)


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
    if len(address) > _LONGEST or "\x00" in address:
        return "address_unfit"
    if village not in villages:
        return "village_unknown"
    grid = (row.get("grid_code") or "").strip()
    if grid and grid[:12] != village:
        return "grid_of_another_village"
    return None


def _degree(text: str | None) -> float | None:
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return value if value is not None and math.isfinite(value) else None


def _copy(cursor, batch, names, grids) -> None:  # type: ignore[no-untyped-def]
    lon = [_degree(row.get("lon")) for _, row in batch]
    lat = [_degree(row.get("lat")) for _, row in batch]
    located = grids.locate(lon, lat)
    with cursor.copy(
        "COPY places_incoming (line, text, door_key, area, village_code, lon, lat) FROM STDIN"
    ) as copy:
        for (line, row), x, y, point in zip(batch, lon, lat, located, strict=True):
            text, village = row["address"].strip(), row["village_code"].strip()
            grid = (row.get("grid_code") or "").strip() or point
            area = grid if grid and grid[:12] == village else village
            copy.write_row((line, text, door_key(text, names, village)[:_LONGEST], area, village, x, y))


_INCOMING = """
CREATE TEMPORARY TABLE IF NOT EXISTS places_incoming (
    line bigint, text text, door_key text, area text, village_code text, lon double precision, lat double precision
) ON COMMIT DROP;
TRUNCATE places_incoming
"""
_REPEATED = """
DELETE FROM places_incoming i USING places_incoming later WHERE later.text = i.text AND later.line > i.line
"""
_CHANGE = """
UPDATE places_address a SET area = i.area, village_code = i.village_code, door_key = i.door_key, lon = i.lon,
    lat = i.lat, source = 'library', learnt_from = NULL, changed_at = clock_timestamp()
FROM places_incoming i WHERE a.text = i.text AND a.valid_to IS NULL
    AND (a.area, a.village_code, a.lon, a.lat, a.source)
        IS DISTINCT FROM (i.area, i.village_code, i.lon, i.lat, 'library')
"""
_ADD = """
INSERT INTO places_address (text, door_key, area, village_code, lon, lat, source, valid_from, changed_at)
SELECT text, door_key, area, village_code, lon, lat, 'library', %(today)s, clock_timestamp() FROM places_incoming i
WHERE NOT EXISTS (SELECT 1 FROM places_address a WHERE a.text = i.text AND a.valid_to IS NULL)
ORDER BY line
"""
_REOPEN = """
UPDATE places_address SET valid_to = NULL, changed_at = clock_timestamp()
WHERE id = (SELECT max(id) FROM places_address WHERE text = %s AND source = 'library' AND valid_to = %s)
"""
_END = """
UPDATE places_address SET valid_to = %(today)s, changed_at = clock_timestamp()
WHERE valid_to IS NULL AND (text = %(where)s OR learnt_from = %(case)s)
"""
