"""Keeping a few processes alive, and knowing when to give up."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

CRASHES = 5
WINDOW_SECONDS = 60.0
_FIRST_DELAY_SECONDS = 0.5
_STOP_SECONDS = 30.0
_TICK_SECONDS = 0.1


@dataclass(slots=True)
class Patience:
    """How long to wait before the next attempt, and when another attempt is no longer sensible."""

    _crashes: deque[float] = field(default_factory=lambda: deque(maxlen=CRASHES))

    def after_crash(self, now: float) -> float | None:
        """Seconds to wait before a restart, doubling from half a second; None when it is time to give up.

        `now` is a monotonic clock in seconds. Giving up comes with the fifth crash within a minute.
        """
        self._crashes.append(now)
        recent = [moment for moment in self._crashes if now - moment < WINDOW_SECONDS]
        if len(recent) >= CRASHES:
            return None
        return _FIRST_DELAY_SECONDS * 2 ** (len(recent) - 1)


class GivenUp(Exception):  # noqa: N818  it reads as a sentence where it is raised
    """A part crashed too often; the message says which and how it ended."""


class Tended(Protocol):
    """What is to be there while the others are."""

    def tend(self, now: float) -> None:
        """See to it that it is there, at the instant `now` of a monotonic clock in seconds. Raises `GivenUp`."""

    def stop(self) -> None:
        """Let it end."""


class Part:
    """One process that is to be there."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._patience = Patience()
        self._start_at = 0.0

    def tend(self, now: float) -> None:
        """Start the process when it is due, notice when it has ended. Raises `GivenUp`."""
        if self._process is None:
            if now >= self._start_at:
                self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL)
            return
        code = self._process.poll()
        if code is None:
            return
        self._process = None
        delay = self._patience.after_crash(now)
        how_zh, how = (
            (f"被信号 {-code} 终止", f"signal {-code}") if code < 0 else (f"返回 {code}", f"exit code {code}")
        )
        if delay is None:
            raise GivenUp(
                f"{self.name} 一分钟内退出 {CRASHES} 次，最后一次{how_zh} / "
                f"{self.name} ended {CRASHES} times within a minute, the last time with {how}"
            )
        print(
            f"gongzhi: {self.name} {how_zh}，{delay:g} 秒后重新启动 / "
            f"{self.name} ended with {how}; starting it again in {delay:g} s",
            file=sys.stderr,
        )
        self._start_at = now + delay

    def stop(self) -> None:
        """Ask the process to end, and make it end when it does not within half a minute."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def supervise(
    parts: Iterable[Tended], *, each_tick: Callable[[], None], stopping: Callable[[], bool]
) -> None:
    """Keep `parts` running until `stopping` says so, then end them in their order.

    `each_tick` is called ten times a second and may raise to end everything. Raises `GivenUp`.
    """
    parts = list(parts)
    try:
        while not stopping():
            for part in parts:
                part.tend(time.monotonic())
            each_tick()
            time.sleep(_TICK_SECONDS)
    finally:
        for part in parts:
            part.stop()
