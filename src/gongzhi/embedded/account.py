"""As whom the server runs.

PostgreSQL refuses to run as root, and rightly: whoever breaks into it would own the machine. An ordinary user
runs it as himself; root hands it to a system account that owns nothing else.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gongzhi.embedded.failure import ClusterError

if TYPE_CHECKING:
    from collections.abc import Sequence


ACCOUNT = "gongzhi-pg"


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine as whom programs are started."""

    uid: int
    gid: int

    @property
    def is_ourselves(self) -> bool:
        """Whether it is the user who runs this very process."""
        return self.uid == os.geteuid()

    def run(
        self, arguments: Sequence[str | Path], *, folder: Path, timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this account in `folder` and wait for it, at most `timeout` seconds.

        Output and errors come back in one text. The environment is a plain one: PG* variables of the caller's
        shell would otherwise steer the server's programs, and its language would change their messages.
        """
        other = {} if self.is_ourselves else {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.run(
            [str(argument) for argument in arguments],
            cwd=folder,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
            **other,
        )

    def can_enter(self, folder: Path) -> bool:
        """Whether this account can walk to `folder` as things stand; the kernel answers, so ACLs count."""
        if self.is_ourselves:
            return True
        try:
            return (
                self.run(["/bin/sh", "-c", 'cd "$0"', folder], folder=Path("/"), timeout=10).returncode == 0
            )
        except OSError:
            return False


def server_account() -> Account:
    """The account for the server: the caller, or for root the system account, made when it is missing.

    Raises `ClusterError` when root has no means to make one.
    """
    if os.geteuid() != 0:
        return Account(uid=os.geteuid(), gid=os.getegid())
    entry = _entry() or _created()
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def _entry() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        return None


def _created() -> pwd.struct_passwd:
    told = "neither useradd nor adduser is installed"
    nowhere, no_shell = "/nonexistent", "/bin/false"
    for command in (
        ["useradd", "--system", "--user-group", "-M", "-d", nowhere, "-s", no_shell, ACCOUNT],
        # BusyBox, as in Alpine.
        ["adduser", "-S", "-D", "-H", "-h", nowhere, "-s", no_shell, ACCOUNT],
    ):
        if shutil.which(command[0]) is None:
            continue
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        # Another process may have made the account a moment earlier; then this failure means nothing.
        if entry := _entry():
            return entry
        told = done.stderr.strip() or f"{command[0]} ended with {done.returncode}"
    raise ClusterError(
        f"PostgreSQL 不能以 root 运行，而系统账户 {ACCOUNT} 无法建立；请手工建立该账户、改用普通用户运行 gongzhi，"
        f"或用 DATABASE_URL 指定现有数据库 / "
        f"PostgreSQL refuses to run as root and the system account {ACCOUNT} cannot be made ({told}); "
        f"make it by hand, run gongzhi as an ordinary user, or set DATABASE_URL to a server that exists"
    )
