"""`gongzhi scopes match`: JSON lines of scopes in, JSON lines of permits out; no database."""

import argparse
import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from gongzhi.cli.failure import CommandFailed
from gongzhi.collector import at_rest
from gongzhi.scopes import Match, RuleBook, default_book, match


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `scopes` with its subcommand `match [FILE]`."""
    scopes = commands.add_parser("scopes", help="经营范围与许可事项 / business scopes and permits")
    actions = scopes.add_subparsers(dest="action", required=True)
    matching = actions.add_parser(
        "match",
        help="经营范围匹配许可事项 / match business scopes to permits",
        description=(
            "逐行读入 JSON {“id”, “scope”}，逐行输出 {“id”, “permits”}。 "
            'Reads JSON lines {"id", "scope"}, writes JSON lines {"id", "permits"}.'
        ),
    )
    matching.add_argument(
        "file", nargs="?", metavar="FILE", help="输入文件，缺省为标准输入 / input; default stdin"
    )
    matching.add_argument(
        "--on",
        type=dt.date.fromisoformat,
        metavar="DATE",
        help="按该日有效的规则，缺省为今天 / rules in force on this date; default today",
    )
    matching.set_defaults(func=run_match)


def run_match(arguments: argparse.Namespace) -> int:
    """Answer every readable line; name the others on stderr and fail at the end."""
    book = default_book(arguments.on or dt.datetime.now(ZoneInfo("Asia/Shanghai")).date())
    if arguments.file in (None, "-"):
        bad = _answer(sys.stdin.buffer, book, sys.stdout)
    else:
        with Path(arguments.file).open("rb") as lines:
            bad = _answer(lines, book, sys.stdout)
    if bad:
        raise CommandFailed(
            f"有 {bad} 行读不懂，其余已答 / {bad} lines could not be read, the rest are answered"
        )
    return 0


def _answer(lines: Iterable[bytes], book: RuleBook, out: IO[str]) -> int:
    bad = 0
    with at_rest():
        for number, record in _records(lines):
            if isinstance(record, str):
                bad += 1
                print(f"第 {number} 行 / line {number}: {record}", file=sys.stderr)
                continue
            answer = {"id": record["id"], "permits": _permits(match(record["scope"], book))}
            out.write(json.dumps(answer, ensure_ascii=False) + "\n")
    out.flush()
    return bad


def _records(lines: Iterable[bytes]) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Give line number and record, or the reason why the line can't be read; blank lines are skipped."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
        except (UnicodeDecodeError, ValueError, RecursionError) as error:
            yield number, f"不是 UTF-8 的 JSON / not JSON in UTF-8: {error}"
            continue
        if not isinstance(record, dict) or "id" not in record or not isinstance(record.get("scope"), str):
            yield number, "须有 id 和文本 scope / needs id and a text scope"
            continue
        yield number, record


def _permits(answer: Match) -> list[dict[str, Any]]:
    return [
        {
            "code": hit.code,
            "certainty": hit.certainty,
            "words": [{"text": words.text, "start": words.start, "end": words.end} for words in hit.words],
            "rule": hit.rule,
            "department": hit.department,
            "basis": hit.basis,
        }
        for hit in answer.permits
    ]
