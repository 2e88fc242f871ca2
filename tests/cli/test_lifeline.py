"""What was started for somebody ends with them."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.cli.test_up import alive, wait_until

if TYPE_CHECKING:
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
        wait_until(lambda: told.exists() and told.read_text() != "")
        child = int(told.read_text())
        assert alive(child)
        parent.send_signal(signal.SIGKILL)
        wait_until(lambda: not alive(child))
    finally:
        parent.kill()
        parent.wait()
