"""Loads an invented city: its address library, people, businesses, and a few months of what happened to them."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import numpy as np
from django.db import connection, connections

from gongzhi.clues.discovering import open_clues
from gongzhi.clues.models import Clue, Market
from gongzhi.clues.nightly import run as nightly_run
from gongzhi.coordinates import WGS84
from gongzhi.demo import businesses as invented
from gongzhi.demo import library as invented_library
from gongzhi.demo.changes import invent_changes
from gongzhi.demo.clue_examples import add_examples
from gongzhi.demo.clue_work import ClueWork
from gongzhi.demo.clues import invent_clues
from gongzhi.demo.geography import Grid as InventedGrid
from gongzhi.demo.geography import read_villages
from gongzhi.demo.gridfile import read_grids
from gongzhi.demo.history import Week
from gongzhi.demo.staff import Staff, existing, hire, open_accounts
from gongzhi.flow.moment import Moment, moment_at, noon
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.org.models import Grid, Post
from gongzhi.places.actions import import_library
from gongzhi.places.placing import Placer
from gongzhi.places.queries import placer
from gongzhi.registry.intake.running import run_import
from gongzhi.registry.models import Business, Import
from gongzhi.visits import graph as visits_graph

_PACK = Path(str(files("gongzhi.packs"))) / "dongguan"
CITY = "4419"
WEEKS = 13
_STOCK_WEEKS = 12
"""Weeks over which the old stock comes in, so that there is work under way everywhere."""
SEED = 20_260_921
CLUES_A_WEEK = 60
"""Operators without licence or permit that are found in the invented city in a week."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How large the invented city is."""

    businesses: int = 20_000
    addresses: int = 15_000


def is_loaded() -> bool:
    """Whether an invented city was loaded, whole: the last of its imports is there."""
    return _is_imported(f"{_PREFIX}{WEEKS:02d}.csv")


_PREFIX = "demo-week-"


def load(today: date, password: str, *, size: Size, clock: Callable[[], datetime], say: Say) -> None:
    """Invent the city up to `today`. A load that was interrupted goes on where it stopped.

    Raises ValueError when the database holds businesses that are not invented.
    """
    since = today - timedelta(weeks=WEEKS)
    with tempfile.TemporaryDirectory(prefix="gongzhi-demo-") as folder:
        entries = _library(Path(folder), since, size, clock)
        say(f"标准地址 {len(entries)} 条")
        staff = _staff(since, clock)
        rows = list(
            invented.invent_businesses(size.businesses, entries, np.random.default_rng(SEED + 1), today)
        )
        weeks = _by_week(rows, since, today)
        with acting_as(SYSTEM, clock()):
            places = placer(today)
        for number, (day, registered) in enumerate(weeks):
            file = Path(folder) / f"{_PREFIX}{number:02d}.csv"
            if _is_imported(f"{_PREFIX}{number + 1:02d}.csv"):
                continue
            some = list(registered)
            if number == WEEKS - 3:
                known = [row for _, earlier in weeks[:number] for row in earlier]
                some += [
                    change.row for change in invent_changes(known, entries, np.random.default_rng(SEED + 2))
                ]
            _import(file, some, day, places, clock)
            if number < len(weeks) - 1:
                _work(staff, weeks[number + 1][0] - timedelta(days=1), number, clock)
            say(f"{day.isoformat()} 登记 {len(some)} 户")
        grid = _busiest_grid_as_system(clock)
        say(f"线索 {_examples(staff, grid, today, clock)} 条各在一步")
        with acting_as(SYSTEM, clock()):
            open_accounts(grid, password)


def _busiest_grid_as_system(clock: Callable[[], datetime]) -> str:
    with acting_as(SYSTEM, clock()):
        return _busiest_grid()


