"""Real addresses of two cities: four parts in five are the library, the fifth is asked, through the command.

The bars are what the matcher earns, a little below the measured figures; what it should earn one day is higher.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
from typing import TYPE_CHECKING, NamedTuple

import pytest

from gongzhi.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "dongguan": ("dongguan_addr_village_dev.csv.gz", "address_without_village", "village_code12"),
    "shenzhen": ("shenzhen_addr_community_dev.csv.gz", "address_without_community", "code12"),
}


class Score(NamedTuple):
    right: float
    auto: float
    precision: float


def _score(
    evaluation: Path, folder: Path, capsys: pytest.CaptureFixture[str], city: str, column: str
) -> Score:
    name, removed, code = FILES[city]
    with gzip.open(evaluation / "addresses" / name, "rt", encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    random.Random(11).shuffle(rows)  # noqa: S311  a fixed split
    asked, known = rows[: len(rows) // 5], rows[len(rows) // 5 :]
    with (folder / "library.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["address", "village_code"])
        writer.writerows((row["address"], row[code]) for row in known)
    questions = folder / "asked.jsonl"
    column = removed if column == "removed" else column
    questions.write_text(
        "".join(json.dumps({"id": at, "address": row[column]}) + "\n" for at, row in enumerate(asked)),
        "utf-8",
    )
    assert main(["addresses", "match", str(questions), "--library", str(folder / "library.csv")]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    hits = [answer["village"] == row[code] for answer, row in zip(answers, asked, strict=True)]
    alone = [hit for answer, hit in zip(answers, hits, strict=True) if answer["decision"] == "auto"]
    return Score(sum(hits) / len(hits), len(alone) / len(hits), sum(alone) / max(1, len(alone)))


@pytest.mark.evaluation
@pytest.mark.parametrize("city", ["dongguan", "shenzhen"])
def test_an_address_that_states_its_village_is_matched_to_it_alone(
    evaluation: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], city: str
) -> None:
    score = _score(evaluation, tmp_path, capsys, city, "address")
    assert score.right >= 0.99
    assert score.auto >= 0.95
    assert score.precision >= 0.99


@pytest.mark.evaluation
@pytest.mark.parametrize(
    ("city", "right", "auto", "precision"), [("dongguan", 0.54, 0.0, 0.9), ("shenzhen", 0.87, 0.65, 0.985)]
)
def test_an_address_without_its_village_is_found_from_its_neighbours(
    evaluation: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    city: str,
    right: float,
    auto: float,
    precision: float,
) -> None:
    score = _score(evaluation, tmp_path, capsys, city, "removed")
    assert score.right >= right
    assert score.auto >= auto
    assert score.precision >= precision
