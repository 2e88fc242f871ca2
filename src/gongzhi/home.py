"""Where this installation keeps its data, its secrets and the way to its database.

Nothing here needs Django: settings, the command line and the embedded server all read it.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets as randomness
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

DATABASE = "gongzhi"
OWNER_ROLE = "gongzhi_owner"
APP_ROLE = "gongzhi_app"


class HomeError(Exception):
    """The home folder or the database address cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What only this installation knows. Several machines of one city share one copy of the file."""

    django_secret_key: str
    """Signs sessions and forms."""
    pass_key: str
    """32 bytes in hexadecimal; signs the passes that tell the database whose rows a request may see."""
    owner_password: str
    """For `gongzhi_owner`, who owns the tables."""
    app_password: str
    """For `gongzhi_app`, as whom pages and jobs connect; row security binds this role."""
    postgres_password: str
    """For the superuser of the embedded server; used for its upkeep alone."""

    @classmethod
    def fresh(cls) -> Secrets:
        """Random values for a new installation."""
        return cls(
            django_secret_key=randomness.token_urlsafe(48),
            pass_key=randomness.token_hex(32),
            owner_password=randomness.token_urlsafe(24),
            app_password=randomness.token_urlsafe(24),
            postgres_password=randomness.token_urlsafe(24),
        )

    def __repr__(self) -> str:
        # A secret must not reach a log through a traceback or a debugger's print.
        return "Secrets(…)"


@dataclass(frozen=True, slots=True)
class Home:
    """One installation's folder and its secrets."""

    path: Path
    secrets: Secrets


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """Two ways into one database: as the tables' owner and as the application that row security binds."""

    owner: str
    app: str
    embedded: bool
    """Whether the server is our own, to be started and stopped by us."""


def home_path(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of this installation, whether it exists or not.

    `GONGZHI_HOME` decides; otherwise `.gongzhi` in a checkout; otherwise `gongzhi` in the user's data folder
    (XDG Base Directory: `XDG_DATA_HOME`, by default `~/.local/share`).
    """
    stated = environment.get("GONGZHI_HOME")
    if stated:
        return Path(stated).expanduser().resolve()
    source = Path(__file__).resolve().parents[1]
    if source.name == "src" and (source.parent / "pyproject.toml").is_file():
        return source.parent / ".gongzhi"
    data = environment.get("XDG_DATA_HOME", "")
    # The XDG specification says that a relative path is to be ignored.
    folder = Path(data) if data.startswith("/") else Path.home() / ".local" / "share"
    return folder.resolve() / "gongzhi"


def current_home() -> Home:
    """This installation's home, made with fresh secrets at first use.

    Raises `HomeError` when the folder cannot be made or belongs to somebody else.
    """
    return _home_at(home_path())


@cache
def _home_at(path: Path) -> Home:
    try:
        # As root the embedded server runs under an account of its own, which must be able to walk through
        # this folder to its data (not to list or read it). An existing folder keeps the mode that it has.
        if not path.is_dir():
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.chmod(0o711 if os.geteuid() == 0 else 0o700)  # not left to the umask
        return Home(path=path, secrets=_secrets_in(path))
    except PermissionError as error:
        raise HomeError(
            f"当前账户不能读写 {path}；请用建立它的账户运行，或用 GONGZHI_HOME 指定别的文件夹 / "
            f"{path} cannot be read or written by this account ({error.strerror}); "
            "run as the account that made it, or set GONGZHI_HOME to another folder"
        ) from error
    except OSError as error:
        raise HomeError(
            f"{path} 不能用作 GONGZHI_HOME / {path} cannot be used as GONGZHI_HOME: {error}"
        ) from error


def _secrets_in(folder: Path) -> Secrets:
    file = folder / "secrets.json"
    with contextlib.suppress(FileNotFoundError):
        return _read_secrets(file)
    draft = folder / f".secrets-{os.getpid()}-{randomness.token_hex(4)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump(asdict(Secrets.fresh()), out, indent=2)
            out.flush()
            os.fsync(out.fileno())
        # A hard link appears whole or not at all, and fails when another process was first: theirs holds.
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
    finally:
        draft.unlink()
    return _read_secrets(file)


def _read_secrets(file: Path) -> Secrets:
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return Secrets(**{field.name: str(kept[field.name]) for field in fields(Secrets)})
    except (ValueError, KeyError, TypeError) as error:
        raise HomeError(
            f"{file} 已损坏，请从备份恢复 / {file} is damaged ({error}); restore it from a backup"
        ) from error


def database_urls(environment: Mapping[str, str] = os.environ) -> DatabaseUrls:
    """The addresses of the database.

    With `DATABASE_URL` set, that address is the owner's, and the application's is the same server and
    database as `gongzhi_app` (`GONGZHI_APP_DATABASE_URL` states another). Otherwise both lead to the embedded
    server's private socket; it need not be running yet.

    Raises `HomeError` when the address is not a PostgreSQL one.
    """
    home = current_home()
    stated = environment.get("DATABASE_URL")
    if stated:
        app = environment.get("GONGZHI_APP_DATABASE_URL") or _as_role(
            stated, APP_ROLE, home.secrets.app_password
        )
        return DatabaseUrls(owner=stated, app=app, embedded=False)
    from gongzhi.embedded import Cluster  # noqa: PLC0415  a city with its own server never needs it

    cluster = Cluster(home)
    return DatabaseUrls(
        owner=cluster.url(OWNER_ROLE, home.secrets.owner_password, DATABASE),
        app=cluster.url(APP_ROLE, home.secrets.app_password, DATABASE),
        embedded=True,
    )


def django_database(url: str) -> dict[str, Any]:
    """An entry for Django's DATABASES from a PostgreSQL address.

    Every form that libpq reads is read: socket folders, several hosts, percent-encoding, `sslmode` and the
    rest, which arrive in OPTIONS. Raises `HomeError` for anything else.
    """
    parts = _parts_of(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": parts,
    }


def postgres_url(parts: Mapping[str, str]) -> str:
    """A `postgresql://` address from libpq's own parameter names, with everything quoted that needs it."""
    rest = dict(parts)
    user = quote(rest.pop("user", ""), safe="")
    password = rest.pop("password", "")
    who = f"{user}:{quote(password, safe='')}" if password else user
    name = quote(rest.pop("dbname", ""), safe="")
    return f"postgresql://{who}@/{name}?{urlencode(rest, quote_via=quote)}"


def _as_role(url: str, role: str, password: str) -> str:
    return postgres_url({**_parts_of(url), "user": role, "password": password})


def _parts_of(url: str) -> dict[str, str]:
    from psycopg import ProgrammingError  # noqa: PLC0415  pure commands start without it
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415

    if not url.startswith(("postgresql://", "postgres://")):
        raise HomeError(
            "数据库地址（DATABASE_URL）应以 postgresql:// 开头 / "
            "the database address must begin with postgresql:// (DATABASE_URL)"
        )
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError:
        # libpq's message quotes the address, password and all; it goes no further.
        raise HomeError(
            "数据库地址读不懂，应如 postgresql://用户:密码@主机:5432/库名，特殊字符用百分号编码 / "
            "the database address cannot be read; it should look like "
            "postgresql://user:password@host:5432/database, with reserved characters percent-encoded"
        ) from None
    return {key: str(value) for key, value in parts.items() if value is not None}
