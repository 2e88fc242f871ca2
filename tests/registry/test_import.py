"""A register comes in: every row accounted for, the same again changes nothing, what changed has consequences."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.db import connection, connections
from openpyxl import load_workbook

from gongzhi.org.access import acting_as
from gongzhi.org.acting import Acting
from gongzhi.org.roles import Role
from gongzhi.registry.intake.report import Report
from gongzhi.registry.intake.running import NotRegistrationsError, RunningAlreadyError
from gongzhi.registry.rules import Why
from tests.registry.conftest import Take, ask, whole
from tests.registry.files import code, row


def test_every_row_is_accounted_for_and_a_second_run_finds_all_unchanged(take: Take) -> None:
    rows = [row(n) for n in range(1, 41)]
    rows += [
        row(41, name=""),
        row(42, uscc="123"),
        row(43, established_date="2027-01-01"),
        row(44, address="不详"),
    ]
    first = take(rows, chunk=7)
    assert whole(first)
    assert (first.rows, first.accepted) == (44, 41)
    assert first.rejected == {Why.MISSING_NAME: 1, Why.CODE_LENGTH: 1, Why.DATE_IN_FUTURE: 1}
    assert first.where == {"grid": 40, "unsure": 1}
    assert sum(n for (graph, _), n in first.opened.items() if graph == "visits") == 41
    assert ask("SELECT count(*) FROM flow_case")[0][0] == first.opened.total()
    second = take(rows, chunk=11)
    assert whole(second)
    assert (second.unchanged, second.accepted, second.opened.total()) == (41, 0, 0)
    assert ask("SELECT count(*) FROM flow_case")[0][0] == first.opened.total()


def test_the_counts_of_the_cases_are_those_of_the_database(take: Take) -> None:
    outcome = take([row(n, **({"business_scope": "五金销售"} if n % 3 else {})) for n in range(30)], chunk=8)
    stored = ask("SELECT graph, state, count(*) FROM flow_case GROUP BY graph, state")
    assert dict(outcome.opened) == {(graph, state): number for graph, state, number in stored}


def test_of_two_rows_with_one_code_the_last_counts_and_the_file_stays_whole(take: Take) -> None:
    rows = [row(1, name="甲店"), row(2), row(1, name="乙店"), row(3), row(1, name="丙店"), row(2)]
    refused: list[tuple[int, Why]] = []
    first = take(rows, chunk=2, refuse=lambda line, why, *_: refused.append((line, why)))
    assert whole(first)
    assert refused == [(2, Why.SUPERSEDED), (3, Why.SUPERSEDED), (4, Why.SUPERSEDED)]
    assert ask("SELECT name FROM registry_business WHERE uscc = %s", code(1)) == [("丙店",)]
    second = take(rows, chunk=4)
    assert (second.unchanged, second.changed, second.rejected[Why.SUPERSEDED]) == (3, 0, 3)


def test_a_last_row_that_is_refused_does_not_take_the_place_of_an_earlier_one(take: Take) -> None:
    outcome = take([row(1, name="甲店"), row(1, name="乙店", established_date="x")])
    assert whole(outcome)
    assert ask("SELECT name FROM registry_business") == [("甲店",)]


def test_a_change_keeps_what_was_and_only_a_name_has_no_consequences(take: Take) -> None:
    take([row(1), row(2), row(3)])
    before = ask("SELECT count(*) FROM flow_journal")[0][0]
    outcome = take([row(1, name="换了名的店"), row(2), row(3)], as_of="2026-10-12")
    assert (outcome.changed, outcome.unchanged) == (1, 2)
    assert ask("SELECT count(*) FROM flow_journal")[0][0] == before
    was = ask("SELECT v.name, v.changed ->> 0, v.valid_from, v.valid_to FROM registry_version v")
    assert [(name, changed, str(since), str(until)) for name, changed, since, until in was] == [
        (row(1)["name"], "name", "2026-09-21", "2026-10-12")
    ]


def test_a_change_of_scope_tells_other_departments(take: Take) -> None:
    take([row(1, business_scope="五金销售")])
    outcome = take([row(1, business_scope="餐饮服务")], as_of="2026-10-12")
    assert outcome.changed == 1
    assert ask("SELECT department FROM flow_case WHERE graph = 'notices' AND is_open") == [("market",)]


def test_an_address_written_as_before_keeps_the_place_that_a_person_gave(take: Take) -> None:
    take([row(1, address="莞城不详处1号")])
    with_person = "UPDATE registry_business SET area = '441900006004', placed = true RETURNING id"
    assert len(ask(with_person)) == 1
    take([row(1, address="莞城不详处1号", business_scope="五金销售")], as_of="2026-10-12")
    assert ask("SELECT area, placed FROM registry_business") == [("441900006004", True)]


def test_a_business_that_ends_closes_what_is_open_and_may_come_back(take: Take) -> None:
    take([row(1, status="存续"), row(2, status="存续"), row(3, status="吊销")])
    assert ask("SELECT count(*) FROM flow_case WHERE is_open")[0][0] > 0
    ended = take([row(1, status="注销"), row(2, status="吊销"), row(3, status="吊销")], as_of="2026-10-12")
    assert (ended.cancelled, ended.unchanged) == (2, 1)
    assert ask("SELECT count(*) FROM flow_case WHERE is_open") == [(0,)]
    back = take([row(1, status="存续")], as_of="2026-10-13")
    assert back.changed == 1
    assert ask("SELECT count(*) > 0 FROM flow_case WHERE is_open") == [(True,)]


def test_an_older_file_does_not_undo_a_newer_one(take: Take) -> None:
    take([row(1, name="新名")], as_of="2026-10-12")
    outcome = take([row(1, name="旧名")], as_of="2026-09-30")
    assert whole(outcome)
    assert outcome.rejected == {Why.OLDER_THAN_KNOWN: 1}
    assert ask("SELECT name FROM registry_business") == [("新名",)]


def test_a_town_sees_its_own_businesses_and_their_history_alone(take: Take) -> None:
    take([row(1)])
    take([row(1, name="换了名的店")], as_of="2026-10-12")
    for area, seen in (("441900006", 1), ("441900003", 0)):
        with acting_as(Acting(9, Role.TOWN_OFFICE, area)), connection.cursor() as cursor:
            for table in ("registry_business", "registry_version"):
                cursor.execute(f"SELECT count(*) FROM {table}")
                assert cursor.fetchone() == (seen,)


def test_two_imports_at_once_are_one_and_a_polite_word(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongzhi.registry.intake.running._PATIENCE", 1)
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [0x677A7267])
            held.set()
            let_go.wait(30)
        connections.close_all()

    other = threading.Thread(target=hold)
    other.start()
    held.wait(30)
    try:
        with pytest.raises(RunningAlreadyError):
            take([row(1)])
    finally:
        let_go.set()
        other.join()
    assert take([row(1)]).accepted == 1


def test_a_file_of_something_else_is_refused_and_nothing_is_written(take: Take, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    for data in (b"", b"\x00\x01\x02" * 1000, b"a,b,c\n1,2,3\n"):
        other.write_bytes(data)
        with pytest.raises(NotRegistrationsError):
            take(other)
    assert ask("SELECT count(*) FROM registry_import") == [(0,)]


def test_the_report_names_every_refused_row_and_holds_no_formula(take: Take, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    with Report(path) as report:
        take(
            [row(1), row(2, name="=1+1"), row(3, uscc="")],
            refuse=lambda line, why, uscc, name: report.add(line, why, uscc=uscc, name=name),
        )
    book = load_workbook(path)
    lines = list(book.active.iter_rows(min_row=2))
    assert [(cells[0].value, cells[5].value) for cells in lines] == [(3, "formula"), (4, "missing_code")]
    assert lines[0][2].value == "=1+1"
    assert lines[0][2].data_type == "s"
