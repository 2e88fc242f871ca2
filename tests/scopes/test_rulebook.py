"""Rules are rows of dated tables; a table that is wrong says where."""

import csv
import datetime as dt
import io

import pytest

from gongzhi.scopes import RuleTables, default_book, default_tables, match
from gongzhi.scopes.rulebook import TableError

DAY = dt.date(2026, 9, 21)


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(default_tables().texts[name])))


def _with(name: str, rows: list[dict[str, str]]) -> RuleTables:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return RuleTables.of({**default_tables().texts, name: out.getvalue()})


def _and_a_rule(**cells: str) -> RuleTables:
    return _with("rules", [*_rows("rules"), _rule(**cells)])


def _rule(**cells: str) -> dict[str, str]:
    empty = dict.fromkeys(_rows("rules")[0], "")
    return {
        **empty,
        "rule": "T-1",
        "permits": "P024",
        "objects": "神奇果",
        "certainty": "sure",
        "meaning": "试",
        **cells,
    }


def test_every_rule_has_an_id_of_its_own_and_says_what_it_means() -> None:
    rows = _rows("rules")

    assert len({row["rule"] for row in rows}) == len(rows)
    assert all(row["meaning"] and row["verified"] in {"yes", "no"} for row in rows)


def test_what_a_scope_cannot_tell_is_never_derived_from_one() -> None:
    book = default_book(DAY)

    for rule in book.rules:
        for code in rule.permits:
            assert not book.permits[code].trigger.startswith("非经营范围触发")


def test_every_deed_that_a_rule_asks_for_can_be_said() -> None:
    spoken = {deed for row in _rows("deeds") for deed in row["deeds"].split("|")} | {"unstated"}

    for rule in default_book(DAY).rules:
        assert rule.deeds | rule.without <= spoken, rule.id


def test_every_object_of_every_rule_can_be_reached() -> None:
    book = default_book(DAY)

    hidden = {phrase for row in _rows("not_the_thing") for phrase in row["phrase"].split("|")}
    objects = {phrase for row in _rows("rules") for phrase in row["objects"].split("|")}
    assert not hidden & objects
    assert len(book.terms) >= len(objects)


def test_a_rule_holds_from_its_first_day_up_to_its_last() -> None:
    tables = _and_a_rule(valid_from="2026-09-01", valid_to="2026-10-01")

    found = {
        day: match("神奇果", tables.on(day)).sure
        for day in map(dt.date.fromisoformat, ["2026-08-31", "2026-09-01"])
    }
    assert list(found.values()) == [frozenset(), {"P024"}]
    assert match("神奇果", tables.on(dt.date(2026, 9, 30))).sure == {"P024"}
    assert match("神奇果", tables.on(dt.date(2026, 10, 1))).sure == frozenset()


def test_the_version_names_tables_and_day() -> None:
    tables = _and_a_rule()

    assert default_tables().on(DAY).version != tables.on(DAY).version
    assert tables.on(DAY).version != tables.on(dt.date(2026, 9, 22)).version
    assert default_book(DAY).on(DAY) is default_book(DAY)


def test_old_wording_calls_for_what_todays_wording_calls_for() -> None:
    for row in _rows("synonyms"):
        day = dt.date.fromisoformat(row["valid_from"]) if row["valid_from"] else DAY
        book = default_tables().on(max(day, DAY))
        called = [
            match(f"{said}{row['old']}", book).sure == match(f"{said}{row['today']}", book).sure
            for said in ("", "印刷：")
        ]
        assert all(called), row["old"]
        assert any(match(f"{said}{row['old']}", book).sure for said in ("", "印刷：")), row["old"]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"permits": "P999"}, "P999"),
        ({"permits": "P018"}, "P018 can't be derived from a scope"),
        ({"certainty": "maybe"}, "certainty"),
        ({"objects": ""}, "no objects"),
        ({"valid_from": "2026-13-01"}, "T-1"),
        ({"objects": "宠物美容"}, "not_the_thing.csv"),
    ],
)
def test_a_wrong_row_says_where_and_why(cells: dict[str, str], said: str) -> None:
    with pytest.raises(TableError, match=said):
        _and_a_rule(**cells).on(DAY)


def test_a_missing_table_is_named() -> None:
    with pytest.raises(TableError, match="deeds"):
        RuleTables.of({name: text for name, text in default_tables().texts.items() if name != "deeds"})


def test_a_synonym_of_nothing_is_refused() -> None:
    row = {**dict.fromkeys(_rows("synonyms")[0], ""), "old": "旧词", "today": "没有的词"}

    with pytest.raises(TableError, match="没有的词"):
        _with("synonyms", [row]).on(DAY)
