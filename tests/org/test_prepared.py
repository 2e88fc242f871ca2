"""Statements that are planned once for each connection, and how a transaction begins with them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import DataError, IntegrityError, OperationalError, ProgrammingError, connection, transaction

from gongzhi.flow.lists import list_cursor
from gongzhi.org.prepared import opened_with, prepared

_ECHO = "SELECT %s::text, %s::bigint, %s::boolean, %s::date, %s::timestamptz, %s::jsonb, %s::text"


@pytest.mark.usefixtures("fresh_db")
def test_values_of_every_kind_come_back_as_they_went() -> None:
    at = datetime(2026, 9, 21, 12, 0, 0, 123456, tzinfo=UTC)
    row = ("共治 'quoted' \\", -(1 << 40), True, date(2026, 9, 21), at, '{"a": ["食品"]}', None)
    for _ in range(2):
        (found,) = prepared(_ECHO, row)
        assert found[:5] == row[:5]
        assert found[6] is None


@pytest.mark.usefixtures("fresh_db")
def test_a_text_that_holds_nul_is_refused_and_not_cut() -> None:
    with pytest.raises(DataError):
        prepared("SELECT %s::text", ["before\0behind"])


@pytest.mark.usefixtures("fresh_db")
def test_what_the_server_refuses_is_an_error_of_the_framework() -> None:
    with pytest.raises(ProgrammingError):
        prepared("SELECT nothing FROM nowhere", [])
    assert prepared("SELECT 1", []) == [(1,)]


@pytest.mark.usefixtures("fresh_db")
def test_it_runs_in_the_transaction_that_was_opened() -> None:
    with transaction.atomic():
        prepared("CREATE TEMPORARY TABLE kept_for_a_moment (id int)", [])
        transaction.set_rollback(True)
    assert prepared("SELECT to_regclass('kept_for_a_moment')::text", []) == [(None,)]


@pytest.mark.usefixtures("fresh_db")
def test_a_setting_begins_the_transaction_and_ends_with_it() -> None:
    value = "it's 1|a 'pass'"
    with opened_with("gongzhi.trial", value):
        assert prepared("SELECT current_setting('gongzhi.trial')", []) == [(value,)]
        assert connection.connection.info.transaction_status.name == "INTRANS"
    assert prepared("SELECT current_setting('gongzhi.trial', true)", [])[0][0] in {"", None}


@pytest.mark.usefixtures("fresh_db")
def test_a_setting_whose_transaction_did_not_begin_is_not_the_next_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_: bytes) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(connection, "_send", broken)
        with pytest.raises(OperationalError), opened_with("gongzhi.trial", "somebody else's"):
            pass
    with transaction.atomic():
        assert prepared("SELECT current_setting('gongzhi.trial', true)", [])[0][0] in {"", None}


@pytest.mark.usefixtures("fresh_db")
def test_what_only_the_commit_refuses_is_an_error_of_the_framework_and_leaves_nothing() -> None:
    prepared("CREATE TEMPORARY TABLE once (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)", [])
    with pytest.raises(IntegrityError), transaction.atomic():
        prepared("INSERT INTO once VALUES (1), (1)", [])
    assert prepared("SELECT count(*) FROM once", []) == [(0,)]
    with transaction.atomic():
        prepared("INSERT INTO once VALUES (1)", [])
    assert prepared("SELECT count(*) FROM once", []) == [(1,)]


@pytest.mark.usefixtures("fresh_db")
def test_it_outlives_a_rollback_also_where_lists_were_sent_often() -> None:
    assert prepared("SELECT 1 + %s::int", [1]) == [(2,)]
    with transaction.atomic():
        for _ in range(8):
            with list_cursor() as cursor:
                cursor.execute("SELECT sum(n) FROM unnest(%s::bigint[]) AS n", [[1, 2, 3]])
        transaction.set_rollback(True)
    assert prepared("SELECT 1 + %s::int", [1]) == [(2,)]
