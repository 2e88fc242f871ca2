"""Lists of what other data say: every row accounted for, the same again changes nothing, and what they leave open."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError

from gongzhi.cli.main import main
from gongzhi.flow.moment import SHANGHAI, Moment, moment_at
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.roles import Role
from gongzhi.registry.actions import Held, record_permits_held
from gongzhi.registry.facts import Fault, NotAListError, Taken, take_equipment, take_reports
from gongzhi.registry.reminders import Expiry, Open, Report, open_for
from tests.registry.conftest import Take, ask
from tests.registry.files import code, old_number, row, write

SPRING = date(2026, 4, 10)
TOWN_REGISTRAR = Acting(9, Role.REGISTRAR, "441900006", name="某人", title="登记")
OTHER_REGISTRAR = Acting(9, Role.REGISTRAR, "441900003", name="某人", title="登记")


def moment(day: date = SPRING) -> Moment:
    return moment_at(datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI))


def reports(path: Path, rows: list[dict[str, str]], *, acting: Acting = SYSTEM, **more: Any) -> Taken:
    given = {"year": 2025, "as_of": SPRING} | more
    return take_reports(write(path / "list.csv", rows), acting=acting, moment=moment(), **given)


def lifts(path: Path, rows: list[dict[str, str]], as_of: date = SPRING, **more: Any) -> Taken:
    return take_equipment(write(path / "lifts.csv", rows), kind="lift", as_of=as_of, acting=SYSTEM, **more)


def whole(taken: Taken) -> bool:
    return taken.rows == taken.taken + taken.unchanged + taken.rejected.total()


def number_of(uscc: str) -> int:
    ((found,),) = ask("SELECT id FROM registry_business WHERE uscc = %s", uscc)
    return int(found)


def left_open(*codes: str, day: date = SPRING, acting: Acting = SYSTEM) -> list[Open]:
    ids = [number_of(one) for one in codes]
    with acting_as(acting):
        found = open_for(ids, moment=moment(day))
    return [found[one] for one in ids]


@pytest.fixture
def firms(take: Take) -> None:
    """Three businesses of last year in one town, one of them with an old number."""
    old = {"established_date": "2024-05-06"}
    take(
        [row(1, **old, 注册号=old_number(1)), row(2, **old, 注册号=""), row(3, **old, 注册号="")],
        as_of="2026-03-02",
    )


def test_every_row_of_a_list_of_reports_is_accounted_for_and_again_changes_nothing(
    firms: None, tmp_path: Path
) -> None:
    rows = [
        {"统一社会信用代码": code(1), "报送日期": "2026-03-20"},
        {"统一社会信用代码": code(2).lower(), "报送日期": ""},
        {"统一社会信用代码": code(2), "报送日期": ""},
        {"统一社会信用代码": code(9), "报送日期": ""},
        {"统一社会信用代码": "91441900XXXX", "报送日期": ""},
        {"统一社会信用代码": code(3), "报送日期": "去年"},
        {"统一社会信用代码": code(3), "报送日期": "2026-05-01"},
    ]
    refused: list[tuple[int, Fault]] = []
    first = reports(tmp_path, rows, refuse=lambda line, why, _: refused.append((line, why)))
    assert whole(first)
    assert (first.taken, first.unchanged) == (2, 0)
    assert sorted(refused) == [
        (4, Fault.TWICE),
        (5, Fault.UNKNOWN),
        (6, Fault.BAD_CODE),
        (7, Fault.BAD_DATE),
        (8, Fault.DATE_IN_FUTURE),
    ]
    again = reports(tmp_path, rows)
    assert whole(again)
    assert (again.taken, again.unchanged) == (0, 2)
    assert (
        ask("SELECT count(*) FROM flow_case")[0][0]
        == ask("SELECT count(*) FROM flow_case WHERE started_on < '2026-04-01'")[0][0]
    ), "a list opens nothing"


def test_an_old_number_names_a_business_in_a_list_too(firms: None, tmp_path: Path) -> None:
    assert reports(tmp_path, [{"注册号": old_number(1)}]).taken == 1


def test_who_is_not_on_the_list_is_left_open_until_a_later_one_has_it(firms: None, tmp_path: Path) -> None:
    assert [one.report for one in left_open(code(1), code(2))] == [None, None], (
        "without a list nothing is presumed"
    )
    reports(tmp_path, [{"uscc": code(1)}], as_of=date(2026, 3, 20))
    assert [one.report for one in left_open(code(1), code(2))] == [None, Report(2025, date(2026, 3, 20))]
    reports(tmp_path, [{"uscc": code(1)}, {"uscc": code(2)}])
    assert [one.report for one in left_open(code(1), code(2))] == [None, None]


def test_a_list_says_nothing_of_other_towns_nor_of_who_was_not_there_yet(
    firms: None, take: Take, tmp_path: Path
) -> None:
    take([row(5, established_date="2026-01-05")], as_of="2026-03-03")
    reports(tmp_path, [{"uscc": code(1)}], acting=OTHER_REGISTRAR)
    assert left_open(code(2))[0].report is None
    town = reports(tmp_path, [{"uscc": code(1)}], acting=TOWN_REGISTRAR)
    assert town.taken == 1
    assert left_open(code(2))[0].report is not None
    assert left_open(code(5))[0].report is None, "registered this year: nothing is to be filed"


def test_a_town_takes_in_nothing_of_its_neighbours(firms: None, tmp_path: Path) -> None:
    taken = reports(tmp_path, [{"uscc": code(1)}], acting=OTHER_REGISTRAR)
    assert taken.rejected == {Fault.UNKNOWN: 1}
    assert ask("SELECT count(*) FROM registry_annual_report") == [(0,)]


@pytest.mark.parametrize("year", [2012, 2026, 2027])
def test_a_year_that_has_no_report_is_refused(firms: None, tmp_path: Path, year: int) -> None:
    with pytest.raises(NotAListError):
        reports(tmp_path, [{"uscc": code(1)}], year=year)


def test_a_file_that_is_no_list_is_refused_whole_and_leaves_nothing(firms: None, tmp_path: Path) -> None:
    with pytest.raises(NotAListError, match="表头缺少"):
        reports(tmp_path, [{"名字": "某店"}])
    (tmp_path / "x.xls").write_bytes(b"\xd0\xcf\x11\xe0 an old workbook")
    with pytest.raises(NotAListError):
        take_reports(tmp_path / "x.xls", year=2025, as_of=SPRING, acting=SYSTEM, moment=moment())
    assert ask("SELECT count(*) FROM registry_report_list") == [(0,)]


def test_a_lift_is_asked_about_once_its_day_has_passed_and_no_more_once_it_is_inspected(
    firms: None, tmp_path: Path
) -> None:
    heading = ("统一社会信用代码", "设备代码", "检验有效期至")
    stated = [
        (code(1), "LT-1", "2026-04-09"),
        (code(1), "LT-2", "2026-04-10"),
        (code(2), "LT-1", "2027-01-01"),
    ]
    rows = [dict(zip(heading, one, strict=True)) for one in stated]
    first = lifts(tmp_path, [*rows, dict(zip(heading, (code(2), "", "2026-01-01"), strict=True))])
    assert whole(first)
    assert (first.taken, first.rejected) == (3, {Fault.MISSING_NUMBER: 1})
    assert lifts(tmp_path, rows).unchanged == 3
    (one, other) = left_open(code(1), code(2))
    assert one.equipment == [Expiry("lift", "LT-1", date(2026, 4, 9))], "a day that holds is no reason"
    assert other.equipment == []
    renewed = [dict(zip(heading, (code(1), "LT-1", "2027-04-09"), strict=True))]
    assert lifts(tmp_path, renewed, date(2026, 4, 11)).taken == 1
    assert left_open(code(1))[0].equipment == []
    stale = lifts(tmp_path, rows[:1], date(2026, 4, 1))
    assert stale.rejected == {Fault.OLDER: 1}


def test_a_permit_is_left_open_from_thirty_days_before_its_end_unless_it_is_held_again(firms: None) -> None:
    with acting_as(SYSTEM):
        business = number_of(code(1))
        held = [
            Held(business, "P001", "甲1", None, date(2026, 5, 9)),
            Held(business, "P024", "乙1", None, date(2026, 5, 10)),
            Held(business, "P058", "丙1", None, date(2026, 2, 1)),
            Held(business, "P058", "丙2", None, date(2030, 2, 1)),
            Held(business, "P053", "丁1", None, None),
        ]
        record_permits_held(held, source="许可库")
    assert left_open(code(1))[0].permits == [Expiry("P001", "甲1", date(2026, 5, 9))]
    assert left_open(code(1), day=date(2026, 4, 11))[0].permits[-1].number == "乙1"


def test_only_who_has_such_lists_may_write_one(firms: None, tmp_path: Path) -> None:
    for role in (Role.OFFICER, Role.VILLAGE, Role.TOWN_OFFICE):
        with pytest.raises(DatabaseError, match="row-level security"):
            reports(tmp_path, [{"uscc": code(1)}], acting=Acting(9, role, "441900006"))


def test_both_commands_print_one_line_and_name_each_row_that_was_not_taken(
    firms: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gongzhi.cli.registry_facts.with_django", lambda: None)
    listed = write(tmp_path / "list.csv", [{"uscc": code(1)}, {"uscc": "x"}])
    assert main(["registry", "reports", str(listed), "--year", "2025", "--as-of", "2026-04-10"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == {"rows": 2, "taken": 1, "unchanged": 0, "rejected": {"bad_code": 1}}
    assert said.err.startswith("3: x: ")
    lifted = write(tmp_path / "lifts.csv", [{"uscc": code(1), "number": "LT-1", "valid_to": "2026-04-01"}])
    assert main(["registry", "equipment", str(lifted), "--kind", "lift", "--as-of", "2026-04-10"]) == 0
    assert json.loads(capsys.readouterr().out)["taken"] == 1
    assert main(["registry", "reports", str(listed), "--year", "2026", "--as-of", "2026-04-10"]) == 1
    assert "还没有 2026 年度的年报" in capsys.readouterr().err
    with pytest.raises(SystemExit) as usage:
        main(["registry", "equipment", str(lifted), "--kind", "crane", "--as-of", "2026-04-10"])
    assert usage.value.code == 2
