"""What a call's results add up to, without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.visits.rules import NEEDS_CORRECTION, IncompleteError, first_call, second_call, way_in
from tests.loop.city import CITY, GRID, TOWN, VILLAGE

lists = st.dictionaries(
    st.integers(1, 30), st.sampled_from(["in_order", "closed", NEEDS_CORRECTION]), max_size=20
)


@given(lists)
def test_after_the_first_call_everybody_is_either_told_or_called_on_again(results: dict[int, str]) -> None:
    called = first_call(results, results)
    assert sorted([*called.told, *called.again]) == sorted(results)
    assert {results[business] for business in called.again} <= {NEEDS_CORRECTION}
    assert NEEDS_CORRECTION not in {results[business] for business in called.told}
    assert called.action == ("guide" if called.again else "finish")


@given(lists)
def test_after_the_second_call_everybody_is_told_and_nobody_is_called_on_a_third_time(
    results: dict[int, str],
) -> None:
    called = second_call(results, results)
    assert sorted(called.told) == sorted(results)
    assert called.again == ()
    assert (called.action == "pass_on") == (NEEDS_CORRECTION in results.values())


@given(lists.filter(bool), st.data())
def test_a_list_with_a_gap_is_refused_by_both(results: dict[int, str], data: st.DataObject) -> None:
    gap = data.draw(st.sampled_from(sorted(results)))
    for call in (first_call, second_call):
        with pytest.raises(IncompleteError) as refused:
            call(results, {**results, gap: ""})
        assert refused.value.missing == (gap,)


@pytest.mark.parametrize(
    ("area", "placed", "way"),
    [
        (GRID, True, "send"),
        (VILLAGE, True, "send_to_village"),
        (TOWN, True, "ask_place"),
        (CITY, True, "ask_place"),
        (GRID, False, "ask_place"),
    ],
)
def test_who_is_not_sure_asks(area: str, placed: bool, way: str) -> None:
    assert way_in(area, placed=placed) == way
