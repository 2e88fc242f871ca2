"""The way of a clue from the street to its end."""

from __future__ import annotations

from tests.clues.conftest import NEW_TRADE, Clues


def test_a_clue_is_urged_pushed_handled_checked_and_closed(city: Clues) -> None:
    reported = city.report()
    assert (reported.state, reported.number) == ("found", f"XS2026-{reported.case_id:08d}")
    city.act("officer", reported.case_id, "urge", words="已告知应办烟草专卖零售许可证")
    assert city.state(reported.case_id) == "urging"
    city.act("village", reported.case_id, "not_corrected", reason="refused")
    pushed = city.case(reported.case_id)
    assert (pushed.state, pushed.department) == ("pushed", "market")
    city.act("market", reported.case_id, "receive")
    city.act("market", reported.case_id, "take_on")
    city.act("market", reported.case_id, "measure", result="guided_permit")
    city.act("market", reported.case_id, "feed_back", result="permitted", number="YC-1")
    assert city.state(reported.case_id) == "to_check"
    city.act("village", reported.case_id, "confirm", reason="confirmed")
    assert city.state(reported.case_id) == "closed"
    assert city.clue(reported.case_id).result == "permitted"


def test_a_new_trade_waits_for_the_town(city: Clues) -> None:
    case_id = city.push(NEW_TRADE)
    assert city.state(case_id) == "to_route"
    city.act(
        "town_office",
        case_id,
        "send",
        department="market",
        reason="new_trade",
        words="新业态，经协调由市监处置",
    )
    assert (city.state(case_id), city.clue(case_id).department) == ("pushed", "market")
