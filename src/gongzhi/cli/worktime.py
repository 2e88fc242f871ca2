"""``gongzhi worktime``: when a limit ends, for one start or for a stream of them. Needs no database."""

from __future__ import annotations

import codecs
import json
import sys
from argparse import ArgumentTypeError
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from gongzhi.cli.failure import CommandFailed
from gongzhi.worktime import HORIZON, Limit, OutsideCalendarError, Unit, default_calendar

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from io import BufferedReader
    from typing import BinaryIO

    from gongzhi.worktime import Calendar

_CHUNK = 1 << 20
_LONGEST_LINE = 1 << 16
"""A line is an id, a date and a number; keeping a longer one would let rubbish fill the memory."""
_MOST_DAYS = 36_600
_DAY_ONE = date(1970, 1, 1).toordinal()


_NOT_JSON = "不是一行完整的 JSON 对象 / not one whole JSON object in UTF-8"
_TOO_LONG = "超过 64 KiB / longer than 64 KiB"
_NO_ID = "id 应为文字或整数 / id has to be text or a whole number"
_NO_DATE = "起始日应为 2026-09-21 这样的日期 / the start has to be a date like 2026-09-21"
_NO_DAYS = f"天数应为 0 到 {_MOST_DAYS} 的整数 / the days have to be a whole number from 0 to {_MOST_DAYS}"


class _RefusedLineError(ValueError):
    """A line that cannot be answered; the message says why, in Chinese and in English."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``worktime`` with its subcommand ``due`` to the commands of ``gongzhi``."""
    worktime = commands.add_parser(
        "worktime",
        help="工作日与期限 / working days and limits",
        description="工作日与期限 / working days and limits",
    )
    due = worktime.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "due",
        help="期限届满日 / the last day in time",
        description="期限届满日：当日不计，调休上班日照计 / The last day in time: the day of the event "
        "does not count, make-up working days do.",
    )
    due.add_argument(
        "start",
        type=_start,
        metavar="START",
        help="起始日 YYYY-MM-DD；- 表示从标准输入逐行读取 JSON / the day of the event, or - to read JSON "
        'lines {"id","start","days"} from standard input',
    )
    due.add_argument("--days", type=_days, metavar="N", help="期限天数 / the length of the limit")
    due.add_argument(
        "--unit",
        type=Unit,
        choices=(Unit.WORKING_DAYS, Unit.CALENDAR_DAYS),
        default=Unit.WORKING_DAYS,
        metavar="UNIT",
        help="working_days（工作日，缺省 / the default）或 calendar_days（自然日）",
    )
    due.set_defaults(func=_due, usage_error=due.error)


def _start(text: str) -> date | None:
    if text == "-":
        return None
    try:
        return date.fromordinal(_ordinal(text))
    except _RefusedLineError as refused:
        raise ArgumentTypeError(str(refused)) from refused


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) <= _MOST_DAYS):
        raise ArgumentTypeError(_NO_DAYS)
    return int(text)


def _due(args: argparse.Namespace) -> int:
    if args.start is None:
        if args.days is not None:
            args.usage_error("--days 不能与 - 同用：天数写在每一行里 / with -, each line says its own days")
        return _answer_stream(sys.stdin.buffer, sys.stdout.buffer, default_calendar(), args.unit)
    if args.days is None:
        args.usage_error("请给出 --days / --days is needed")
    calendar = default_calendar()
    try:
        due = calendar.due(args.start, Limit(args.days, args.unit))
    except OutsideCalendarError as outside:
        raise CommandFailed(_outside(calendar)) from outside
    answer = {"start": args.start.isoformat(), "days": args.days, "due": due.date.isoformat()}
    print(json.dumps(answer | {"provisional": due.provisional}))
    return 0


def _outside(calendar: Calendar) -> str:
    return (
        f"日历只覆盖 {calendar.first} 至 {HORIZON}，无法推算 / "
        f"the calendar covers {calendar.first} to {HORIZON} and cannot count this"
    )


