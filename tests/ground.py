"""Where the tests' own homes lie: in memory where the machine has room there, otherwise on the disk.

A clone of the template is some 1,500 files. Made on a disk they cost up to two seconds of processor time, which varies
fourfold from one hour to the next; in memory they cost a fourteenth of a second, at any hour.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path

from gongzhi.embedded import Cluster
from gongzhi.home import current_home

_CHECKOUT = Path(__file__).resolve().parents[1]
_MEMORY = Path("/dev/shm")  # noqa: S108  whoever owns the folder in it is checked
_ENOUGH = 2 * 1024**3
"""Bytes free there: the server with all clones that stand at once takes a fifth of that."""
_USERS = "tests.users"
"""Locked, shared, by every process that uses the home; who can lock it alone is the last."""


def home_of_tests() -> Path:
    """The folder for this process: the stated one, which is that of whoever started it, or a new one."""
    stated = os.environ.get("GONGZHI_HOME")
    home = Path(stated) if stated else _in_memory() or _CHECKOUT / ".gongzhi" / "tests"
    if home == _place():
        descriptor = os.open(home / _USERS, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        _used.append(descriptor)
    return home


def ground_for_homes() -> Path:
    """A new folder for homes that a test makes and takes away, where every account may walk in.

    In memory where the tests' own home is, and gone with it if the test was killed: a new server is some 1,300 files.
    """
    ground = Path(tempfile.mkdtemp(prefix="gongzhi-test-", dir=_place() if _used else None))
    ground.chmod(0o755)
    return ground


def leave_home() -> None:
    """Take the home out of memory if nobody else uses it; one in the checkout stays for the next run."""
    if not _used:
        return
    os.close(_used.pop())
    home = _place()
    descriptor = os.open(home / _USERS, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        if (home / "postgres").exists():
            # Who used it last has stopped it, unless they were killed.
            cluster = Cluster(current_home())
            cluster.stop()
            shutil.rmtree(cluster.layout.root)
            shutil.rmtree(cluster.socket_dir, ignore_errors=True)
        shutil.rmtree(home)
    finally:
        os.close(descriptor)


_used: list[int] = []


def _place() -> Path:
    checkout = hashlib.sha256(os.fsencode(_CHECKOUT)).hexdigest()[:12]
    return _MEMORY / f"gongzhi-tests-{os.geteuid()}-{checkout}"


def _in_memory() -> Path | None:
    home = _place()
    if not _MEMORY.is_dir() or shutil.disk_usage(_MEMORY).free < _ENOUGH:
        return None
    try:
        home.mkdir(mode=0o700)
    except FileExistsError:
        found = home.lstat()
        ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
        return home if ours else None
    except OSError:
        return None
    # As `gongzhi.home` makes one: the account under which root's server runs has to walk through.
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return home
