"""`gongzhi clues hotline`: take in a file of the 12345 hotline and say what became of every row."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from gongzhi.cli.failure import CommandFailed, of_file
from gongzhi.cli.main import with_django

if TYPE_CHECKING:
    from gongzhi.clues.hotline import HotlineOutcome


def add(commands: argparse._SubParsersAction) -> None:
    """Add `clues hotline`."""
    parser = commands.add_parser("clues", help="无证无照线索 · clues of unlicensed business")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    hotline = actions.add_parser(
        "hotline",
        help="导入 12345 工单（CSV、gz、xlsx）· take in 12345 orders (CSV, gz, xlsx)",
        description="必须有的列：工单编号、诉求内容、事发地点；店名、受理时间、诉求人、联系电话如有则一并读入，"
        "诉求人的身份加密另存。每一行都有交代，同一文件或同一工单再次导入不会重复。标准输出为一行 JSON。"
        " / Who called is sealed and kept apart. Every row is accounted for; the same file or order again changes"
        " nothing. Prints one line of JSON.",
    )
    hotline.add_argument("file", type=Path, metavar="FILE")
    hotline.set_defaults(func=_hotline)


def _hotline(arguments: argparse.Namespace) -> None:
    with_django()
    print(json.dumps(summary(_read(arguments.file)), ensure_ascii=False))


def _read(file: Path) -> HotlineOutcome:
    from gongzhi.catalog.queries import NoPackError, installed  # noqa: PLC0415  Django is ready only now
    from gongzhi.clues.hotline import NotHotlineError, read_hotline  # noqa: PLC0415
    from gongzhi.flow.moment import moment_now  # noqa: PLC0415
    from gongzhi.places.queries import LatePlacer  # noqa: PLC0415
    from gongzhi.registry.intake.reading import UnreadableFileError  # noqa: PLC0415

    moment = moment_now()
    try:
        return read_hotline(file, places=LatePlacer(moment.today), city=installed().city_code4, moment=moment)
    except (NoPackError, NotHotlineError, UnreadableFileError) as error:
        raise CommandFailed(str(error)) from error
    except OSError as error:
        raise CommandFailed(of_file(error)) from error


def summary(outcome: HotlineOutcome) -> dict[str, object]:
    """What the command prints: `rows` is opened + known + refused, `why` counts the refused rows by reason."""
    return {**asdict(outcome), "why": dict(outcome.why)}
