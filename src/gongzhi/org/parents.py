"""Migration operations for references to rows that are never removed: looked up once a statement, not row by row.

A foreign key asks its question anew for every row, and locks the parent so that nobody removes it meanwhile. Where
nobody ever removes a parent the lock guards against nothing, and a hundred thousand questions are one.
"""

from __future__ import annotations

from django.db.migrations.operations import RunSQL


def never_removed(table: str, key: str = "id") -> RunSQL:
    """Refuse, also to the table's owner, to remove a row or to give it another key (error GZ004)."""
    keeps = f"{table}_keeps"
    return RunSQL(
        [
            f"""
            CREATE FUNCTION {keeps}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '{table}: rows are never removed, nor given another key' USING ERRCODE = 'GZ004';
            END $$
            """,
            f"CREATE TRIGGER {keeps} BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {keeps}()",
            f"CREATE TRIGGER {keeps}_all BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {keeps}()",
            (
                f"CREATE TRIGGER {keeps}_key BEFORE UPDATE OF {key} ON {table} FOR EACH ROW"
                f" WHEN (OLD.{key} IS DISTINCT FROM NEW.{key}) EXECUTE FUNCTION {keeps}()"
            ),
        ],
        [
            f"DROP TRIGGER {keeps}_key ON {table}",
            f"DROP TRIGGER {keeps}_all ON {table}",
            f"DROP TRIGGER {keeps} ON {table}",
            f"DROP FUNCTION {keeps}()",
        ],
    )


def refers(table: str, column: str, parent: str, key: str = "id") -> RunSQL:
    """Have `table.column` name a row of `parent` for good: checked when it is inserted, and never changed.

    `parent` has to be `never_removed`, or its rows could go from under those that name them. Raises a foreign key's own
    error (23503) for a row that is not there, and GZ004 for a change.
    """
    known, stays = f"{table}_{column}_known", f"{table}_{column}_stays"
    return RunSQL(
        [
            # Each value is looked up by the parent's key: the plan is kept, and one that reads the whole parent would
            # do so for a single row.
            f"""
            CREATE FUNCTION {known}() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
            SET enable_hashjoin = off SET enable_mergejoin = off AS $$
            DECLARE
                missing text;
            BEGIN
                SELECT added.{column}::text INTO missing FROM added WHERE added.{column} IS NOT NULL
                    AND NOT EXISTS (SELECT FROM {parent} p WHERE p.{key} = added.{column}) LIMIT 1;
                IF FOUND THEN
                    RAISE foreign_key_violation USING
                        MESSAGE = format('%s has no row %s', '{parent}', missing),
                        TABLE = '{table}', COLUMN = '{column}';
                END IF;
                RETURN NULL;
            END $$
            """,
            f"""
            CREATE FUNCTION {stays}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '{table}.{column} is never changed' USING ERRCODE = 'GZ004';
            END $$
            """,
            (
                f"CREATE TRIGGER {known} AFTER INSERT ON {table} REFERENCING NEW TABLE AS added"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {known}()"
            ),
            (
                f"CREATE TRIGGER {stays} BEFORE UPDATE OF {column} ON {table} FOR EACH ROW"
                f" WHEN (OLD.{column} IS DISTINCT FROM NEW.{column}) EXECUTE FUNCTION {stays}()"
            ),
            f"REVOKE ALL ON FUNCTION {known}(), {stays}() FROM PUBLIC",
        ],
        [
            f"DROP TRIGGER {stays} ON {table}",
            f"DROP TRIGGER {known} ON {table}",
            f"DROP FUNCTION {stays}()",
            f"DROP FUNCTION {known}()",
        ],
    )
