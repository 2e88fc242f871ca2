"""Which notices a scope calls for, without a database."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from gongzhi.notices.rules import not_yet_told, plan, same_town, still_called_for
from gongzhi.registry.events import Known
from gongzhi.scopes import Match, PermitHit
from tests.loop.city import CITY, GRID, NEXT_GRID, OTHER_GRID, TOWN

CODES = ["P001", "P002", "P024", "P058", "P999"]
DEPARTMENTS = {"P001": ("market",), "P002": ("market",), "P024": ("tobacco",), "P058": ("health", "market")}


def known(hits: dict[str, str], area: str = GRID) -> Known:
    """A business whose scope calls for these permits, each sure or to be looked at."""
    found = tuple(PermitHit(code, certainty, (), "", "", "") for code, certainty in sorted(hits.items()))
    return Known(
        business_id=1,
        uscc="",
        name="",
        scope="",
        match=Match(found, "test"),
        address="",
        door_key="",
        area=area,
        placed=True,
        method="",
        confidence=1.0,
        counts_from=date(2026, 9, 21),
        stock=False,
    )


def departments_for(permit: str, _area: str) -> tuple[str, ...]:
    return DEPARTMENTS.get(permit, ())


scopes = st.dictionaries(st.sampled_from(CODES), st.sampled_from(["sure", "review"]))
areas = st.sampled_from([GRID, TOWN, CITY])


@given(scopes, areas)
def test_every_permit_reaches_each_of_its_departments_or_a_person(hits: dict[str, str], area: str) -> None:
    planned = plan(known(hits, area), departments_for)
    reached = {(hit.code, one.department) for one in planned for hit in one.permits}
    wanted = {(code, department) for code in hits for department in DEPARTMENTS.get(code, (None,))}
    assert reached == wanted


@given(scopes, areas)
def test_nothing_unsure_is_pushed_and_nothing_sure_waits_for_a_reason_that_is_not_there(
    hits: dict[str, str], area: str
) -> None:
    for one in plan(known(hits, area), departments_for):
        certain = {hit.certainty for hit in one.permits} == {"sure"} and one.department is not None
        assert (one.action in {"push", "hold"}) == certain
        assert (one.action == "hold") == (certain and area == CITY)
        assert (one.action == "list") == (one.department is None)


@given(scopes, areas)
def test_a_department_gets_at_most_one_notice_of_a_kind(hits: dict[str, str], area: str) -> None:
    planned = plan(known(hits, area), departments_for)
    assert planned
    assert len({(one.action, one.department) for one in planned}) == len(planned)


@given(scopes, st.sets(st.sampled_from([*CODES, ""])))
def test_what_was_told_is_left_out_and_nothing_else(hits: dict[str, str], before: set[str]) -> None:
    told = {(1, code) for code in before}
    for one in plan(known(hits), departments_for):
        left = not_yet_told(known(hits), one, told)
        expected = {hit.code for hit in one.permits} - before
        if one.permits:
            assert {hit.code for hit in left.permits} == expected if left else not expected
        else:
            assert (left is None) == ("" in before)


@given(scopes, st.sets(st.sampled_from(CODES), min_size=1))
def test_a_notice_stands_as_long_as_one_of_its_permits_is_called_for(
    hits: dict[str, str], permits: set[str]
) -> None:
    assert still_called_for(permits, "market", known(hits)) == bool(permits & set(hits))


def test_a_line_on_the_claim_list_stands_until_a_permit_is_found_or_somebody_has_it() -> None:
    assert still_called_for((), None, known({}))
    assert not still_called_for((), None, known({"P001": "review"}))
    assert still_called_for((), "market", known({"P001": "sure"}))


def test_a_town_is_the_same_whatever_is_known_below_it() -> None:
    assert same_town(GRID, NEXT_GRID)
    assert same_town(TOWN, GRID)
    assert not same_town(GRID, OTHER_GRID)
    assert not same_town(CITY, GRID)
