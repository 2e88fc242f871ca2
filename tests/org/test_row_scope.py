"""Raw SQL as the application's role sees the rows of its pass and no others, in every scoped table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction

from gongzhi.org.access import PASS_SECONDS, acting_as, elevated, key_halves, narrowed, sign
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.roles import Role
from tests.org.conftest import TOWNS, scoped_tables

pytestmark = pytest.mark.usefixtures("two_towns")

READERS = {Role.ADMINISTRATOR, Role.CITY_OFFICE, Role.REGISTRAR, Role.SYSTEM}
HERE, THERE = (
    Acting(post_id=number, role=Role.TOWN_OFFICE, area=town) for number, town in enumerate(TOWNS, 1)
)


OF_THE_CITY: dict[str, set[Role] | None] = {
    "rulebooks_book": None,
    "rulebooks_edit": None,
    "notices_correction": None,
    "rulebooks_trial": READERS,
    "rulebooks_trial_scope": READERS,
    "rulebooks_remark": READERS,
    "registry_report_list": None,
    "clues_hotline_file": {Role.REPORT_DESK, Role.CITY_OFFICE, Role.SYSTEM},
    "clues_hotline_row": {Role.REPORT_DESK, Role.CITY_OFFICE, Role.SYSTEM},
}
"""Tables whose rows belong to no area, with the roles that read them; None: whoever has a pass."""


def _counts(present: str = "") -> dict[str, int]:
    """How many rows of each scoped table raw SQL sees with this pass."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('gongzhi.pass', %s, true)", [present])
        found = {}
        for table in sorted(set(scoped_tables(cursor)) - set(OF_THE_CITY)):
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
        return found


def _now() -> datetime:
    return datetime.now(UTC)


FOR_SOME_ROLES = {"clues_report"}
"""Tables that most roles don't read even in their own area; the room's own tests say who does."""


def test_a_post_of_one_town_reads_no_row_of_another() -> None:
    everything = _counts(sign(SYSTEM, _now()))
    here, there = _counts(sign(HERE, _now())), _counts(sign(THERE, _now()))
    for table in FOR_SOME_ROLES:
        assert (everything.pop(table), here[table], there[table]) == (2, 0, 0)
    assert {"flow_case", "flow_journal"} <= set(everything)
    assert {table: (here[table], there[table]) for table in everything} == dict.fromkeys(everything, (1, 1))
    assert everything == dict.fromkeys(everything, 2)


def test_a_post_of_a_third_town_or_of_another_city_reads_nothing() -> None:
    for area in ("441900005", "4404", "4419000031"):
        seen = _counts(sign(Acting(post_id=1, role=Role.TOWN_OFFICE, area=area), _now()))
        assert set(seen.values()) == {0}, area


@pytest.mark.parametrize("role", sorted(set(Role)))
def test_what_belongs_to_no_area_is_read_by_its_roles_and_without_a_pass_by_nobody(role: Role) -> None:
    passes = {"": False, sign(Acting(post_id=1, role=role, area=TOWNS[0]), _now()): True}
    for present, signed in passes.items():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('gongzhi.pass', %s, true)", [present])
            for table, readers in OF_THE_CITY.items():
                cursor.execute(f"SELECT count(*) FROM {table}")
                reads = signed and (readers is None or role in readers)
                assert cursor.fetchone() == (2 if reads else 0,), (table, role)


def test_nobody_without_a_pass_reads_a_row() -> None:
    assert set(_counts().values()) == {0}


