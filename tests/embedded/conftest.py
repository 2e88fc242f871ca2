"""Homes whose servers vanish with the test."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.ground import ground_for_homes

from gongzhi import home as homes
from gongzhi.embedded import Cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def new_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., homes.Home]]:
    """Makes homes; whatever server and folder came of them is gone after the test."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    made: list[homes.Home] = []
    # Not pytest's own folder: that is closed to the server's account, which is a case of its own.
    ground = ground_for_homes()

    def make(path: Path | None = None) -> homes.Home:
        monkeypatch.setenv("GONGZHI_HOME", str(path or ground / f"home-{len(made)}"))
        made.append(homes.current_home())
        return made[-1]

    yield make
    for home in made:
        remove(Cluster(home), home)
    shutil.rmtree(ground)


def remove(cluster: Cluster, home: homes.Home) -> None:
    """Stop the server and take away everything that it made."""
    cluster.stop()
    for folder in (cluster.layout.root, cluster.socket_dir, home.path):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home(new_home: Callable[..., homes.Home]) -> homes.Home:
    """One home where the server's account can walk in."""
    return new_home()


@pytest.fixture
def cluster(home: homes.Home) -> Cluster:
    """Its server, not started."""
    return Cluster(home)


AS_ORDINARY_USER = """
import sys
sys.path[:0] = {path!r}
import os, psycopg, encodings.ascii, encodings.idna, gongzhi.home, gongzhi.embedded, json, shutil
from gongzhi.embedded import cluster, layout, roles, account, postmaster
import psycopg.sql, psycopg_binary
layout.programs_for(account.Account(os.geteuid(), os.getegid()))
os.setgroups([]); os.setgid({gid}); os.setuid({uid})
exec(compile(open(0).read(), "<test>", "exec"))
"""


@pytest.fixture
def as_ordinary_user() -> Iterator[Callable[[str], str]]:
    """Run a script as somebody who is not root, with a GONGZHI_HOME of his own, and return what it prints.

    For root that is `nobody`. All is imported before root is given up, for Python itself may live under
    a folder that is closed to others.
    """
    ground = ground_for_homes()
    uid, gid = os.geteuid(), os.getegid()
    if uid == 0:
        nobody = pwd.getpwnam("nobody")
        uid, gid = nobody.pw_uid, nobody.pw_gid
        os.chown(ground, uid, gid)

    def run(script: str) -> str:
        environment = {**os.environ, "GONGZHI_HOME": str(ground / "home"), "HOME": str(ground)}
        environment.pop("DATABASE_URL", None)
        start = AS_ORDINARY_USER.format(path=sys.path, uid=uid, gid=gid) if os.geteuid() == 0 else script
        done = subprocess.run(
            [sys.executable, "-c", start],
            input=script,
            env=environment,
            cwd="/",
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    yield run
    shutil.rmtree(ground)
