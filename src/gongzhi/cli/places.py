"""`gongzhi places`: take in an address library, convert coordinates, say which grid a point lies in, redraw grids."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from gongzhi.cli.failure import CommandFailed
from gongzhi.cli.main import with_django
from gongzhi.coordinates import WGS84, System, UnknownSystemError, convert, read_system

_SYSTEMS = "WGS-84、CGCS2000、GCJ-02、BD-09、CGCS2000-GK（带带号）、CGCS2000-GK-114"


def add(commands: argparse._SubParsersAction) -> None:
    """Add `places import|convert|locate|redraw`."""
    parser = commands.add_parser("places", help="标准地址库 · the standard address library")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    take = actions.add_parser(
        "import",
        help="导入标准地址库（CSV、gz）· import an address library (CSV, gz)",
        description="列：address, village_code，可选 grid_code, lon, lat, coordinates，其余列忽略。"
        "标准输出为一行 JSON。 / "
        "Columns address, village_code, optionally grid_code, lon, lat, coordinates; others are ignored. Prints one "
        "line of JSON.",
    )
    take.add_argument("file", type=Path, metavar="FILE")
    take.add_argument(
        "--as-of", type=_day, metavar="DATE", help="自何日起有效，默认今日 · from which day; by default today"
    )
    take.add_argument(
        "--coordinates",
        type=_system,
        metavar="SYSTEM",
        help=f"没有 coordinates 列时，坐标属于哪个坐标系 · of which system the points are: {_SYSTEMS}",
    )
    take.set_defaults(func=_import)
    turn = actions.add_parser(
        "convert",
        help="坐标换算 · convert coordinates",
        description='逐行读取 {"id","x","y"}（先经度或横坐标，后纬度或纵坐标），逐行写出换算结果 / '
        'read JSON lines {"id","x","y"} (longitude or easting first), write each converted',
    )
    turn.add_argument("file", nargs="?", metavar="FILE", help="缺省读标准输入 · the default is stdin")
    turn.add_argument("--from", dest="source", type=_system, required=True, metavar="SYSTEM", help=_SYSTEMS)
    turn.add_argument("--to", dest="target", type=_system, default=WGS84, metavar="SYSTEM", help="WGS-84")
    turn.set_defaults(func=_convert)
    where = actions.add_parser(
        "locate",
        help="坐标在哪个网格 · which grid a point lies in",
        description='逐行读取 {"id","x","y"}，逐行写出当日的网格 / read JSON lines, write the grid of the day of each',
    )
    where.add_argument("file", nargs="?", metavar="FILE", help="缺省读标准输入 · the default is stdin")
    where.add_argument("--coordinates", type=_system, required=True, metavar="SYSTEM", help=_SYSTEMS)
    where.add_argument(
        "--on", type=_day, metavar="DATE", help="哪一天的网格，默认今日 · the grids of which day"
    )
    where.set_defaults(func=_locate)
    redraw = actions.add_parser(
        "redraw",
        help="网格调整 · redraw grids from a day on",
        description="列：grid_code, village_code, name, polygon_wkt。"
        "文件中出现的村（社区）自生效日起用新网格，其余不变；到日即移转在办事项。 / "
        "Columns grid_code, village_code, name, polygon_wkt. The villages in the file have its grids from that day on; "
        "open work follows on the day.",
    )
    redraw.add_argument("file", nargs="?", type=Path, metavar="FILE")
    redraw.add_argument(
        "--from", dest="since", type=_day, metavar="DATE", help="生效日 · the day from which it holds"
    )
    redraw.add_argument("--coordinates", type=_system, default=WGS84, metavar="SYSTEM", help=_SYSTEMS)
    redraw.add_argument(
        "--preview", action="store_true", help="只看不写入 · say what would happen, write nothing"
    )
    redraw.add_argument("--due", action="store_true", help="使到日的调整生效 · put in force what is due")
    redraw.set_defaults(func=_redraw)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("应为 2026-09-21 这样的日期 / a date like 2026-09-21") from None


def _system(text: str) -> System:
    try:
        return read_system(text)
    except UnknownSystemError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


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
            done = import_library(arguments.file, moment=moment, system=arguments.coordinates)
    except (NoPackError, NotALibraryError) as error:
        raise CommandFailed(str(error)) from error
    rejected = {why: number for why, number in sorted(done.rejected.items()) if number}
    line = {"rows": done.rows, "added": done.added, "changed": done.changed, "unchanged": done.unchanged}
    print(json.dumps(line | {"waiting": done.waiting, "rejected": rejected}))


def _points(file: str | None) -> Iterator[tuple[Any, float, float]]:
    """The lines of a file or of standard input; a line that is no point stops the work, named by its number."""
    with sys.stdin if file in {None, "-"} else Path(file).open(encoding="utf-8-sig") as lines:  # type: ignore[arg-type]
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                said = json.loads(line)
                yield said.get("id"), float(said["x"]), float(said["y"])
            except (ValueError, KeyError, TypeError, AttributeError):
                raise CommandFailed(
                    f'第 {number} 行应为 {{"id", "x", "y"}} / line {number} should be {{"id", "x", "y"}}'
                ) from None


def _convert(arguments: argparse.Namespace) -> None:
    places = 4 if arguments.target.projected else 9
    for name, x, y in _points(arguments.file):
        east, north = (
            round(float(value), places) for value in convert(x, y, arguments.source, arguments.target)
        )
        known = east == east  # noqa: PLR0124  NaN: no point of the system
        answer = {"x": east, "y": north} if known else {"x": None, "y": None}
        print(json.dumps({"id": name, **answer, "coordinates": arguments.target.code}))


def _locate(arguments: argparse.Namespace) -> None:
    points = list(_points(arguments.file))
    with_django()
    from gongzhi.coordinates import to_wgs84  # noqa: PLC0415  Django is ready only now
    from gongzhi.flow.moment import moment_now  # noqa: PLC0415
    from gongzhi.places.queries import grid_map  # noqa: PLC0415

    on = arguments.on or moment_now().today
    lon, lat = to_wgs84([x for _, x, _ in points], [y for _, _, y in points], arguments.coordinates)
    for (name, _, _), grid in zip(points, grid_map(on).locate(lon, lat), strict=True):
        print(json.dumps({"id": name, "grid": grid, "village": grid and grid[:12], "on": on.isoformat()}))


def _redraw(arguments: argparse.Namespace) -> None:
    if not arguments.due and (arguments.file is None or arguments.since is None):
        raise CommandFailed(
            "请给出文件和 --from 生效日，或用 --due / name a file and --from DATE, or use --due"
        )
    with_django()
    from gongzhi.catalog.queries import NoPackError, installed  # noqa: PLC0415  Django is ready only now
    from gongzhi.flow.moment import moment_now  # noqa: PLC0415
    from gongzhi.org.access import acting_as  # noqa: PLC0415
    from gongzhi.org.acting import SYSTEM  # noqa: PLC0415
    from gongzhi.places import redraws  # noqa: PLC0415
    from gongzhi.places.redrawing import NotADrawingError  # noqa: PLC0415

    moment = moment_now()
    try:
        installed()
        if not arguments.due:
            with acting_as(SYSTEM):
                redraw = redraws.hand_in(
                    arguments.file.name,
                    arguments.file.read_bytes(),
                    valid_from=arguments.since,
                    acting=SYSTEM,
                    moment=moment,
                    system=arguments.coordinates,
                )
                print(json.dumps(_preview(redraws.rehearse(redraw))))
                if arguments.preview:
                    redraws.drop(redraw.pk, acting=SYSTEM)
                    return
                redraws.confirm(redraw.pk, acting=SYSTEM, moment=moment)
    except (NoPackError, NotADrawingError) as error:
        raise CommandFailed(str(error)) from error
    with acting_as(SYSTEM):
        waiting = redraws.due(moment)
    for redraw_id in waiting:
        with acting_as(SYSTEM):
            done = redraws.take_effect(redraw_id, moment=moment)
        print(json.dumps({"redraw": redraw_id, "from": done.valid_from.isoformat(), **done.counts}))


def _preview(rehearsal: Any) -> dict[str, int]:
    return {
        "villages": len(rehearsal.changes),
        "begin": sum(len(one.begins) for one in rehearsal.changes),
        "end": sum(len(one.ends) for one in rehearsal.changes),
        "change": sum(len(one.changed) for one in rehearsal.changes),
    }
