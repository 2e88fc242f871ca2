"""How fast a city's register comes in: businesses a second, end to end and durable.

    python benchmarks/registry_import.py [BUSINESSES] [ADDRESSES]

Makes an invented city in a folder of its own, with a database server of its own (fsync on), and runs the command
that everybody runs: reading, checking, matching of scopes and addresses, and every notice and visit that follows.
The alternative beside it takes in the same registrations one at a time, a transaction each, as a form does. The part
of it that says where addresses lie (village, door and grid) is measured by itself as well, beside one by one.
"""

from __future__ import annotations

import atexit
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TODAY = date(2026, 9, 21)
ONE_BY_ONE = 400
PLACED, AT_ONCE = 40_000, 10_000


def main() -> None:
    """Measure and print."""
    businesses = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    addresses = int(sys.argv[2]) if len(sys.argv) > 2 else 60_000
    folder = Path(tempfile.mkdtemp(prefix="gongzhi-benchmark-"))
    # Registered first, so that it comes last: the server is let go before its folder disappears.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    os.environ["GONGZHI_HOME"] = str(folder / "home")
    os.environ.pop("DATABASE_URL", None)
    # Commands start with compiled modules, as an installed system's do; here they go into the folder.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    _command("database", "start")
    atexit.register(_command, "database", "stop")
    _measure(folder, businesses, addresses)


def _measure(folder: Path, businesses: int, addresses: int) -> None:
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    _command("init", "--city", "dongguan")
    city, some = folder / "city.csv", folder / "some.csv"
    _make_city(folder, businesses, addresses)
    alone = _one_by_one(some)
    print(f"one at a time, a transaction each: {ONE_BY_ONE / alone:,.0f} businesses/s ({ONE_BY_ONE} of them)")
    _place(city)
    seconds, line = _import(city)
    print(
        f"gongzhi registry import:           {businesses / seconds:,.0f} businesses/s ({seconds:.1f} s, whole command)"
    )
    print(line)
    seconds, line = _import(city)
    print(f"the same file again:               {businesses / seconds:,.0f} businesses/s ({seconds:.1f} s)")
    print(line)


def _make_city(folder: Path, businesses: int, addresses: int) -> None:
    from gongzhi.cli.main import with_django  # noqa: PLC0415  the environment has to be set first
    from gongzhi.coordinates import WGS84  # noqa: PLC0415  the environment has to be set first

    os.environ["GONGZHI_POOL"] = "0"
    with_django()
    import numpy as np  # noqa: PLC0415

    from gongzhi import packs  # noqa: PLC0415
    from gongzhi.demo import businesses as invented  # noqa: PLC0415
    from gongzhi.demo import library  # noqa: PLC0415
    from gongzhi.demo.geography import read_villages  # noqa: PLC0415
    from gongzhi.demo.gridfile import read_grids  # noqa: PLC0415
    from gongzhi.flow.moment import moment_at, moment_now, noon  # noqa: PLC0415
    from gongzhi.org.access import acting_as  # noqa: PLC0415
    from gongzhi.org.acting import SYSTEM  # noqa: PLC0415
    from gongzhi.places.actions import import_library  # noqa: PLC0415

    pack = Path(packs.__file__).parent / "dongguan"
    rng = np.random.default_rng(7)
    villages = read_villages(pack / "villages.csv")
    entries = library.invent_library(villages, read_grids(pack / "grids.csv.gz"), addresses, rng)
    library.write_csv(entries, folder / "library.csv")
    started = time.perf_counter()
    with acting_as(SYSTEM, moment_now().at):
        import_library(folder / "library.csv", moment=moment_at(noon(TODAY)), system=WGS84)
    print(f"library of {addresses:,} addresses imported in {time.perf_counter() - started:.1f} s")
    made = invented.invent_businesses(businesses + ONE_BY_ONE, entries, rng, TODAY)
    rows = list(made)
    invented.write_csv(rows[:ONE_BY_ONE], folder / "some.csv")
    invented.write_csv(rows[ONE_BY_ONE:], folder / "city.csv")


def _one_by_one(file: Path) -> float:
    from gongzhi.flow.moment import moment_at, moment_now, noon  # noqa: PLC0415
    from gongzhi.org.access import acting_as  # noqa: PLC0415
    from gongzhi.org.acting import SYSTEM  # noqa: PLC0415
    from gongzhi.places.queries import placer  # noqa: PLC0415
    from gongzhi.registry.actions import register_one  # noqa: PLC0415
    from gongzhi.registry.intake.columns import read_heading  # noqa: PLC0415
    from gongzhi.registry.intake.reading import RowsOf  # noqa: PLC0415

    rows = list(RowsOf(file))
    columns = read_heading(rows[0].cells)
    with acting_as(SYSTEM, moment_now().at):
        places = placer(TODAY)
    moment = moment_at(noon(TODAY))
    started = time.perf_counter()
    for row in rows[1:]:
        with acting_as(SYSTEM, moment_now().at):
            register_one(
                columns.stated(row.line, row.cells), places=places, city="4419", acting=SYSTEM, moment=moment
            )
    return time.perf_counter() - started


def _place(file: Path) -> None:
    """Processor time of saying where addresses lie, by the thousand as an import asks and one by one as a form does."""
    from gongzhi.collector import at_rest  # noqa: PLC0415
    from gongzhi.places.queries import placer  # noqa: PLC0415
    from gongzhi.registry.intake.columns import read_heading  # noqa: PLC0415
    from gongzhi.registry.intake.reading import RowsOf  # noqa: PLC0415

    rows = iter(RowsOf(file))
    columns = read_heading(next(rows).cells)
    texts = [columns.stated(row.line, row.cells).address for row in islice(rows, PLACED)]
    places = placer(TODAY)
    with at_rest():  # as in an import
        started = time.process_time()
        together = [one for batch in _batches(texts) for one in places.place_many(batch)]
        took = time.process_time() - started
        started = time.process_time()
        alone = [places.place(text) for text in texts[:ONE_BY_ONE]]
        took_alone = time.process_time() - started
    assert alone == together[:ONE_BY_ONE]
    print(
        f"placed with doors and grids, {AT_ONCE:,} at once: {len(texts) / took:,.0f} addresses/s a core; "
        f"one at a time {len(alone) / took_alone:,.0f}/s"
    )


def _batches(texts: list[str]) -> Iterator[list[str]]:
    """`texts` in the portions in which an import asks."""
    for begin in range(0, len(texts), AT_ONCE):
        yield texts[begin : begin + AT_ONCE]


def _import(file: Path) -> tuple[float, str]:
    started = time.perf_counter()
    line = _command("registry", "import", str(file), "--as-of", TODAY.isoformat())
    return time.perf_counter() - started, json.dumps(json.loads(line), ensure_ascii=False)


def _command(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "gongzhi.cli.main", *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.strip()


if __name__ == "__main__":
    main()
