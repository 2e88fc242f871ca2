"""Reads of the address library. A placer is built once a process and follows what is learnt."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import connection
from django.db.models import Q

from gongzhi.addresses import Gazetteer
from gongzhi.org.access import acting_as, elevated
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.models import Division, FormerName
from gongzhi.places.grids import GridMap
from gongzhi.places.keeping import keep, recall
from gongzhi.places.models import StandardAddress
from gongzhi.places.placing import LookedUp, Placer, Row
from gongzhi.places.rules import PlacedAddress

_MOST_NEWS = 5_000
"""Beyond so many addresses that came or went a placer is built anew: it should be calibrated on them."""


@dataclass(frozen=True, slots=True)
class _Version:
    """What a placer was made of: the divisions and grids of its day, and how far the library had come."""

    on: date
    database: int
    grids: int
    divisions: tuple[int, ...]
    size: int
    last_id: int
    last_change: datetime | None


PAGE = 30
"""Rows a page."""

_MOST_MAPS = 4
_maps: dict[int, GridMap] = {}
_names: tuple[tuple[int, ...], Gazetteer] | None = None
_lock = threading.Lock()
_made: tuple[_Version, Placer] | None = None


def placer(on: date) -> Placer:
    """Whoever can say where addresses lie on a day, from the whole library.

    Built as the system, since an address may lie anywhere in the city; it gives out villages and grids, never rows
    of the library. Kept for the process; when rows were added or
    ended since, or grids redrawn, they are taken in; when divisions or names are others it is built anew.
    """
    global _made  # noqa: PLW0603  one placer a process is the point
    with _lock, acting_as(SYSTEM):
        version = _version(on)
        kept_for = (_city(), version.divisions)
        if _made is None or _made[0].divisions != version.divisions:
            _made = recall(kept_for)
        if _made is not None and _made[0].grids != version.grids:
            # Other borders, the same names and addresses: nothing has to be learnt anew.
            _made[1].take_grids(GridMap(on))
        if _made is None or not _follow(*_made, version):
            _made = (version, Placer(_city(), gazetteer(on), GridMap(on), list(_rows(on, since=None))))
            keep(kept_for, _made)
        else:
            _made = (version, _made[1])
        return _made[1]


def grid_map(on: date) -> GridMap:
    """The grids of a day, past or to come as far as they are drawn; kept for the process while they stay the same."""
    with acting_as(SYSTEM):
        key = _version(on).grids
        found = _maps.get(key)
        if found is None:
            if len(_maps) >= _MOST_MAPS:
                _maps.clear()
            found = _maps[key] = GridMap(on)
        return found


def look_up(text: str, *, on: date, today: date) -> LookedUp:
    """What can be said about an address: by today's library, with the grids of the day `on`."""
    standing = placer(today)
    if on != today:
        standing = standing.with_grids(grid_map(on))
    return standing.look_up(text)


@dataclass(frozen=True, slots=True)
class Learnt:
    """One page of what people taught the library, newest first, and where the next one starts (None: the last)."""

    rows: tuple[StandardAddress, ...]
    next: int | None


def learnt(
    acting: Acting, *, wanted: str = "", how: str = "", state: str = "", after: int = 0, size: int = PAGE
) -> Learnt:
    """What people taught in the post's area. `state` is `now` (in force), `undone` (taken back), or empty for all."""
    rows = StandardAddress.objects.filter(source=StandardAddress.Source.LEARNT).order_by("-id")
    if acting.area:
        rows = rows.filter(area__gte=acting.area, area__lt=acting.area + "~")
    if wanted:
        rows = rows.filter(Q(text__contains=wanted) | Q(learnt_by__contains=wanted))
    if how:
        rows = rows.filter(how=how)
    if state == "now":
        rows = rows.filter(valid_to__isnull=True)
    elif state == "undone":
        rows = rows.exclude(ended_why="")
    if after:
        rows = rows.filter(id__lt=after)
    found = tuple(rows[: size + 1])
    return Learnt(found[:size], found[size - 1].pk if len(found) > size else None)


def learnt_one(address_id: int) -> StandardAddress | None:
    """One address that somebody taught, or None when there is none or it is not this post's to see."""
    return StandardAddress.objects.filter(pk=address_id, source=StandardAddress.Source.LEARNT).first()


