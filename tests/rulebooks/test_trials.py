"""What a version would change is told before it does, and what is wrong within it is listed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.rulebooks import actions, queries
from gongzhi.rulebooks.rules import Conflict, Shadow, Trial, conflicts, failures, shadowed
from gongzhi.rulebooks.tables import (
    EXAMPLES,
    RULES,
    TABLES,
    Edit,
    Row,
    applied,
    heading_of,
    row_in,
    rows_of,
    rule_tables,
    shipped,
    text_of,
)
from gongzhi.rulebooks.trial import run_trial
from gongzhi.scopes import RuleBook, match
from tests.loop.city import City
from tests.rulebooks.drafting import FERRY, draft, put, tried

DAY = dt.date(2026, 9, 21)


def book(*rows: Row, retired: tuple[str, ...] = (), table: str = RULES) -> RuleBook:
    """The shipped rules with these rows more and those less."""
    key = TABLES[table].key
    edits = [
        Edit(table, row[key], {**dict.fromkeys(heading_of(shipped()[table]), ""), **row}, None)
        for row in rows
    ]
    edits += [Edit(RULES, rule, None, None) for rule in retired]
    return rule_tables(applied(shipped(), edits)).on(DAY)


def shift_of(trial: Trial, permit: str) -> tuple[int, ...]:
    (found,) = [shift for shift in trial.shifts() if shift.permit == permit]
    return (
        found.pushed_before,
        found.pushed_after,
        found.asked_before,
        found.asked_after,
        found.gained,
        found.lost,
    )


def test_a_trial_counts_what_was_pushed_before_and_after_by_permit() -> None:
    trial = Trial(book(), book(FERRY, retired=("P033-1",)))
    for scope in ("神奇果零售", "开锁服务", "餐饮服务", "日用百货销售"):
        trial.take(scope, 3)

    assert shift_of(trial, "P024") == (0, 1, 0, 0, 1, 0)
    assert shift_of(trial, "P033") == (1, 0, 0, 0, 0, 1)
    assert shift_of(trial, "P001") == (1, 1, 0, 0, 0, 0)
    assert (trial.scopes, trial.businesses, trial.nothing) == (4, 12, 2)


def test_a_scope_that_is_answered_otherwise_names_the_rules_before_and_after() -> None:
    trial = Trial(book(), book({**FERRY, "certainty": "review"}))
    difference = trial.take("神奇果零售；餐饮服务", 2)

    assert difference is not None
    assert (difference.permits, difference.businesses) == ({"P024"}, 2)
    assert (difference.before.get("P024"), difference.after["P024"]) == (None, "review")
    assert difference.rules_after["P024"] == FERRY["rule"]
    assert trial.take("餐饮服务") is None


SCOPES = (
    "餐饮服务",
    "开锁服务",
    "神奇果零售",
    "灵果批发；烟草制品零售",
    "软件开发",
    "食品销售（仅销售预包装食品）",
)


BEFORE, AFTER = book(), book(FERRY, retired=("P033-1",))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(SCOPES), max_size=12))
def test_the_figures_are_those_that_counting_one_by_one_gives(scopes: list[str]) -> None:
    before, after = BEFORE, AFTER
    trial = Trial(before, after)
    for scope in scopes:
        trial.take(scope)

    for shift in trial.shifts():
        was = [shift.permit in match(scope, before).sure for scope in scopes]
        now = [shift.permit in match(scope, after).sure for scope in scopes]
        assert (shift.pushed_before, shift.pushed_after) == (sum(was), sum(now))
        assert shift.gained == sum(b and not a for a, b in zip(was, now, strict=True))
        assert shift.lost == sum(a and not b for a, b in zip(was, now, strict=True))


def test_words_that_set_nothing_off_in_the_sample_are_named() -> None:
    trial = Trial(book(), book(FERRY))
    trial.take("神奇果零售")

    assert trial.silent()[FERRY["rule"]] == ["灵果"]
    assert "开锁服务" in trial.silent()["P033-1"]
    trial.take("开锁服务")
    assert "开锁服务" not in trial.silent()["P033-1"]


def test_activities_that_no_rule_speaks_of_are_listed_by_the_businesses_that_carry_them() -> None:
    trial = Trial(book(), book())
    trial.take("日用百货销售；钟表销售", 2)
    trial.take("钟表销售", 5)
    trial.take("餐饮服务；雨伞销售", 9)

    gaps = dict(trial.gaps())
    assert next(iter(gaps)).startswith("钟表")
    assert next(iter(gaps.values())) == 7
    assert not any("雨伞" in words for words in gaps), "a scope that calls for something is no gap"


def test_the_same_words_with_two_certainties_are_a_conflict() -> None:
    other = {**FERRY, "rule": "P024-91", "objects": "灵果|仙桃", "certainty": "review"}

    assert Conflict(FERRY["rule"], "P024-91", "certainty", ("灵果",), ("P024",)) in conflicts(
        book(FERRY, other)
    )


def test_two_rules_that_each_give_way_to_the_other_are_a_conflict() -> None:
    one = {**FERRY, "yields_to": "P033"}
    other = {**FERRY, "rule": "P033-91", "permits": "P033", "yields_to": "P024"}

    found = [c for c in conflicts(book(one, other)) if FERRY["rule"] in (c.first, c.second)]
    assert [(c.how, c.permits) for c in found] == [("yielding", ("P024", "P033"))]


@pytest.mark.parametrize(
    "apart",
    [
        {"deeds": "make"},
        {"needs": "进口", "_unless": "进口"},
    ],
)
def test_rules_that_no_place_can_set_off_together_are_none(apart: dict[str, str]) -> None:
    one = {**FERRY, "deeds": "trade", "unless": apart.pop("_unless", "")}
    other = {**FERRY, "rule": "P024-91", "certainty": "review", **({"deeds": "trade"} | apart)}

    assert not [c for c in conflicts(book(one, other)) if FERRY["rule"] in (c.first, c.second)]


def test_a_rule_that_another_covers_is_shadowed_and_one_that_asks_less_is_not() -> None:
    narrow = {**FERRY, "rule": "P024-91", "objects": "灵果", "deeds": "trade"}
    wide = {**narrow, "rule": "P024-92", "objects": "灵果", "deeds": "", "permits": "P024|P033"}

    assert Shadow("P024-91", FERRY["rule"], "covered") in shadowed(book(FERRY, narrow))
    assert not [s for s in shadowed(book(FERRY, wide)) if s.rule in ("P024-92", FERRY["rule"])][1:]
    assert "P024-92" not in {s.rule for s in shadowed(book(FERRY, wide))}


def test_of_two_rules_that_say_the_same_one_stays() -> None:
    twin = {**FERRY, "rule": "P024-91"}

    found = [s for s in shadowed(book(FERRY, twin)) if {s.rule, s.by} <= {FERRY["rule"], "P024-91"}]
    assert found == [Shadow("P024-91", FERRY["rule"], "covered")]


def test_a_shadowed_rule_changes_no_answer_when_it_is_retired() -> None:
    whole = book(FERRY, {**FERRY, "rule": "P024-91", "objects": "灵果", "deeds": "trade"})
    without = book(FERRY)

    for scope in (*SCOPES, "灵果加工", "灵果（不含零售）", "灵果管理"):
        assert match(scope, whole).sure == match(scope, without).sure


def test_a_rule_that_applied_and_never_decided_in_the_sample_is_told_with_who_outdid_it() -> None:
    wide = {**FERRY, "objects": "灵果", "yields_to": "P033"}
    other = {**FERRY, "rule": "P033-91", "permits": "P033", "objects": "灵果"}
    trial = Trial(book(), book(wide, other))
    trial.take("灵果零售")

    assert Shadow(FERRY["rule"], "P033-91", "outdone") in trial.shadows()


def test_the_stored_examples_hold_for_what_ships_and_say_what_fails() -> None:
    examples = rows_of(shipped()[EXAMPLES])

    assert failures(examples, book()) == []
    failed = failures(examples, book(retired=("P033-1",)))
    assert failed
    assert all(one.expected.get("P033") == "sure" and "P033" not in one.answered for one in failed)


def test_a_table_read_and_written_says_the_same() -> None:
    for text in shipped().values():
        assert rows_of(text_of(heading_of(text), rows_of(text))) == rows_of(text)


def test_a_changed_row_stays_at_its_place_and_a_new_one_comes_last() -> None:
    first = rows_of(shipped()[RULES])[0]
    texts = applied(shipped(), [Edit(RULES, first["rule"], {**first, "meaning": "别的"}, first)])
    assert rows_of(texts[RULES])[0]["meaning"] == "别的"
    assert row_in(texts, RULES, first["rule"]) == {**first, "meaning": "别的"}
    assert len(rows_of(texts[RULES])) == len(rows_of(shipped()[RULES]))


def test_a_trial_leaves_figures_and_the_scopes_behind_them(city: City) -> None:
    version = draft(city)
    put(city, version, FERRY)
    number = tried(city, version, "神奇果零售", "餐饮服务", "软件开发")

    with acting_as(city.people["city_registrar"]):
        trial = queries.trial(number)
        assert trial is not None
        assert (trial.state, trial.done, trial.total) == ("done", 3, 3)
        assert {"scopes": 3, "nothing": 1, "failures": []}.items() <= trial.report.items()
        assert [row.scope for row in queries.trial_scopes(number, "P024", way="gained")] == ["神奇果零售"]
        assert queries.trial_scopes(number, "P001") == []


def test_a_trial_that_is_stopped_stops_and_counts_for_nothing(city: City) -> None:
    version = draft(city)
    with acting_as(city.people["administrator"]) as acting:
        waiting = actions.ask_trial(version, on=city.moment.today, acting=acting, moment=city.moment)
        actions.stop_trial(waiting.pk)
    run_trial(waiting.pk, [("餐饮服务", 1)], 1, clock=lambda: city.now)
    with acting_as(SYSTEM):
        found = queries.trial(waiting.pk)
    assert found is not None
    assert (found.state, found.done) == ("stopped", 0)

    with acting_as(city.people["administrator"]) as acting:
        running = actions.ask_trial(version, on=city.moment.today, acting=acting, moment=city.moment)

    def scopes():
        for number in range(1_000):
            if number == 300:
                with acting_as(city.people["administrator"]):
                    actions.stop_trial(running.pk)
            yield f"第{number}种生意", 1

    run_trial(running.pk, scopes(), 1_000, clock=lambda: city.now)
    with acting_as(SYSTEM):
        found = queries.trial(running.pk)
    assert found is not None
    assert found.state == "stopped"
    assert 0 < found.done < 1_000
    assert city.case(version.pk).state == "draft"


def test_a_trial_whose_worker_was_killed_says_so_and_counts_for_nothing(city: City) -> None:
    version = draft(city)
    with acting_as(city.people["administrator"]) as acting:
        trial = actions.ask_trial(version, on=city.moment.today, acting=acting, moment=city.moment)

    def scopes():
        for number in range(1_000):
            if number == 900:
                raise KeyboardInterrupt
            yield f"第{number}种生意", 1

    with pytest.raises(KeyboardInterrupt):
        run_trial(trial.pk, scopes(), 1_000, clock=lambda: city.now)
    with acting_as(SYSTEM):
        found = queries.trial(trial.pk)
    assert found is not None
    assert found.state == "running"
    # The next worker takes it up.
    run_trial(trial.pk, [("餐饮服务", 1)], 1, clock=lambda: city.now)
    with acting_as(SYSTEM):
        found = queries.trial(trial.pk)
    assert found is not None
    assert (found.state, found.report) == ("failed", {})
    assert city.case(version.pk).state == "draft"
