"""Migration operations that say who may touch a table. A table without one is closed to the application."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.migrations.operations import RunSQL

APP_ROLE = "gongzhi_app"


def grant(table: str, privileges: str = "SELECT") -> RunSQL:
    """Open a table to the application's role: reference data and the framework's own tables."""
    return RunSQL(
        f"GRANT {privileges} ON {table} TO {APP_ROLE}",
        f"REVOKE ALL ON {table} FROM {APP_ROLE}",
    )


def grant_sequences() -> RunSQL:
    """Let the application's role draw numbers from every sequence that exists so far."""
    return RunSQL(
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}",
        RunSQL.noop,
    )


def scoped(
    table: str, privileges: str, *, area: str = "area", department: str | None = None, extra: str = ""
) -> RunSQL:
    """Open a table only for rows in the post's area (and department, where the table has such a column).

    `area` and `department` are SQL expressions over the row; `extra` is a further condition, already
    beginning with AND or OR.
    """
    return _policy(table, privileges, _seen_in_scope(area, department, extra))


def rescoped(table: str, *, area: str = "area", department: str | None = None, extra: str = "") -> RunSQL:
    """Write the rule of a table that `scoped` opened earlier anew, as `scoped` writes it now."""
    return _rewritten(table, _seen_in_scope(area, department, extra))


def _seen_in_scope(area: str, department: str | None, extra: str) -> str:
    # Each question to `org_scope()` is answered once a statement, but checks the pass anew: as few as will do. A row of
    # no department, or a pass of none, leaves that comparison NULL: nothing to be kept apart.
    seen = "true"
    if department:
        seen = f"coalesce({department} = (SELECT (org_scope()).department), true)"
    # The planner can't know how much a pass lets through and takes a bare range for one row in two hundred, so it would
    # sort a whole city instead of walking an index to the first page. A CASE it takes for every second row. The price:
    # the policy narrows by no index, and each query names its post's area itself, as it should anyway.
    condition = f"CASE WHEN starts_with({area}, (SELECT (org_scope()).low)) THEN {seen} ELSE false END"
    return f"{condition} {extra}".strip()


def scoped_by(table: str, privileges: str, parent: str, key: str, parent_key: str = "id") -> RunSQL:
    """Open a table for the rows whose parent row the post may see."""
    return _policy(table, privileges, _seen_by_parent(table, parent, key, parent_key))


def rescoped_by(table: str, parent: str, key: str, parent_key: str = "id") -> RunSQL:
    """Write the rule of a table that `scoped_by` opened earlier anew, as `scoped_by` writes it now."""
    return _rewritten(table, _seen_by_parent(table, parent, key, parent_key))


def _rewritten(table: str, condition: str) -> RunSQL:
    return RunSQL(
        f"ALTER POLICY {table}_scope ON {table} USING ({condition}) WITH CHECK ({condition})", RunSQL.noop
    )


def also(table: str, name: str, condition: str) -> RunSQL:
    """A further condition on every row of a table that has been opened, for whoever asks."""
    return RunSQL(
        f"CREATE POLICY {table}_{name} ON {table} AS RESTRICTIVE TO {APP_ROLE} USING ({condition})"
        f" WITH CHECK ({condition})",
        f"DROP POLICY {table}_{name} ON {table}",
    )


def _seen_by_parent(table: str, parent: str, key: str, parent_key: str) -> str:
    # Whoever sees everything is not asked row by row: an import writes hundreds of thousands. That subquery does not
    # look at the row, so that it is answered once a statement; without a valid pass it is NULL, which lets nothing by.
    return (
        "(SELECT everywhere.low = '' AND everywhere.department IS NULL FROM org_scope() everywhere)"
        f" OR EXISTS (SELECT 1 FROM {parent} scoped_parent WHERE scoped_parent.{parent_key} = {table}.{key})"
    )


def scoped_to_roles(table: str, privileges: str, *, write: str, read: str = "") -> RunSQL:
    """Open a table whose rows belong to no area: `read` and `write` are SQL lists of roles; read empty: any post."""
    role = "(SELECT (org_scope()).role)"
    seen = f"{role} IN {read}" if read else f"{role} IS NOT NULL"
    return _policy(table, privileges, seen, f"{role} IN {write}")


def _policy(table: str, privileges: str, condition: str, written: str = "") -> RunSQL:
    check = written or condition
    statements: Sequence[str] = (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY {table}_scope ON {table} TO {APP_ROLE} USING ({condition}) WITH CHECK ({check})",
        f"GRANT {privileges} ON {table} TO {APP_ROLE}",
    )
    back: Sequence[str] = (
        f"REVOKE ALL ON {table} FROM {APP_ROLE}",
        f"DROP POLICY {table}_scope ON {table}",
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    )
    return RunSQL(list(statements), list(back))
