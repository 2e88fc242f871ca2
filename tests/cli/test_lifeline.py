"""What was started for somebody ends with them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

_STARTING = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", sys.argv[2], sys.argv[1]])
time.sleep(600)
"""
_LASTING = """
import os, pathlib, sys, time
from gongzhi.lifeline import end_with_parent
end_with_parent(os.getppid())
pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
time.sleep(600)
"""


def test_a_process_ends_with_the_one_that_started_it_even_when_that_is_killed(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    parent = subprocess.Popen([sys.executable, "-c", _STARTING, str(told), _LASTING])
    try:
        deadline = time.monotonic() + 60
        while not (told.exists() and told.read_text()):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        child = int(told.read_text())
        assert _lives(child)
        parent.send_signal(signal.SIGKILL)
        while _lives(child):
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        parent.kill()
        parent.wait()


def _lives(process: int) -> bool:
    """Whether it runs; one that has ended and that nobody has asked after yet does not."""
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    with suppress(OSError):
        os.kill(process, 0)
        return not Path("/proc/self").exists()
    return False
