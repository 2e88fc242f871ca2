"""`gongzhi database`: the embedded server by hand."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gongzhi.cli.failure import CommandFailed
from gongzhi.embedded import Cluster
from gongzhi.home import current_home, database_urls

if TYPE_CHECKING:
    import argparse


def add(commands: argparse._SubParsersAction) -> None:
    """Add `database start|stop|status|url`."""
    parser = commands.add_parser("database", help="自带数据库的启停 · the embedded database")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    start = actions.add_parser("start", help="启动并保持运行 · start it and let it stay up")
    start.set_defaults(func=_start)
    stop = actions.add_parser("stop", help="安全停止 · stop it safely, whoever uses it")
    stop.set_defaults(func=_stop)
    status = actions.add_parser("status", help="运行返回 0，停止返回 1 · exit code 0 when up, 1 when not")
    status.set_defaults(func=_status)
    url = actions.add_parser("url", help="打印连接地址（含密码）· print the address, password included")
    url.add_argument("--role", choices=("owner", "app"), default="owner")
    url.set_defaults(func=_url)


def _cluster() -> Cluster:
    if os.environ.get("DATABASE_URL"):
        raise CommandFailed(
            "已设 DATABASE_URL：该数据库不由 gongzhi 启停 / "
            "DATABASE_URL is set: that server is run by somebody else, not by gongzhi"
        )
    return Cluster(current_home())


def _start(_: argparse.Namespace) -> None:
    _cluster().ensure_started()
    print("数据库已启动 · the database is up")


def _stop(_: argparse.Namespace) -> None:
    _cluster().stop()
    print("数据库已停止 · the database is stopped")


def _status(_: argparse.Namespace) -> int:
    cluster = _cluster()
    up = cluster.is_running()
    print(f"{'运行中 · up' if up else '已停止 · stopped'}  {cluster.layout.data}")
    return 0 if up else 1


def _url(arguments: argparse.Namespace) -> None:
    urls = database_urls()
    print(urls.owner if arguments.role == "owner" else urls.app)
