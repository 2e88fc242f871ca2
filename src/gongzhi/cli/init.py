"""`gongzhi init`: make the tables and load a city's reference data. Running it again brings both up to date."""

from __future__ import annotations

import argparse
import json
import sys

from gongzhi.cli.failure import CommandFailed
from gongzhi.cli.main import with_django


def add(commands: argparse._SubParsersAction) -> None:
    """Add `init`."""
    parser = commands.add_parser(
        "init", help="建库并装入一市的基础数据 · create the tables and load a city pack"
    )
    parser.add_argument(
        "--city",
        metavar="NAME",
        help="城市包，如 dongguan；已装则可省略 · the city pack; may be left out once a city is installed",
    )
    parser.set_defaults(func=_init)


def _init(arguments: argparse.Namespace) -> None:
    from gongzhi.packs import cities  # noqa: PLC0415  `gongzhi --help` doesn't need it

    if arguments.city and arguments.city not in cities():
        raise CommandFailed(
            f"没有城市包 {arguments.city}，可选：{'、'.join(cities())} / "
            f"there is no city pack {arguments.city}; choose one of {', '.join(cities())}"
        )
    with_django()
    print(json.dumps(prepare(arguments.city), ensure_ascii=False))


def prepare(city: str | None) -> dict[str, object]:
    """Bring tables, graphs and the city's reference data up to date; Django is ready. Returns the summary line.

    Raises CommandFailed when no city is named and none installed, or when another one is installed.
    """
    from gongzhi.catalog.actions import OtherCityError, load, pack_digest  # noqa: PLC0415  Django is ready only now
    from gongzhi.catalog.models import InstalledPack  # noqa: PLC0415
    from gongzhi.flow.install import UnsoundGraphError, install_graphs  # noqa: PLC0415
    from gongzhi.home import current_home  # noqa: PLC0415
    from gongzhi.org.actions import ensure_app_role, keep_pass_key, open_framework_tables  # noqa: PLC0415
    from gongzhi.packs import PackError, load_pack  # noqa: PLC0415

    ensure_app_role(current_home().secrets.app_password)
    migrations = _migrate()
    keep_pass_key()
    open_framework_tables()
    standing = InstalledPack.objects.using("owner").first()
    city = city or (standing.code if standing else None)
    if city is None:
        raise CommandFailed(
            "请指定城市：gongzhi init --city dongguan / name the city: gongzhi init --city dongguan"
        )
    digest = pack_digest(city)
    try:
        edges = install_graphs()
        loaded = (
            load(load_pack(city), digest)
            if standing is None or (standing.code, standing.digest) != (city, digest)
            else False
        )
    except OtherCityError as error:
        raise CommandFailed(str(error)) from error
    except PackError as error:
        raise CommandFailed(
            f"城市包 {city} 有误，请逐条改正后再装 / the pack {city} has faults; correct each and load it again:\n"
            f"{error}"
        ) from error
    except UnsoundGraphError as error:
        raise CommandFailed(f"流程图不能装入 / the processes cannot be installed: {error}") from error
    return {
        "city": city,
        "migrations": migrations,
        "pack": "loaded" if loaded else "unchanged",
        "edges": edges,
    } | _sizes()


def _migrate() -> int:
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connections["owner"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        if sys.stderr.isatty():
            print(f"建表 · creating tables ({len(plan)})", file=sys.stderr)
        call_command("migrate", database="owner", verbosity=0, interactive=False)
    return len(plan)


def _sizes() -> dict[str, int]:
    from gongzhi.catalog.models import Permit, Routing  # noqa: PLC0415
    from gongzhi.org.models import Department, Division, Grid, Section  # noqa: PLC0415

    tables = {
        "divisions": Division,
        "grids": Grid,
        "departments": Department,
        "sections": Section,
        "permits": Permit,
        "routing": Routing,
    }
    return {name: model.objects.using("owner").count() for name, model in tables.items()}
