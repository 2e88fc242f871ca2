"""On which machine and which state of the program a figure was measured: a line that goes above it.

python benchmarks/machine.py
"""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path


def describe() -> str:
    """Processor, memory, load and commit in one line; the load tells whether others were at work on the machine."""
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{_processor()}, {len(os.sched_getaffinity(0))} cores, {_memory():.1f} GB, "
        f"Python {platform.python_version()}, "
        f"commit {_commit()}, load average {load}"
    )


def _processor() -> str:
    found = {
        key.strip(): value.strip()
        for key, _, value in (line.partition(":") for line in Path("/proc/cpuinfo").read_text().splitlines())
    }
    return found.get("model name") or platform.machine()


def _memory() -> float:
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) / 1024**2
    raise LookupError("/proc/meminfo does not say how much memory there is")


def _commit() -> str:
    def git(*arguments: str) -> str:
        here = Path(__file__).resolve().parent
        done = subprocess.run(["git", "-C", here, *arguments], capture_output=True, text=True, check=False)
        return done.stdout.strip()

    return (git("rev-parse", "--short", "HEAD") or "unknown") + (
        "+" if git("status", "--porcelain", "-uno") else ""
    )


if __name__ == "__main__":
    print(describe())
