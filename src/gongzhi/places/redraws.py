"""Redraws of grids: handed in, confirmed, and on their day put in force with all that follows, in one transaction."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import shapely
from django.db import connection
from django.db.models import Count, Q

from gongzhi.coordinates import WGS84, System
from gongzhi.flow.events import publish
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.models import Division, Grid, Post
from gongzhi.org.roles import Role
from gongzhi.places import redrawing
from gongzhi.places.events import Redrawn
from gongzhi.places.models import Moved, Redraw, RedrawnGrid
from gongzhi.places.redrawing import Changes, Drawn, NotADrawingError
from gongzhi.places.rules import AtDoor, grid_of

_SWEPT_DAYS = 30


class DecidedAlreadyError(ValueError):
    """The redraw stands elsewhere than the act asks; `state` says where."""

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(f"the redraw is {state}")


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a redraw would do, village by village, before anything is done."""

    changes: tuple[Changes, ...]

    @property
    def touched(self) -> list[str]:
        """The codes in which something may lie elsewhere afterwards."""
        return sorted(code for one in self.changes for code in one.touched)


def hand_in(
    file_name: str,
    content: bytes,
    *,
    valid_from: date,
    acting: Acting,
    moment: Moment,
    system: System = WGS84,
) -> Redraw:
    """Take in a drawing as a draft, inside the caller's transaction; nothing changes until it is confirmed.

    The villages that the file names get the grids that it lists, from `valid_from` on; all others keep theirs. A day
    that has passed can't be redrawn: work was done in its grids. Raises NotADrawingError.
    """
    if valid_from < moment.today:
        raise NotADrawingError(["生效日已过，历史网格不能改 / the day has passed; history keeps its grids"])
    villages = Division.objects.filter(level=Division.Level.VILLAGE, valid_from__lte=valid_from)
    villages = villages.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from))
    grids = redrawing.read_drawing(content, system, villages.values_list("code", flat=True))
    redrawn = {grid.village for grid in grids}
    problems = _taken(redrawn, valid_from)
    problems += redrawing.overlaps(grids, _beside(redrawn, moment.today))
    if problems:
        raise NotADrawingError(problems)
    redraw = Redraw.objects.create(
        file_name=file_name[-200:],
        digest=hashlib.sha256(content).hexdigest(),
        valid_from=valid_from,
        handed_in_by=acting.signature,
        post=acting.post_id,
        handed_in_at=moment.at,
    )
    RedrawnGrid.objects.bulk_create(
        [
            RedrawnGrid(
                redraw=redraw,
                code=grid.code,
                name=grid.name,
                polygon=shapely.to_wkt(grid.polygon, rounding_precision=7),
                invented=grid.invented,
            )
            for grid in grids
        ],
        batch_size=1000,
    )
    return redraw


def rehearse(redraw: Redraw) -> Rehearsal:
    """What a redraw does to each of its villages, laid over the grids of the day before it."""
    after = _by_village(
        _drawn(redraw.grids.order_by("code").values_list("code", "name", "polygon", "invented"))
    )
    before = _by_village(_before(after, redraw.valid_from))
    changes = [redrawing.compare(village, before[village], after[village]) for village in sorted(after)]
    return Rehearsal(tuple(one for one in changes if not one.nothing))


def confirm(redraw_id: int, *, acting: Acting, moment: Moment) -> Redraw:
    """Plan a draft for its day, inside the caller's transaction. Raises DecidedAlreadyError, NotADrawingError."""
    redraw = _locked(redraw_id)
    if redraw.state != Redraw.State.DRAFT:
        raise DecidedAlreadyError(redraw.state)
    if redraw.valid_from < moment.today:
        raise NotADrawingError(["生效日已过，请重新提交 / the day has passed; hand it in again"])
    codes = redraw.grids.values_list("code", flat=True)
    if problems := _taken({code[:12] for code in codes}, redraw.valid_from):
        raise NotADrawingError(problems)
    redraw.state, redraw.decided_by = Redraw.State.PLANNED, acting.signature
    redraw.save(update_fields=["state", "decided_by"])
    return redraw


