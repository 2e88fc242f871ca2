"""`gongzhi registry reports` and `gongzhi registry equipment`: lists of what other data say of businesses."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from gongzhi.cli.failure import CommandFailed
from gongzhi.cli.main import with_django

if TYPE_CHECKING:
    from gongzhi.registry.facts import Fault

KINDS = ("lift", "forklift", "boiler")


def add_to(actions: argparse._SubParsersAction) -> None:
    """Add both to `registry`."""
    reports = actions.add_parser(
        "reports",
        help="导入年报名单 · import a list of who has filed the yearly report",
        description="每行一个统一社会信用代码（或注册号），可有报送日期。"
        "/ One code a row, and the day of filing if known.",
    )
    reports.add_argument("file", type=Path, metavar="FILE")
    reports.add_argument("--year", type=int, required=True, help="报告年度 · the year reported on")
    reports.add_argument(
        "--as-of", type=_day, required=True, metavar="DATE", help="名单截至日 · the list's day"
    )
    reports.set_defaults(func=_reports)
    equipment = actions.add_parser(
        "equipment",
        help="导入特种设备检验名单 · import a list of equipment with inspection dates",
        description="代码、设备编号、检验有效期至。/ Code, number and last day of the inspection.",
    )
    equipment.add_argument("file", type=Path, metavar="FILE")
    equipment.add_argument("--kind", choices=KINDS, required=True, help="设备种类 · what it is")
    equipment.add_argument(
        "--as-of", type=_day, required=True, metavar="DATE", help="名单截至日 · the list's day"
    )
    equipment.set_defaults(func=_equipment)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("应为 2026-09-21 这样的日期 / a date like 2026-09-21") from None


def _reports(arguments: argparse.Namespace) -> None:
    with_django()
    from gongzhi.flow.moment import moment_now  # noqa: PLC0415  Django is ready only now
    from gongzhi.org.acting import SYSTEM  # noqa: PLC0415
    from gongzhi.registry.facts import NotAListError, take_reports  # noqa: PLC0415

    try:
        taken = take_reports(
            arguments.file,
            year=arguments.year,
            as_of=arguments.as_of,
            acting=SYSTEM,
            moment=moment_now(),
            refuse=_refused,
        )
    except NotAListError as error:
        raise CommandFailed(str(error)) from error
    print(json.dumps(taken.as_json(), ensure_ascii=False))


def _equipment(arguments: argparse.Namespace) -> None:
    with_django()
    from gongzhi.org.acting import SYSTEM  # noqa: PLC0415  Django is ready only now
    from gongzhi.registry.facts import NotAListError, take_equipment  # noqa: PLC0415

    try:
        taken = take_equipment(
            arguments.file, kind=arguments.kind, as_of=arguments.as_of, acting=SYSTEM, refuse=_refused
        )
    except NotAListError as error:
        raise CommandFailed(str(error)) from error
    print(json.dumps(taken.as_json(), ensure_ascii=False))


def _refused(line: int, why: Fault, code: str) -> None:
    shown = "".join(letter for letter in code[:40] if letter.isprintable())
    print(f"{line}: {shown}: {why.zh} / {why.en}", file=sys.stderr)
