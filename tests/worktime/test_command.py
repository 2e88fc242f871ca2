"""``gongzhi worktime due`` answers one start or a stream of them, and names each line it cannot answer."""

from __future__ import annotations

import argparse
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from gongzhi.cli import worktime
from gongzhi.cli.failure import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    Ask = Callable[..., tuple[int, list[dict[str, Any]], list[str]]]


@pytest.fixture
def ask(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run ``worktime due``: the exit code, the answers and the lines on standard error."""
    parser = argparse.ArgumentParser()
    worktime.add(parser.add_subparsers(required=True))

    def run(*words: str, given: bytes = b"") -> tuple[int, list[dict[str, Any]], list[str]]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(given))))
        args = parser.parse_args(["worktime", "due", *words])
        reasons = []
        try:
            code = args.func(args)
        except CommandFailed as failed:
            code, reasons = 1, [str(failed)]
        out, err = capfdbinary.readouterr()
        return code, [json.loads(line) for line in out.splitlines()], err.decode().splitlines() + reasons

    return run


def test_one_start_is_answered_with_one_line(ask: Ask) -> None:
    answer = {"start": "2026-09-21", "days": 10, "due": "2026-10-12", "provisional": False}
    assert ask("2026-09-21", "--days", "10") == (0, [answer], [])


def test_calendar_days_are_counted_on_request(ask: Ask) -> None:
    assert ask("2026-09-21", "--days", "4", "--unit", "calendar_days")[1][0]["due"] == "2026-09-28"


def test_a_stream_is_answered_line_by_line_in_its_order(ask: Ask) -> None:
    given = (
        '\ufeff{"id": "甲", "start": "2026-09-21", "days": 5}\n\n'
        '{"start": "2026-09-30", "id": 2, "days": 10, "note": "kept out"}\r\n'
        '{"id": "last, without an end of line", "start": "2026-12-30", "days": 2}'
    )
    code, answers, errors = ask("-", given=given.encode())
    assert (code, errors) == (0, [])
    assert answers == [
        {"id": "甲", "due": "2026-09-29", "provisional": False},
        {"id": 2, "due": "2026-10-20", "provisional": False},
        {"id": "last, without an end of line", "due": "2027-01-04", "provisional": True},
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"not json", "JSON"),
        (b'{"id": 1, "start": "2026-09-21", "days": 5', "JSON"),
        (b'["a list"]', "JSON"),
        (b"[" * 60_000, "JSON"),
        ('{"id": "东莞", "start": "2026-09-21", "days": 5}'.encode("gbk"), "UTF-8"),
        (b'{"start": "2026-09-21", "days": 5}', "id "),
        (b'{"id": true, "start": "2026-09-21", "days": 5}', "id "),
        (b'{"id": 1, "start": "2026-02-30", "days": 5}', "date"),
        (b'{"id": 1, "start": "20260921", "days": 5}', "date"),
        (b'{"id": 1, "start": "2026-W39-1", "days": 5}', "date"),
        (b'{"id": 1, "start": 20260921, "days": 5}', "date"),
        (b'{"id": 1, "days": 5}', "date"),
        (b'{"id": 1, "start": "2026-09-21"}', "days"),
        (b'{"id": 1, "start": "2026-09-21", "days": -1}', "days"),
        (b'{"id": 1, "start": "2026-09-21", "days": 2.5}', "days"),
        (b'{"id": 1, "start": "2026-09-21", "days": true}', "days"),
        (b'{"id": 1, "start": "2026-09-21", "days": 99999999999999999999}', "days"),
        (b'{"id": 1, "start": "1066-10-14", "days": 5}', "2004-01-01"),
        (b'{"id": 1, "start": "2100-12-31", "days": 5}', "2100-12-31"),
        (b'{"id": "' + b"x" * 100_000 + b'", "start": "2026-09-21", "days": 5}', "64 KiB"),
        (b'{"id": "' + b"x" * 3_000_000 + b'", "start": "2026-09-21", "days": 5}', "64 KiB"),
    ],
)
def test_a_bad_line_is_named_and_the_good_ones_are_answered(ask: Ask, line: bytes, why: str) -> None:
    good = b'{"id": 0, "start": "2026-09-21", "days": 5}'
    code, answers, errors = ask("-", given=b"\n".join([good, line, good, line]))
    assert code == 1
    assert answers == [{"id": 0, "due": "2026-09-29", "provisional": False}] * 2
    assert len(errors) == 3
    assert "line 2:" in errors[0]
    assert why in errors[0]
    assert "line 4:" in errors[1]
    assert "2 of 4" in errors[2]


def test_lines_that_arrive_in_pieces_are_put_together(ask: Ask) -> None:
    lines = [f'{{"id": {n}, "start": "2026-09-21", "days": {n % 50}}}' for n in range(60_000)]
    code, answers, errors = ask("-", given="\n".join(lines).encode())  # more than two reads long
    assert (code, errors) == (0, [])
    assert [answer["id"] for answer in answers] == list(range(60_000))


def test_nothing_asked_is_nothing_answered(ask: Ask) -> None:
    assert ask("-") == (0, [], [])


@pytest.mark.parametrize(
    "words",
    [
        ("2026-02-30", "--days", "5"),
        ("tomorrow", "--days", "5"),
        ("2026-09-21",),
        ("2026-09-21", "--days", "-5"),
        ("2026-09-21", "--days", "5.5"),
        ("2026-09-21", "--days", "9" * 30),
        ("2026-09-21", "--days", "5", "--unit", "hours"),
        ("-", "--days", "5"),
        (),
    ],
)
def test_a_question_that_makes_no_sense_is_a_usage_error(ask: Ask, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as left:
        ask(*words)
    assert left.value.code == 2


def test_a_year_that_no_calendar_covers_fails_with_a_reason(ask: Ask) -> None:
    code, answers, (reason,) = ask("1066-10-14", "--days", "5")
    assert (code, answers) == (1, [])
    assert "2004-01-01" in reason
