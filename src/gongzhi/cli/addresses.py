"""``gongzhi addresses``: which village an address lies in, for a stream of them. Needs no database."""

from __future__ import annotations

import codecs
import csv
import gc
import gzip
import json
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Before NumPy is loaded: on tables as small as ours, its threads cost more in waiting for each other than they bring.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from gongzhi.addresses import Gazetteer, Library, match_many
from gongzhi.cli.failure import CommandFailed
from gongzhi.packs import cities, load_pack

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

    from gongzhi.addresses import AddressMatch

_BATCH = 16_384
_LONGEST_LINE = 1 << 16
"""An address line is short; keeping a longer one would let rubbish fill the memory."""
_NOT_JSON = "不是一行完整的 JSON 对象 / not one whole JSON object in UTF-8"
_TOO_LONG = "超过 64 KiB / longer than 64 KiB"
_NO_ID = "id 应为文字或整数 / id has to be text or a whole number"
_NO_ADDRESS = "address 应为文字 / address has to be text"


class _RefusedLineError(ValueError):
    """A line that cannot be answered; the message says why, in Chinese and in English."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``addresses`` with its subcommand ``match`` to the commands of ``gongzhi``."""
    addresses = commands.add_parser(
        "addresses",
        help="地址匹配到村社区 / match addresses to villages",
        description="地址匹配到村社区 / match addresses to villages",
    )
    matching = addresses.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "match",
        help='逐行匹配 {"id","address"} / match JSON lines',
        description='逐行读取 {"id","address"}，逐行写出 {"id","village","confidence","decision","method"} / '
        "read JSON lines, write the village of each with a confidence; `review` means that a person decides",
    )
    matching.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help="JSON 行文件，缺省读标准输入 / JSON lines; the default is stdin",
    )
    matching.add_argument(
        "--library",
        required=True,
        metavar="CSV",
        help="已知地址表（address,village_code，可为 .gz） / known addresses, may be gzipped",
    )
    matching.add_argument(
        "--city",
        choices=cities(),
        help="用哪个城市的区划名称，缺省按表中代码判断 / whose names to use; by default told by the library's codes",
    )
    matching.add_argument(
        "--divisions",
        metavar="CSV",
        help="另用一张区划表 / a division list of your own (code12,name,town_code9,town,area_code6,area,city)",
    )
    matching.set_defaults(func=_match)


def _match(args: argparse.Namespace) -> int:
    rows = list(_table(args.library, ("address", "village_code")))
    if args.divisions:
        needed = ("code12", "name", "town_code9", "town", "area_code6", "area", "city")
        gazetteer = Gazetteer.from_rows(_table(args.divisions, needed))
    else:
        gazetteer = _city_names(args.city, rows)
    library = Library.build(rows, gazetteer)
    if not len(library):
        raise CommandFailed(
            f"{args.library}：没有一行写明地址和 12 位村社区代码 / no row has an address and a code of 12 digits"
        )
    gc.collect()
    gc.freeze()  # the library stays: without this the collector walks through it again and again
    with _opened(args.file) as stream:
        return _answer(stream, library)


def _city_names(city: str | None, rows: list[Mapping[str, str]]) -> Gazetteer:
    """The names of the stated city's pack, or of the pack whose codes the library uses; else none."""
    if city is None:
        used = {(row["village_code"] or "")[:4] for row in rows}
        city = next((code for code in cities() if load_pack(code).city_code4 in used), None)
    if city is None:
        return Gazetteer()
    return Gazetteer.of_pack(load_pack(city))


def _table(path: str, needed: tuple[str, ...]) -> Iterator[dict[str, str]]:
    opened = gzip.open if path.endswith(".gz") else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text)
            missing = [name for name in needed if name not in (reader.fieldnames or ())]
            if missing:
                raise CommandFailed(f"{path}：缺少列 / missing columns: {', '.join(missing)}")
            yield from reader
    except (UnicodeDecodeError, csv.Error, gzip.BadGzipFile, EOFError) as wrong:
        raise CommandFailed(f"{path}：不是完整的 UTF-8 CSV / not a whole CSV in UTF-8 ({wrong})") from wrong


@contextmanager
def _opened(path: str | None) -> Iterator[BinaryIO]:
    if path is None or path == "-":
        yield sys.stdin.buffer
        return
    with Path(path).open("rb") as stream:
        yield stream


def _answer(stream: BinaryIO, library: Library) -> int:
    """Answer in batches of lines; name the lines that could not be answered and fail at the end if there were any."""
    refused = total = 0
    ids: list[str | int] = []
    texts: list[str] = []
    for number, line in _lines(stream):
        total += 1
        try:
            name, text = _question(line)
        except _RefusedLineError as why:
            refused += 1
            print(f"第 {number} 行 / line {number}: {why}", file=sys.stderr)
            continue
        ids.append(name)
        texts.append(text)
        if len(ids) == _BATCH:
            _write(ids, match_many(texts, library))
            ids, texts = [], []
    _write(ids, match_many(texts, library))
    if refused:
        raise CommandFailed(
            f"{total} 行中有 {refused} 行无法回答 / {refused} of {total} lines could not be answered"
        )
    return 0


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines, blank ones left out; None stands for a line too long to keep."""
    number = 0
    while line := stream.readline(_LONGEST_LINE + 1):
        number += 1
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        if len(line) > _LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = stream.readline(_LONGEST_LINE)
            yield number, None
        elif line.strip():
            yield number, line


def _question(line: bytes | None) -> tuple[str | int, str]:
    if line is None:
        raise _RefusedLineError(_TOO_LONG)
    try:
        asked: Any = json.loads(line.decode())
    except (ValueError, RecursionError) as wrong:
        raise _RefusedLineError(_NOT_JSON) from wrong
    if not isinstance(asked, dict):
        raise _RefusedLineError(_NOT_JSON)
    name, address = asked.get("id"), asked.get("address")
    if not isinstance(name, str | int) or isinstance(name, bool):
        raise _RefusedLineError(_NO_ID)
    if not isinstance(address, str):
        raise _RefusedLineError(_NO_ADDRESS)
    return name, address


def _write(ids: list[str | int], answers: list[AddressMatch]) -> None:
    out = [
        json.dumps(
            {
                "id": name,
                "village": answer.village,
                "confidence": answer.confidence,
                "decision": answer.decision,
                "method": answer.method,
            }
        )
        for name, answer in zip(ids, answers, strict=True)
    ]
    if out:
        sys.stdout.write("\n".join(out) + "\n")
        sys.stdout.flush()
