"""The home keeps one set of secrets to itself, and every form of a database address is understood."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi import home as homes
from gongzhi.home import (
    HomeError,
    Secrets,
    current_home,
    database_urls,
    django_database,
    home_path,
    postgres_url,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGZHI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.mark.parametrize(
    ("environment", "path"),
    [
        ({"GONGZHI_HOME": "/srv/gongzhi"}, Path("/srv/gongzhi")),
        ({"GONGZHI_HOME": "~/city"}, Path.home() / "city"),
        ({}, CHECKOUT / ".gongzhi"),
        ({"GONGZHI_HOME": ""}, CHECKOUT / ".gongzhi"),
    ],
)
def test_the_home_is_where_it_is_said_to_be(environment: Mapping[str, str], path: Path) -> None:
    assert home_path(environment) == path.resolve()


@pytest.mark.parametrize(
    ("environment", "path"),
    [
        ({"XDG_DATA_HOME": "/srv/data"}, Path("/srv/data/gongzhi")),
        ({"XDG_DATA_HOME": "not/absolute"}, Path.home() / ".local/share/gongzhi"),
        ({}, Path.home() / ".local/share/gongzhi"),
    ],
)
def test_without_a_checkout_the_users_data_folder_is_the_home(
    environment: Mapping[str, str], path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(homes, "__file__", str(tmp_path / "site-packages/gongzhi/home.py"))
    assert home_path(environment) == path.resolve()


def test_secrets_are_made_once_and_only_the_owner_reads_them() -> None:
    made = current_home()
    file = made.path / "secrets.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["pass_key"] == made.secrets.pass_key
    assert len(bytes.fromhex(made.secrets.pass_key)) == 32
    homes._home_at.cache_clear()
    assert current_home() == made
    assert [entry.name for entry in made.path.iterdir()] == ["secrets.json"]


def test_processes_that_start_at_once_agree_on_the_secrets() -> None:
    script = "from gongzhi.home import current_home; print(current_home().secrets.pass_key)"
    started = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    keys = {process.communicate(timeout=60)[0] for process in started}
    assert [process.returncode for process in started] == [0] * 4
    assert keys == {current_home().secrets.pass_key + "\n"}


def test_every_installation_has_secrets_of_its_own_and_shows_none() -> None:
    one, other = Secrets.fresh(), Secrets.fresh()
    assert one != other
    assert one.owner_password not in f"{one!r} {one}"


def test_damaged_secrets_are_never_replaced_by_new_ones() -> None:
    file = current_home().path / "secrets.json"
    file.write_text('{"pass_key": "half')
    homes._home_at.cache_clear()
    with pytest.raises(HomeError, match="restore it from a backup"):
        current_home()
    assert file.read_text() == '{"pass_key": "half'


def test_a_home_that_cannot_be_is_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GONGZHI_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(HomeError, match="GONGZHI_HOME"):
        current_home()


def test_the_embedded_database_is_reached_by_its_socket_alone() -> None:
    urls = database_urls()
    assert urls.embedded
    for url, role in ((urls.owner, "gongzhi_owner"), (urls.app, "gongzhi_app")):
        entry = django_database(url)
        assert (entry["USER"], entry["NAME"], entry["HOST"][0]) == (role, "gongzhi", "/")


def test_a_citys_own_server_is_used_as_its_address_says() -> None:
    stated = (
        "postgresql://chief:p%40ss@db.example:6432/city?sslmode=verify-full&target_session_attrs=read-write"
    )
    urls = database_urls({"DATABASE_URL": stated})
    assert (urls.owner, urls.embedded) == (stated, False)
    owner, app = django_database(urls.owner), django_database(urls.app)
    assert owner == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "city",
        "USER": "chief",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "verify-full", "target_session_attrs": "read-write"},
    }
    assert app == owner | {"USER": "gongzhi_app", "PASSWORD": current_home().secrets.app_password}


def test_the_applications_own_address_can_be_stated() -> None:
    stated = {"DATABASE_URL": "postgresql://o@h/d", "GONGZHI_APP_DATABASE_URL": "postgresql://a@pooler/d"}
    assert database_urls(stated).app == "postgresql://a@pooler/d"


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("postgres://u@%2Fvar%2Frun%2Fpostgresql/d", "/var/run/postgresql", ""),
        ("postgresql:///d?host=/var/run/postgresql&port=5433", "/var/run/postgresql", "5433"),
        ("postgresql://one:5432,two:5433/d", "one,two", "5432,5433"),
        ("postgresql://[::1]:5432/d", "::1", "5432"),
    ],
)
def test_hosts_of_every_form_are_read(url: str, host: str, port: str) -> None:
    entry = django_database(url)
    assert (entry["HOST"], entry["PORT"], entry["NAME"]) == (host, port, "d")


@pytest.mark.parametrize(
    "url",
    ["mysql://u:secret@h/d", "postgresql://u:secret@[::1/d", "postgresql://u:secret@h/d?nope=1", "secret"],
)
def test_a_wrong_address_is_refused_without_repeating_its_password(url: str) -> None:
    with pytest.raises(HomeError) as refused:
        django_database(url)
    assert "secret" not in str(refused.value)


_texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


@given(user=_texts, password=_texts, dbname=_texts)
def test_names_and_passwords_of_any_characters_survive_the_address(
    user: str, password: str, dbname: str
) -> None:
    entry = django_database(
        postgres_url({"user": user, "password": password, "dbname": dbname, "host": "/s d"})
    )
    assert (entry["USER"], entry["PASSWORD"], entry["NAME"], entry["HOST"]) == (
        user,
        password,
        dbname,
        "/s d",
    )