def replaced_by(row: StandardAddress) -> StandardAddress | None:
    """What the library said of an address before somebody taught it, wherever in the city that lay."""
    if row.replaces is None:
        return None
    with elevated():
        return StandardAddress.objects.filter(pk=row.replaces).first()


class LatePlacer:
    """A placer that is made when it is first asked, by the process that asks: an import's matching process reads or
    builds the library while the import itself is still reading its file.
    """

    def __init__(self, on: date) -> None:
        self._on = on
        self._placer: Placer | None = None

    def place_many(self, texts: Sequence[str]) -> list[PlacedAddress]:
        """Where each address lies, in order. Any text is answered."""
        if self._placer is None:
            self._placer = placer(self._on)
        return self._placer.place_many(texts)

    def hold_against(
        self, placed: Sequence[PlacedAddress], points: Mapping[int, tuple[float, float]]
    ) -> list[PlacedAddress]:
        """The same answers where some came with a point, see `Placer.hold_against`."""
        if self._placer is None:
            self._placer = placer(self._on)
        return self._placer.hold_against(placed, points)


def _follow(before: _Version, standing: Placer, version: _Version) -> bool:
    """Take in what happened to the library since; False where so much did that it has to be built anew."""
    if replace(before, grids=version.grids) == version:
        return True
    if not _continues(before, version):
        return False
    news = list(_rows(version.on, since=before))
    if standing.to_learn(news) > _MOST_NEWS:
        return False
    standing.bring_up_to_date(news)
    # A database put back from a backup may have lost rows that were seen, and counts its numbers anew.
    return len(standing) == version.size


def gazetteer(on: date) -> Gazetteer:
    """The names that an address of this city may state on a day, official, short and former; kept while they hold."""
    global _names  # noqa: PLW0603  one list of names a process
    with connection.cursor() as cursor:
        cursor.execute(_NAMING, {"on": on})
        key = cursor.fetchone()
    if _names is None or _names[0] != key:
        _names = (key, _read_names(on))
    return _names[1]


def _read_names(on: date) -> Gazetteer:
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


def _continues(before: _Version, version: _Version) -> bool:
    """Whether this is the library that was looked at before, only later: rows change, but none is ever deleted."""
    if before.database != version.database:
        return False
    if before.last_change is None:
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM places_address WHERE id = %s)", [before.last_id])
        (still_there,) = cursor.fetchone()
    return bool(still_there and version.last_change is not None and version.last_change >= before.last_change)


def _version(on: date) -> _Version:
    with connection.cursor() as cursor:
        cursor.execute(_VERSION, {"on": on})
        database, grids, *divisions, size, last_id, last_change = cursor.fetchone()
    return _Version(on, database, int(grids), tuple(map(int, divisions)), size, last_id or 0, last_change)


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


_NAMING = """
SELECT (SELECT coalesce(sum(hashtext(code || name)), 0) FROM org_division
        WHERE valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s)),
    (SELECT coalesce(sum(hashtext(division_id || name)), 0) FROM org_formername)
"""
# The sums name which grids and divisions hold on the day, whatever day that is.
_VERSION = """
SELECT (SELECT oid::bigint FROM pg_database WHERE datname = current_database()),
    (SELECT coalesce(sum(id), 0) FROM org_grid WHERE valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s)),
    (SELECT coalesce(sum(hashtext(code)), 0) FROM org_division
        WHERE valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s)),
    (SELECT coalesce(sum(id), 0) FROM org_formername),
    (SELECT count(*) FROM places_address WHERE valid_to IS NULL OR valid_to > %(on)s),
    (SELECT max(id) FROM places_address), (SELECT max(changed_at) FROM places_address)
"""
# An address that became known after the day was there before; only one that ended before it does not count.
_ROWS = """
SELECT id, text, village_code, area, lon, lat, valid_from, coalesce(valid_to <= %(on)s, false),
    source = 'learnt' FROM places_address
WHERE %(all)s OR id > %(last_id)s OR changed_at > %(last_change)s
    OR (valid_to > %(earlier)s AND valid_to <= %(later)s)
ORDER BY id
"""
