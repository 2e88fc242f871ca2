"""What PostgreSQL's own catalogue says about every table of every room."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connections

pytestmark = pytest.mark.usefixtures("two_towns")

CLOSED = {"org_pass_key", "auth_group", "auth_group_permissions", "clues_reporter_identity"}
"""Tables that the application has no business with."""

READ = {"SELECT"}
ADD_TO = {"SELECT", "INSERT"}
KEEP = {"SELECT", "INSERT", "UPDATE"}
EVERYTHING = {"SELECT", "INSERT", "UPDATE", "DELETE"}

OPEN: dict[str, set[str]] = {
    # Who works where: read before anybody is somebody, and the same for all.
    "org_division": READ,
    "org_formername": READ,
    "org_department": READ,
    "org_section": READ,
    "org_grid": ADD_TO,
    "org_post": ADD_TO,
    "org_person": KEEP,
    # What the law and a city say, and what the graphs allow.
    "flow_state": READ,
    "flow_edge": READ,
    "flow_limit": READ,
    # How grids are to be drawn: the city office's alone to hand in, and public once it holds.
    "places_redraw": KEEP,
    "places_redrawn_grid": ADD_TO,
    # Which files were read; a file is of no one town.
    "registry_import": KEEP,
    # Names of markets; which 12345 files were read and what became of each row, by number.
    "clues_market": ADD_TO,
    "clues_hotline_file": KEEP,
    "clues_hotline_row": ADD_TO,
    # Who tried to sign in: written before there is a post.
    "desk_sign_in_attempt": {"SELECT", "INSERT", "DELETE"},
    # Who is signed in: read before there is a post, and worth nothing without the browser's key.
    "desk_session": EVERYTHING,
    # How often the public pages were used from one place, as keyed digests.
    "portal_use": {"SELECT", "INSERT", "DELETE"},
    # Which files were handed in at a page; only the city's registrars have the page.
    "desk_file_intake": KEEP,
    # Which systems may call, and what they were answered: looked at before a call is known to be anybody's.
    "exchange_system": KEEP,
    "exchange_call": EVERYTHING,
    # Django's own.
    "auth_permission": READ,
    "django_migrations": READ,
    "django_content_type": EVERYTHING,
}
"""Tables whose rows belong to no area, and the most that the application may do with all of them."""

OPEN_ROOMS = {"catalog_": READ, "procrastinate_": EVERYTHING}
"""The same for the whole catalogue, which is reference data, and for the job queue's own tables."""


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


TABLES = """
SELECT c.relname, c.relrowsecurity,
    ARRAY(SELECT privilege_type FROM aclexplode(c.relacl) WHERE grantee = 'gongzhi_app'::regrole),
    EXISTS (SELECT 1 FROM aclexplode(c.relacl) WHERE grantee = 0)
FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm') AND c.relnamespace = 'public'::regnamespace
"""


def _decided(table: str) -> set[str] | None:
    for prefix, privileges in OPEN_ROOMS.items():
        if table.startswith(prefix):
            return privileges
    return OPEN.get(table)


def test_somebody_decided_for_every_table_what_the_application_may_do() -> None:
    undecided, wider = [], []
    for table, scoped, granted, to_everybody in _rows(TABLES):
        assert not to_everybody, f"{table} is open to every role of the server"
        if scoped or table in CLOSED:
            continue
        decided = _decided(table)
        if decided is None:
            undecided.append(table)
        elif not set(granted) <= decided:
            wider.append((table, sorted(set(granted) - decided)))
    assert undecided == [], "neither guarded by row security nor said to be open or closed"
    assert wider == [], "open further than was decided"


def test_closed_tables_are_closed_and_open_ones_can_be_read() -> None:
    granted = {table: set(privileges) for table, _, privileges, _ in _rows(TABLES)}
    assert {table for table in CLOSED if granted[table]} == set()
    assert [
        table for table, privileges in granted.items() if table not in CLOSED and "SELECT" not in privileges
    ] == []


def test_the_application_changes_no_scoped_row_whole_but_where_a_room_says_so() -> None:
    # Cases are opened and moved by their lines alone.
    for table, privileges in (("flow_case", READ), ("flow_journal", ADD_TO)):
        assert [set(granted) for name, _, granted, _ in _rows(TABLES) if name == table] == [privileges]
    assert _rows(
        "SELECT attname FROM pg_attribute, aclexplode(attacl) WHERE attrelid = 'flow_case'::regclass"
        " AND grantee = 'gongzhi_app'::regrole AND privilege_type = 'UPDATE'"
    ) == [("lock_slot",)]


def test_every_guarded_table_has_a_rule_for_the_application_and_checks_what_is_written() -> None:
    # A further policy that restricts can only take rows away.
    rules = _rows(
        "SELECT c.relname, array_agg(p.polcmd::text ORDER BY p.polcmd) FILTER (WHERE p.polpermissive),"
        " bool_and(p.polcmd = 'r' OR p.polwithcheck IS NOT NULL),"
        " bool_and(p.polroles = ARRAY['gongzhi_app'::regrole::oid])"
        " FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid"
        " WHERE c.relrowsecurity AND c.relnamespace = 'public'::regnamespace GROUP BY c.relname"
    )
    assert len(rules) > 5
    for table, commands, checked, for_app in rules:
        assert commands in (["*"], ["a", "r"]), table
        assert (checked, for_app) == (True, True), table


def test_every_foreign_key_has_an_index_that_begins_with_it() -> None:
    bare = _rows(
        "SELECT k.conrelid::regclass::text, k.conname FROM pg_constraint k"
        " WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace"
        " AND k.conrelid::regclass::text NOT LIKE 'procrastinate%'"
        " AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indpred IS NULL"
        " AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)"
    )
    assert bare == []


def test_what_runs_with_its_owners_rights_names_the_schemas_it_looks_in() -> None:
    careless = _rows(
        "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        " AND NOT EXISTS (SELECT FROM unnest(proconfig) one WHERE one LIKE 'search_path=%pg_temp')"
    )
    assert careless == []


def test_nobody_but_the_application_runs_what_reads_the_key_and_its_role_owns_nothing() -> None:
    assert _rows("SELECT has_function_privilege('gongzhi_app', 'org_scope()', 'EXECUTE')") == [(True,)]
    assert _rows(
        "SELECT count(*) FROM pg_proc, aclexplode(proacl) WHERE proname IN"
        " ('org_scope', 'flow_append', 'flow_apply', 'flow_open', 'flow_follow', 'flow_keep') AND grantee = 0"
    ) == [(0,)]
    assert _rows(
        "SELECT count(*) FROM pg_class WHERE relowner = 'gongzhi_app'::regrole AND relpersistence <> 't'"
    ) == [(0,)]
    assert _rows(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolinherit, rolreplication FROM pg_roles"
        " WHERE rolname = 'gongzhi_app'"
    ) == [(False,) * 6]
