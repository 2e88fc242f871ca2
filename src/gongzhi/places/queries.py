"""Reads of the address library. A placer is built once a process and follows what is learnt."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from django.db import connection
from django.db.models import Q

from gongzhi.addresses import Gazetteer
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.org.models import Division, FormerName
from gongzhi.places.grids import GridMap
from gongzhi.places.keeping import keep, recall
from gongzhi.places.placing import Placer, Row

_MOST_NEWS = 5_000
"""Beyond so many changed rows a placer is built anew: the library should be calibrated on them."""


@dataclass(frozen=True, slots=True)
class _Version:
    """What a placer was made of: the divisions and grids of its day, and how far the library had come."""

    on: date
    divisions: tuple[int, ...]
    size: int
    last_id: int
    last_change: datetime | None


_lock = threading.Lock()
_made: tuple[_Version, Placer] | None = None


def placer(on: date) -> Placer:
    """Whoever can say where addresses lie on a day, from the whole library.

    Built as the system, since an address may lie anywhere in the city; it gives out villages and grids, never rows
    of the library. Kept for the process; when rows were added or
    ended since, they are taken in, and when divisions or grids are others it is built anew.
    """
    global _made  # noqa: PLW0603  one placer a process is the point
    with _lock, acting_as(SYSTEM):
        version = _version(on)
        kept_for = (_city(), version.divisions)
        if _made is None or _made[0].divisions != version.divisions:
            _made = recall(kept_for)
        if _made is None or not _follow(*_made, version):
            _made = (version, Placer(_city(), gazetteer(on), GridMap(on), list(_rows(on, since=None))))
            keep(kept_for, _made)
        else:
            _made = (version, _made[1])
        return _made[1]


def _follow(before: _Version, standing: Placer, version: _Version) -> bool:
    """Take in what happened to the library since; False where so much did that it has to be built anew."""
    if before == version:
        return True
    if before.last_change is not None and not _knows(before.last_change):
        return False  # what was kept belongs to another database
    news = list(islice(_rows(version.on, since=before), _MOST_NEWS + 1))
    if len(news) > _MOST_NEWS:
        return False
    standing.bring_up_to_date(news)
    # A database put back from a backup may have lost rows that were seen, and counts its numbers anew.
    return len(standing) == version.size


def gazetteer(on: date) -> Gazetteer:
    """The names that an address of this city may state on a day, official, short and former."""
    rows = Division.objects.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    known = {row.code: row for row in rows}
    city = known[_city()]
    villages = [
        {
            "code12": village.code,
            "name": village.name,
            "town_code9": village.code[:9],
            "town": known[village.code[:9]].name,
            "area_code6": village.code[:6],
            "area": known[village.code[:6]].name if village.code[:6] in known else city.name,
            "city": city.name,
        }
        for village in known.values()
        if village.level == Division.Level.VILLAGE and village.code[:9] in known
    ]
    former = FormerName.objects.order_by("id").values_list("division_id", "name")
    return Gazetteer.from_rows(
        villages,
        old_names=[
            {"old_name": name, "code": code, "kind": "former"} for code, name in former if len(code) < 12
        ],
        former_villages=[{"name": name, "current_code12": code} for code, name in former if len(code) == 12],
    )


def _city() -> str:
    return Division.objects.values_list("code", flat=True).get(level=Division.Level.CITY)


def _knows(change: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM places_address WHERE changed_at = %s)", [change])
        return bool(cursor.fetchone()[0])


def _version(on: date) -> _Version:
    with connection.cursor() as cursor:
        cursor.execute(_VERSION, {"on": on})
        *divisions, size, last_id, last_change = cursor.fetchone()
    return _Version(on, tuple(map(int, divisions)), size, last_id or 0, last_change)


def _rows(on: date, since: _Version | None) -> Iterator[Row]:
    """The library's rows on a day, or those that are others since an earlier look at it for another day."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ROWS,
            {
                "on": on,
                "all": since is None,
                "last_id": since.last_id if since else 0,
                "last_change": since.last_change if since else None,
                "earlier": min(on, since.on) if since else on,
                "later": max(on, since.on) if since else on,
            },
        )
        while batch := cursor.fetchmany(10_000):
            for row in batch:
                yield Row(*row)


# The sums name which grids and divisions hold on the day, whatever day that is.
_VERSION = """
SELECT
    (SELECT coalesce(sum(id), 0) FROM org_grid WHERE valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s)),
    (SELECT coalesce(sum(hashtext(code)), 0) FROM org_division
        WHERE valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s)),
    (SELECT coalesce(sum(id), 0) FROM org_formername),
    (SELECT count(*) FROM places_address WHERE valid_to IS NULL OR valid_to > %(on)s),
    (SELECT max(id) FROM places_address), (SELECT max(changed_at) FROM places_address)
"""
# An address that became known after the day was there before; only one that ended before it does not count.
_ROWS = """
SELECT id, text, village_code, area, lon, lat, valid_from, coalesce(valid_to <= %(on)s, false) FROM places_address
WHERE %(all)s OR id > %(last_id)s OR changed_at > %(last_change)s
    OR (valid_to > %(earlier)s AND valid_to <= %(later)s)
ORDER BY id
"""