def drop(redraw_id: int, *, acting: Acting) -> Redraw:
    """Put a redraw aside that is not in force yet. Raises DecidedAlreadyError."""
    redraw = _locked(redraw_id)
    if redraw.state not in {Redraw.State.DRAFT, Redraw.State.PLANNED}:
        raise DecidedAlreadyError(redraw.state)
    redraw.state, redraw.decided_by = Redraw.State.DROPPED, acting.signature
    redraw.save(update_fields=["state", "decided_by"])
    return redraw


def due(moment: Moment) -> list[int]:
    """The planned redraws whose day has come."""
    rows = Redraw.objects.filter(valid_from__lte=moment.today, state=Redraw.State.PLANNED)
    return list(rows.order_by("valid_from", "id").values_list("id", flat=True))


def lately(moment: Moment) -> list[int]:
    """The redraws of the last month: what came into an ended grid since is followed up."""
    since = moment.today - timedelta(days=_SWEPT_DAYS)
    rows = Redraw.objects.filter(valid_from__gte=since, state=Redraw.State.EFFECTIVE)
    return list(rows.order_by("valid_from", "id").values_list("id", flat=True))


def take_effect(redraw_id: int, *, moment: Moment) -> Redraw:
    """Put a planned redraw in force, as the system, inside the caller's transaction: grids, library, open work.

    The grids that end keep their rows and their days. Once in force, doing it again only follows up what has come
    into an ended grid since, such as by a file that speaks of an earlier day. A redraw that is not due, was dropped or
    never confirmed is left as it is.
    """
    redraw = _locked(redraw_id)
    again = redraw.state == Redraw.State.EFFECTIVE
    if redraw.valid_from > moment.today or not (again or redraw.state == Redraw.State.PLANNED):
        return redraw
    drawn = _by_village(
        _drawn(redraw.grids.order_by("code").values_list("code", "name", "polygon", "invented"))
    )
    counts: Counter[str] = Counter()
    for changes in rehearse(redraw).changes:
        if not again:
            _enter(redraw, changes, drawn[changes.village])
            counts.update(begun=len(changes.begins), ended=len(changes.ends), changed=len(changes.changed))
        touched = frozenset(changes.ends) if again else changes.touched
        if touched or changes.begins:
            _follow(redraw, changes, touched, drawn[changes.village], moment)
    kinds = redraw.moved.order_by("kind").values_list("kind").annotate(Count("id"))
    redraw.counts = (redraw.counts or dict(counts)) | dict(kinds)
    redraw.state = Redraw.State.EFFECTIVE
    redraw.effective_at = redraw.effective_at or moment.at
    redraw.save(update_fields=["counts", "state", "effective_at"])
    return redraw


def note_moves(redraw_id: int, kind: str, moves: Iterable[tuple[int, str, str]]) -> None:
    """Keep what a redraw moved: (number, area before, area after) of businesses or visits."""
    moves = list(moves)
    if not moves:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO places_moved (redraw_id, kind, number, before, after) SELECT %s, %s, m.* FROM"
            " unnest(%s::bigint[], %s::text[], %s::text[]) AS m (number, before, after) ORDER BY number",
            [redraw_id, kind, *(list(column) for column in zip(*moves, strict=True))],
        )


def moved(redraw_id: int, *, after: int = 0, size: int = 5_000) -> list[Moved]:
    """What a redraw moved, in the order it was noted, as far as the post sees it."""
    return list(Moved.objects.filter(redraw_id=redraw_id, id__gt=after).order_by("id")[:size])


def without_officers(codes: Sequence[str], on: date) -> list[str]:
    """Those grids for which no officer holds a post on a day: what moves there would wait for nobody."""
    held = Post.objects.filter(role=Role.OFFICER, area__in=codes, valid_from__lte=on)
    held = held.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    return sorted(set(codes) - set(held.values_list("area", flat=True)))


def _locked(redraw_id: int) -> Redraw:
    return Redraw.objects.select_for_update().get(pk=redraw_id)


def _taken(villages: Iterable[str], valid_from: date) -> list[str]:
    """Villages that are redrawn on that day or later already: each day has one drawing."""
    villages = set(villages)
    drawn = set(
        Grid.objects.filter(village_id__in=villages, valid_from__gte=valid_from).values_list(
            "village_id", flat=True
        )
    )
    planned = RedrawnGrid.objects.filter(
        redraw__state=Redraw.State.PLANNED, redraw__valid_from__gte=valid_from
    ).values_list("code", flat=True)
    drawn |= {code[:12] for code in planned} & villages
    return [
        f"{village} 在该日或以后已有网格调整 / {village} is redrawn on that day or later already"
        for village in sorted(drawn)
    ][:20]


