"""台账: what it shows, what it sums, and that both agree with the journal."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from gongzhi.clues.actions import set_stage_plan
from gongzhi.clues.ledger import LedgerFilter, ledger, plans, sums
from gongzhi.org.access import acting_as
from tests.clues.conftest import NEW_TRADE, NO_LICENCE, TOBACCO_SHOP, Clues
from tests.loop.city import NEXT_GRID, OTHER_GRID, TOWN


@pytest.fixture
def filled(city: Clues) -> Clues:
    """Twelve clues of three kinds in three grids, some ended, one merged, one of the other town."""
    ids = [
        city.report(
            (TOBACCO_SHOP, NO_LICENCE, NEW_TRADE)[number % 3],
            area=(OTHER_GRID if number == 5 else NEXT_GRID if number % 4 == 0 else "441900006003001"),
            sign=f"第{number}家",
            address=f"东正路{number}号",
        ).case_id
        for number in range(12)
    ]
    for number in (1, 2, 3):
        city.act("village", ids[number], "correct", result="licensed", words="已办照")
    city.act("village", ids[6], "dismiss", result="not_found", words="未见经营")
    city.act("village", ids[7], "merge", into=f"XS2026-{ids[0]:08d}")
    city.ids = ids  # type: ignore[attr-defined]
    return city


def test_pages_follow_each_other_without_a_gap(filled: Clues) -> None:
    seen, after = [], ""
    with acting_as(filled.people["city_office"]) as acting:
        while True:
            page = ledger(acting, LedgerFilter(), moment=filled.moment, after=after, size=5)
            seen += [row.case_id for row in page.rows]
            if page.next is None:
                break
            after = page.next
    assert seen == sorted(filled.ids, reverse=True)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (LedgerFilter(), 11),
        (LedgerFilter(trade="tobacco_retail"), 4),
        (LedgerFilter(kind="no_licence"), 4),
        (LedgerFilter(standing="open"), 6),
        (LedgerFilter(standing="ended"), 5),
        (LedgerFilter(standing="closed"), 3),
        (LedgerFilter(standing="late"), 0),
        (LedgerFilter(result="licensed"), 3),
        (LedgerFilter(area=NEXT_GRID), 3),
        (LedgerFilter(area=OTHER_GRID), 11),
        (LedgerFilter(stock=True, stock_before=date(2026, 9, 21)), 0),
        (LedgerFilter(stock=False, stock_before=date(2026, 9, 21)), 11),
        (LedgerFilter(older_than=0), 0),
        (LedgerFilter(source="hotline"), 0),
        (LedgerFilter(serious=True), 0),
        (LedgerFilter(number="XS2026-00000000"), 0),
    ],
    ids=str,
)
def test_a_town_narrows_its_ledger_and_never_widens_it(
    filled: Clues, wanted: LedgerFilter, count: int
) -> None:
    with acting_as(filled.people["town_office"]) as acting:
        page = ledger(acting, wanted, moment=filled.moment)
        assert len(page.rows) == count
        assert {row.area[:9] for row in page.rows} <= {TOWN}
        assert sum(one.found for one in sums(acting, wanted, "kind", moment=filled.moment)) == count


def test_every_way_of_summing_says_what_the_journal_says(filled: Clues) -> None:
    ends = Counter(
        dict(
            filled.rows(
                "SELECT j.target, count(*) FROM flow_journal j JOIN flow_state s ON s.graph = j.graph"
                " AND s.state = j.target AND s.final WHERE j.graph = 'clues' GROUP BY 1"
            )
        )
    )
    with acting_as(filled.people["city_office"]) as acting:
        for by in ("town", "village", "trade", "kind", "source", "department", "result", "age", "stock"):
            found = sums(acting, LedgerFilter(), by, moment=filled.moment, base=date(2026, 9, 22))
            total = [
                sum(getattr(one, name) for one in found)
                for name in ("found", "open", "closed", "dismissed", "merged", "withdrawn")
            ]
            assert total == [12, 7, ends["closed"], ends["not_unlicensed"], ends["merged"], 0], by
            assert [one.key for one in found] == sorted(one.key for one in found)


def test_a_stage_counts_what_was_open_on_its_base_day_and_has_ended_since(filled: Clues) -> None:
    with acting_as(filled.people["town_office"]) as acting:
        set_stage_plan(
            TOWN,
            "第一阶段清零",
            base_on=date(2026, 9, 21),
            ends_on=date(2026, 12, 31),
            share=0.5,
            acting=acting,
            moment=filled.moment,
        )
        [before] = plans(acting, moment=filled.moment)
    assert (before.stock, before.cleared, before.target, before.reached) == (6, 0, 3, False)
    filled.go_to(date(2026, 9, 23))
    late = filled.report(sign="后来的").case_id
    filled.act("village", late, "correct", result="stopped", words="已停")
    for case_id in filled.ids[8:11]:  # type: ignore[attr-defined]
        who = "village"
        filled.act(who, case_id, "correct", result="stopped", words="已停")
    with acting_as(filled.people["town_office"]) as acting:
        [after] = plans(acting, moment=filled.moment)
    assert (after.stock, after.cleared, after.reached) == (6, 3, True)
    with acting_as(filled.people["town_office"]) as acting, pytest.raises(ValueError, match="share"):
        set_stage_plan(
            TOWN,
            "",
            base_on=date(2026, 9, 21),
            ends_on=date(2026, 12, 31),
            share=1.5,
            acting=acting,
            moment=filled.moment,
        )


def test_a_departments_ledger_has_its_own_and_its_parts(city: Clues) -> None:
    case_id = city.push()
    city.act("town_office", case_id, "add_department", department="health", words="同时涉及")
    for who in ("market", "health"):
        with acting_as(city.people[who]) as acting:
            [row] = ledger(acting, LedgerFilter(), moment=city.moment).rows
            assert row.department == who
    with acting_as(city.people["town_office"]) as acting:
        assert len(ledger(acting, LedgerFilter(), moment=city.moment).rows) == 1
