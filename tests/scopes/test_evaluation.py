"""On real scopes labelled twice, the bars of the shared scorer hold."""

import csv
import datetime as dt
import gzip
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from gongzhi.scopes import default_book, explain, match


@pytest.mark.evaluation
@pytest.mark.parametrize("city", ["dongguan", "zhuhai", "chaoyang_liaoning"])
def test_passing_over_what_can_call_for_nothing_changes_no_answer_on_real_scopes(
    evaluation: Path, city: str
) -> None:
    book = default_book(dt.date(2026, 9, 21))
    register = evaluation / "registrations" / f"enterprise_{city}_dev.csv.gz"
    with gzip.open(register, "rt", encoding="utf-8", newline="") as lines:
        scopes = [row["business_scope"] for row in islice(csv.DictReader(lines), 0, None, 7)]

    assert scopes
    for scope in scopes:
        assert match(scope, book) == explain(scope, book).match, scope


@pytest.mark.evaluation
def test_the_bars_hold_on_real_scopes(evaluation: Path, tmp_path: Path) -> None:
    gold = evaluation / "scopes" / "gold_dev.jsonl"
    answers = tmp_path / "answers.jsonl"
    environment = {**os.environ, "PYTHONUTF8": "1"}
    with answers.open("wb") as out:
        subprocess.run(
            [sys.executable, "-m", "gongzhi.cli.main", "scopes", "match", str(gold)],
            check=True,
            stdout=out,
            env=environment,
            timeout=120,
        )

    scored = subprocess.run(
        [sys.executable, str(evaluation / "score_scopes.py"), str(gold), str(answers)],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
    )
    assert scored.returncode == 0, scored.stdout + scored.stderr
