"""Every line of the table that a lawyer reads comes out of the rules as it is written."""

from __future__ import annotations

import pytest

from gongzhi.clues.rules import Kind, classify, responsible
from gongzhi.packs import load_national
from tests.clues.rules.table import DAY, Line, lines, tables

_KINDS = {
    "无证": Kind.NO_PERMIT,
    "无照": Kind.NO_LICENCE,
    "无证且无照": Kind.NEITHER,
    "未备案": Kind.NOT_FILED,
    "不属于": Kind.NOT_UNLICENSED,
    "尚不能判断": Kind.UNKNOWN,
}
_MODES = {
    "单独": "single",
    "任一": "either",
    "各按职责": "each",
    "提请": "on_request",
    "按行为": "split",
    "无须查处": "none",
    "未定": "none",
}
_UNCLEAR = {
    "直接推送": "",
    "镇街决定：新行业": "new_trade",
    "镇街决定：多部门": "several",
    "镇街决定：无部门": "none",
    "镇街决定：情形未明": "class_open",
    "镇街决定：行为未明": "act_open",
}
_FUNCTIONS = {row.name_zh: row.code for row in load_national().functions}


def _named(cell: str) -> tuple[str, ...]:
    """The departments of a cell by their codes, in its order; one department's name holds a 、 itself."""
    found = [name for name in _FUNCTIONS if name in cell]
    found = [name for name in found if not any(name != other and name in other for other in found)]
    return tuple(_FUNCTIONS[name] for name in sorted(found, key=cell.index))


@pytest.mark.parametrize("line", lines(), ids=lambda line: f"{line.number}-{line.city}")
def test_a_situation_is_judged_as_the_table_says(line: Line) -> None:
    of = tables(line.city)
    finding = classify(line.situation, of, DAY)
    answer = responsible(finding, line.situation, of, DAY)

    got = {
        "kind": finding.kind,
        "handlers": answer.handlers,
        "told": set(answer.told),
        "mode": answer.mode,
        "unclear": answer.unclear,
        "asks": {ask.code or ask.kind for ask in finding.asks},
    }
    assert got == {
        "kind": _KINDS[line.kind],
        "handlers": _named(line.handlers),
        "told": set(_named(line.told)),
        "mode": _MODES[line.mode],
        "unclear": _UNCLEAR[line.way],
        "asks": set(line.asks),
    }, line.words
    assert line.article in (*finding.articles, *answer.articles)


def test_the_table_holds_at_least_70_different_situations_in_every_class_mode_and_city() -> None:
    assert len({line.words for line in lines()}) == len(lines()) >= 70
    assert {line.kind for line in lines()} == set(_KINDS)
    assert {line.mode for line in lines()} == set(_MODES)
    assert {line.city for line in lines()} == {"东莞", "珠海", "朝阳"}
    assert {line.way for line in lines()} >= set(_UNCLEAR) - {"镇街决定：无部门"}


def test_sending_everything_to_the_market_regulator_fails_on_the_table(capsys: pytest.CaptureFixture) -> None:
    wrong = [line for line in lines() if _UNCLEAR[line.way] or _named(line.handlers) != ("market",)]
    with capsys.disabled():
        print(f"\n一律交市场监管：{len(lines())} 种情形错 {len(wrong)} 种")  # noqa: T201 - the figure is the point
    assert len(wrong) > len(lines()) // 2
    unlicensed = [line for line in wrong if _KINDS[line.kind].unlicensed]
    assert len(unlicensed) > 30
