"""`gongzhi clues hotline`: one line of JSON in which every row of the file is accounted for."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from gongzhi.cli.main import main
from gongzhi.flow import moment
from gongzhi.places import queries
from tests.clues.conftest import Clues
from tests.clues.test_intake import HEADING, SomePlaces

Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _ready(city: Clues, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command finds Django ready and the server up, on the city's day."""

    def places(_day: date) -> SomePlaces:
        return SomePlaces()

    monkeypatch.setattr("gongzhi.cli.main.with_django", lambda: None)
    monkeypatch.setattr("gongzhi.cli.clues.with_django", lambda: None)
    monkeypatch.setattr(queries, "LatePlacer", places)
    monkeypatch.setattr(moment, "moment_now", lambda: city.moment)


def _file(path: Path, *lines: str) -> str:
    path.write_text("\n".join([HEADING, *lines]) + "\n", encoding="utf-8")
    return str(path)


def test_a_file_is_taken_in_and_every_row_is_accounted_for(tmp_path: Path, capsys: Output) -> None:
    file = _file(
        tmp_path / "orders.csv",
        "A1,2026-09-20 08:30,餐饮店没有许可证,东正路1号,老王小吃,张三,13911112222",
        "A1,2026-09-20,又打来一次,东正路1号,老王小吃,,",
        ",2026-09-20,没有编号,东正路2号,,,",
    )
    assert main(["clues", "hotline", file]) == 0
    said = capsys.readouterr().out
    assert json.loads(said) == {
        "rows": 3,
        "opened": 1,
        "known": 1,
        "refused": 1,
        "why": {"missing_number": 1},
        "again": False,
    }
    assert "张三" not in said
    assert main(["clues", "hotline", file]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["rows"], again["opened"], again["known"], again["again"]) == (3, 0, 2, True)


@pytest.mark.parametrize(
    ("content", "said"), [("", "文件为空"), ("a,b\n1,2\n", "缺少列：工单编号、诉求内容、事发地点")]
)
def test_a_file_that_is_none_of_the_hotlines_is_refused_as_a_whole(
    content: str, said: str, tmp_path: Path, capsys: Output
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(content, encoding="utf-8")
    assert main(["clues", "hotline", str(path)]) == 1
    assert said in capsys.readouterr().err


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path, capsys: Output) -> None:
    assert main(["clues", "hotline", str(tmp_path / "nowhere.csv")]) == 1
    assert "nowhere.csv：没有这个文件或文件夹 / No such file or directory" in capsys.readouterr().err
