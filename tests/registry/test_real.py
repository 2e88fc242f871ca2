"""Real registers come in by the command: every row accounted for, the same again changes nothing."""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.registry.conftest import ask
from tests.registry.test_killed import left_behind

_CHECKOUT = Path(__file__).resolve().parents[2]
DONGGUAN = Path("registrations") / "enterprise_dongguan_dev.csv.gz"

pytestmark = pytest.mark.evaluation


def command(database: str, file: Path, *options: str) -> dict[str, object]:
    """What the command prints, run as a process of its own on the named database."""
    code = (
        "import sys; from django.conf import settings; name = sys.argv.pop(1)\n"
        "for one in settings.DATABASES.values(): one['NAME'] = name\n"
        "from gongzhi.cli.main import main; sys.exit(main())"
    )
    arguments = ["registry", "import", str(file), "--as-of", "2026-09-21", *options]
    done = subprocess.run(
        [sys.executable, "-c", code, database, *arguments],
        cwd=_CHECKOUT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=600,
    )
    return json.loads(done.stdout)


def sum_of(line: dict[str, object]) -> int:
    rejected = line["rejected"]
    assert isinstance(rejected, dict)
    kinds = ("accepted", "unchanged", "changed", "cancelled")
    return sum(int(str(line[kind])) for kind in kinds) + sum(rejected.values())


def test_every_real_registration_is_accounted_for(fresh_db: str, evaluation: Path, tmp_path: Path) -> None:
    report = tmp_path / "rejected.xlsx"
    first = command(fresh_db, evaluation / DONGGUAN, "--report", str(report))
    assert first["rows"] == sum_of(first) == 18_596
    assert ask("SELECT count(*) FROM registry_business") == [(first["accepted"],)]
    assert ask("SELECT count(*) FROM flow_case WHERE graph = 'notices'") == [(first["notices"],)]
    assert ask("SELECT count(*) FROM flow_case WHERE graph = 'visits'") == [(first["visits"],)]
    assert report.stat().st_size > 0
    lines = ask("SELECT count(*) FROM flow_journal")
    second = command(fresh_db, evaluation / DONGGUAN)
    assert second["unchanged"] == first["accepted"]
    assert (second["accepted"], second["changed"], second["notices"], second["visits"]) == (0, 0, 0, 0)
    assert second["rejected"] == first["rejected"]
    assert ask("SELECT count(*) FROM flow_journal") == lines


def test_a_register_in_gb18030_says_the_same_as_in_utf8(
    fresh_db: str, evaluation: Path, tmp_path: Path
) -> None:
    with gzip.open(evaluation / DONGGUAN, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[:801]
    for name, encoding in (("utf8", "utf-8"), ("gb", "gb18030")):
        with (tmp_path / f"{name}.csv").open("w", encoding=encoding, newline="") as out:
            csv.writer(out).writerows(rows)
    first = command(fresh_db, tmp_path / "utf8.csv")
    before = left_behind()
    second = command(fresh_db, tmp_path / "gb.csv")
    assert second["unchanged"] == first["accepted"]
    assert left_behind() == before
