"""`gongzhi journal verify`: recompute every line's hash and every chain, and every case from its last line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gongzhi.cli.failure import CommandFailed

if TYPE_CHECKING:
    import argparse


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `journal verify`."""
    parser = commands.add_parser("journal", help="核验日志链 · verify the journal")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    verifying = actions.add_parser(
        "verify",
        help="核验每一行、每一链、每一案 · check every line, chain and case",
        description='输出 JSON {"cases","lines","broken"}；有不符时退出码为 1 · exits 1 when something is broken',
    )
    verifying.set_defaults(func=_verify)


def _verify(_: argparse.Namespace) -> None:
    from gongzhi.cli.main import with_django  # noqa: PLC0415

    with_django()
    from django.db import ProgrammingError  # noqa: PLC0415

    from gongzhi.flow.verify import verify  # noqa: PLC0415
    from gongzhi.org.access import acting_as  # noqa: PLC0415
    from gongzhi.org.acting import SYSTEM  # noqa: PLC0415

    try:
        with acting_as(SYSTEM):
            verdict = verify()
    except ProgrammingError as error:
        reason = str(error).strip().splitlines()[0]
        raise CommandFailed(f"还没有日志，请先运行 gongzhi init · no journal yet: {reason}") from error
    print(
        json.dumps(
            {"cases": verdict.cases, "lines": verdict.lines, "broken": list(verdict.broken)},
            ensure_ascii=False,
        )
    )
    if verdict.broken:
        raise CommandFailed(f"日志有 {len(verdict.broken)} 处不符 · the journal is broken in so many places")
