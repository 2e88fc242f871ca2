"""A city's clues of several years, generated at a realistic mix and brought to their ends through the graph, in bulk.

    python benchmarks/clues.py [CLUES] [--processes N] [--in FOLDER --seconds S]

357,200 is what one city had to 2021. Every clue is judged by the rules, opened, urged, pushed, objected to, handled,
checked and closed through the same acts as at a desk, by as many processes as there are cores, each with towns of its
own. Afterwards: all have ended, none is lost, the ledger's sums equal
the journal, and pages of the ledger and of work lists are timed for several posts. Beside them: the same acts one at
a time, and the page found by counting rows off (OFFSET). Clues come in portions, so that memory does not grow with
them; after each, one line says how far it is. Months pass in minutes here: while the tables still grow fast, their
statistics are taken anew between portions, as autovacuum does by itself where time passes.

On a machine that one has to oneself only for minutes at a time: with a FOLDER that stays, each process lets go after S
seconds and the same command goes on from there; the call that finds everything ended checks and measures. Only the
seconds in which a process worked are counted.
"""

from __future__ import annotations

import argparse
import atexit
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from machine import describe

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = date(2025, 1, 6)
PART = "GONGZHI_BENCHMARK_PART"
BATCHES = 24
MOST = 10_000
ONE_BY_ONE = 300
TRIES = 20
MIDDLE = "200000"
GROUPS = ("town", "village", "trade", "kind", "source", "department", "result", "age", "stock")


def main() -> None:
    """Generate, run to the end, check and measure; as one of several processes: only generate and run."""
    if os.environ.get(PART):
        _work(**json.loads(os.environ[PART]))
        return
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clues", type=int, nargs="?", default=357_200)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--in", type=Path, dest="folder")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    asked = parser.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="gongzhi-benchmark-"))
    if not asked.folder:
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    os.environ["GONGZHI_HOME"] = str(folder / "home")
    os.environ["DJANGO_SETTINGS_MODULE"] = "gongzhi.settings"
    os.environ.pop("DATABASE_URL", None)
    began = (folder / "home").exists()
    _command("database", "start")
    atexit.register(_command, "database", "stop")
    if not began:
        _command("init", "--city", "dongguan")
    print(describe(), flush=True)
    done = _run(asked.clues, asked.processes, folder, asked.seconds)
    if not all(one["ended"] for one in done):
        print(
            f"so far {sum(one['opened'] for one in done):,} of {asked.clues:,} opened; run it again to go on"
        )
        return
    if began and asked.seconds != float("inf") and any(one["worked"] for one in done):
        print("all have ended; run it again to check and measure")
        return
    import django  # noqa: PLC0415 - the settings read the home that was made a moment ago

    django.setup()
    day = date.fromisoformat(max(one["day"] for one in done))
    _check(asked.clues)
    _pages(day)
    _chains()
    print(f"the same one at a time: {_one_at_a_time(day):,.0f} acts/s", flush=True)