def _answer_stream(lines: BufferedReader, answers: BinaryIO, calendar: Calendar, unit: Unit) -> int:
    """Answer line by line, in batches of what has arrived; name the lines that could not be answered."""
    refused = total = 0
    for batch in _batches(lines):
        asked: list[tuple[int, str, int, int]] = []
        for number, line in batch:
            total += 1
            try:
                asked.append((number, *_question(line)))
            except _RefusedLineError as why:
                refused += 1
                print(f"第 {number} 行 / line {number}: {why}", file=sys.stderr)
        answered, outside = _count(asked, calendar, unit)
        for number in outside:
            refused += 1
            print(f"第 {number} 行 / line {number}: {_outside(calendar)}", file=sys.stderr)
        answers.write(answered.encode())
        answers.flush()
    if refused:
        raise CommandFailed(
            f"{total} 行中有 {refused} 行无法推算 / {refused} of {total} lines could not be answered"
        )
    return 0


def _count(asked: list[tuple[int, str, int, int]], calendar: Calendar, unit: Unit) -> tuple[str, list[int]]:
    """The answers to (line number, id as JSON, start ordinal, days), and the lines outside the calendar."""
    if not asked:
        return "", []
    _, ids, starts, days = zip(*asked, strict=True)
    try:
        due, provisional = calendar.due_many(
            (np.array(starts) - _DAY_ONE).astype("datetime64[D]"), np.array(days), unit
        )
    except OutsideCalendarError:
        return _count_one_by_one(asked, calendar, unit)
    texts = np.datetime_as_string(due).tolist()
    return "".join(map(_answer, ids, texts, provisional.tolist())), []


def _count_one_by_one(
    asked: list[tuple[int, str, int, int]], calendar: Calendar, unit: Unit
) -> tuple[str, list[int]]:
    """As `_count`, for a batch in which at least one line lies outside the calendar."""
    answers, outside = [], []
    for number, name, start, days in asked:
        try:
            due = calendar.due(date.fromordinal(start), Limit(days, unit))
        except OutsideCalendarError:
            outside.append(number)
        else:
            answers.append(_answer(name, due.date.isoformat(), due.provisional))
    return "".join(answers), outside


def _answer(name: str, due: str, provisional: bool) -> str:
    return f'{{"id": {name}, "due": "{due}", "provisional": {"true" if provisional else "false"}}}\n'


def _question(line: bytes | None) -> tuple[str, int, int]:
    """The id (as JSON), the start (as an ordinal) and the days that a line asks about."""
    if line is None:
        raise _RefusedLineError(_TOO_LONG)
    try:
        asked: Any = json.loads(line.decode())
    except (ValueError, RecursionError) as wrong:
        raise _RefusedLineError(_NOT_JSON) from wrong
    if not isinstance(asked, dict):
        raise _RefusedLineError(_NOT_JSON)
    name, days = asked.get("id"), asked.get("days")
    if not isinstance(name, str | int) or isinstance(name, bool):
        raise _RefusedLineError(_NO_ID)
    start = _ordinal(asked.get("start"))
    if type(days) is not int or not 0 <= days <= _MOST_DAYS:
        raise _RefusedLineError(_NO_DAYS)
    return json.dumps(name), start, days


def _ordinal(text: object) -> int:
    # fromisoformat also reads 20260921 and 2026-W39-1, which in a file of dates are a sign of something else.
    if not isinstance(text, str) or len(text) != 10 or text[4] != "-" or text[7] != "-":
        raise _RefusedLineError(_NO_DATE)
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError as wrong:
        raise _RefusedLineError(_NO_DATE) from wrong


def _batches(stream: BufferedReader) -> Iterator[list[tuple[int, bytes | None]]]:
    """Numbered lines as they arrive, blank ones left out; None stands for a line too long to keep."""
    number, rest, skipping = 1, b"", False
    while chunk := stream.read1(_CHUNK):
        *whole, rest = (rest + chunk).split(b"\n")
        if number == 1 and whole:
            whole[0] = whole[0].removeprefix(codecs.BOM_UTF8)
        batch: list[tuple[int, bytes | None]] = []
        for line in whole:
            if skipping or len(line) > _LONGEST_LINE:
                batch.append((number, None))
            elif line.strip():
                batch.append((number, line))
            skipping = False
            number += 1
        if len(rest) > _LONGEST_LINE:
            rest, skipping = b"", True
        yield batch
    if number == 1:
        rest = rest.removeprefix(codecs.BOM_UTF8)
    if skipping or rest.strip():
        yield [(number, None if skipping else rest)]
