"""How long a city waits when all its grids are redrawn: open visits, businesses and notices moved in one transaction.

    python benchmarks/redraw.py [BUSINESSES] [ADDRESSES]

Makes an invented city in a folder of its own, with a database server of its own (fsync on), and every visit open. In
each village the first two grids become one and the third is cut in two. The alternative beside it moves one visit with
its businesses at a time, a transaction each, as a form does.
"""

from __future__ import annotations

import atexit
import os
import platform
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from registry_import import TODAY, _command, _import, _make_city

ONE_BY_ONE = 300


def main() -> None:
    """Measure and print."""
    businesses = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    addresses = int(sys.argv[2]) if len(sys.argv) > 2 else 60_000
    folder = Path(tempfile.mkdtemp(prefix="gongzhi-benchmark-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    os.environ["GONGZHI_HOME"] = str(folder / "home")
    os.environ.pop("DATABASE_URL", None)
    _command("database", "start")
    atexit.register(_command, "database", "stop")
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    _command("init", "--city", "dongguan")
    _make_city(folder, businesses, addresses)
    _import(folder / "city.csv")
    _redraw()


def _redraw() -> None:
    from gongzhi.flow.moment import moment_at, noon  # noqa: PLC0415  Django is ready only now
    from gongzhi.org.access import acting_as  # noqa: PLC0415
    from gongzhi.org.acting import SYSTEM  # noqa: PLC0415
    from gongzhi.org.models import Grid  # noqa: PLC0415
    from gongzhi.places import redraws  # noqa: PLC0415
    from gongzhi.places.models import Moved  # noqa: PLC0415

    moment = moment_at(noon(TODAY))
    with acting_as(SYSTEM):
        content = _drawing(Grid.objects.order_by("code").values_list("code", "name", "polygon"))
    started = time.perf_counter()
    with acting_as(SYSTEM):
        redraw = redraws.hand_in("all.csv", content, valid_from=TODAY, acting=SYSTEM, moment=moment)
        changes = redraws.rehearse(redraw).changes
        redraws.confirm(redraw.pk, acting=SYSTEM, moment=moment)
    print(
        f"handed in and laid over the old grids: {time.perf_counter() - started:.1f} s, {len(changes)} villages"
    )
    started = time.perf_counter()
    with acting_as(SYSTEM):
        done = redraws.take_effect(redraw.pk, moment=moment)
    seconds = time.perf_counter() - started
    visits = done.counts.get("visit", 0)
    print(f"in force with all that follows:        {seconds:.1f} s, {done.counts}")
    print(
        f"                                       {visits / seconds:,.0f} visits/s with their businesses and notices"
    )
    print(f"most memory used: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    with acting_as(SYSTEM):
        some = list(
            Moved.objects.filter(kind="visit").order_by("id").values_list("number", flat=True)[:ONE_BY_ONE]
        )
    alone = _one_by_one(some, moment)
    print(f"one at a time, a transaction each:     {len(some) / alone:,.0f} visits/s ({len(some)} of them)")
    started = time.perf_counter()
    with acting_as(SYSTEM):
        redraws.take_effect(redraw.pk, moment=moment)
    print(f"the same redraw again:                 {time.perf_counter() - started:.1f} s")


def _drawing(rows: object) -> bytes:
    import shapely  # noqa: PLC0415

    villages: dict[str, list[tuple[str, str, object]]] = {}
    for code, name, polygon in rows:  # type: ignore[attr-defined]
        villages.setdefault(code[:12], []).append((code, name, shapely.from_wkt(polygon)))
    lines = ["grid_code,village_code,name,polygon_wkt"]
    for village, grids in villages.items():
        kept = grids[3:]
        if len(grids) > 1:
            kept.append((village + "090", "合并网格", shapely.union_all([grids[0][2], grids[1][2]])))
        else:
            kept += grids[:1]
        for _, _, whole in grids[2:3]:
            west, south, east, north = whole.bounds  # type: ignore[attr-defined]
            middle = (west + east) / 2
            for at, box in ((91, (west, south, middle, north)), (92, (middle, south, east, north))):
                half = shapely.intersection(whole, shapely.box(*box))
                kept.append((f"{village}{at:03d}", "拆分网格", half))
        lines += [f'{code},{village},{name},"{shapely.to_wkt(shape, 7)}"' for code, name, shape in kept]
    return "\n".join(lines).encode()


def _one_by_one(visits: list[int], moment: object) -> float:
    from gongzhi.flow.actions import transition  # noqa: PLC0415
    from gongzhi.flow.queries import cases_for  # noqa: PLC0415
    from gongzhi.org.access import acting_as  # noqa: PLC0415
    from gongzhi.org.acting import SYSTEM  # noqa: PLC0415
    from gongzhi.org.models import Grid  # noqa: PLC0415
    from gongzhi.registry.actions import place_businesses  # noqa: PLC0415
    from gongzhi.visits.models import VisitedBusiness  # noqa: PLC0415

    with acting_as(SYSTEM):
        standing = {case.id: case for case in cases_for(SYSTEM, visits, moment=moment)}  # type: ignore[arg-type]
        some_grid = dict(Grid.objects.filter(valid_to__isnull=True).values_list("village_id", "code"))
    started = time.perf_counter()
    for number in visits:
        case = standing[number]
        area = some_grid[case.area[:12]]
        action = "rematch_to_grid" if case.state == "to_assign" else "rematch"
        with acting_as(SYSTEM):
            transition(
                number, action, acting=SYSTEM, moment=moment, facts={"area": area}, form={"area": area}
            )  # type: ignore[arg-type]
            businesses = VisitedBusiness.objects.filter(visit_id=number).values_list("business_id", flat=True)
            place_businesses(dict.fromkeys(businesses, area), confirmed=False, acting=SYSTEM, moment=moment)  # type: ignore[arg-type]
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
