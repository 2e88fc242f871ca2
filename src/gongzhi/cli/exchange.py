"""`gongzhi exchange`: which other systems may send registrations, and the tokens they do it with."""

from __future__ import annotations

import argparse
import json
import os
from datetime import date, timedelta

from gongzhi.cli.failure import CommandFailed
from gongzhi.cli.main import with_django

_A_YEAR = timedelta(days=365)


def add(commands: argparse._SubParsersAction) -> None:
    """Add `exchange token|list|revoke`."""
    parser = commands.add_parser("exchange", help="其他系统的接口令牌 · tokens of other systems")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    token = actions.add_parser(
        "token",
        help="签发令牌，只显示一次 · issue a token, shown this once",
        description="令牌代表一个登记机关岗位行事。/ The token acts as a registrar's post.",
    )
    token.add_argument("name", metavar="NAME", help="系统名称 · what the system is called")
    token.add_argument(
        "--user", required=True, metavar="USER", help="岗位所属人员的登录名 · whose post it acts as"
    )
    token.add_argument(
        "--until",
        type=_day,
        metavar="DATE",
        help="有效期至，缺省一年 · last day; by default a year from today",
    )
    token.set_defaults(func=_token)
    listed = actions.add_parser("list", help="列出各系统，JSON 行 · list the systems, JSON lines")
    listed.set_defaults(func=_list)
    revoke = actions.add_parser("revoke", help="停用令牌 · revoke a token")
    revoke.add_argument("number", type=int, metavar="NUMBER", help="list 中的编号 · its number in the list")
    revoke.set_defaults(func=_revoke)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("应为 2026-09-21 这样的日期 / a date like 2026-09-21") from None


def _token(arguments: argparse.Namespace) -> None:
    os.environ.setdefault("GONGZHI_POOL", "0")
    with_django()
    from gongzhi.exchange.actions import issue  # noqa: PLC0415  Django is ready only now
    from gongzhi.flow.moment import moment_now  # noqa: PLC0415
    from gongzhi.org.access import posts_of  # noqa: PLC0415
    from gongzhi.org.models import Person  # noqa: PLC0415
    from gongzhi.org.roles import Role  # noqa: PLC0415

    today = moment_now().today
    until = arguments.until or today + _A_YEAR
    if until < today:
        raise CommandFailed("有效期已过 / the last day has passed")
    person = Person.objects.filter(username=arguments.user, is_active=True).first()
    posts = [post for post in posts_of(person.pk, today) if post.role == Role.REGISTRAR] if person else []
    if not posts:
        raise CommandFailed(f"{arguments.user}：没有在岗的登记机关岗位 / holds no registrar's post today")
    system, secret = issue(arguments.name[:80], posts[0], valid_to=until)
    told = {"number": system.pk, "name": system.name, "area": posts[0].area, "until": until.isoformat()}
    print(json.dumps(told | {"token": secret}, ensure_ascii=False))


def _list(_: argparse.Namespace) -> None:
    os.environ.setdefault("GONGZHI_POOL", "0")
    with_django()
    from gongzhi.exchange.models import ConnectedSystem  # noqa: PLC0415

    for system in ConnectedSystem.objects.select_related("post").order_by("pk"):
        line = {
            "number": system.pk,
            "name": system.name,
            "area": system.post.area,
            "until": system.valid_to.isoformat(),
            "revoked": system.revoked_at is not None,
        }
        print(json.dumps(line, ensure_ascii=False))


def _revoke(arguments: argparse.Namespace) -> None:
    os.environ.setdefault("GONGZHI_POOL", "0")
    with_django()
    from gongzhi.exchange.actions import revoke  # noqa: PLC0415
    from gongzhi.flow.moment import moment_now  # noqa: PLC0415

    if not revoke(arguments.number, now=moment_now().at):
        raise CommandFailed("没有这一编号，或已停用 / no such number, or revoked before")