GOOD = HERE
FORGERIES: dict[str, Callable[[str], str]] = {
    "a made-up signature": lambda good: good.rsplit("|", 1)[0] + "|" + "0" * 64,
    "a wider area": lambda good: good.replace(f"|{TOWNS[0]}|", "|4419|"),
    "everywhere": lambda good: good.replace(f"|{TOWNS[0]}|", "||"),
    "the other town": lambda good: good.replace(TOWNS[0], TOWNS[1]),
    "another role": lambda good: good.replace("town_office", "system"),
    "another post": lambda good: "9" + good,
    "a longer life": lambda good: good.replace(good.split("|")[4], "9" * 12),
    "no signature": lambda good: good.rsplit("|", 1)[0],
    "an empty signature": lambda good: good.rsplit("|", 1)[0] + "|",
    "cut short": lambda good: good[:-1],
    "a field more": lambda good: good + "|",
    "fields pushed along": lambda good: good.replace(f"|{TOWNS[0]}|", f"|{TOWNS[0][:4]}|{TOWNS[0][4:]}"),
    "rubbish": lambda good: "'; DROP TABLE flow_case; --",
    "only separators": lambda good: "|||||",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_pass_sees_nothing(forgery: str) -> None:
    good = sign(GOOD, _now())
    forged = FORGERIES[forgery](good)
    assert forged != good
    try:
        seen = _counts(forged)
    except DatabaseError:
        return  # refused outright is as good
    assert set(seen.values()) == {0}


def test_a_pass_signed_with_another_key_sees_nothing(settings: pytest.FixtureRequest) -> None:
    settings.PASS_KEY = bytes(32)
    assert set(_counts(sign(GOOD, _now())).values()) == {0}


def test_an_old_pass_begins_no_transaction_and_a_fresh_one_does() -> None:
    aged = timedelta(seconds=PASS_SECONDS + 5)
    assert set(_counts(sign(GOOD, _now() - aged)).values()) == {0}
    fresh = _counts(sign(GOOD, _now() - aged + timedelta(seconds=60)))
    assert {rows for table, rows in fresh.items() if table not in FOR_SOME_ROLES} == {1}


def test_a_pass_holds_for_its_transaction_only() -> None:
    with acting_as(HERE), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM flow_case")
        assert cursor.fetchone() == (1,)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM flow_case")
        assert cursor.fetchone() == (0,)


def _scope() -> tuple[int | None, str | None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT (org_scope()).post, (org_scope()).low")
        return cursor.fetchone()


def test_a_part_for_another_post_is_stepped_back_from() -> None:
    with acting_as(HERE):
        with elevated():
            assert _scope() == (0, "")
        assert _scope() == (1, TOWNS[0])
        with acting_as(THERE):
            assert _scope() == (2, TOWNS[1])
        assert _scope() == (1, TOWNS[0])
        with pytest.raises(ZeroDivisionError), acting_as(THERE):
            raise ZeroDivisionError
        assert _scope() == (1, TOWNS[0])
    assert _scope() == (None, None)


def test_a_department_sees_its_own_rows_and_those_of_no_department() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE flow_case DISABLE TRIGGER USER")
        cursor.execute("UPDATE flow_case SET department = 'market' WHERE area = %s", [TOWNS[0]])
    seen = {}
    try:
        for area in TOWNS:
            for department in ("market", "fire"):
                acting = Acting(post_id=5, role=Role.DEPARTMENT, area=area, department=department)
                with acting_as(acting), connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT (SELECT count(*) FROM flow_case), (SELECT count(*) FROM flow_journal)"
                    )
                    seen[area, department] = cursor.fetchone()
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("UPDATE flow_case SET department = NULL")
            cursor.execute("ALTER TABLE flow_case ENABLE TRIGGER USER")
    here, there = TOWNS
    assert seen == {
        (here, "market"): (1, 1),
        (here, "fire"): (0, 0),
        (there, "market"): (1, 1),
        (there, "fire"): (1, 1),
    }


def test_a_department_of_everywhere_sees_no_more_of_what_belongs_to_a_case_than_of_the_case() -> None:
    """Who sees everything is not asked row by row; a whole range of areas alone is not everything."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE flow_case DISABLE TRIGGER USER")
        cursor.execute("UPDATE flow_case SET department = 'market' WHERE area = %s", [TOWNS[0]])
    seen = {}
    try:
        for department in ("market", "fire", None):
            acting = Acting(post_id=5, role=Role.DEPARTMENT, area="", department=department)
            with acting_as(acting), connection.cursor() as cursor:
                cursor.execute(
                    "SELECT (SELECT count(*) FROM flow_case), (SELECT count(*) FROM notices_notice),"
                    " (SELECT count(*) FROM notices_noticepermit), (SELECT count(*) FROM visits_visit),"
                    " (SELECT count(*) FROM visits_visitedbusiness)"
                )
                seen[department] = cursor.fetchone()
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("UPDATE flow_case SET department = NULL")
            cursor.execute("ALTER TABLE flow_case ENABLE TRIGGER USER")
    assert seen == {"market": (2,) * 5, "fire": (1,) * 5, None: (2,) * 5}


def test_what_a_post_sees_in_python_is_what_row_security_lets_through() -> None:
    areas = ("", "44", "4419", *TOWNS, TOWNS[0] + "001", "4404", "9")
    for area in areas:
        for row in areas:
            for own, theirs in (
                (None, None),
                (None, "fire"),
                ("fire", None),
                ("fire", "fire"),
                ("fire", "market"),
            ):
                acting = Acting(post_id=1, role=Role.CITY_OFFICE, area=area, department=own)
                with acting_as(acting), connection.cursor() as cursor:
                    cursor.execute(
                        'SELECT %s COLLATE "C" >= low AND %s COLLATE "C" < high AND'
                        " (department IS NULL OR %s::text IS NULL OR department = %s) FROM org_scope()",
                        [row, row, theirs, theirs],
                    )
                    assert cursor.fetchone() == (acting.sees(row, theirs),), (area, row, own, theirs)


def test_a_post_can_look_at_less_and_never_at_more() -> None:
    assert narrowed(HERE, TOWNS[0] + "001").area == TOWNS[0] + "001"
    with pytest.raises(PermissionError):
        narrowed(HERE, TOWNS[1])
    with pytest.raises(PermissionError):
        narrowed(HERE, "4419")


DENIED = "42501"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM org_pass_key",
        "UPDATE org_pass_key SET \"inner\" = ''",
        "SET ROLE gongzhi_owner",
        "SET SESSION AUTHORIZATION gongzhi_owner",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (a int)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "ALTER TABLE flow_case DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE flow_case OWNER TO gongzhi_app",
        "DROP POLICY flow_case_scope ON flow_case",
        "CREATE POLICY all_of_it ON flow_case USING (true)",
        "CREATE OR REPLACE FUNCTION org_scope() RETURNS org_scope_row LANGUAGE sql AS 'SELECT NULL'",
        "DROP FUNCTION org_scope()",
        "COPY flow_case TO PROGRAM 'cat'",
        "COPY org_pass_key TO STDOUT",
    ],
)
def test_the_applications_role_gets_no_further(statement: str) -> None:
    with pytest.raises(DatabaseError) as refused, acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement)
    assert refused.value.__cause__.sqlstate == DENIED


def test_the_applications_role_can_grant_itself_nothing() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # PostgreSQL only warns that nothing was granted.
        cursor.execute("GRANT ALL ON flow_case, flow_journal TO gongzhi_app")
        cursor.execute(
            "SELECT has_table_privilege('flow_case', 'UPDATE'), has_table_privilege('flow_journal', 'DELETE')"
        )
        assert cursor.fetchone() == (False, False)


def test_row_security_switched_off_is_an_error_and_not_a_way_in() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL row_security = off")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            cursor.execute("SELECT * FROM flow_case")


def test_a_temporary_table_does_not_stand_in_for_the_real_one() -> None:
    """Only temporary objects can be made; the checks look in the schema of the tables first."""
    with acting_as(HERE), connection.cursor() as cursor:
        cursor.execute(
            'CREATE TEMPORARY TABLE org_pass_key AS SELECT 1 AS id, %s::bytea AS "inner", %s::bytea AS "outer"',
            list(key_halves(bytes(32))),
        )
        own_key, settings.PASS_KEY = settings.PASS_KEY, bytes(32)
        try:
            forged = sign(SYSTEM, _now())
        finally:
            settings.PASS_KEY = own_key
        cursor.execute("SELECT set_config('gongzhi.pass', %s, true)", [forged])
        cursor.execute("SELECT (org_scope()).post IS NULL")
        assert cursor.fetchone() == (True,)
