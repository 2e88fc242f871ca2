"""`gongzhi up`: database, web and worker as one program that starts and stops together."""

from __future__ import annotations

import argparse
import http.client
import os
import signal
import socket
import sys
import time

from gongzhi.cli.failure import CommandFailed
from gongzhi.cli.main import with_django
from gongzhi.cli.supervision import CRASHES, GivenUp, Part, Patience, Tended, supervise

DEFAULT_PORT = 8000
_ANSWER_SECONDS = 90.0
_LOOK_SECONDS = 1.0

# Ctrl-C reaches every process of the terminal; only the supervisor answers it, and stops the others in order.
_DEAF_TO_CTRL_C = ["/bin/sh", "-c", "trap '' INT; exec \"$@\"", "sh"]


def add(commands: argparse._SubParsersAction) -> None:
    """Add `up`."""
    parser = commands.add_parser("up", help="启动数据库、网站和任务 · run database, web and worker")
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="监听地址，缺省 %(default)s · address to listen on, default %(default)s",
    )
    parser.add_argument(
        "--port",
        type=_port,
        help=f"端口，缺省 {DEFAULT_PORT}，被占用时另选 · port, default {DEFAULT_PORT}, or a free one if it is taken",
    )
    parser.add_argument(
        "--workers",
        type=_count,
        default=_web_processes(),
        help="网站进程数，缺省 %(default)s · web processes, default %(default)s",
    )
    parser.set_defaults(func=_up)


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65536:
        raise argparse.ArgumentTypeError("端口在 1 至 65535 之间 / a port lies between 1 and 65535")
    return port


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError("至少 1 个 / at least one")
    return count


def _web_processes() -> int:
    # More than four would use up the database's hundred connections before it used up the machine.
    return min(4, os.cpu_count() or 1)


def _up(arguments: argparse.Namespace) -> None:
    stop_asked: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _: stop_asked.append(received))
    # Also holds the embedded database; it is let go, and so stopped, after web and worker have ended.
    with_django()
    _require_tables()
    port = _choose_port(arguments.host, arguments.port)
    child = [*_DEAF_TO_CTRL_C, sys.executable, "-m", "gongzhi.cli.child"]
    supervisor = ["--supervisor", str(os.getpid())]
    address = ["--host", arguments.host, "--port", str(port), "--workers", str(arguments.workers)]
    parts: list[Tended] = [] if os.environ.get("DATABASE_URL") else [_Database()]
    parts += [
        Part("web", [*child, "web", *supervisor, *address]),
        Part("worker", [*child, "worker", *supervisor]),
    ]
    greeting = _Greeting(arguments.host, port, _introduction())
    try:
        supervise(parts, each_tick=greeting.give_once, stopping=lambda: bool(stop_asked))
    except GivenUp as error:
        raise CommandFailed(str(error)) from error


class _Database:
    """The embedded server, which this process holds: gone without having been stopped, it is started again."""

    def __init__(self) -> None:
        from gongzhi.embedded import Cluster  # noqa: PLC0415  who has a server of their own needs none of it
        from gongzhi.home import current_home  # noqa: PLC0415

        self._cluster = Cluster(current_home())
        self._patience = Patience()
        self._look_at = 0.0

    def tend(self, now: float) -> None:
        """Look once a second. Raises `GivenUp`, and `ClusterError` when it does not come up again."""
        if now < self._look_at:
            return
        self._look_at = now + _LOOK_SECONDS
        if not self._cluster.was_lost():
            return
        if self._patience.after_crash(now) is None:
            raise GivenUp(
                f"数据库一分钟内中断 {CRASHES} 次 / the database was lost {CRASHES} times within a minute"
            )
        print(
            "gongzhi: 数据库意外中断，正在重新启动 / the database was lost; starting it again",
            file=sys.stderr,
        )
        self._cluster.hold()

    def stop(self) -> None:
        """Let go of what was started again; it is stopped when web, worker and this process have let go as well."""
        self._cluster.release()


def _require_tables() -> None:
    from django.db import connections  # noqa: PLC0415  Django is ready only now
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connections["owner"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandFailed(
            "数据表缺少或比程序旧，请运行 gongzhi init --city 城市 / "
            "the tables are missing or older than the program; run: gongzhi init --city NAME"
        )
    connections.close_all()


def _introduction() -> str:
    from django.apps import apps  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415

    if not apps.is_installed("gongzhi.desk"):
        return ""
    from gongzhi.cli.demo import introduction  # noqa: PLC0415

    words = introduction()
    connections.close_all()
    return words


def _choose_port(host: str, stated: int | None) -> int:
    """The port that was asked for, or the usual one, or when that is taken one that the system gives."""
    for port in [stated] if stated else [DEFAULT_PORT, 0]:
        try:
            return _bindable(host, port)
        except OSError as error:
            reason = error.strerror
    tried = f"{host}:{stated or DEFAULT_PORT}"
    raise CommandFailed(f"不能监听 {tried} / cannot listen on {tried}: {reason}")


def _bindable(host: str, port: int) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as attempt:
        # A port whose last connections are still fading out is free for our purpose.
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        attempt.bind((host, port))
        return attempt.getsockname()[1]


class _Greeting:
    """Says where the pages are, once they are there."""

    def __init__(self, host: str, port: int, introduction: str) -> None:
        # An address that means "everywhere" is tried from this machine.
        self._host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
        self._port = port
        self._introduction = introduction
        self._given = False
        self._deadline = time.monotonic() + _ANSWER_SECONDS
        self._last = "no answer"

    def give_once(self) -> None:
        """Print the address once the page answers; raises `CommandFailed` when it does not in time."""
        if self._given:
            return
        if self._answers():
            shown = f"[{self._host}]" if ":" in self._host else self._host
            print(
                f"共治已就绪 · Gongzhi is up: http://{shown}:{self._port}/  (Ctrl-C 停止 · stops)", flush=True
            )
            if self._introduction:
                print(self._introduction, flush=True)
            self._given = True
        elif time.monotonic() > self._deadline:
            raise CommandFailed(
                f"网站 {_ANSWER_SECONDS:g} 秒内没有应答 / "
                f"the page did not come up within {_ANSWER_SECONDS:g} s: {self._last}"
            )

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=10)
        try:
            connection.request("GET", "/")
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            self._last = str(error)
            return False
        finally:
            connection.close()
        self._last = f"HTTP {status}"
        return status < 500