def _examples(staff: Staff, grid: str, today: date, clock: Callable[[], datetime]) -> int:
    """A clue in every state where the demo's own accounts work; once, however often the load goes on."""
    with acting_as(SYSTEM, clock()):
        if Clue.objects.filter(area=grid, source_ref="demo-0").exists():
            return 0
    moment = moment_at(noon(today))
    work = ClueWork(staff, moment, np.random.default_rng(SEED), {})
    return add_examples(grid, staff, work, moment)


def _busiest_grid() -> str:
    """The grid whose officer has most doors left to call at: who tries the demo should find work there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT area FROM flow_case WHERE is_open AND graph = %s AND state = ANY(%s)"
            " GROUP BY area ORDER BY count(*) DESC, area LIMIT 1",
            [visits_graph.NAME, [visits_graph.TO_VISIT, visits_graph.GUIDED]],
        )
        return str(cursor.fetchone()[0])


def _is_imported(name: str) -> bool:
    return Import.objects.filter(file_name=name, finished_at__isnull=False).exists()


def _library(
    folder: Path, since: date, size: Size, clock: Callable[[], datetime]
) -> list[invented_library.Entry]:
    villages = read_villages(_PACK / "villages.csv")
    grids: list[InventedGrid] = read_grids(_PACK / "grids.csv.gz")
    entries = invented_library.invent_library(villages, grids, size.addresses, np.random.default_rng(SEED))
    file = folder / "library.csv"
    invented_library.write_csv(entries, file)
    with acting_as(SYSTEM, clock()):
        if Business.objects.filter(invented=False).exists():
            raise ValueError("the database holds real businesses; an invented city needs an empty one")
        import_library(file, moment=moment_at(noon(since)), system=WGS84)
    return entries


def _staff(since: date, clock: Callable[[], datetime]) -> Staff:
    with acting_as(SYSTEM, clock()):
        if Post.objects.exists():
            return existing()
        Market.objects.get_or_create(
            code="m0001",
            defaults={
                "name": "虚构综合市场",
                "area": Grid.objects.order_by("code").values_list("code", flat=True)[0],
                "address": "振兴路66号",
            },
        )
        return hire(since, np.random.default_rng(SEED + 3), city=CITY)


def _by_week(
    rows: Iterable[invented.Business], since: date, today: date
) -> list[tuple[date, list[invented.Business]]]:
    """What each week's file holds: the old stock of some towns, as the city takes them in one after another, and what
    was registered in that week."""
    weeks: dict[int, list[invented.Business]] = defaultdict(list)
    for row in rows:
        established = row.established_date
        day = established if isinstance(established, date) else date.fromisoformat(established)
        week = -(-(day - since).days // 7)
        weeks[week if week > 0 else int(row.village_code[6:9]) % _STOCK_WEEKS].append(row)
    return [(min(since + timedelta(weeks=n), today), weeks[n]) for n in range(WEEKS + 1)]


def _import(
    file: Path, rows: list[invented.Business], day: date, places: Placer, clock: Callable[[], datetime]
) -> None:
    invented.write_csv(rows, file)
    run_import(file, as_of=day, places=places, city=CITY, clock=clock, invented=True)


def _work(staff: Staff, day: date, number: int, clock: Callable[[], datetime]) -> None:
    moment: Moment = moment_at(noon(day))
    # Most of what waits is done within the week, and less of what came last.
    share = 0.8 if number < WEEKS - 3 else 0.55
    with acting_as(SYSTEM, clock()):
        grids: dict[str, list[str]] = defaultdict(list)
        for code in Grid.objects.filter(valid_to__isnull=True).values_list("code", flat=True):
            grids[code[:12]].append(code)
        Week(staff, moment, np.random.default_rng([SEED, number]), dict(grids), share).run()
        rng = np.random.default_rng([SEED + 5, number])
        codes = sorted(code for some in grids.values() for code in some)
        open_clues(invent_clues(CLUES_A_WEEK, codes, rng, day), acting=SYSTEM, moment=moment)
        work = ClueWork(staff, moment, rng, dict(grids), share)
        for _ in range(3):
            work.run()
        nightly_run(moment=moment)
    connections.close_all()
