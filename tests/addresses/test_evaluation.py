"""Real addresses of two cities: four parts in five are the library, the fifth is asked, through the command.

Addresses without their village are asked in all five parts in turn, since one small part is right by chance a little
more or less often.

The bars are what the matcher earns, a little below the measured figures; what it should earn one day is higher.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from gongzhi.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "dongguan": ("dongguan_addr_village_dev.csv.gz", "address_without_village", "village_code12"),
    "shenzhen": ("shenzhen_addr_community_dev.csv.gz", "address_without_community", "code12"),
}


class Score(NamedTuple):
    """Shares: right, decided alone, and of these right (1 where nothing was decided alone)."""

    right: float
    auto: float
    precision: float


def _score(
    evaluation: Path,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    city: str,
    column: str,
    parts: int = 1,
) -> Score:
    """How the first `parts` fifths are answered, each from the other four."""
    name, removed, code = FILES[city]
    with gzip.open(evaluation / "addresses" / name, "rt", encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    random.Random(11).shuffle(rows)  # noqa: S311  a fixed split
    column = removed if column == "removed" else column
    hits: list[bool] = []
    alone: list[bool] = []
    for part in range(parts):
        asked = rows[part::5]
        known = [row for at, row in enumerate(rows) if at % 5 != part]
        answers = _answers(folder, capsys, known, [row[column] for row in asked], code)
        right = [answer["village"] == row[code] for answer, row in zip(answers, asked, strict=True)]
        hits += right
        alone += [hit for answer, hit in zip(answers, right, strict=True) if answer["decision"] == "auto"]
    return Score(sum(hits) / len(hits), len(alone) / len(hits), sum(alone) / len(alone) if alone else 1.0)


def _answers(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    known: list[dict[str, str]],
    asked: list[str],
    code: str,
) -> list[dict[str, Any]]:
    with (folder / "library.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["address", "village_code"])
        writer.writerows((row["address"], row[code]) for row in known)
    questions = folder / "asked.jsonl"
    questions.write_text(
        "".join(json.dumps({"id": at, "address": address}) + "\n" for at, address in enumerate(asked)),
        "utf-8",
    )
    assert main(["addresses", "match", str(questions), "--library", str(folder / "library.csv")]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


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
    ("city", "right", "auto", "precision"), [("dongguan", 0.55, 0.0, 0.9), ("shenzhen", 0.88, 0.7, 0.988)]
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
    score = _score(evaluation, tmp_path, capsys, city, "removed", parts=5)
    assert score.right >= right
    assert score.auto >= auto
    assert score.precision >= precision
