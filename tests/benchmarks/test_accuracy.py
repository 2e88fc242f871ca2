"""What the accuracy page says is what was measured: on an invented folder whose figures are known beforehand."""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "accuracy.py"


def _run(folder: Path, page: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), "--evaluation", str(folder), "--folds", "2", "--write", str(page)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )


def _addresses(path: Path, removed: str, code: str) -> None:
    with gzip.open(path, "wt", encoding="utf-8", newline="") as text:
        rows = csv.DictWriter(text, ["address", removed, code])
        rows.writeheader()
        for number in range(1, 41):
            village, road = (("440306018013", "甲子路"), ("440306018014", "乙丑路"))[number % 2]
            written = f"深圳市宝安区西乡街道{road}{number}号"
            rows.writerow({"address": written, removed: written, code: village})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scopes").mkdir()
    (tmp_path / "addresses").mkdir()
    gold = [
        {"id": "1", "scope": "餐饮服务", "must": ["P001"], "may": []},
        {"id": "2", "scope": "餐饮服务", "must": [], "may": []},  # a label that the matcher has to miss
        {"id": "3", "scope": "五金产品零售", "must": [], "may": []},
        {"id": "4", "scope": "服装零售", "must": ["P001"], "may": []},  # and one that it can't find
    ]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in gold)
    (tmp_path / "scopes" / "gold_dev.jsonl").write_text(lines, "utf-8")
    _addresses(
        tmp_path / "addresses" / "dongguan_addr_village_dev.csv.gz",
        "address_without_village",
        "village_code12",
    )
    _addresses(
        tmp_path / "addresses" / "shenzhen_addr_community_dev.csv.gz", "address_without_community", "code12"
    )
    return tmp_path


def test_the_page_states_the_shares_that_were_measured(folder: Path) -> None:
    page = folder / "accuracy.md"
    done = _run(folder, page)
    assert done.returncode == 0, done.stderr
    text = page.read_text("utf-8")
    # One of two pushes is right, one of two musts is found, nothing waits.
    assert "| 共治 Gongzhi | 0.500 | 0.500 | 0.500 | 0.000 |" in text
    # Two roads, each of one village: the nearest known address always lies in the right one.
    assert "| 最近邻 nearest by n-grams（去掉村名 village removed） | 1.000 | – | – | – |" in text
    # Every road is known in one village alone, and rightly: what can be known is known.
    assert re.search(
        r"known in one village alone, 3 times or more \| 1\.000 \| 1\.000 \| 1\.000 \| 1\.000", text
    )
    assert "at 99% right: 1.000" in text
    picture = (folder / "pictures" / "reliability.svg").read_text("utf-8")
    assert picture.startswith("<svg")
    assert "<circle" in picture


def test_without_the_data_it_says_what_to_set(tmp_path: Path) -> None:
    done = _run(tmp_path / "absent", tmp_path / "accuracy.md")
    assert done.returncode == 1
    assert "GONGZHI_EVALUATION" in done.stderr
    assert not (tmp_path / "accuracy.md").exists()
