"""What `gongzhi up` runs beside itself: the web server and the worker, each a process of its own.

Neither outlives the supervisor, even one that was killed without a chance to say goodbye.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import os
import signal
import sys
from typing import TYPE_CHECKING

from gongzhi.cli.main import leave, with_django
from gongzhi.lifeline import end_with_parent

if TYPE_CHECKING:
    from procrastinate import App

THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)
"""Threads of one web process. Each keeps a database connection, of which the server has a hundred."""

_IDLE_SECONDS = 600


def main() -> int:
    """Run the part that the command line names, until a signal."""
    parser = argparse.ArgumentParser(prog="gongzhi.cli.child")
    parser.add_argument("part", choices=("web", "worker"))
    parser.add_argument("--supervisor", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, leave)  # until web server or worker bring handlers of their own
    end_with_parent(arguments.supervisor)
    # Web processes are forks of the web server's own; they end with it as it ends with the supervisor.
    os.register_at_fork(before=_remember, after_in_child=_end_with_remembered)
    # Held here too: when the supervisor was killed, the last of us closes the embedded database in order.
    if arguments.part == "web":
        # A connection for each request would cost more than most requests do.
        os.environ.setdefault("GONGZHI_POOL", str(THREADS))
    with_django()
    if arguments.part == "web":
        _serve(arguments.host, arguments.port, arguments.workers)
    else:
        _work()
    return 0


_forking: list[int] = []


def _remember() -> None:
    _forking[:] = [os.getpid()]


def _end_with_remembered() -> None:
    end_with_parent(_forking[0])


def _serve(host: str, port: int, workers: int) -> None:
    from granian import Granian  # noqa: PLC0415  the worker does without it
    from granian.constants import HTTPModes, Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    # The web processes are forked from this one: what it has loaded is there once, and at once.
    importlib.import_module("gongzhi.wsgi")
    Granian(
        "gongzhi.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        # A thread that ends takes its database connection with it.
        blocking_threads_idle_timeout=_IDLE_SECONDS,
        http=HTTPModes.http1,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()


def _work() -> None:
    from procrastinate.contrib.django import app  # noqa: PLC0415  needs Django to be ready

    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:
        asyncio.run(_work_until_told(worker_app))


async def _work_until_told(app: App) -> None:
    """Work until SIGTERM, then finish the running jobs, for at most twenty seconds.

    Procrastinate's own handlers would come too late for a signal during the start.
    """
    from procrastinate.worker import Worker  # noqa: PLC0415  needs Django to be ready

    from gongzhi.cli.leftovers import keep_taking_up  # noqa: PLC0415

    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    async with app.open_async():
        app.perform_import_paths()
        defaults = {**app.worker_defaults, "install_signal_handlers": False, "shutdown_graceful_timeout": 20}
        worker = Worker(app=app, **defaults)
        running = asyncio.create_task(worker.run())
        waiting = asyncio.create_task(told.wait())
        looking = asyncio.create_task(keep_taking_up(app, worker))
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        looking.cancel()
        # A stop before the worker's first step would be forgotten; that step was scheduled before our waiting.
        worker.stop()
        await running


if __name__ == "__main__":
    sys.exit(main())
