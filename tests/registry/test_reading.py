"""A file is read row by row whatever somebody made of it; nothing that can't be read stops what can."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook

from gongzhi.registry.intake import reading
from gongzhi.registry.intake.columns import HeadingError, read_heading
from gongzhi.registry.intake.reading import Cells, RowsOf, Unreadable, UnreadableFileError
from gongzhi.registry.intake.workbook import UnreadableWorkbookError
from gongzhi.registry.rules import Why
from tests.registry.files import HEADING, row, text, write


def rows_of(path: Path, data: bytes) -> list[Cells | Unreadable]:
    path.write_bytes(data)
    return list(RowsOf(path))[1:]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("zipped", [False, True])
def test_utf8_and_gb18030_are_told_apart(tmp_path: Path, encoding: str, zipped: bool) -> None:
    data = text([row(1), row(2)]).encode(encoding)
    found = rows_of(tmp_path / "a.csv", gzip.compress(data) if zipped else data)
    assert [cells.cells[0] for cells in found] == [row(1)["name"], row(2)["name"]]  # type: ignore[union-attr]


def test_damaged_bytes_stay_in_their_own_row(tmp_path: Path) -> None:
    lines = text(row(n) for n in range(1, 60)).encode().split(b"\n")
    lines[3] = lines[3].replace("店".encode(), b"\xff\xfe", 1)
    found = rows_of(tmp_path / "a.csv", b"\n".join(lines))
    damaged = [n for n, one in enumerate(found, start=1) if "\udcff" in "".join(one.cells)]  # type: ignore[union-attr]
    assert damaged == [3]


def test_a_row_that_lacks_cells_or_has_too_many_is_named_by_its_line(tmp_path: Path) -> None:
    data = text([row(1)]) + "a,b\n" + "a,b,c,d,e,f\n" + text([row(2)]).split("\n", 1)[1]
    found = rows_of(tmp_path / "a.csv", data.encode())
    assert [(one.line, getattr(one, "why", None)) for one in found] == [
        (2, None),
        (3, Why.CELL_COUNT),
        (4, Why.CELL_COUNT),
        (5, None),
    ]


def test_a_quotation_mark_that_nobody_closes_costs_one_row(tmp_path: Path) -> None:
    lines = text(row(n) for n in range(1, 200)).split("\n")
    lines[5] = '"' + lines[5]
    found = rows_of(tmp_path / "a.csv", "\n".join(lines).encode())
    assert [(one.line, one.why) for one in found if isinstance(one, Unreadable)] == [(6, Why.BROKEN_QUOTES)]
    assert len(found) == 199


def test_a_cell_may_hold_line_ends(tmp_path: Path) -> None:
    found = rows_of(
        tmp_path / "a.csv", text([row(1, business_scope="餐饮服务；\n日用百货"), row(2)]).encode()
    )
    assert [one.line for one in found] == [2, 4]


@pytest.mark.parametrize("zipped", [False, True])
def test_a_file_that_ends_in_the_middle_of_a_row_gives_all_rows_before(tmp_path: Path, zipped: bool) -> None:
    data = text([row(1), row(2), row(3)]).encode()
    cut = data[: data.rindex(b",") - 4]
    found = rows_of(tmp_path / "a.csv", gzip.compress(cut) if zipped else cut)
    assert [type(one) for one in found[:2]] == [Cells, Cells]
    assert [one.why for one in found[2:] if isinstance(one, Unreadable)] == [Why.ENDS_IN_ROW]


def test_a_cut_gzip_file_says_that_it_is_not_complete(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows = [row(n, address="".join(rng.choice(list("东西南北中发展路街巷号"), size=60))) for n in range(400)]
    packed = gzip.compress(text(rows).encode())
    path = tmp_path / "a.csv.gz"
    path.write_bytes(packed[: len(packed) // 2])
    reader = RowsOf(path)
    found = list(reader)
    assert not reader.complete
    assert 100 < len(found) < 400
    assert [one.why for one in found if isinstance(one, Unreadable)] == [Why.ENDS_IN_ROW]


def test_an_endless_line_is_thrown_away_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LONGEST_LINE", 4096)
    data = text([row(1)]).encode() + b"x" * 100_000 + b"\n" + text([row(2)]).split("\n", 1)[1].encode()
    found = rows_of(tmp_path / "a.csv", data)
    assert [getattr(one, "why", None) for one in found] == [None, Why.ROW_TOO_LONG, None]
    assert max(len(getattr(one, "begins", "")) for one in found) <= 80


def test_rubbish_under_a_good_heading_is_refused_row_by_row(tmp_path: Path) -> None:
    rubbish = np.random.default_rng(2).bytes(200_000)
    found = rows_of(tmp_path / "a.csv", (",".join(HEADING) + "\n").encode() + rubbish)
    assert found
    assert all(isinstance(one, Cells | Unreadable) for one in found)


def test_a_workbook_is_read_like_a_csv(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["名称", "统一社会信用代码", "成立日期", "经营范围", "住所"])
    sheet.append(list(row(1).values()))
    sheet.append([None] * 5)
    sheet.append(["=1+1", *list(row(2).values())[1:]])
    book.save(tmp_path / "a.xlsx")
    heading, *found = RowsOf(tmp_path / "a.xlsx")
    assert read_heading(heading.cells).width == 5  # type: ignore[union-attr]
    assert [(one.line, one.cells[0]) for one in found] == [(2, row(1)["name"]), (4, "=1+1")]  # type: ignore[union-attr]


def test_what_is_no_table_is_refused_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 100)
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04" + b"\0" * 100)
    with pytest.raises(UnreadableFileError):
        list(RowsOf(tmp_path / "old.xls"))
    with pytest.raises(UnreadableWorkbookError):
        list(RowsOf(tmp_path / "bad.xlsx"))


def test_a_heading_names_what_it_lacks_and_keeps_what_it_does_not_know() -> None:
    with pytest.raises(HeadingError, match="经营范围"):
        read_heading(["名称", "统一社会信用代码", "成立日期", "住所"])
    with pytest.raises(HeadingError, match="several"):
        read_heading([*HEADING, "名称"])
    columns = read_heading(
        ["住所（经营场所）", "名称", "注册资本", "统一社会信用代码", "成立日期", "经营范围", "登记状态"]
    )
    found = columns.stated(2, ["甲路1号", "甲店", " 5万 ", "C", "D", "S", "注销"])
    assert (found.address, found.name, found.status, found.extra) == (
        "甲路1号",
        "甲店",
        "注销",
        {"注册资本": "5万"},
    )


def test_a_file_is_written_and_read_back_the_same(tmp_path: Path) -> None:
    rows = [row(n, business_scope=f'含"引号"，逗号,{n}') for n in range(50)]
    found = list(RowsOf(write(tmp_path / "a.csv", rows)))[1:]
    assert [list(one.cells) for one in found] == [list(one.values()) for one in rows]  # type: ignore[union-attr]
