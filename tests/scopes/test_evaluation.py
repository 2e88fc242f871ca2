"""On real scopes labelled twice, the bars of the shared scorer hold."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


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