def _run(count: int, processes: int, folder: Path, seconds: float) -> list[dict[str, Any]]:
    """From finding to the end, by several processes at once; prints the rates, returns what each has done."""
    shares = [count // processes + (number < count % processes) for number in range(processes)]
    working = [
        subprocess.Popen(
            [sys.executable, __file__],
            env=os.environ
            | {
                PART: json.dumps(
                    {
                        "number": number,
                        "processes": processes,
                        "count": share,
                        "state": str(folder / f"part-{number}.json"),
                        "seconds": min(seconds, 1e9),
                    }
                )
            },
        )
        for number, share in enumerate(shares)
    ]
    for process in working:
        process.wait()
    assert all(process.returncode == 0 for process in working), "a process failed"
    done = [json.loads((folder / f"part-{number}.json").read_text()) for number in range(processes)]
    total = {
        name: sum(one[name] for one in done) for name in ("opened", "acts", "opening", "moving", "processor")
    }
    took = max(one["opening"] + one["moving"] for one in done)
    print(
        f"{total['opened']:,} clues, {total['acts']:,} acts after the openings, by {processes} processes at once:"
        f" {took:,.0f} s ({total['processor']:,.0f} s of processor in them, the rest is the database's)"
    )
    print(
        f"  each judges and opens {total['opened'] / total['opening']:,.0f}/s"
        f" and moves {total['acts'] / total['moving']:,.0f} acts/s",
        flush=True,
    )
    return done


def _work(*, number: int, processes: int, count: int, state: str, seconds: float) -> None:
    """The share of one process, in towns of its own, for so many seconds; what it has done stands in `state`."""
    import django  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    django.setup()
    from gongzhi.demo.clue_work import ClueWork, by_village  # noqa: PLC0415
    from gongzhi.demo.clues import invent_clues  # noqa: PLC0415
    from gongzhi.demo.staff import Staff  # noqa: PLC0415
    from gongzhi.org.access import acting_as  # noqa: PLC0415
    from gongzhi.org.acting import SYSTEM  # noqa: PLC0415

    every = _grids()
    towns = sorted({grid[:9] for grid in every})
    own = towns[number * len(towns) // processes : (number + 1) * len(towns) // processes]
    grids = [grid for grid in every if grid[:9] in set(own)]
    # What lies in no town yet is the first process's, which then names one of its own.
    among = ("" if number == 0 else own[0], f"{own[-1]}~")
    villages, staff = by_village(grids), Staff({}, {}, {}, {}, {})
    begun, size = time.perf_counter(), min(-(-count // BATCHES), MOST // processes)
    done = _state(Path(state)) | {"worked": False}
    while not done["ended"] and time.perf_counter() - begun < seconds:
        cpu, day = time.process_time(), date.fromisoformat(done["day"])
        moment, rng = _moment(day), np.random.default_rng([20_260_921, number, day.toordinal()])
        if done["opened"] < count:
            first = number * 100_000_000 + done["opened"]
            found = invent_clues(min(size, count - done["opened"]), grids, rng, day, first=first)
            if number:
                found = [one if len(one.area) > 4 else replace(one, area=grids[0]) for one in found]
            started = time.perf_counter()
            _open(found, moment)
            done["opening"] += time.perf_counter() - started
            done["opened"] += len(found)
        started = time.perf_counter()
        with acting_as(SYSTEM):
            made = ClueWork(staff, moment, rng, villages, share=1.0, among=among).run()
        if number == 0 and done["opened"] >= 2 * done["counted"]:
            done["counted"] = done["opened"]
            _analyze()
        done["moving"] += time.perf_counter() - started
        done["acts"] += made
        done["processor"] += time.process_time() - cpu
        done |= {
            "worked": True,
            "ended": done["opened"] >= count and not made,
            "day": (day + timedelta(days=7)).isoformat(),
        }
        Path(state).write_text(json.dumps(done))
        print(
            f"  {number}: {day}, {done['opened']:,} of {count:,} opened, {done['acts']:,} acts,"
            f" {done['opening'] + done['moving']:,.0f} s, at most"
            f" {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB in this process",
            file=sys.stderr,
            flush=True,
        )
    Path(state).write_text(json.dumps(done))


def _state(path: Path) -> dict[str, Any]:
    """What a process has done so far."""
    if path.exists():
        found: dict[str, Any] = json.loads(path.read_text())
        return found
    return {
        **dict.fromkeys(("opened", "acts", "counted"), 0),
        **dict.fromkeys(("opening", "moving", "processor"), 0.0),
        "day": FIRST.isoformat(),
        "ended": False,
    }


def _grids() -> list[str]:
    from gongzhi.org.access import acting_as  # noqa: PLC0415
    from gongzhi.org.acting import SYSTEM  # noqa: PLC0415
    from gongzhi.org.models import Grid  # noqa: PLC0415

    with acting_as(SYSTEM):
        return list(Grid.objects.order_by("code").values_list("code", flat=True))


def _analyze(*, whole: bool = False) -> None:
    from django.db import connections  # noqa: PLC0415

    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)" if whole else "ANALYZE")


def _open(found: list[Any], moment: Any) -> None:
    from gongzhi.clues.discovering import open_clues  # noqa: PLC0415
    from gongzhi.clues.likening import propose_likenesses  # noqa: PLC0415
    from gongzhi.demo.clues import judged_once  # noqa: PLC0415
    from gongzhi.org.access import acting_as  # noqa: PLC0415
    from gongzhi.org.acting import SYSTEM  # noqa: PLC0415

    for start in range(0, len(found), 5000):
        with acting_as(SYSTEM):
            ids = open_clues(found[start : start + 5000], acting=SYSTEM, moment=moment, judged=judged_once)
            propose_likenesses(ids, moment=moment)


def _one_at_a_time(day: date) -> float:
    """Acts a second when each clue is opened and moved by itself, a transaction an act, as at a desk."""
    import numpy as np  # noqa: PLC0415

    from gongzhi.clues.discovering import open_clues  # noqa: PLC0415
    from gongzhi.demo.clues import invent_clues  # noqa: PLC0415
    from gongzhi.flow.actions import transition  # noqa: PLC0415
    from gongzhi.org.access import acting_as  # noqa: PLC0415
    from gongzhi.org.acting import SYSTEM, Acting  # noqa: PLC0415
    from gongzhi.org.roles import Role  # noqa: PLC0415

    moment, acts = _moment(day), 0
    found = [
        one
        for one in invent_clues(2 * ONE_BY_ONE, _grids(), np.random.default_rng(1), day)
        if len(one.area) == 15
    ]
    started = time.perf_counter()
    for one in found[:ONE_BY_ONE]:
        with acting_as(SYSTEM):
            [case_id] = open_clues([one], acting=SYSTEM, moment=moment)
        village = Acting(1, Role.VILLAGE, one.area[:12])
        with acting_as(SYSTEM):
            state = _standing(case_id)
        if state == "found":
            for action, form in (("urge", {}), ("correct", {"result": "licensed", "words": "已办照"})):
                with acting_as(village):
                    transition(case_id, action, acting=village, moment=moment, form=form)
                acts += 1
        acts += 1
    return acts / (time.perf_counter() - started)


def _standing(case_id: int) -> str:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM flow_case WHERE id = %s", [case_id])
        return str(cursor.fetchone()[0])


def _check(count: int) -> None:
    """All have ended, none is lost, and the ledger agrees with the journal, whatever it is summed by."""
    from django.db import connection  # noqa: PLC0415

    from gongzhi.clues.ledger import LedgerFilter, sums  # noqa: PLC0415
    from gongzhi.org.access import acting_as  # noqa: PLC0415
    from gongzhi.org.acting import SYSTEM, Acting  # noqa: PLC0415
    from gongzhi.org.roles import Role  # noqa: PLC0415

    city = Acting(1, Role.CITY_OFFICE, "4419")
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE c.is_open), count(k.case_id) FROM flow_case c"
            " LEFT JOIN clues_clue k ON k.case_id = c.id WHERE c.graph = 'clues'"
        )
        cases, still, rows = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FILTER (WHERE j.source = ''), count(*) FILTER (WHERE j.target = 'closed'),"
            " count(*) FILTER (WHERE j.target = 'not_unlicensed'), count(*) FILTER (WHERE j.target = 'merged'),"
            " count(*) FILTER (WHERE j.target = 'withdrawn'), count(*) FROM flow_journal j JOIN clues_clue k"
            " ON k.case_id = j.case_id WHERE k.part_of_id IS NULL AND j.source <> j.target"
        )
        journal = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM clues_clue k WHERE k.part_of_id IS NULL AND k.ended = 'merged'"
            " AND NOT EXISTS (SELECT FROM clues_clue other WHERE other.case_id = k.merged_into_id)"
        )
        (lost,) = cursor.fetchone()
    assert cases == rows, f"{cases - rows} cases have no clue"
    with acting_as(city):
        totals = {by: sums(city, LedgerFilter(), by, moment=_moment(FIRST)) for by in GROUPS}
    for by, found in totals.items():
        summed = tuple(
            sum(getattr(one, name) for one in found)
            for name in ("found", "closed", "dismissed", "merged", "withdrawn")
        )
        assert summed == tuple(journal[:5]), f"the ledger by {by} says {summed}, the journal {journal[:5]}"
    print(
        f"{cases:,} cases of clues and of departments' parts, {still:,} still open, {lost:,} merged into nothing"
    )
    print(
        f"  ledger by {', '.join(totals)}: each sums to the journal's {journal[0]:,} found, {journal[1]:,} closed,"
        f" {journal[2]:,} not unlicensed, {journal[3]:,} merged",
        flush=True,
    )
    assert (still, lost) == (0, 0)
    assert journal[0] >= count


