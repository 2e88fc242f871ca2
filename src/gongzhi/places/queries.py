"""Reads of the address library. A placer is built once a process and follows what is learnt."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from gongzhi.addresses import Gazetteer
from gongzhi.org.models import Division, FormerName
from gongzhi.places.grids import GridMap
from gongzhi.places.placing import Placer, Row

_MOST_NEWS = 5_000
"""Beyond so many changed rows a placer is built anew: the library should be calibrated on them."""


@dataclass(frozen=True, slots=True)
class _Version:
    """What a placer was made of: the divisions and grids, and how far the library had come."""

    divisions: tuple[Any, ...]
    last_id: int
    last_change: datetime | None


_lock = threading.Lock()
_made: tuple[date, _Version, Placer] | None = None


def placer(on: date) -> Placer:
    """Whoever can say where addresses lie on a day, from the whole library as the current post may read it.

    Must run as a post that sees the whole city (the system does). Kept for the process; when rows were added or
    ended since, they are taken in, and when divisions or grids changed it is built anew.
    """
    global _made  # noqa: PLW0603  one placer a process is the point
    with _lock:
        version = _version()
        if _made is not None and _made[0] == on and _made[1].divisions == version.divisions:
            if _made[1] == version:
                return _made[2]
            news = list(_rows(on, since=_made[1]))
            if len(news) <= _MOST_NEWS:
                _made[2].bring_up_to_date(news)
                _made = (on, version, _made[2])
                return _made[2]
        made = Placer(_city(), gazetteer(on), GridMap(on), list(_rows(on, since=None)))
        _made = (on, version, made)
        return made


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


def _version() -> _Version:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT max(id) FROM org_grid), (SELECT max(valid_to) FROM org_grid),"
            " (SELECT count(*) FROM org_division), (SELECT max(valid_to) FROM org_division),"
            " (SELECT max(id) FROM org_formername),"
            " (SELECT max(id) FROM places_address), (SELECT max(changed_at) FROM places_address)"
        )
        *divisions, last_id, last_change = cursor.fetchone()
    return _Version(tuple(divisions), last_id or 0, last_change)


def _rows(on: date, since: _Version | None) -> Iterator[Row]:
    """The library's rows on a day, or those added or ended since."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, text, village_code, area, lon, lat, valid_from,"
            " valid_from > %(on)s OR coalesce(valid_to <= %(on)s, false) FROM places_address"
            " WHERE %(all)s OR id > %(last_id)s OR changed_at > %(last_change)s ORDER BY id",
            {
                "on": on,
                "all": since is None or since.last_change is None,
                "last_id": since.last_id if since else 0,
                "last_change": since.last_change if since else None,
            },
        )
        while batch := cursor.fetchmany(10_000):
            for row in batch:
                yield Row(*row)
