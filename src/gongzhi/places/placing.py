"""Says where addresses lie, from the library, the names of the divisions and the grids, all held in memory."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gongzhi.addresses import AddressMatch, Gazetteer, Library, door_key, match_many, normal_text
from gongzhi.places.grids import GridMap
from gongzhi.places.rules import AtDoor, Candidate, PlacedAddress, grid_of, names_a_door, weighed


@dataclass(frozen=True, slots=True)
class Row:
    """One address of the library as it is stored. `ended` rows no longer count."""

    id: int
    text: str
    village: str
    area: str
    lon: float | None
    lat: float | None
    since: date
    ended: bool
    learnt: bool = False


_SHOWN = 5
_MOST_DOORS = 100_000
"""Doors whose grid is kept: some twenty megabytes."""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What can be said about one address.

    `standard` is its one spelling, `village` the likeliest (decided alone only where `decision` is auto), `words` the
    names that were read, `known` what the library has at this very door, `elsewhere` the other villages in which it has
    a door that is written the same.
    """

    standard: str
    placed: PlacedAddress
    village: str | None
    decision: str
    words: tuple[str, ...]
    known: tuple[Row, ...]
    elsewhere: tuple[str, ...] = ()


class Placer:
    """Places addresses. May be shared between threads and inherited by a forked process."""

    def __init__(self, city: str, gazetteer: Gazetteer, grids: GridMap, rows: Sequence[Row]) -> None:
        self._city = city
        self._grids = grids
        self._lock = threading.Lock()
        self._grid_of_door: dict[str, str | None] = {}
        self._known: dict[int, Row] = {row.id: row for row in rows if not row.ended}
        self._grid_of_row = self._locate(self._known.values())
        self._library = Library.build(
            (
                {"address": row.text, "village_code": row.village, "id": str(row.id)}
                for row in self._known.values()
            ),
            gazetteer,
        )

    def __getstate__(self) -> dict[str, Any]:
        return {
            name: value for name, value in self.__dict__.items() if name not in {"_lock", "_grid_of_door"}
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()
        self._grid_of_door = {}

    def __len__(self) -> int:
        return len(self._known)

    def place(self, text: str) -> PlacedAddress:
        """Where one address lies; `place_many` is much quicker for many."""
        return self.place_many([text])[0]

    def place_many(self, texts: Sequence[str]) -> list[PlacedAddress]:
        """Where each address lies, in order. Any text is answered."""
        with self._lock:
            found = match_many(texts, self._library, doors=True)
            return [self._placed(match) for match in found]

    def hold_against(
        self, placed: Sequence[PlacedAddress], points: Mapping[int, tuple[float, float]]
    ) -> list[PlacedAddress]:
        """The same answers where some came with a point (WGS-84 degrees, by their place in the list).

        A point outside the village that the address says makes it a person's (`rules.weighed`).
        """
        answers = list(placed)
        lon, lat = [point[0] for point in points.values()], [point[1] for point in points.values()]
        for at, grid in zip(points, self._grids.locate(lon, lat), strict=True):
            answers[at] = weighed(answers[at], grid, self._grids.draws)
        return answers

    def bring_up_to_date(self, rows: Iterable[Row]) -> None:
        """Take in rows that were added or ended since this placer was made."""
        with self._lock:
            self._grid_of_door = {}
            located: list[Row] = []
            for row in rows:
                if self._stays(row):
                    self._known[row.id] = row
                    self._grid_of_row.pop(str(row.id), None)
                    located.append(row)
                    continue
                old = self._known.pop(row.id, None)
                if old is not None:
                    self._library.unlearn(old.text, old.village)
                    self._grid_of_row.pop(str(row.id), None)
                if not row.ended:
                    self._known[row.id] = row
                    self._grid_of_row |= self._locate([row])
                    self._library.learn(row.text, row.village, row.since, entry=str(row.id))
            self._grid_of_row |= self._locate(located)

    def to_learn(self, rows: Iterable[Row]) -> int:
        """How many of these rows came, went or lie in another village; the others only got another grid."""
        return sum(not self._stays(row) for row in rows)

    def _stays(self, row: Row) -> bool:
        old = self._known.get(row.id)
        return old is not None and not row.ended and (old.text, old.village) == (row.text, row.village)

    def take_grids(self, grids: GridMap) -> None:
        """Answer with other grids from now on; the library and what was learnt from it stay."""
        with self._lock:
            self._grids = grids
            self._grid_of_door = {}
            self._grid_of_row = self._locate(self._known.values())

    def with_grids(self, grids: GridMap) -> Placer:
        """Another placer with the grids of another day, over the same library."""
        with self._lock:
            other = Placer.__new__(Placer)
            other.__dict__.update(self.__dict__)  # the library is shared, and so is the lock of its door
        other.take_grids(grids)
        return other

    def look_up(self, text: str) -> LookedUp:
        """Everything that can be said about an address, for a person who asks."""
        placed = self.place(text)
        with self._lock:
            (match,) = match_many([text], self._library)
            key = door_key(text, self._library.gazetteer, match.village[:9] if match.village else None)
            known = [
                self._known[int(one.entry)]
                for one in self._library.at_door(key)
                if one.entry and int(one.entry) in self._known
            ]
        return LookedUp(
            standard=normal_text(text),
            placed=placed,
            village=match.village,
            decision=match.decision,
            words=match.words,
            known=tuple(row for row in known if match.village in {None, row.village})[:_SHOWN],
            elsewhere=tuple(sorted({row.village for row in known} - {match.village})),
        )

    def _locate(self, rows: Iterable[Row]) -> dict[str, str]:
        """The grid of each row by its number: by its point, else as stated.

        A grid of another village is no answer, and neither is one that does not exist on the day.
        """
        rows = list(rows)
        points = self._grids.locate([row.lon for row in rows], [row.lat for row in rows])
        found = {}
        for row, point in zip(rows, points, strict=True):
            grid = point or (row.area if row.area in self._grids.codes else None)
            if grid is not None and grid[:12] == row.village:
                found[str(row.id)] = grid
        return found

    def _grid_at_door(self, village: str, line: str) -> str | None:
        """The grid of a door; a register comes back to the same doors, so answers are kept until something changes."""
        door = f"{village}/{line}"
        try:
            return self._grid_of_door[door]
        except KeyError:
            pass
        at_door = [
            AtDoor(self._grid_of_row[one.entry], self._known[int(one.entry)].learnt, int(one.entry))
            for one in self._library.at_door(f"{village[:9]}/{line}")
            if one.village == village and one.entry in self._grid_of_row
        ]
        grid = grid_of(village, at_door, self._grids.of_village)
        if len(self._grid_of_door) >= _MOST_DOORS:
            self._grid_of_door.clear()
        self._grid_of_door[door] = grid
        return grid

    def _placed(self, match: AddressMatch) -> PlacedAddress:
        candidates = tuple(Candidate(one.village, one.score) for one in match.candidates)
        if match.village is not None and match.decision == "auto":
            grid = self._grid_at_door(match.village, match.line)
            area, placed, place = grid or match.village, True, match.village
        else:
            area = match.stated_town or self._city
            placed, place = False, area
        return PlacedAddress(
            area=area,
            placed=placed,
            door_key=f"{place}/{match.line}" if names_a_door(match.line) else "",
            method=match.method,
            confidence=match.confidence,
            candidates=candidates,
        )
