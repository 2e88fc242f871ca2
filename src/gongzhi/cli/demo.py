"""`gongzhi demo load`: an invented city on Dongguan's real divisions, and who can sign in to it."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from datetime import UTC, datetime

from gongzhi.cli.failure import CommandFailed
from gongzhi.cli.main import with_django


def add(commands: argparse._SubParsersAction) -> None:
    """Add `demo`."""
    parser = commands.add_parser("demo", help="虚构的演示城市 · an invented city to try things in")
    parts = parser.add_subparsers(dest="part", required=True)
    load = parts.add_parser("load", help="装入演示城市（已装则跳过） · load it, unless it is there already")
    load.add_argument("--businesses", type=int, default=20_000, help="市场主体户数 · how many businesses")
    load.set_defaults(func=_load)
    accounts = parts.add_parser("accounts", help="可登录的演示账号 · who can sign in")
    accounts.set_defaults(func=_accounts)


def _load(arguments: argparse.Namespace) -> None:
    with_django()
    from gongzhi.catalog.queries import NoPackError, installed  # noqa: PLC0415
    from gongzhi.demo.load import Size, is_loaded, load  # noqa: PLC0415
    from gongzhi.flow.moment import moment_at  # noqa: PLC0415

    try:
        if installed().code != "dongguan":
            raise CommandFailed(
                "演示城市使用东莞的区划，请先 gongzhi init --city dongguan / the demo needs dongguan's pack"
            )
    except NoPackError as error:
        raise CommandFailed(str(error)) from error
    if is_loaded():
        print(json.dumps({"demo": "present"}))
        return
    now = datetime.now(UTC)
    size = Size(businesses=arguments.businesses)
    try:
        load(moment_at(now).today, password(), size=size, clock=lambda: datetime.now(UTC), say=_say)
    except ValueError as error:
        raise CommandFailed(str(error)) from error
    print(json.dumps({"demo": "loaded", "businesses": size.businesses}))


def _accounts(_arguments: argparse.Namespace) -> None:
    with_django()
    print(introduction() or "没有装入演示城市 · no demo city is loaded")


def introduction() -> str:
    """Who can sign in to an invented city, and the one password; empty for a real one. Django is ready."""
    from gongzhi.desk import demo_accounts  # noqa: PLC0415
    from gongzhi.flow.moment import moment_at  # noqa: PLC0415

    accounts = demo_accounts.listed(moment_at(datetime.now(UTC)).today)
    if not accounts:
        return ""
    lines = [f"  {account.username:<26}{account.role} · {account.unit}" for account in accounts]
    return "\n".join(
        (
            "演示城市，一切均为虚构；可登录 · an invented city; who can sign in:",
            *lines,
            f"  密码 · password: {password()}",
        )
    )


def password() -> str:
    """The one password of the invented accounts, drawn at random once for each installation."""
    from gongzhi.home import current_home  # noqa: PLC0415

    file = current_home().path / "demo-password"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text("-".join(secrets.choice(_WORDS) for _ in range(4)), encoding="utf-8")
    return file.read_text(encoding="utf-8").strip()


def _say(words: str) -> None:
    print(words, file=sys.stderr)


_WORDS = [
    "bamboo",
    "breeze",
    "bridge",
    "canal",
    "cedar",
    "cloud",
    "coral",
    "crane",
    "dawn",
    "delta",
    "dune",
    "ember",
    "fern",
    "field",
    "forest",
    "garden",
    "ginger",
    "glade",
    "harbor",
    "hazel",
    "heron",
    "hill",
    "island",
    "jade",
    "kite",
    "lagoon",
    "lantern",
    "lemon",
    "lily",
    "lotus",
    "maple",
    "meadow",
    "mist",
    "moon",
    "moss",
    "orchid",
    "osprey",
    "pearl",
    "pine",
    "plum",
    "pond",
    "quartz",
    "rain",
    "reef",
    "ridge",
    "river",
    "rose",
    "sage",
    "shore",
    "silk",
    "snow",
    "spring",
    "stone",
    "stream",
    "summit",
    "swallow",
    "tea",
    "tide",
    "valley",
    "willow",
    "wind",
]
