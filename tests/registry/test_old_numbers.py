"""The old registration number: a second key by which a business is found, kept on file, and joined to its new code."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.registry import queries
from gongzhi.registry.intake.checking import Stated, check
from gongzhi.registry.intake.renumbering import TAKEN, UNFIT, settled
from gongzhi.registry.rules import Entry, Why
from tests.registry.conftest import Take, ask, whole
from tests.registry.files import code, old_number, row


def old_row(number: int, **other: str) -> dict[str, str]:
    return row(number, **{"uscc": "", "注册号": old_number(number), **other})


def both(number: int, **other: str) -> dict[str, str]:
    return row(number, **{"注册号": old_number(number), **other})


def test_a_row_with_an_old_number_alone_is_accepted_and_found_by_it(take: Take) -> None:
    first = take([old_row(1), old_row(2, uscc=old_number(2), 注册号="")])
    assert whole(first)
    assert first.accepted == 2
    assert ask("SELECT uscc, old_number FROM registry_business ORDER BY id") == [
        (old_number(1), old_number(1)),
        (old_number(2), old_number(2)),
    ]
    second = take([old_row(1), old_row(2)])
    assert (second.unchanged, second.changed, second.accepted) == (2, 0, 0)
    with acting_as(SYSTEM):
        assert [found.old_number for found in queries.search(SYSTEM, old_number(2)).rows] == [old_number(2)]


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        ("44190012345678", Why.OLD_NUMBER_LENGTH),
        ("4419001234567890", Why.OLD_NUMBER_LENGTH),
        ("粤莞个00123", Why.OLD_NUMBER_LENGTH),
        (old_number(1)[:-1] + str((int(old_number(1)[-1]) + 1) % 10), Why.OLD_NUMBER_CHECK),
        ("", Why.MISSING_CODE),
    ],
)
def test_a_row_with_nothing_but_a_bad_old_number_says_what_is_wrong_with_it(
    take: Take, stated: str, why: Why
) -> None:
    refused: list[tuple[int, Why]] = []
    outcome = take(
        [old_row(1, 注册号=stated), both(2)], refuse=lambda line, why, *_: refused.append((line, why))
    )
    assert whole(outcome)
    assert (refused, outcome.accepted) == ([(2, why)], 1)


@pytest.mark.parametrize("heading", ["注册号", "工商注册号", "old_number"])
def test_beside_a_unified_code_it_is_a_second_key(take: Take, heading: str) -> None:
    take([row(1, **{heading: f" {old_number(1)} "}), row(2, **{heading: ""})])
    assert ask("SELECT uscc, old_number FROM registry_business ORDER BY id") == [
        (code(1), old_number(1)),
        (code(2), ""),
    ]
    with acting_as(SYSTEM):
        (found,) = queries.search(SYSTEM, old_number(1)).rows
    assert found.uscc == code(1)


def test_a_bad_one_beside_a_good_code_is_remarked_and_kept_as_it_was_written(take: Take) -> None:
    rows = [row(1, 注册号="粤莞个00123"), row(2, 注册号=code(2))]
    outcome = take(rows)
    assert outcome.accepted == 2
    assert ask("SELECT old_number, remarks ->> 0, extra ->> '注册号' FROM registry_business ORDER BY id") == [
        ("", UNFIT, "粤莞个00123"),
        ("", None, None),
    ]
    assert take(rows).unchanged == 2


def test_who_is_given_a_unified_code_keeps_the_file_and_everything_in_it(take: Take) -> None:
    first = take([old_row(1), old_row(2)])
    cases = ask("SELECT id, state FROM flow_case ORDER BY id")
    (before,) = ask("SELECT id, first_seen FROM registry_business WHERE uscc = %s", old_number(1))
    given_code = take([both(1), old_row(2)], as_of="2026-10-12")
    assert whole(given_code)
    assert (given_code.changed, given_code.accepted, given_code.unchanged) == (1, 0, 1)
    assert ask("SELECT id, first_seen FROM registry_business WHERE uscc = %s", code(1)) == [before]
    assert ask("SELECT id, state FROM flow_case ORDER BY id") == cases, (
        "nothing is opened or closed for a code"
    )
    assert first.opened.total() == len(cases)
    journalled = ask("SELECT business_id, uscc, changed ->> 0, valid_to::text FROM registry_version")
    assert journalled == [(before[0], old_number(1), "uscc", "2026-10-12")]
    again = take([both(1), old_row(2)], as_of="2026-10-13")
    assert (again.unchanged, again.changed) == (2, 0)
    with acting_as(SYSTEM):
        for wanted in (code(1), old_number(1)):
            assert [found.pk for found in queries.search(SYSTEM, wanted).rows] == [before[0]]


def test_once_there_is_a_code_the_old_number_alone_is_refused_and_told_why(take: Take) -> None:
    take([both(1)])
    outcome = take([old_row(1, name="旧档案里的名字")], as_of="2026-10-12")
    assert whole(outcome)
    assert outcome.rejected == {Why.HAS_UNIFIED_CODE: 1}
    assert ask("SELECT name FROM registry_business") == [(row(1)["name"],)]


@pytest.mark.parametrize("chunk", [1, 2, 10])
@pytest.mark.parametrize("order", [0, 1])
def test_both_rows_in_one_file_end_as_one_file_whatever_their_order(
    take: Take, chunk: int, order: int
) -> None:
    rows = [old_row(1), both(1)][:: 1 if order else -1]
    outcome = take([*rows, both(2)], chunk=chunk)
    assert whole(outcome)
    assert ask("SELECT uscc, old_number FROM registry_business ORDER BY uscc") == sorted(
        [(code(1), old_number(1)), (code(2), old_number(2))]
    )
    again = take([*rows, both(2)], chunk=chunk)
    assert whole(again)
    assert (again.unchanged, again.rejected) == (2, {Why.HAS_UNIFIED_CODE: 1})


@pytest.mark.parametrize("chunk", [1, 10])
def test_a_number_that_another_business_has_is_kept_apart_and_remarked(take: Take, chunk: int) -> None:
    rows = [both(1), row(2, 注册号=old_number(1))]
    outcome = take(rows, chunk=chunk)
    assert outcome.accepted == 2
    stored = ask("SELECT old_number, remarks ->> 0, extra ->> '注册号' FROM registry_business")
    assert set(stored) == {(old_number(1), None, None), ("", TAKEN, old_number(1))}
    assert take(rows, chunk=chunk).unchanged == 2


def test_two_files_of_their_own_are_not_joined_by_the_machine(take: Take) -> None:
    take([old_row(1), row(1, 注册号="")])
    outcome = take([both(1)], as_of="2026-10-12")
    assert (outcome.changed, outcome.accepted) == (1, 0)
    assert ask("SELECT uscc, old_number, remarks ->> 0 FROM registry_business ORDER BY id") == [
        (old_number(1), old_number(1), None),
        (code(1), "", TAKEN),
    ]


def entry(key: str, number: str = "") -> Entry:
    return Entry(1, key, "店", "", "active", date(2026, 9, 1), "", "", "{}", (), key.encode(), None, number)


keys = st.sampled_from(["A", "B", "C", "1", "2"])
numbers = st.sampled_from(["", "1", "2"])


@given(
    st.lists(st.tuples(keys, numbers), max_size=6, unique_by=lambda pair: pair[0]),
    st.sets(keys),
    st.dictionaries(st.sampled_from("12"), keys),
)
def test_whatever_is_stated_no_two_entries_are_written_with_one_number(
    stated: list[tuple[str, str]], known: set[str], held: dict[str, str]
) -> None:
    entries = [entry(key, key if key in "12" else number) for key, number in stated]
    written = [one for one in settled(entries, known, held) if isinstance(one, Entry)]
    used = [one.old_number for one in written if one.old_number]
    assert len(used) == len(set(used))
    for one in written:
        if one.old_number:
            assert held.get(one.old_number, one.old_number) in {one.old_number, one.uscc}


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_cell_is_answered_with_an_entry_or_a_reason(code_cell: str, number_cell: str) -> None:
    stated = Stated(
        1, "店", code_cell.strip(), "2026-09-01", "餐饮服务", "某路1号", old_number=number_cell.strip()
    )
    (answer,) = check([stated], date(2026, 9, 21))
    assert isinstance(answer, Why) or json.loads(answer.extra) is not None
