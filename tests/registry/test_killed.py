"""An import that was killed and run again ends as if it had never been killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Databases
from tests.registry.conftest import ask
from tests.registry.files import row, write

_CHECKOUT = Path(__file__).resolve().parents[2]
_BUSINESSES = "SELECT uscc, name, scope, address, area, placed, status, first_seen FROM registry_business"
_NOTICES = """
SELECT b.uscc, c.state, c.department, c.area, c.due, c.started_on, p.permit, p.rule FROM notices_notice n
JOIN flow_case c ON c.id = n.case_id JOIN registry_business b ON b.id = n.business_id
LEFT JOIN notices_noticepermit p ON p.notice_id = n.case_id
"""
_VISITS = """
SELECT b.uscc, v.door_key, c.state, c.area, c.due, c.started_on FROM visits_visit v
JOIN flow_case c ON c.id = v.case_id JOIN visits_visitedbusiness l ON l.visit_id = v.case_id
JOIN registry_business b ON b.id = l.business_id
"""
_JOURNAL = "SELECT graph, action, seq, count(*) FROM flow_journal GROUP BY graph, action, seq"
CONTENT = (_BUSINESSES, _NOTICES, _VISITS, _JOURNAL)
"""What an import leaves behind, without the numbers and instants that differ from run to run."""


def left_behind() -> list[list[tuple[Any, ...]]]:
    return [sorted(ask(sql), key=repr) for sql in CONTENT]


@pytest.fixture
def two_databases(databases: Databases, django_db_blocker: Any) -> Iterator[Callable[[str], Any]]:
    """Opens a database of its own for each half of the comparison."""
    with django_db_blocker.unblock():
        yield databases.clone


def test_killed_half_way_and_run_again_it_ends_as_if_never_killed(
    two_databases: Callable[[str], Any], tmp_path: Path
) -> None:
    rows = [row(n, address=f"莞城街道兴华路{n // 3}号") for n in range(60)]
    file = write(tmp_path / "register.csv", rows)

    def command(database: str, die_in: int) -> int:
        arguments = [sys.executable, "-m", "tests.registry.killed", database, str(file), "10", str(die_in)]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        return subprocess.run(arguments, cwd=_CHECKOUT, env=environment, check=False, timeout=120).returncode

    with two_databases("whole") as name:
        assert command(name, 99) == 0
        undisturbed = left_behind()
    with two_databases("killed") as name:
        assert command(name, 7) == -signal.SIGKILL
        assert ask("SELECT count(*) BETWEEN 10 AND 50 FROM registry_business") == [(True,)]
        assert ask("SELECT count(*) FROM registry_import WHERE finished_at IS NULL") == [(1,)]
        assert command(name, 99) == 0
        assert left_behind() == undisturbed
        assert command(name, 99) == 0
        assert left_behind() == undisturbed
