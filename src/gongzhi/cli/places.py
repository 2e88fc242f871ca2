"""`gongzhi places import`: take in a standard address library."""

from __future__ import annotations

import argparse
import json
import os
from datetime import date
from pathlib import Path

from gongzhi.cli.failure import CommandFailed
from gongzhi.cli.main import with_django


def add(commands: argparse._SubParsersAction) -> None:
    """Add `places import`."""
    parser = commands.add_parser("places", help="标准地址库 · the standard address library")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    take = actions.add_parser(
        "import",
        help="导入标准地址库（CSV、gz）· import an address library (CSV, gz)",
        description="列：address, village_code，可选 grid_code, lon, lat，其余列忽略。标准输出为一行 JSON。/ "
        "Columns address, village_code, optionally grid_code, lon, lat; others are ignored. Prints one line of JSON.",
    )
    take.add_argument("file", type=Path, metavar="FILE")
    take.add_argument(
        "--as-of", type=_day, metavar="DATE", help="自何日起有效，默认今日 · from which day; by default today"
    )
    take.set_defaults(func=_import)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("应为 2026-09-21 这样的日期 / a date like 2026-09-21") from None


def _import(arguments: argparse.Namespace) -> None:
    os.environ.setdefault("GONGZHI_POOL", "0")
    with_django()
    from gongzhi.catalog.queries import NoPackError, installed  # noqa: PLC0415  Django is ready only now
    from gongzhi.flow.moment import moment_at, moment_now, noon  # noqa: PLC0415
    from gongzhi.org.access import acting_as  # noqa: PLC0415
    from gongzhi.org.acting import SYSTEM  # noqa: PLC0415
    from gongzhi.places.actions import NotALibraryError, import_library  # noqa: PLC0415

    try:
        installed()
        moment = moment_at(noon(arguments.as_of)) if arguments.as_of else moment_now()
        with acting_as(SYSTEM):
            done = import_library(arguments.file, moment=moment)
    except (NoPackError, NotALibraryError) as error:
        raise CommandFailed(str(error)) from error
    rejected = {why: number for why, number in sorted(done.rejected.items()) if number}
    line = {"rows": done.rows, "added": done.added, "changed": done.changed, "unchanged": done.unchanged}
    print(json.dumps(line | {"rejected": rejected}))
