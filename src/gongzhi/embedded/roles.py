"""The owner's role and the database on a fresh server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gongzhi.embedded.failure import ClusterError
from gongzhi.home import DATABASE, OWNER_ROLE

if TYPE_CHECKING:
    from psycopg import Connection

    from gongzhi.home import Home


def provide_roles_and_database(superuser_url: str, home: Home) -> None:
    """Make `gongzhi_owner` and its database where they are missing; a second call changes nothing.

    The owner is no superuser. It may make roles, because the application's role and its row security are part
    of the schema, and databases, because tests run in databases of their own.
    """
    import psycopg  # noqa: PLC0415  a fifth of the time of a start that finds the server running

    try:
        with psycopg.connect(superuser_url, autocommit=True, connect_timeout=30) as connection:
            _provide(connection, home)
    except psycopg.OperationalError as error:
        raise ClusterError(
            f"自带数据库不认本主目录的密码：secrets.json 与 {home.path} 中的数据不属同一套，请从同一份备份恢复两者 / "
            f"the embedded server does not accept this home's password ({str(error).strip()}); "
            f"secrets.json and the data in {home.path} do not belong together: restore both from one backup"
        ) from error


def _provide(connection: Connection, home: Home) -> None:
    from psycopg import sql  # noqa: PLC0415

    owner = sql.Identifier(OWNER_ROLE)
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER_ROLE]).fetchone():
        # The server receives the verifier, never the password: statements may be logged.
        verifier = connection.pgconn.encrypt_password(
            home.secrets.owner_password.encode(), OWNER_ROLE.encode(), b"scram-sha-256"
        ).decode()
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB PASSWORD {}").format(
                owner, sql.Literal(verifier)
            )
        )
        # From PostgreSQL 16 on, making a role no longer means being able to become it; checks of row security
        # become the application's role for a moment.
        connection.execute(sql.SQL("ALTER ROLE {} SET createrole_self_grant = 'set'").format(owner))
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), owner))
