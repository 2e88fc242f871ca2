"""Verbs govern lists, brackets exclude, and a text is read the same however it is typed."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.scopes import RuleBook, default_book, explain, match

BOOK: RuleBook = default_book(dt.date(2026, 9, 21))

# Objects whose permit depends on being sold, and one that needs none.
GOODS = {"卷烟": "P024", "图书": "P053", "兽药": "P130", "农药": "P129", "乳制品": "P002", "隐形眼镜": "P012"}
PLAIN = ["五金", "电子产品", "家具", "服装", "塑胶原料", "日用百货"]
goods = st.lists(st.sampled_from(sorted(GOODS) + PLAIN), min_size=1, max_size=6, unique=True)


def _called(items: list[str]) -> frozenset[str]:
    return frozenset(GOODS[item] for item in items if item in GOODS)


@given(goods)
def test_a_head_verb_governs_its_whole_list(items: list[str]) -> None:
    assert match("零售：" + "、".join(items), BOOK).sure == _called(items)
    assert match("零售" + "、".join(items), BOOK).sure == _called(items)


@given(goods)
def test_a_closing_verb_governs_back(items: list[str]) -> None:
    assert match("、".join(items) + "的零售", BOOK).sure == _called(items)
    assert match("、".join(items) + "零售。", BOOK).sure == _called(items)


@given(goods, st.permutations(range(6)), st.sampled_from("、，,"))
def test_the_order_of_a_list_does_not_matter(items: list[str], order: list[int], mark: str) -> None:
    shuffled = [items[place] for place in order if place < len(items)]

    assert match("零售：" + mark.join(shuffled), BOOK).sure == match("零售：" + mark.join(items), BOOK).sure


@given(goods, goods)
def test_clauses_add_up(first: list[str], second: list[str]) -> None:
    both = f"零售：{'、'.join(first)}；销售：{'、'.join(second)}"

    assert match(both, BOOK).sure == _called(first) | _called(second)


@given(
    st.sampled_from(sorted(GOODS)),
    st.sampled_from(["不含{}", "除{}外", "{}除外", "不包括{}", "不得从事{}经营"]),
)
def test_what_a_bracket_excludes_is_not_called_for(item: str, words: str) -> None:
    assert GOODS[item] in match(f"零售：{item}", BOOK).sure
    assert match(f"零售：日用品（{words.format(item)}）", BOOK).permits == ()
    assert match(f"零售：{item}（{words.format(item)}）", BOOK).permits == ()


@given(goods, st.sampled_from(["研发", "设计", "咨询", "策划", "技术转让", "信息咨询"]))
def test_planning_a_thing_is_not_doing_it(items: list[str], deed: str) -> None:
    assert match("、".join(items) + "的" + deed, BOOK).permits == ()


@given(
    st.sampled_from(sorted(GOODS)),
    st.sampled_from(["包装盒", "设备", "机械", "展示架", "生产线", "管理软件"]),
)
def test_a_thing_named_after_it_is_another_thing(item: str, head: str) -> None:
    assert match(f"销售：{item}{head}、五金", BOOK).permits == ()


def test_a_sweeping_reservation_takes_away_all_that_it_covers() -> None:
    assert match("零售：卷烟、图书（涉及许可审批的项目除外）；理发服务", BOOK).sure == {"P058"}
    assert match("零售：卷烟；图书零售；（以上项目不含需许可审批的项目）", BOOK).permits == ()


def test_repeating_the_law_takes_nothing_away() -> None:
    tail = "（国家禁止或限制的，不得经营；应取得有关部门审批、许可的，未取得前不得经营）"

    assert match("动产拍卖" + tail, BOOK).sure == {"P108"}
    assert match("零售：卷烟。（依法须经批准的项目，经相关部门批准后方可开展经营活动）", BOOK).sure == {
        "P024"
    }


def test_a_reservation_about_import_leaves_the_list_alone() -> None:
    assert match("普通货运，货物进出口（涉及行政审批的货物除外）", BOOK).sure == {"P075"}


def test_a_bracket_within_a_bracket_speaks_for_its_own_entry() -> None:
    scope = "从事商品〔乳制品（含配方乳粉）、图书（不含教材）、化妆品（不含许可证管理的商品）〕的零售"

    assert match(scope, BOOK).sure == {"P002", "P053"}


def test_exclusions_reach_no_further_than_their_clause() -> None:
    scope = "销售：化工原料（不含危险化学品）；批发：化工产品"

    hit = next(hit for hit in match(scope, BOOK).permits if hit.code == "P087")
    assert [words.text for words in hit.words] == ["化工产品"]


@pytest.mark.parametrize(
    ("plain", "typed"),
    [
        ("零售:卷烟,图书;理发服务", "零售：卷烟，图书；理发服务"),
        ("互联网上网服务(网吧)", "互联网上网服务（网吧）"),
        ("卡拉OK歌舞厅", "卡拉ＯＫ歌舞厅"),
        ("道路普通货运;餐饮服务", "道路 普通货运﹔餐饮\u3000服务〓"),
        ("批发、零售:卷烟", "【批发﹑零售】∶卷烟".replace("【", "").replace("】", "")),
    ],
)
def test_how_a_scope_is_typed_does_not_matter(plain: str, typed: str) -> None:
    assert match(typed, BOOK).sure == match(plain, BOOK).sure != frozenset()


def test_what_is_left_to_a_branch_waits_for_a_person() -> None:
    answer = match("以下项目另设分支机构经营：餐饮服务；零售：卷烟", BOOK)

    assert (answer.sure, answer.review) == ({"P024"}, {"P001"})


def test_an_explanation_names_what_was_left_out_and_why() -> None:
    told = explain("销售：化工产品（不含危险化学品）、家具；酒店管理", BOOK)

    assert told.match.permits == ()
    reasons = {(out.words.text, out.reason) for out in told.excluded if "P087" in out.codes}
    assert ("化工产品", "被“不含危险化学品”排除") in reasons
    assert ("危险化学品", "写在排除语“不含危险化学品”之内") in reasons
    assert [item.text for item in told.unmatched] == ["化工产品（不含危险化学品）", "家具", "酒店管理"]


def test_a_scope_without_activity_says_so() -> None:
    told = explain("（依法须经批准的项目，经相关部门批准后方可开展经营活动）", BOOK)

    assert told.activities == ()
