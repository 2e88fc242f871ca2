"""`gongzhi flow`: prove the process graphs, compare them with the database, draw them."""

from __future__ import annotations

import os
import pkgutil
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gongzhi
from gongzhi.cli.failure import CommandFailed
from gongzhi.flow.diagram import dot, mermaid, page
from gongzhi.flow.graph import all_graphs, check

if TYPE_CHECKING:
    import argparse

    from gongzhi.flow.graph import Graph

_PAGE = Path("docs") / "processes.md"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `flow check` and `flow diagram`."""
    parser = commands.add_parser("flow", help="检查和绘制流程图 · prove and draw the process graphs")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    checking = actions.add_parser("check", help="证明每个流程图 · prove every graph")
    checking.add_argument(
        "--offline", action="store_true", help="不与数据库比对 · do not compare with the database"
    )
    checking.set_defaults(func=_check)
    drawing = actions.add_parser("diagram", help="输出流程图 · draw the graphs")
    drawing.add_argument(
        "graph", nargs="?", metavar="GRAPH", help="流程名，缺省为全部 · its name; default: all"
    )
    drawing.add_argument("--format", choices=("mermaid", "dot"), default="mermaid")
    drawing.add_argument("--write", action="store_true", help=f"刷新 {_PAGE} · refresh {_PAGE}")
    drawing.set_defaults(func=_diagram, usage_error=drawing.error)


def processes() -> tuple[Graph, ...]:
    """Every process of the installed rooms: each room with a `graph` module declares its own."""
    for room in pkgutil.iter_modules(gongzhi.__path__):
        if room.ispkg and room.name != "flow" and find_spec(f"gongzhi.{room.name}.graph"):
            import_module(f"gongzhi.{room.name}.graph")
    return all_graphs()


def page_path() -> Path:
    """The page of all processes in this checkout. Raises CommandFailed in an installed copy, which has none."""
    checkout = Path(gongzhi.__file__).resolve().parents[2]
    if not (checkout / "pyproject.toml").is_file():
        raise CommandFailed("不在源码目录中，没有文档可写 · not a checkout: there is no page to write")
    return checkout / _PAGE


def _diagram(arguments: argparse.Namespace) -> None:
    graphs = processes()
    if arguments.write:
        if arguments.graph or arguments.format != "mermaid":
            arguments.usage_error("--write 总是写出全部流程 · --write always writes all processes")
        page_path().write_text(page(graphs), encoding="utf-8")
        print(f"{_PAGE}: {len(graphs)} 个流程 · processes")
        return
    if arguments.graph:
        graphs = tuple(graph for graph in graphs if graph.name == arguments.graph)
        if not graphs:
            known = ", ".join(graph.name for graph in all_graphs())
            arguments.usage_error(f"没有流程 {arguments.graph} · no such process; there are: {known}")
    draw = dot if arguments.format == "dot" else mermaid
    print("\n".join(draw(graph) for graph in graphs), end="")


def _check(arguments: argparse.Namespace) -> None:
    graphs = processes()
    problems = []
    for graph in graphs:
        found = check(graph)
        ends = sum(state.final for state in graph.states)
        verdict = f"有 {len(found)} 处问题 · problems" if found else "可靠 · sound"
        print(
            f"{graph.name}: {len(graph.states)} 个状态 · states，其中 {ends} 个终点 · ends，"
            f"{len(graph.edges)} 条边 · edges，{len(graph.actions())} 种动作 · acts：{verdict}"
        )
        problems += [f"{graph.name}: {problem}" for problem in found]
    if not arguments.offline and not problems:
        problems += _differences(graphs)
    if problems:
        raise CommandFailed("\n".join(problems))


def _differences(graphs: tuple[Graph, ...]) -> list[str]:
    """What the database would allow otherwise than the graphs do; says so when there is none to ask."""
    if not os.environ.get("DATABASE_URL") and not _embedded_data():
        print("没有数据库，未比对 · no database yet, not compared")
        return []
    from gongzhi.cli.main import with_django  # noqa: PLC0415

    with_django()
    from django.db import OperationalError, ProgrammingError, connection  # noqa: PLC0415

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT graph, source, action, target FROM flow_edge")
            edges = set(cursor.fetchall())
            cursor.execute("SELECT graph, state, owner_role, final FROM flow_state")
            states = set(cursor.fetchall())
            cursor.execute(
                "SELECT name FROM flow_limit WHERE valid_from <= current_date"
                " AND (valid_to IS NULL OR valid_to > current_date)"
            )
            limits = {name for (name,) in cursor.fetchall()}
    except (OperationalError, ProgrammingError) as error:
        reason = str(error).strip().splitlines()[0]
        print(f"数据库尚未就绪，未比对 · the database is not ready, not compared: {reason}")
        return []
    wanted_edges = {(g.name, e.source, e.action, e.target) for g in graphs for e in g.edges}
    wanted_states = {(g.name, s.name, s.owner, s.final) for g in graphs for s in g.states}
    named = {s.limit for g in graphs for s in g.states if s.limit}
    problems = _lines("数据库没有 · the database lacks", wanted_edges - edges, wanted_states - states)
    problems += _lines("数据库多出 · the database also has", edges - wanted_edges, states - wanted_states)
    problems += [f"没有现行期限 · no limit in force: {name}" for name in sorted(named - limits)]
    if problems:
        return [*problems, "运行 gongzhi init 更新 · run gongzhi init to bring it up to date"]
    print(f"数据库一致 · the database agrees: {len(edges)} 条边 · edges")
    return []


def _embedded_data() -> bool:
    from gongzhi.embedded import Cluster  # noqa: PLC0415
    from gongzhi.home import current_home  # noqa: PLC0415

    return (Cluster(current_home()).layout.data / "PG_VERSION").exists()


def _lines(what: str, *found: set[tuple[Any, ...]]) -> list[str]:
    rows = sorted(
        " ".join(str(part) for part in row if part not in (None, "")) for some in found for row in some
    )
    return [f"{what}: {row}" for row in rows]
