"""`gongzhi up` starts database, web and worker together and leaves nothing behind, however it ends."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import psycopg
import pytest
from tests.cli.conftest import PROGRAM, empty_home, run

from gongzhi.cli.up import _choose_port
from gongzhi.embedded import Cluster, postmaster
from gongzhi.home import database_urls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gongzhi.home import Home


class Up:
    """A running `gongzhi up` with the plain site."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [*PROGRAM, "up", "--workers", "1", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        greeting = self._process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", greeting)
        if found is None:
            complaint = self._process.stderr.read()
            self.__exit__()
            raise AssertionError(greeting + complaint)
        self.port = int(found[1])
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.terminate()
        self._process.communicate(timeout=60)

    def get(self, path: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def children(self) -> list[int]:
        """Web server, worker and all that they started: the session's other processes."""
        session = str(self._process.pid)
        return [pid for pid, fields in processes() if fields[3] == session and str(pid) != session]

    def end(self, number: signal.Signals, *, group: bool = False) -> tuple[int, str]:
        """Send a signal and wait; the exit code and what stood on standard error."""
        (os.killpg if group else os.kill)(self._process.pid, number)
        _, errors = self._process.communicate(timeout=60)
        return self._process.returncode, errors


@pytest.fixture(scope="module")
def site() -> Iterator[Home]:
    """A home with the plain site's tables in it; every test leaves its server stopped."""
    with empty_home() as home, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_SETTINGS_MODULE", "plain_settings")
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))
        cluster = Cluster(home)
        cluster.hold()
        subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], check=True, timeout=60)
        cluster.release()
        yield home


def wait_until(true: Callable[[], bool]) -> None:
    """Poll, and fail after a minute, which is no measure of speed but the end of patience."""
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def processes() -> Iterator[tuple[int, list[str]]]:
    """Every living process with the fields that proc(5) lists after its name: state, parent, group, session."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            if fields[0] != "Z":
                yield int(folder.name), fields


def alive(pid: int) -> bool:
    return any(pid == other for other, _ in processes())


def server_log(home: Home) -> str:
    return "".join(file.read_text() for file in Cluster(home).layout.log.glob("postgresql-*.log"))


@pytest.mark.parametrize(("number", "group"), [(signal.SIGTERM, False), (signal.SIGINT, True)])
def test_a_signal_stops_everything_in_order(site: Home, number: signal.Signals, group: bool) -> None:
    with Up() as up:
        assert up.get("/").isdigit()
        assert up.children()
        code, errors = up.end(number, group=group)
    assert code == 0
    assert "Traceback" not in errors
    assert up.children() == []
    assert not Cluster(site).is_running()
    assert server_log(site).rstrip().endswith("database system is shut down")


def test_nothing_outlives_a_killed_supervisor(site: Home) -> None:
    with Up() as up:
        children = up.children()
        assert len(children) >= 3
        up.end(signal.SIGKILL)
        wait_until(lambda: not any(alive(pid) for pid in children))
    # The last child to leave closed the database in order.
    assert not Cluster(site).is_running()
    assert server_log(site).rstrip().endswith("database system is shut down")


def test_a_web_server_that_crashed_comes_back(site: Home) -> None:
    with Up() as up:
        first = up.get("/")
        with contextlib.suppress(OSError, http.client.HTTPException):  # the answer may still get out
            up.get("/?crash")

        def answers_anew() -> bool:
            try:
                return up.get("/") not in {"", first}
            except (OSError, http.client.HTTPException):
                return False

        wait_until(answers_anew)
        wait_until(lambda: not alive(int(first)))
        _, errors = up.end(signal.SIGTERM)
    assert "web ended with signal 9; starting it again in 0.5 s" in errors


def test_a_database_that_was_killed_comes_back_while_the_site_is_up(site: Home) -> None:
    cluster = Cluster(site)

    def server() -> int | None:
        found = postmaster.running(cluster.layout.data)
        return found.pid if found and found.ready else None

    with Up() as up:
        first = server()
        assert first is not None
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: server() not in {None, first})
        with psycopg.connect(database_urls().owner) as database:
            assert database.execute("SELECT 1").fetchone() == (1,)
        assert up.get("/").isdigit()
        code, errors = up.end(signal.SIGTERM)
    assert code == 0
    assert errors.count("the database was lost; starting it again") == 1
    assert not cluster.is_running()
    assert server_log(site).rstrip().endswith("database system is shut down")


def test_a_database_that_somebody_stopped_is_not_lost(site: Home) -> None:
    cluster = Cluster(site)
    cluster.hold()
    assert not cluster.was_lost()
    cluster.stop()
    assert not cluster.was_lost()
    cluster.release()


def test_what_a_killed_worker_left_undone_is_taken_up_and_what_waits_behind_it_comes_after(
    site: Home, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    defer = (
        "import django, sys; django.setup(); from procrastinate.contrib.django import app;"
        "[app.configure_task(name).defer(told=sys.argv[1]) for name in ('linger', 'after')]"
    )
    with Up() as up:
        subprocess.run([sys.executable, "-c", defer, str(told)], check=True, timeout=60)
        wait_until(told.exists)
        (worker,) = (
            pid for pid in up.children() if b"\0worker\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
        )
        os.kill(worker, signal.SIGKILL)
        with psycopg.connect(database_urls().owner, autocommit=True) as database:
            # It gave its last sign of life a while ago; who tests has no half a minute.
            database.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
        wait_until(lambda: told.read_text() == "begun\nbegun\nafter\n")
        code, errors = up.end(signal.SIGTERM)
    assert code == 0
    assert "(linger) was left undone by a worker that is gone" in errors


def test_without_tables_it_says_what_to_run(home: Home) -> None:
    done = run("up", DJANGO_SETTINGS_MODULE="plain_settings", PYTHONPATH=str(Path(__file__).parent))
    assert done.returncode == 1
    assert "gongzhi init" in done.stderr
    assert not Cluster(home).is_running()


def test_a_port_that_was_asked_for_and_is_taken_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with pytest.raises(Exception, match=f"cannot listen on 127.0.0.1:{taken}"):
            _choose_port("127.0.0.1", taken)


def test_the_usual_port_gives_way_when_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        monkeypatch.setattr("gongzhi.cli.up.DEFAULT_PORT", taken)
        assert _choose_port("127.0.0.1", None) not in {0, taken}
