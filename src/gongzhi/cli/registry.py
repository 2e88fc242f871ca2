"""`gongzhi registry import`: take in a file of registrations and say what became of every row."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from gongzhi.cli import registry_facts
from gongzhi.cli.failure import CommandFailed
from gongzhi.cli.main import with_django

if TYPE_CHECKING:
    from gongzhi.registry.intake.report import Report
    from gongzhi.registry.intake.running import Outcome


def add(commands: argparse._SubParsersAction) -> None:
    """Add `registry import`, `reports` and `equipment`."""
    parser = commands.add_parser("registry", help="导入登记数据 · import registrations")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    take = actions.add_parser(
        "import",
        help="导入登记数据（CSV、gz、xlsx）· import registrations (CSV, gz, xlsx)",
        description="列：name, uscc, established_date, business_scope, address（或中文列名），其余列一并保留。"
        "标准输出为一行 JSON。/ The other columns are kept. Prints one line of JSON.",
    )
    take.add_argument("file", type=Path, metavar="FILE")
    take.add_argument(
        "--as-of", type=_day, required=True, metavar="DATE", help="数据基准日 · the day it holds for"
    )
    take.add_argument(
        "--report", type=Path, metavar="OUT.xlsx", help="未接受的行及原因 · the rows not accepted, and why"
    )
    take.add_argument("--city", metavar="NAME", help="默认为已装入的城市 · by default the installed city")
    take.set_defaults(func=_import)
    registry_facts.add_to(actions)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("应为 2026-09-21 这样的日期 / a date like 2026-09-21") from None


def _import(arguments: argparse.Namespace) -> None:
    if arguments.report and arguments.report.suffix.lower() != ".xlsx":
        raise CommandFailed("--report 的文件名应以 .xlsx 结尾 / the report's name has to end in .xlsx")
    # One thread and one connection: a pool would only be in the way of the fork.
    os.environ.setdefault("GONGZHI_POOL", "0")
    with_django()
    outcome = _run(arguments)
    print(json.dumps(summary(outcome), ensure_ascii=False))
    if not outcome.complete:
        print(
            "注意：压缩文件不完整，只导入了能读出的部分 / "
            "note: the compressed file is cut; what could be read was taken",
            file=sys.stderr,
        )


def _run(arguments: argparse.Namespace) -> Outcome:
    from gongzhi.catalog.queries import NoPackError, installed  # noqa: PLC0415  Django is ready only now
    from gongzhi.flow.moment import moment_now  # noqa: PLC0415
    from gongzhi.places.queries import LatePlacer  # noqa: PLC0415
    from gongzhi.registry.intake.running import (  # noqa: PLC0415
        NotRegistrationsError,
        RunningAlreadyError,
        run_import,
    )

    try:
        pack = installed()
        if arguments.city and arguments.city != pack.code:
            raise CommandFailed(
                f"本机装入的是{pack.name_zh}，不是 {arguments.city} / "
                f"{pack.name_en} is installed here, not {arguments.city}"
            )
        with arguments.file.open("rb"):
            places = LatePlacer(arguments.as_of)
        with _reporting(arguments.report) as report:
            return run_import(
                arguments.file,
                as_of=arguments.as_of,
                places=places,
                city=pack.city_code4,
                clock=lambda: moment_now().at,
                refuse=lambda line, why, uscc, name: (
                    report.add(line, why, uscc=uscc, name=name) if report else None
                ),
                progress=_progress,
            )
    except (NoPackError, NotRegistrationsError, RunningAlreadyError) as error:
        raise CommandFailed(str(error)) from error


@contextlib.contextmanager
def _reporting(path: Path | None) -> Iterator[Report | None]:
    if path is None:
        yield None
        return
    from gongzhi.registry.intake.report import Report  # noqa: PLC0415

    with Report(path) as report:
        yield report


def _progress(stage: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        words = {"read": "读取 · read", "load": "导入 · loaded"}[stage]
        end = "\n" if total and done >= total else ""
        print(f"\r{words} {done:,}{f' / {total:,}' if total else ''}", end=end, file=sys.stderr, flush=True)


def summary(outcome: Outcome) -> dict[str, object]:
    """The line that is printed. `rows` is accepted + unchanged + changed + cancelled + all that were rejected."""
    places = waiting_places()
    waiting: dict[str, int] = dict.fromkeys(places.values(), 0)
    for place, number in outcome.opened.items():
        if place in places:
            waiting[places[place]] += number
    return {
        "rows": outcome.rows,
        "accepted": outcome.accepted,
        "unchanged": outcome.unchanged,
        "changed": outcome.changed,
        "cancelled": outcome.cancelled,
        "rejected": {why.value: number for why, number in sorted(outcome.rejected.items())},
        "notices": sum(number for (graph, _), number in outcome.opened.items() if graph == "notices"),
        "visits": sum(number for (graph, _), number in outcome.opened.items() if graph == "visits"),
        "waiting": waiting,
        "placed": dict(sorted(outcome.where.items())),
        "complete": outcome.complete,
    }


def waiting_places() -> dict[tuple[str, str], str]:
    """Where the machine could not go on alone: the graph and state of a case, and what it waits for."""
    from gongzhi.notices import graph as notices  # noqa: PLC0415  Django is ready only now
    from gongzhi.visits import graph as visits  # noqa: PLC0415

    return {
        (notices.NAME, notices.TO_CONFIRM): "scope_to_confirm",
        (notices.NAME, notices.UNCLAIMED): "no_permit_found",
        (notices.NAME, notices.TO_PLACE): "notice_held_until_placed",
        (visits.NAME, visits.TO_PLACE): "address_to_place",
        (visits.NAME, visits.TO_ASSIGN): "visit_to_assign",
    }