def _chains() -> None:
    """Every journal line is what it was when it was written."""
    from gongzhi.flow.verify import verify  # noqa: PLC0415
    from gongzhi.org.access import acting_as  # noqa: PLC0415
    from gongzhi.org.acting import SYSTEM  # noqa: PLC0415

    started = time.perf_counter()
    with acting_as(SYSTEM):
        seen = verify()
    assert not seen.broken, f"{len(seen.broken)} journals are broken"
    took = time.perf_counter() - started
    print(
        f"{seen.lines:,} journal lines of {seen.cases:,} cases, chains whole; checked in {took:,.0f} s",
        flush=True,
    )


def _pages(day: date) -> None:
    """Pages of the ledger, its sums and work lists, p50 and p95 of several tries, for each kind of post."""
    from gongzhi.clues.ledger import LedgerFilter, ledger, sums  # noqa: PLC0415
    from gongzhi.flow.queries import Filter, waiting  # noqa: PLC0415
    from gongzhi.org.acting import Acting  # noqa: PLC0415
    from gongzhi.org.roles import Role  # noqa: PLC0415

    # As autovacuum does where the time between portions passes: pages that nobody writes to are known as such.
    _analyze(whole=True)
    moment = _moment(day)
    town, village = "441900119", "441900119010"
    posts = {
        "city office": Acting(1, Role.CITY_OFFICE, "4419"),
        "town office": Acting(2, Role.TOWN_OFFICE, town),
        "village team": Acting(3, Role.VILLAGE, village),
        "department of a town": Acting(4, Role.DEPARTMENT, town, "market"),
        "department of the city": Acting(5, Role.DEPARTMENT, "4419", "tobacco"),
        "command centre": Acting(6, Role.COMMAND, "4419"),
    }
    filters = {
        "all": LedgerFilter(),
        "trade": LedgerFilter(trade="catering"),
        "class and ended": LedgerFilter(kind="neither", standing="ended"),
        "serious": LedgerFilter(serious=True),
        "open": LedgerFilter(standing="open"),
        "objected": LedgerFilter(standing="objected"),
        "old stock of a trade": LedgerFilter(
            trade="scrap", stock=True, stock_before=FIRST + timedelta(days=60)
        ),
        "a result": LedgerFilter(result="closed_down"),
        "a result that is rare": LedgerFilter(result="police"),
    }
    print(f"{'':60}{'p50 ms':>10}{'p95 ms':>10}")
    pages, firsts = [], []
    for post, acting in posts.items():
        for label, wanted in filters.items():
            page = partial(ledger, acting, wanted, moment=moment)
            first = partial(_both, page, partial(sums, acting, wanted, "town", moment=moment))
            pages.append(_timed(f"ledger, {post}, {label}: page", acting, page))
            pages.append(
                _timed(f"ledger, {post}, {label}: a later page", acting, partial(page, after=MIDDLE))
            )
            firsts.append(_timed(f"ledger, {post}, {label}: first page with its sums", acting, first))
        work_list = partial(waiting, acting, Filter(graph="clues"), moment=moment)
        pages.append(_timed(f"work list, {post}", acting, work_list))
        page = partial(ledger, acting, LedgerFilter(), moment=moment)
        for by in GROUPS:
            first = partial(_both, page, partial(sums, acting, LedgerFilter(), by, moment=moment))
            firsts.append(_timed(f"ledger, {post}: first page with sums by {by}", acting, first))
    print(f"slowest p95 of {len(pages)} pages: {max(pages):.0f} ms")
    print(f"slowest p95 of {len(firsts)} first pages with their sums: {max(firsts):.0f} ms")
    _offset(posts["city office"])


