"""`gongzhi`: one program, one module a command, and only the module that was asked for is imported.

Exit codes: 0 done · 1 the work failed, the reason is on standard error · 2 the command was misused.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from importlib import import_module
from typing import NoReturn

from gongzhi import __version__
from gongzhi.cli.failure import CommandFailed, of_file

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("gongzhi.cli.init", "建库并装入一市的基础数据 · create the tables and load a city pack"),
    "up": ("gongzhi.cli.up", "启动数据库、网站和任务 · run database, web and worker"),
    "demo": ("gongzhi.cli.demo", "装入虚构的演示数据 · load the invented demo city"),
    "registry": ("gongzhi.cli.registry", "导入登记数据 · import registrations"),
    "places": ("gongzhi.cli.places", "导入标准地址库 · import an address library"),
    "clues": ("gongzhi.cli.clues", "导入 12345 工单 · take in files of the 12345 hotline"),
    "scopes": ("gongzhi.cli.scopes", "经营范围对应许可 · which permits a business scope means"),
    "addresses": ("gongzhi.cli.addresses", "地址匹配到村社区 · match addresses to villages"),
    "worktime": ("gongzhi.cli.worktime", "工作日与期限 · working days and due dates"),
    "exchange": ("gongzhi.cli.exchange", "其他系统的接口令牌 · tokens of other systems"),
    "flow": ("gongzhi.cli.flow", "检查和绘制流程图 · prove and draw the process graphs"),
    "journal": ("gongzhi.cli.journal", "核验日志链 · verify the journal"),
    "database": ("gongzhi.cli.database", "自带数据库的启停 · start and stop the embedded database"),
}
"""Each command's module, with `add(commands)` in it, and the line about it in `gongzhi --help`."""


_NOT_YET = (
    "如尚未建库，请先运行 gongzhi init --city 城市 · if this is a new database, run: gongzhi init --city NAME"
)


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    signal.signal(signal.SIGTERM, leave)
    try:
        code = _run(given)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output left; Python's own flush at exit must not stumble over it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        reason = _reason(error)
        if reason is None:
            raise
        print(f"gongzhi: {reason}", file=sys.stderr)
        return 1
    return code


def with_django() -> None:
    """Make Django ready for a command that needs the database.

    Without DATABASE_URL the embedded server is started first; it stops with the last command that uses it.
    """
    import atexit  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongzhi.settings")
    if not os.environ.get("DATABASE_URL"):
        from gongzhi.embedded import Cluster  # noqa: PLC0415
        from gongzhi.home import current_home  # noqa: PLC0415

        Cluster(current_home()).hold_until_exit()
    import django  # noqa: PLC0415  half a second that pure commands do not spend

    django.setup()
    # Runs before the server is let go: a pool that loses its server would complain.
    atexit.register(_close_connections)


def leave(_signal: int, _frame: object) -> NoReturn:
    """Answer SIGTERM with an exception, so that transactions roll back and the embedded server is let go."""
    raise SystemExit(143)


def _run(given: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="gongzhi",
        description="共治：市场监管闭环 · a city's market supervision as one closed loop",
    )
    parser.add_argument("--version", action="version", version=f"gongzhi {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    wanted = given[0] if given else None
    if wanted in COMMANDS:
        import_module(COMMANDS[wanted][0]).add(commands)
    else:
        for name, (_, summary) in COMMANDS.items():
            commands.add_parser(name, help=summary)
    parsed = parser.parse_args(given)
    return parsed.func(parsed) or 0


def _reason(error: Exception) -> str | None:
    """One line for a failure that is not a fault in the program; None for one that is."""
    if isinstance(error, CommandFailed):
        return str(error)
    if isinstance(error, OSError) and error.filename is not None:
        return of_file(error)
    for module, name in (
        ("gongzhi.home", "HomeError"),
        ("gongzhi.embedded.failure", "ClusterError"),
        ("django.db", "OperationalError"),
        ("psycopg", "OperationalError"),
    ):
        # A class that was never imported cannot have been raised; looking it up must not import it.
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and isinstance(error, kind):
            said = str(error).strip()
            if name != "OperationalError":
                return said
            # Before `gongzhi init` the application's role has no password in the database yet.
            hint = f"\n{_NOT_YET}" if "gongzhi_app" in said else ""
            return f"数据库未能完成操作 / the database could not do it: {said}{hint}"
    return None


def _close_connections() -> None:
    from django.db import connections  # noqa: PLC0415

    connections.close_all()
    for connection in connections.all(initialized_only=True):
        close_pool = getattr(connection, "close_pool", None)
        if close_pool:
            close_pool()


if __name__ == "__main__":
    sys.exit(main())
