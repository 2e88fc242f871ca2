"""The command starts fast, fails politely and says how it ended by its exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import types
from typing import TYPE_CHECKING

import psycopg
import pytest
from tests.cli.conftest import PROGRAM, run

from gongzhi.cli import main as program
from gongzhi.cli.failure import CommandFailed

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from pathlib import Path

    from gongzhi.home import Home


def test_help_names_every_command() -> None:
    done = run("--help")
    assert done.returncode == 0
    for name, (_, summary) in program.COMMANDS.items():
        assert f"{name} " in done.stdout
        assert summary.split(" · ")[0] in done.stdout


@pytest.mark.parametrize("arguments", [(), ("no-such-command",), ("database", "no-such-action")])
def test_misuse_ends_with_two(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "usage: gongzhi" in done.stderr


@pytest.mark.parametrize("name", ["worktime", "scopes", "addresses"])
def test_a_pure_command_needs_neither_framework_nor_database(name: str) -> None:
    script = (
        "import sys; from gongzhi.cli import main\n"
        f"try: main.main([{name!r}, '--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('django', 'psycopg', 'procrastinate', 'gongzhi.settings') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.fixture
def with_command(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], int]:
    """Run a command that does what a test says."""

    def run_it(work: Callable[[], None]) -> int:
        module = types.ModuleType("gongzhi_test_command")

        def add(commands: argparse._SubParsersAction) -> None:
            commands.add_parser("try").set_defaults(func=lambda _: work())

        module.add = add
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setitem(program.COMMANDS, "try", (module.__name__, "for a test"))
        before = signal.getsignal(signal.SIGTERM)
        try:
            return program.main(["try"])
        finally:
            signal.signal(signal.SIGTERM, before)

    return run_it


def test_failed_work_ends_with_one_and_its_reason(
    with_command: Callable[[Callable[[], None]], int], capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise CommandFailed("the file ends in the middle of a row")

    assert with_command(fail) == 1
    assert capsys.readouterr().err == "gongzhi: the file ends in the middle of a row\n"


def test_a_missing_file_is_named(
    with_command: Callable[[Callable[[], None]], int], capsys: pytest.CaptureFixture[str]
) -> None:
    def read() -> None:
        with open("no/such/file.csv", encoding="utf-8"):  # noqa: PTH123  any way of opening must do
            pass

    assert with_command(read) == 1
    assert capsys.readouterr().err == (
        "gongzhi: no/such/file.csv：没有这个文件或文件夹 / No such file or directory\n"
    )


@pytest.mark.parametrize(("said", "hint"), [('user "gongzhi_app"', True), ("disk full", False)])
def test_what_the_database_could_not_do_is_said_in_both_languages(
    with_command: Callable[[Callable[[], None]], int],
    capsys: pytest.CaptureFixture[str],
    said: str,
    hint: bool,
) -> None:
    def ask() -> None:
        raise psycopg.OperationalError(said)

    assert with_command(ask) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"gongzhi: 数据库未能完成操作 / the database could not do it: {said}\n")
    assert ("gongzhi init --city" in told) is hint


def test_a_fault_in_the_program_is_not_dressed_up(with_command: Callable[[Callable[[], None]], int]) -> None:
    with pytest.raises(ZeroDivisionError):
        with_command(lambda: 1 // 0)


def test_an_interrupt_leaves_no_traceback(
    with_command: Callable[[Callable[[], None]], int], capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt() -> None:
        os.kill(os.getpid(), signal.SIGINT)

    # What a shell starts in the background is deaf to it, and so are these tests.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert with_command(interrupt) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err == ""


def test_a_reader_that_leaves_early_causes_no_traceback() -> None:
    lines = '{"id": 1, "start": "2026-09-21", "days": 6}\n' * 20_000
    with subprocess.Popen(
        [*PROGRAM, "worktime", "due", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        command.stdout.close()
        try:
            command.stdin.write(lines)
            command.stdin.close()
        except BrokenPipeError:  # it noticed before we had said everything
            pass
        assert command.stderr.read() == ""
        assert command.wait(60) == 1


def test_a_reader_that_leaves_is_not_taken_for_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "scopes.jsonl"
    file.write_text('{"id": 1, "scope": "餐饮服务"}\n' * 20_000, encoding="utf-8")
    with subprocess.Popen(
        [*PROGRAM, "scopes", "match", str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as command:
        command.stdout.close()
        assert command.stderr.read() == ""
        assert command.wait(60) == 1


def test_an_unreachable_database_is_a_reason_not_a_traceback(home: Home) -> None:
    done = run("up", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", DJANGO_SETTINGS_MODULE="plain_settings",
               PYTHONPATH=os.path.dirname(__file__))  # fmt: skip  # noqa: PTH120
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "127.0.0.1" in done.stderr


def test_the_embedded_server_is_not_touched_when_the_city_has_its_own(home: Home) -> None:
    done = run("database", "start", DATABASE_URL="postgresql://somebody@elsewhere/city")
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
    assert not (home.path / "postgres").exists()


def test_the_server_started_by_hand_stays_until_it_is_stopped(home: Home) -> None:
    assert run("database", "status").returncode == 1
    assert run("database", "start").returncode == 0
    assert run("database", "status").returncode == 0
    assert run("database", "url", "--role", "app").stdout.startswith("postgresql://gongzhi_app:")
    assert run("database", "stop").returncode == 0
    assert run("database", "status").returncode == 1
