"""A crash is followed by another attempt, each later than the one before, until it makes no sense."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.cli.supervision import CRASHES, WINDOW_SECONDS, GivenUp, Part, Patience, supervise

if TYPE_CHECKING:
    from pathlib import Path


def test_attempts_come_at_growing_distances_and_end_with_the_fifth_crash() -> None:
    patience = Patience()
    assert [patience.after_crash(now) for now in (0, 1, 2, 3, 4)] == [0.5, 1, 2, 4, None]


def test_a_crash_an_hour_is_borne_for_ever() -> None:
    patience = Patience()
    assert {patience.after_crash(hour * 3600.0) for hour in range(100)} == {0.5}


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=60))
def test_it_gives_up_exactly_when_five_crashes_lie_within_a_minute(gaps: list[float]) -> None:
    patience = Patience()
    moments: list[float] = []
    for gap in gaps:
        moments.append((moments[-1] if moments else 0) + gap)
        within = sum(moments[-1] - moment < WINDOW_SECONDS for moment in moments)
        assert (patience.after_crash(moments[-1]) is None) == (within >= CRASHES)


def test_a_part_that_keeps_ending_is_given_up_and_the_others_are_stopped(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pid_file = tmp_path / "pid"
    steady = Part("steady", [sys.executable, "-c", _WAIT, str(pid_file)])
    broken = Part("broken", [sys.executable, "-c", "raise SystemExit(7)"])
    with pytest.raises(GivenUp, match=r"broken ended 5 times within a minute, .* exit code 7"):
        supervise([steady, broken], each_tick=lambda: None, stopping=lambda: False)
    assert capfd.readouterr().err.count("broken ended with exit code 7; starting it again") == CRASHES - 1
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)


def test_parts_are_stopped_when_asked(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    supervise(
        [Part("steady", [sys.executable, "-c", _WAIT, str(pid_file)])],
        each_tick=lambda: time.sleep(0.01),
        stopping=pid_file.exists,
    )
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)


_WAIT = """
import os, pathlib, sys, time
draft = pathlib.Path(sys.argv[1] + ".new")
draft.write_text(str(os.getpid()))
draft.rename(sys.argv[1])
time.sleep(600)
"""
