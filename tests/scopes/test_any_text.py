"""No text breaks the matcher, and what it quotes stands in the text."""

import datetime as dt
import pickle
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gongzhi.scopes import Match, default_book, default_tables, explain, match, match_many
from gongzhi.scopes import matching as inner
from gongzhi.scopes.folding import fold
from gongzhi.scopes.outline import outline

BOOK = default_book(dt.date(2026, 9, 21))
PHRASES = {phrase: term for phrase, term in BOOK.terms.items() if term is not None}
LENGTHS = sorted({len(phrase) for phrase in PHRASES})
WORDS = """
销售 零售 批发 生产 加工 研发 经营 管理 的 及 和 兼 ： ； 、 ， 。 ( （ ) ） [ 】 不含 除 外 除外 以上项目 仅限 不得
分支机构经营 涉及许可的项目 预包装食品 散装食品 食品 餐饮服务 卷烟 化工产品 危险化学品 图书 室内装饰工程 施工 普通货运
货运代理 医疗器械 二类 三类 五金 〓 ① ㈠ 1、 对 投资 养殖 生猪 ＯＫ 卡拉
汽车 租赁 维修 机电设备 安装 不含危险化学品 化妆品 制造
"""
PIECES = [" ", "\n", "\u200b", "\ud800", *WORDS.split()]
scopes = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))


@given(scopes)
@example("（")
@example("：：；；。。")
@example("卡拉 Ｏ\u200bＫ〓歌舞厅")
def test_every_quotation_stands_in_the_raw_text(scope: str) -> None:
    told = explain(scope, BOOK)

    quoted = [words for hit in told.match.permits for words in hit.words]
    quoted += [out.words for out in told.excluded] + list(told.activities)
    for words in quoted:
        assert 0 <= words.start < words.end <= len(scope)
        assert scope[words.start : words.end] == words.text


@given(scopes)
def test_reading_clause_by_clause_is_reading_the_whole(scope: str) -> None:
    by_clauses = inner._by_clauses(scope, BOOK)

    if by_clauses is not None:
        assert by_clauses == inner._as_whole(scope, BOOK)


@given(scopes)
def test_an_answer_is_the_same_every_time_and_explained_as_given(scope: str) -> None:
    first = match(scope, BOOK)

    assert match(scope, BOOK) == first
    assert explain(scope, BOOK).match == first


@given(scopes)
@example("零售：五金；卷烟、图书")
def test_what_was_read_before_changes_no_answer(scope: str) -> None:
    remembered = match(scope, BOOK)
    for kept in (BOOK.clauses, BOOK.heads, BOOK.judged):
        kept.clear()

    assert match(scope, BOOK) == remembered


def test_only_so_many_clauses_are_remembered_and_no_long_ones() -> None:
    book = replace(default_tables().on(dt.date(2026, 9, 21)), most_kept=10)
    for number in range(100):
        match(f"零售：卷烟{number}号；图书{number}；卷烟{'号' * 200}", book)

    assert 0 < len(book.clauses) <= 10
    assert len(book.heads) <= 10
    assert len(book.judged) <= 10
    assert max(len(key) for key in book.clauses if isinstance(key, str)) <= 200


@given(scopes)
@example("租赁、销售：五金；汽车")
@example("汽车（不含货车）租（）赁")
@example("机电设备、五金；安装")
def test_passing_over_what_can_call_for_nothing_changes_no_answer(scope: str) -> None:
    # To explain, every phrase is read.
    assert match(scope, BOOK) == explain(scope, BOOK).match


@given(st.text(alphabet="、，：甲乙", max_size=12))
def test_a_plain_list_is_split_like_any_other(text: str) -> None:
    folded = text.replace("，", ",").replace("：", ":")

    assert outline(folded) == outline(folded + ";")


@given(st.text(alphabet="、，：（）甲乙", max_size=16))
@example("甲（乙、甲）、（甲）乙：（乙）")
@example("（甲（乙）、甲）乙）（甲")
def test_a_list_with_brackets_is_split_like_any_other(text: str) -> None:
    folded = fold(text).text

    assert outline(folded) == outline(folded + ";")


def test_a_character_folds_alone_as_it_does_beside_an_unusual_one() -> None:
    """The short way, for usual text, and the long one, which a variant letter asks for, say the same."""
    for point in range(0x10000):
        one = chr(point)
        assert fold(f"甲{one}乙").text == fold(f"甲{one}乙黃").text[:-1], hex(point)


@given(scopes)
@example("第二、三类医疗器械、食品机械设备（预包装食品兼散装食品）")
def test_a_phrase_hides_those_inside_it_and_no_others(scope: str) -> None:
    text = fold(scope).text
    spans = [
        (start, start + length)
        for start in range(len(text))
        for length in LENGTHS
        if start + length <= len(text) and text[start : start + length] in PHRASES
    ]
    longest = [
        (start, end)
        for start, end in spans
        if not any(low <= start and end <= high for low, high in spans if (low, high) != (start, end))
    ]

    found = [(start, end) for start, end, _ in inner._phrases(text, BOOK)]
    assert found == sorted(span for span in longest if PHRASES[text[slice(*span)]].rules)


@given(scopes)
def test_spaces_and_filler_change_nothing(scope: str) -> None:
    # A new line ends a clause; every other space is dropped.
    typed = "〓".join(scope)

    assert match(typed, BOOK).sure == match(scope, BOOK).sure


@given(st.lists(scopes, max_size=5))
def test_many_are_answered_like_one_by_one(many: list[str]) -> None:
    assert match_many(many, BOOK) == [match(scope, BOOK) for scope in many]


@pytest.mark.parametrize(
    "scope",
    [
        "零售：卷烟、" * 16_000,
        "（" * 100_000,
        "（零售卷烟" * 20_000,
        "化工产品（不含危险化学品）、" * 7_000,
        "食品、" * 33_000 + "销售",
        "零售、" * 33_000 + "卷烟",
        "不" * 100_000,
        "除卷烟" * 33_000,
        "工程" * 50_000,
        "的及和" * 33_000,
        "餐饮服务" + "，的销售及" * 20_000,
        "卷烟" + " 〓" * 50_000,
        "、：；。" * 25_000,
    ],
    ids=lambda scope: scope[:8],
)
def test_a_scope_of_a_hundred_thousand_characters_is_answered(scope: str) -> None:
    answer = match(scope, BOOK)

    assert all(len(hit.words) <= 20 for hit in answer.permits)


def test_answers_and_books_travel_between_processes() -> None:
    answer = match("零售：卷烟", BOOK)

    assert pickle.loads(pickle.dumps(answer)) == answer  # noqa: S301  our own bytes
    book = pickle.loads(pickle.dumps(BOOK))  # noqa: S301
    assert book.version == BOOK.version
    assert match("零售：卷烟", book) == answer


def test_an_answer_names_rule_department_basis_and_version() -> None:
    answer: Match = match("经营：理发服务、卷烟零售", BOOK)

    tobacco = next(hit for hit in answer.permits if hit.code == "P024")
    assert [(words.text, words.start, words.end) for words in tobacco.words] == [("卷烟零售", 8, 12)]
    assert tobacco.department == "烟草专卖"
    assert tobacco.basis
    assert tobacco.rule in {rule.id for rule in BOOK.rules}
    assert answer.version.endswith("/2026-09-21")
