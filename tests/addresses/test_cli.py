"""`gongzhi addresses match`, as other programs call it."""

from __future__ import annotations

import csv
import gzip
import json
from typing import TYPE_CHECKING

import pytest

from gongzhi.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

ASKED = [
    {"id": "a", "address": "云海市东屏街道青莲社区银杏路1号"},
    {"id": 2, "address": "云海市东屏街道银杏路21号"},
    {"id": "c", "address": ""},
]


@pytest.fixture
def files(tmp_path: Path, division_rows: list[dict[str, str]], known_rows: list[dict[str, str]]) -> Path:
    for name, rows in (("divisions.csv", division_rows), ("library.csv", known_rows)):
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    (tmp_path / "library.csv.gz").write_bytes(gzip.compress((tmp_path / "library.csv").read_bytes()))
    return tmp_path


def _lines(folder: Path, lines: list[str]) -> str:
    asked = folder / "asked.jsonl"
    asked.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(asked)


@pytest.mark.parametrize("library", ["library.csv", "library.csv.gz"])
def test_each_line_is_answered_in_order(
    files: Path, capsys: pytest.CaptureFixture[str], library: str
) -> None:
    asked = _lines(files, [json.dumps(one) for one in ASKED])
    arguments = ["addresses", "match", asked, "--library", str(files / library)]
    code = main([*arguments, "--divisions", str(files / "divisions.csv")])
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert code == 0
    assert [answer["id"] for answer in answers] == ["a", 2, "c"]
    assert all(set(answer) == {"id", "village", "confidence", "decision", "method"} for answer in answers)
    assert answers[0] == {
        "id": "a",
        "village": "990100001001",
        "confidence": 0.995,
        "decision": "auto",
        "method": "stated-village",
    }
    assert (answers[1]["village"], answers[1]["decision"]) == ("990100001001", "auto")
    assert answers[2] == {
        "id": "c",
        "village": None,
        "confidence": 0.0,
        "decision": "review",
        "method": "none",
    }


def test_a_library_alone_is_enough(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = _lines(files, [json.dumps(ASKED[1])])
    assert main(["addresses", "match", asked, "--library", str(files / "library.csv")]) == 0
    assert json.loads(capsys.readouterr().out)["village"] == "990100001001"


def test_lines_that_cannot_be_read_are_named_and_the_rest_is_answered(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = [
        "{",
        "[1]",
        '{"id": 1}',
        '{"id": null, "address": "x"}',
        '{"id": 1, "address": "' + "x" * 70_000 + '"}',
    ]
    asked = _lines(files, [*bad, "", json.dumps(ASKED[0])])
    assert main(["addresses", "match", asked, "--library", str(files / "library.csv")]) == 1
    out, err = capsys.readouterr()
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["a"]
    assert [f"line {number}:" in err for number in (1, 2, 3, 4, 5, 6, 7)] == [True] * 5 + [False] * 2
    assert "5 of 6 lines could not be answered" in err


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("address,village\n云海市,1\n", "missing columns: village_code"),
        ("address,village_code\n云海市,1\n", "no row has an address and a code of 12 digits"),
    ],
)
def test_a_library_that_cannot_be_used_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, reason: str
) -> None:
    library = tmp_path / "library.csv"
    library.write_text(text, encoding="utf-8")
    assert main(["addresses", "match", _lines(tmp_path, ["{}"]), "--library", str(library)]) == 1
    assert reason in capsys.readouterr().err


def test_a_library_in_another_encoding_or_cut_short_says_so(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gbk, cut = files / "gbk.csv", files / "cut.csv.gz"
    gbk.write_bytes("address,village_code\n云海市,990100001001\n".encode("gbk"))
    cut.write_bytes((files / "library.csv.gz").read_bytes()[:-20])
    for library in (gbk, cut, files / "absent.csv"):
        assert main(["addresses", "match", _lines(files, ["{}"]), "--library", str(library)]) == 1
        assert str(library) in capsys.readouterr().err
