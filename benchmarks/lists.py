"""How long lists take when a city is full: hundreds of thousands of open cases, each post's lists and counts.

    python benchmarks/lists.py [OPEN CASES]

Fills a database of its own with open cases (rows only; this measures reading), asks for each kind of post the lists
that its pages show, through row security, and prints the slowest of several tries. The alternative beside it is row
security written as a bare range of areas, which is the obvious way to write it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from machine import describe

TRIES = 5
_FILL = """
INSERT INTO flow_case (id, graph, state, is_open, owner_role, area, department, opened_on, limit_name, started_on, due,
    provisional, seq, head, lock_slot)
SELECT 10000000 + i, CASE WHEN i %% 3 = 0 THEN 'visits' ELSE 'notices' END,
    (ARRAY['to_visit', 'received', 'following_up'])[1 + i %% 3], true,
    CASE WHEN i %% 3 = 0 THEN 'officer' ELSE 'department' END, grids.codes[1 + i %% array_length(grids.codes, 1)],
    CASE WHEN i %% 3 <> 0 THEN (ARRAY['market', 'tobacco', 'health', 'police', 'culture'])[1 + i %% 5] END,
    DATE '2026-09-01', 'visit.first', DATE '2026-09-01', DATE '2026-10-01' + (i %% 90), false, 1, '', 0
FROM generate_series(1, %s) i, (SELECT array_agg(code ORDER BY code) AS codes FROM org_grid) grids
"""
_RANGE = """
ALTER POLICY flow_case_scope ON flow_case USING (
    area >= (SELECT (org_scope()).low) AND area < (SELECT (org_scope()).high)
    AND ((SELECT (org_scope()).department) IS NULL OR department IS NULL
        OR department = (SELECT (org_scope()).department)))
"""


def main() -> None:
    """Measure and print."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 600_000
    folder = Path(tempfile.mkdtemp(prefix="gongzhi-benchmark-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    os.environ["GONGZHI_HOME"] = str(folder / "home")
    os.environ["DJANGO_SETTINGS_MODULE"] = "gongzhi.settings"
    os.environ.pop("DATABASE_URL", None)
    _command("database", "start")
    atexit.register(_command, "database", "stop")
    _command("init", "--city", "dongguan")
    print(describe())
    _measure(cases)


def _measure(cases: int) -> None:
    import django  # noqa: PLC0415 - the settings read the home that was made a moment ago

    django.setup()
    import psycopg  # noqa: PLC0415

    from gongzhi.embedded import Cluster  # noqa: PLC0415
    from gongzhi.home import current_home  # noqa: PLC0415

    home = current_home()
    address = Cluster(home).url("postgres", home.secrets.postgres_password, "gongzhi")
    with psycopg.connect(address, autocommit=True) as server:
        server.execute("SET session_replication_role = replica")
        server.execute(_FILL, [cases])
        server.execute("VACUUM ANALYZE flow_case")
        print(f"{cases:,} open cases; slowest of {TRIES}, in ms")
        ours = _times()
        server.execute(_RANGE)
        plain = _times()
    print(f"{'':34}{'list':>8}{'bare range':>12}{'counts':>10}{'bare range':>12}")
    for name, (listed, counted) in ours.items():
        before, counted_before = plain[name]
        print(f"{name:34}{listed:8.1f}{before:12.1f}{counted:10.1f}{counted_before:12.1f}")


def _times() -> dict[str, tuple[float, float]]:
    from gongzhi.flow import queries  # noqa: PLC0415
    from gongzhi.flow.moment import moment_at  # noqa: PLC0415
    from gongzhi.flow.queries import Filter  # noqa: PLC0415
    from gongzhi.org.access import acting_as  # noqa: PLC0415
    from gongzhi.org.acting import Acting  # noqa: PLC0415
    from gongzhi.org.roles import Role  # noqa: PLC0415

    posts = {
        "city office": Acting(1, Role.CITY_OFFICE, "4419"),
        "town office": Acting(2, Role.TOWN_OFFICE, "441900119"),
        "department of a town": Acting(3, Role.DEPARTMENT, "441900119", "market"),
        "department of the city": Acting(4, Role.DEPARTMENT, "4419", "tobacco"),
        "grid officer": Acting(5, Role.OFFICER, "441900119010007"),
    }
    lists = {
        "mine": Filter(),
        "all": Filter(mine=False),
        "late": Filter(mine=False, lamp="red"),
        "visits": Filter(mine=False, graph="visits", state="to_visit"),
    }
    moment = moment_at(datetime(2026, 11, 20, 2, tzinfo=UTC))
    times = {}
    for post, acting in posts.items():
        for label, wanted in lists.items():
            listed, counted = [], []
            for _ in range(TRIES):
                with acting_as(acting):
                    started = time.perf_counter()
                    queries.waiting(acting, wanted, moment=moment)
                    between = time.perf_counter()
                    queries.counts(acting, wanted, moment=moment)
                    listed.append(between - started)
                    counted.append(time.perf_counter() - between)
            times[f"{post}, {label}"] = (max(listed) * 1000, max(counted) * 1000)
    return times


def _command(*words: str) -> None:
    subprocess.run(
        [str(Path(sys.executable).parent / "gongzhi"), *words], check=True, stdout=subprocess.DEVNULL
    )


if __name__ == "__main__":
    main()
