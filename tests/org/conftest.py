"""A database of the module's own, in which every scoped table has a row for each of two towns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from psycopg import sql

from gongzhi.embedded import Cluster
from gongzhi.embedded.cluster import SUPERUSER
from gongzhi.home import current_home, database_urls
from tests.databases import Databases
from tests.loop.conftest import city, settled

__all__ = ["city", "settled", "two_towns"]
TOWNS = ("441900003", "441900004")


@pytest.fixture(scope="module")
def two_towns(databases: Databases, django_db_blocker: Any) -> Iterator[str]:
    """The name of the database; no row is a true one, and no trigger, foreign key or check was asked."""
    with django_db_blocker.unblock(), databases.clone("towns") as name:
        with connections["owner"].cursor() as cursor:
            tables = scoped_tables(cursor)
        with _superuser(name) as server:
            server.execute("SET session_replication_role = replica")
            for table in tables:
                _drop_checks(server, table)
                for number, town in enumerate(TOWNS, start=1):
                    _fill(server, table, number, town)
        yield name
        connection.close()


def scoped_tables(cursor: Any) -> list[str]:
    """Every table that row security guards, by name."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity ORDER BY 1"
    )
    return [row[0] for row in cursor.fetchall()]


def _superuser(database: str) -> psycopg.Connection:
    if database_urls().embedded:
        home = current_home()
        url = Cluster(home).url(SUPERUSER, home.secrets.postgres_password, database)
        return psycopg.connect(url, autocommit=True)
    owner = psycopg.connect(database_urls().owner, dbname=database, autocommit=True)
    if not owner.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()[0]:
        pytest.skip("needs a superuser to fill tables without their triggers")
    return owner


def _drop_checks(server: psycopg.Connection, table: str) -> None:
    """A row of any content will do, also one that makes no sense."""
    checks = server.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'", [table]
    )
    for (name,) in checks.fetchall():
        drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
            sql.Identifier(table), sql.Identifier(name)
        )
        server.execute(drop)


def _fill(server: psycopg.Connection, table: str, number: int, town: str) -> None:
    """A row whose every number is `number` and whose every text begins with the town, as far as it fits."""
    columns = server.execute(
        "SELECT attname, typname, CASE WHEN typname IN ('varchar', 'bpchar') THEN atttypmod - 4 ELSE 99 END"
        " FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"
        " AND (attnotnull OR attname = 'area')",
        [table],
    ).fetchall()
    values = {name: _value(kind, length, number, town) for name, kind, length in columns}
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join(["%s"] * len(values))
    server.execute(
        f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE VALUES ({marks})", list(values.values())
    )


def _value(kind: str, length: int, number: int, town: str) -> Any:
    if kind in {"varchar", "text", "bpchar"}:
        return town[:length] if length >= len(town) else str(number)
    if kind.startswith("_"):
        return []
    return {
        "int2": number,
        "int4": number,
        "int8": number,
        "bool": False,
        "date": "2026-09-21",
        "timestamptz": "2026-09-21 10:00+08",
        "jsonb": "{}",
        "bytea": b"x",
        "numeric": number,
        "float8": number,
        "uuid": f"00000000-0000-0000-0000-{number:012}",
    }[kind]
