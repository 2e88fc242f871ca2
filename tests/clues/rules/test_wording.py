"""The sentences that the rules say: in both languages, of a clue and never of a verdict or an inspection."""

from __future__ import annotations

import re

import pytest

from gongzhi.clues.rules import Kind, classify, grade, responsible
from gongzhi.clues.rules.said import _ASKS, _REASONS, ask, reason
from tests.clues.rules.table import DAY, lines, tables

_CJK = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("code", sorted(_REASONS))
def test_a_reason_is_said_in_both_languages(code: str) -> None:
    said = reason(code, ("甲", "A"), ("前置许可", "before registration"))
    assert _CJK.search(said.zh)
    assert not _CJK.search(said.en)
    assert "{" not in said.zh + said.en
    assert not re.search("检查|违法|黑店|[Ii]llegal|[Ii]nspect", said.zh + said.en)


@pytest.mark.parametrize("code", sorted(_ASKS))
def test_a_question_is_asked_in_both_languages(code: str) -> None:
    said = ask("permit", "x", ("甲", "A"), words=code)
    assert said.zh.endswith("？")
    assert said.en.endswith("?")
    assert not _CJK.search(said.en)


def test_every_class_has_its_own_name_in_both_languages() -> None:
    assert len({kind.zh for kind in Kind}) == len({kind.en for kind in Kind}) == len(Kind)
    assert not [kind for kind in Kind if _CJK.search(kind.en)]
    assert "无证" not in Kind.NOT_FILED.zh.replace("不属于无证无照经营", "")


def test_every_situation_of_the_table_is_explained_in_both_languages() -> None:
    for line in lines():
        of = tables(line.city)
        finding = classify(line.situation, of, DAY)
        answer = responsible(finding, line.situation, of, DAY)
        urgency = grade(line.situation, of, DAY)
        said = [*finding.reasons, *finding.asks, *finding.duties, *answer.reasons, *urgency.reasons]
        assert said
        assert not [one for one in said if not _CJK.search(one.zh) or _CJK.search(one.en) or not one.en]
