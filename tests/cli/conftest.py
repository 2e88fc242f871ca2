"""Commands as a person runs them: another process, a home of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from tests.ground import ground_for_homes

from gongzhi import home as homes
from gongzhi.embedded import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = [sys.executable, "-m", "gongzhi.cli.main"]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `gongzhi` to its end."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@contextmanager
def empty_home() -> Iterator[homes.Home]:
    """An empty home for what runs inside; its server, if one came to be, is gone afterwards."""
    ground = ground_for_homes()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        patch.setenv("GONGZHI_HOME", str(ground / "home"))
        home = homes.current_home()
        yield home
        cluster = Cluster(home)
        cluster.stop()
        for folder in (cluster.layout.root, cluster.socket_dir, ground):
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home() -> Iterator[homes.Home]:
    """An empty home."""
    with empty_home() as made:
        yield made
