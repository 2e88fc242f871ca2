"""The table that a lawyer can read, scope by scope, holds."""

import csv
import datetime as dt
import io

import pytest

from gongzhi.scopes import default_book, match, shipped_examples

DAY = dt.date(2026, 9, 21)


def _rows() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(shipped_examples())))


def _codes(cell: str) -> frozenset[str]:
    return frozenset(code for code in cell.split("|") if code)


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["经营范围"][:40])
def test_a_scope_calls_for_what_the_table_says(row: dict[str, str]) -> None:
    answer = match(row["经营范围"], default_book(DAY))

    assert (answer.sure, answer.review) == (_codes(row["应推送"]), _codes(row["待人判断"])), row["理由与依据"]


def test_the_table_says_why_in_every_row_and_names_no_scope_twice() -> None:
    rows = _rows()

    assert len(rows) >= 120
    assert all(row["理由与依据"] for row in rows)
    assert len({row["经营范围"] for row in rows}) == len(rows)
