"""What names a case, a notice, a visit or a business names one that is there, and it stays: the database says so."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from tests.loop.city import GRID, City, door

ABSENT = 9_000_000_000
NOT_THERE, FOR_GOOD = "23503", "GZ004"


def _refusal(statement: str, values: list[Any], alias: str = "default") -> str:
    """The SQLSTATE with which a statement is refused, or how many rows it changed. Nothing of it stays."""
    begun = acting_as(SYSTEM) if alias == "default" else transaction.atomic(using=alias)
    try:
        with begun, transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            cursor.execute(statement, values)
            transaction.set_rollback(True, using=alias)
            return f"{cursor.rowcount} rows"
    except DatabaseError as error:
        return str(getattr(error.__cause__, "sqlstate", error))


def _two(city: City) -> tuple[int, int]:
    """Two businesses at doors of their own, of each of which a department is told."""
    return city.register(sure=["P001"]), city.register(sure=["P001"], at=door(GRID, "东正路2号"))


NOTICE = (
    "INSERT INTO notices_notice (case_id, business_id, cause, visit_result)"
    " SELECT case_id, business_id, 'registered', '' FROM unnest(%s::bigint[], %s::bigint[]) AS n (case_id, business_id)"
)
PERMIT = (
    "INSERT INTO notices_noticepermit (notice_id, permit, certainty, words, rule, book, basis)"
    " SELECT unnest(%s::bigint[]), 'P999', 'sure', '[]', '', '', ''"
)
VISIT = "INSERT INTO visits_visit (case_id, door_key, address) SELECT unnest(%s::bigint[]), '', ''"
LISTED = (
    "INSERT INTO visits_visitedbusiness (visit_id, business_id, cause, result, returned_result, permit_seen, words,"
    " answers, \"left\") SELECT visit, business, '', '', '', '', '', '{}', false"
    " FROM unnest(%s::bigint[], %s::bigint[]) AS n (visit, business)"
)


def test_one_row_without_its_parent_among_others_refuses_all(city: City) -> None:
    """The twin of each is the same statement with parents that are there."""
    first, second = _two(city)
    notice, visit = city.notice(first).id, city.visit(first).id
    cases = [city.case(case).id for case in (city.notice(second).id, city.visit(second).id)]
    assert _refusal(PERMIT, [[notice]]) == "1 rows"
    assert _refusal(PERMIT, [[notice, ABSENT]]) == NOT_THERE
    assert _refusal(LISTED, [[visit], [second]]) == "1 rows"
    assert _refusal(LISTED, [[visit, visit], [second, ABSENT]]) == NOT_THERE
    assert _refusal(LISTED, [[visit, ABSENT], [second, second]]) == NOT_THERE
    # A visit may be the notice's of a case, as far as the table goes; what is not there may be nobody's.
    assert _refusal(VISIT, [cases[:1]]) == "1 rows"
    assert _refusal(VISIT, [[cases[0], ABSENT]]) == NOT_THERE
    assert _refusal(NOTICE, [cases[1:], [first]]) == "1 rows"
    assert _refusal(NOTICE, [[cases[1], ABSENT], [first, first]]) == NOT_THERE
    assert _refusal(NOTICE, [cases[1:], [ABSENT]]) == NOT_THERE


def test_what_is_named_is_never_changed(city: City) -> None:
    first, second = _two(city)
    visit = city.visit(first).id
    change = "UPDATE visits_visitedbusiness SET {} = %s WHERE visit_id = %s"
    assert _refusal(change.format("business_id"), [second, visit]) == FOR_GOOD
    assert _refusal(change.format("visit_id"), [city.visit(second).id, visit]) == FOR_GOOD
    assert _refusal(change.format("business_id"), [first, visit]) == "1 rows"


BUSINESS = (
    "INSERT INTO registry_business (id, uscc, name, kind, status, established_on, scope, address, area, door_key,"
    " placed, method, confidence, extra, remarks, invented, content, first_seen, as_of)"
    " VALUES (9000000000, '9', '', '', 'active', '2026-09-21', '', '', '4419', '', false, '', 0, '{}', '[]', true, '',"
    " '2026-09-21', '2026-09-21');"
)


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(
    "statement",
    [
        BUSINESS + "DELETE FROM registry_business WHERE id = 9000000000",
        BUSINESS + "UPDATE registry_business SET id = 9000000001 WHERE id = 9000000000",
        "TRUNCATE registry_business CASCADE",
        "TRUNCATE notices_notice CASCADE",
        "TRUNCATE visits_visit CASCADE",
    ],
)
def test_who_is_named_stays_also_against_the_tables_owner(statement: str) -> None:
    assert _refusal(statement, [], "owner") == FOR_GOOD


@pytest.mark.usefixtures("settled")
def test_the_owner_is_asked_for_parents_too() -> None:
    assert _refusal(NOTICE, [[ABSENT], [ABSENT]], "owner") == NOT_THERE
    assert _refusal(VISIT, [[ABSENT]], "owner") == NOT_THERE
