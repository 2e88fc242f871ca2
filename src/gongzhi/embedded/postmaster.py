"""Which process is the server of a data directory, if any.

`postmaster.pid` alone is not believed: after a kill or a power cut it stays behind, and its number may
meanwhile belong to something else.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What `postmaster.pid` says."""

    pid: int
    started: str
    """Seconds since 1970 as PostgreSQL wrote them; with the number it names one start of one server."""
    ready: bool


def noted(data: Path) -> Postmaster | None:
    """What the lock file in `data` says, true or not; None when there is none or it is half-written."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        return Postmaster(pid=int(lines[0]), started=lines[2].strip(), ready=lines[7].strip() == "ready")
    except FileNotFoundError:
        return None
    except IndexError:  # written line by line while the server starts
        return Postmaster(pid=int(lines[0]), started="", ready=False) if lines else None
    except ValueError:
        return None


def running(data: Path) -> Postmaster | None:
    """The server that runs on `data`, checked to be one: not any process that now bears its number."""
    postmaster = noted(data)
    return postmaster if postmaster and _serves(postmaster.pid, data) else None


def remove_foreign_notes(data: Path, socket_lock: Path) -> None:
    """Remove lock files whose number belongs to another program, or to a dead one that nobody buried.

    PostgreSQL itself would take either for a living server and refuse to start. Call only while no server can
    be starting on `data`; the folder of `socket_lock` must serve this data alone.
    """
    for lock in (data / "postmaster.pid", socket_lock):
        pid = _first_number(lock)
        if pid and _exists(pid) and not _serves(pid, data):
            lock.unlink()


def end_orphans(data: Path, *, patience: float) -> None:
    """End what a killed server left behind; its children still hold its shared memory and bar a new start.

    They notice their parent's death themselves unless they are deep in a query. Waits at most `patience`
    seconds.
    """
    deadline = time.monotonic() + patience
    while orphans := [pid for pid in _all_pids() if _serves(pid, data)]:
        if time.monotonic() > deadline:
            return
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
        time.sleep(0.05)


def _serves(pid: int, data: Path) -> bool:
    """Whether process `pid` is PostgreSQL's on this data: all of its processes work inside the directory."""
    if not _PROC.joinpath("self").exists():
        return _listed_as_serving(pid, data)
    try:
        inside = _PROC.joinpath(str(pid), "cwd").readlink() == data
        program = _PROC.joinpath(str(pid), "exe").readlink().name
    except OSError:
        return False
    # The kernel appends " (deleted)" when the package was replaced under a running server.
    return inside and program.split(" ")[0] == "postgres"


def _listed_as_serving(pid: int, data: Path) -> bool:
    """The same where there is no /proc (macOS): the command line names the directory."""
    listed = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        errors="replace",
    ).stdout
    return "postgres" in listed and str(data) in listed


def _first_number(file: Path) -> int | None:
    try:
        return int(file.read_text(encoding="utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _all_pids() -> list[int]:
    if not _PROC.joinpath("self").exists():
        return []
    return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]
