"""`gongzhi scopes match` answers JSON lines with JSON lines, and says which lines it could not read."""

import io
import json
import sys
from pathlib import Path

import pytest

from gongzhi.cli.main import main


def _answers(out: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.splitlines()]


def test_a_file_of_scopes_is_answered_line_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "scopes.jsonl"
    source.write_text(
        '{"id": "a", "scope": "零售：卷烟（凭许可证）"}\n\n{"id": 7, "scope": ""}\n', encoding="utf-8"
    )

    assert main(["scopes", "match", str(source)]) == 0
    first, second = _answers(capsys.readouterr().out)
    assert second == {"id": 7, "permits": []}
    assert first["id"] == "a"
    (permit,) = first["permits"]  # type: ignore[misc]
    assert set(permit) == {"code", "certainty", "words", "rule", "department", "basis"}
    assert (permit["code"], permit["certainty"]) == ("P024", "sure")
    assert permit["words"] == [{"text": "卷烟", "start": 3, "end": 5}]


def test_bad_lines_are_named_and_the_rest_answered(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = b"\n".join(
        [
            b'\xef\xbb\xbf{"id": 1, "scope": "\xe7\x90\x86\xe5\x8f\x91"}',
            b'{"id": 2',
            b"[3]",
            b'{"id": 4, "scope": null}',
            b"\xff",
            b'{"id": 6, "scope": "x"}',
        ]
    )
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))

    assert main(["scopes", "match"]) == 1
    told = capsys.readouterr()
    assert [answer["id"] for answer in _answers(told.out)] == [1, 6]
    for number in (2, 3, 4, 5):
        assert f"line {number}:" in told.err
    assert "4 lines" in told.err


def test_a_file_that_is_not_there_is_a_failure_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scopes", "match", str(tmp_path / "none.jsonl")]) == 1
    assert "none.jsonl" in capsys.readouterr().err


def test_rules_can_be_asked_for_another_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "scopes.jsonl"
    source.write_text('{"id": 1, "scope": "零售：卷烟"}\n', encoding="utf-8")

    assert main(["scopes", "match", "--on", "2030-01-01", str(source)]) == 0
    assert _answers(capsys.readouterr().out)[0]["permits"]
    with pytest.raises(SystemExit, match="2"):
        main(["scopes", "match", "--on", "tomorrow", str(source)])