def _beside(redrawn: set[str], today: date) -> list[Drawn]:
    """The grids of the villages that keep theirs, in the towns that are redrawn and around."""
    rows = _in_force(today).exclude(village_id__in=redrawn)
    return _drawn(rows.order_by("code").values_list("code", "name", "polygon", "invented"))


def _in_force(on: date) -> Any:
    return Grid.objects.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))


def _before(villages: Iterable[str], valid_from: date) -> list[Drawn]:
    rows = _in_force(valid_from - timedelta(days=1)).filter(village_id__in=list(villages))
    return _drawn(rows.order_by("code").values_list("code", "name", "polygon", "invented"))


def _drawn(rows: Iterable[tuple[str, str, str, bool]]) -> list[Drawn]:
    rows = list(rows)
    shapes = shapely.from_wkt([polygon or None for _, _, polygon, _ in rows])
    return [
        Drawn(code, name, shape, invented)
        for (code, name, _, invented), shape in zip(rows, shapes, strict=True)
    ]


def _by_village(grids: Iterable[Drawn]) -> dict[str, list[Drawn]]:
    found: dict[str, list[Drawn]] = defaultdict(list)
    for grid in grids:
        found[grid.village].append(grid)
    return found


def _enter(redraw: Redraw, changes: Changes, grids: Sequence[Drawn]) -> None:
    """End the grids that are others now and add the new ones; what stays as it was keeps its row."""
    others = {*changes.changed, *changes.renamed}
    Grid.objects.filter(code__in={*others, *changes.ends}, valid_to__isnull=True).update(
        valid_to=redraw.valid_from
    )
    Grid.objects.bulk_create(
        [
            Grid(
                code=grid.code,
                village_id=grid.village,
                name=grid.name,
                polygon=shapely.to_wkt(grid.polygon, rounding_precision=7),
                invented=grid.invented,
                valid_from=redraw.valid_from,
            )
            for grid in grids
            if grid.code in others or grid.code in changes.begins
        ]
    )


def _follow(
    redraw: Redraw, changes: Changes, touched: frozenset[str], grids: Sequence[Drawn], moment: Moment
) -> None:
    doors = _library_follows(changes, touched, grids)
    event = Redrawn(
        redraw=redraw.pk,
        village=changes.village,
        touched=touched,
        doors=doors,
        becomes=changes.becomes,
        mostly=changes.mostly,
        only=grids[0].code if len(grids) == 1 else None,
        acting=SYSTEM,
        moment=moment,
    )
    publish(event, acting=SYSTEM, moment=moment)


def _library_follows(changes: Changes, touched: frozenset[str], grids: Sequence[Drawn]) -> dict[str, str]:
    """Bring the library's own grids up to date; the grid of each door that is known in the new drawing.

    A point says where it is in any drawing. What is known only by its old grid goes along where all of that went into
    one new grid, and is known by its village otherwise.
    """
    village = changes.village
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, door_key, lon, lat, area, source = 'learnt' FROM places_address"
            " WHERE area >= %s AND area < %s AND valid_to IS NULL ORDER BY id FOR UPDATE",
            [village, village + "~"],
        )
        rows = cursor.fetchall()
    points = redrawing.locate(grids, [row[2] for row in rows], [row[3] for row in rows])
    area_of: dict[int, str] = {}
    at_door: dict[str, list[AtDoor]] = defaultdict(list)
    for (number, key, _, _, area, learnt), point in zip(rows, points, strict=True):
        now = point or (changes.becomes.get(area, village) if area in touched else area)
        if now != area:
            area_of[number] = now
        if len(now) > len(village):
            at_door[key].append(AtDoor(now, learnt, number))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE places_address a SET area = said.area, changed_at = clock_timestamp()"
            " FROM unnest(%s::bigint[], %s::text[]) AS said (id, area) WHERE a.id = said.id",
            [list(area_of), list(area_of.values())],
        )
    several: Mapping[str, Sequence[str]] = {village: tuple(grid.code for grid in grids)}
    found = {key: grid_of(village, known, several) for key, known in at_door.items()}
    return {key: grid for key, grid in found.items() if grid is not None}