def _both(page: Callable[[], Any], summed: Callable[[], Any]) -> None:
    page()
    summed()


def _offset(city: Any) -> None:
    """The alternative: a page far down, by its place among all rows instead of by the row before it."""
    from django.db import connection  # noqa: PLC0415

    def far() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT k.case_id, o.sign FROM clues_clue k JOIN flow_case c ON c.id = k.case_id JOIN clues_operator o"
                " ON o.id = k.operator_id ORDER BY k.case_id DESC LIMIT 30 OFFSET (SELECT count(*) / 2 FROM clues_clue)"
            )
            cursor.fetchall()

    _timed("a page in the middle by OFFSET (alternative)", city, far, tries=5)


def _timed(label: str, acting: Any, work: Callable[[], None], tries: int = TRIES) -> float:
    from gongzhi.org.access import acting_as  # noqa: PLC0415

    times = []
    for _ in range(tries):
        with acting_as(acting):
            started = time.perf_counter()
            work()
            times.append((time.perf_counter() - started) * 1000)
    times.sort()
    p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
    print(f"{label:60}{times[len(times) // 2]:10.1f}{p95:10.1f}")
    return p95


def _moment(day: date) -> Any:
    from gongzhi.flow.moment import moment_at  # noqa: PLC0415

    return moment_at(datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI))


def _command(*words: str) -> None:
    subprocess.run(
        [str(Path(sys.executable).parent / "gongzhi"), *words], check=True, stdout=subprocess.DEVNULL
    )


if __name__ == "__main__":
    main()
