"""What the owner of the tables sets up once: the application's role, its pass key, the framework's tables."""

from __future__ import annotations

from django.conf import settings
from django.db import connections
from psycopg import sql

from gongzhi.org.access import key_halves
from gongzhi.org.rowscope import APP_ROLE

_FRAMEWORK_TABLES = ("django_content_type", "django_migrations", "auth_permission")


def ensure_app_role(password: str) -> None:
    """Make the role that pages and jobs connect as, bound by row security, or renew its password.

    Raises django.db.ProgrammingError when the owner may not create roles; the message of PostgreSQL says so.
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE])
        verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
        # The role may not bypass row security, own anything or make anything but temporary tables.
        cursor.execute(
            sql.SQL("{verb} ROLE {role} LOGIN NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD {password}")
            .format(verb=verb, role=sql.Identifier(APP_ROLE), password=sql.Literal(password))
            .as_string(cursor.connection)
        )
        cursor.execute("SELECT current_database()")
        database = sql.Identifier(cursor.fetchone()[0])
        for statement in (
            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
            "GRANT USAGE ON SCHEMA public TO {role}",
            "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
            "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}",
        ):
            text = sql.SQL(statement).format(role=sql.Identifier(APP_ROLE), database=database)
            cursor.execute(text.as_string(cursor.connection))


def keep_pass_key() -> None:
    """Store this installation's pass key where `org_scope()` reads it and nobody else can."""
    inner, outer = key_halves(settings.PASS_KEY)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            'INSERT INTO org_pass_key (id, "inner", "outer") VALUES (1, %s, %s)'
            ' ON CONFLICT (id) DO UPDATE SET "inner" = excluded."inner", "outer" = excluded."outer"',
            [inner, outer],
        )


def open_framework_tables() -> None:
    """Let the application use the tables that Django and the job queue keep for themselves."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
            " AND (relname LIKE 'procrastinate\\_%%' OR relname = ANY(%s))",
            [list(_FRAMEWORK_TABLES)],
        )
        for (table,) in cursor.fetchall():
            privileges = (
                "SELECT"
                if table in {"django_migrations", "auth_permission"}
                else "SELECT, INSERT, UPDATE, DELETE"
            )
            text = sql.SQL("GRANT " + privileges + " ON {table} TO {role}").format(
                table=sql.Identifier(table), role=sql.Identifier(APP_ROLE)
            )
            cursor.execute(text.as_string(cursor.connection))
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}")
