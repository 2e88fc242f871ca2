"""A department that says a clue is not its own: a right, with its own clock, and never round in circles."""

from __future__ import annotations

from datetime import date

import pytest

from gongzhi.clues import learning, queries, states
from gongzhi.clues.nightly import raise_deadlocks
from gongzhi.flow.errors import FormInvalidError, NotAllowedError, NotPossibleError
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from tests.clues.conftest import NEW_TRADE, Clues

_NOT_OURS = {"reason": "not_our_duty", "words": "依据三定方案，不属我局职责。"}


def _objected(city: Clues, department: str = "market") -> int:
    case_id = city.push()
    city.act(department, case_id, "receive")
    city.act(department, case_id, "object", **_NOT_OURS)
    return case_id


def test_an_objection_needs_a_coded_reason_and_grounds(city: Clues) -> None:
    case_id = city.push()
    for form in ({}, {"reason": "not_our_duty"}, {"reason": "made_up", "words": "依据"}):
        with pytest.raises(FormInvalidError):
            city.act("market", case_id, "object", **form)


def test_an_upheld_objection_goes_elsewhere_stays_on_record_and_waits_for_who_keeps_the_rules(
    city: Clues,
) -> None:
    case_id = _objected(city)
    city.act("town_office", case_id, "reroute", department="health", words="经协调由卫健处置")
    assert (city.state(case_id), city.case(case_id).department) == (states.PUSHED, "health")
    with acting_as(city.people["city_office"]) as acting:
        [upheld] = learning.upheld_objections(acting)
        [record] = queries.objections([case_id])
    assert (upheld.case_id, upheld.department, upheld.decided_to, upheld.reason) == (
        case_id,
        "market",
        "health",
        "not_our_duty",
    )
    assert (record.round, record.decision, record.words) == (1, "upheld", _NOT_OURS["words"])
    assert record.decided_words == "经协调由卫健处置"


def test_what_was_made_of_an_upheld_objection_is_put_down_once_by_who_keeps_the_rules(city: Clues) -> None:
    for _ in range(2):
        case_id = _objected(city)
        city.act("town_office", case_id, "reroute", department="health", words="改派")
    with acting_as(city.people["city_office"]) as acting:
        [newer, older] = learning.upheld_objections(acting)
        [often] = learning.repeated(acting)
        assert (often.department, often.decided_to, often.times) == ("market", "health", 2)
        settle = learning.settle_objection
        with pytest.raises(ValueError, match="which rule"):
            settle(newer.objection_id, " ", acting=acting, moment=city.moment)
        assert settle(newer.objection_id, "职责表自十月起改为卫健", acting=acting, moment=city.moment)
        assert not settle(newer.objection_id, "再写一次", acting=acting, moment=city.moment)
        assert [one.objection_id for one in learning.upheld_objections(acting)] == [older.objection_id]
        [settled] = learning.upheld_objections(acting, settled=True)
        assert (settled.rule_words, settled.rule_on) == ("职责表自十月起改为卫健", city.moment.today)
        assert learning.repeated(acting) == []
    with acting_as(city.people["town_office"]) as acting, pytest.raises(NotAllowedError):
        settle(older.objection_id, "不归镇街定", acting=acting, moment=city.moment)


def test_an_objection_that_was_refused_is_no_work_for_who_keeps_the_rules(city: Clues) -> None:
    case_id = _objected(city)
    city.act("town_office", case_id, "insist", words="仍应由其处置")
    with acting_as(city.people["city_office"]) as acting:
        assert learning.upheld_objections(acting) == []


def test_it_never_goes_back_to_who_objected_but_by_the_towns_own_no(city: Clues) -> None:
    case_id = _objected(city)
    with pytest.raises(NotPossibleError, match="提出过异议"):
        city.act("town_office", case_id, "reroute", department="market", words="还是你们")
    city.act("town_office", case_id, "reroute", department="health", words="改派")
    city.act("health", case_id, "object", **_NOT_OURS)
    with pytest.raises(NotPossibleError, match="提出过异议"):
        city.act("town_office", case_id, "reroute", department="market", words="回到最初")
    city.act("town_office", case_id, "insist", words="经核对，属卫健职责")
    assert (city.state(case_id), city.case(case_id).department) == (states.RECEIVED, "health")


def test_what_is_refused_goes_on_with_the_days_that_were_left(city: Clues) -> None:
    case_id = city.push()
    city.act("market", case_id, "receive")
    assert city.case(case_id).due == date(2026, 10, 19)
    city.go_to(date(2026, 9, 24))
    city.act("market", case_id, "object", **_NOT_OURS)
    standing = city.case(case_id)
    assert (standing.due, standing.suspended_due) == (date(2026, 9, 30), date(2026, 10, 19))
    city.go_to(date(2026, 9, 29))
    city.act("town_office", case_id, "insist", words="属市监职责")
    # 25–27 September are off; 28 and 29 were lost.
    assert city.case(case_id).due == date(2026, 10, 21)
    [record] = city.rows("SELECT decision, decided_to FROM clues_objection WHERE clue_id = %s", case_id)
    assert record == ("refused", "market")


def test_the_third_round_is_the_citys_and_its_word_is_final(city: Clues) -> None:
    case_id = _objected(city)
    for _ in range(2):
        city.act("town_office", case_id, "insist", words="属市监职责")
        city.act("market", case_id, "object", **_NOT_OURS)
    assert city.state(case_id) == states.TO_DESIGNATE
    with acting_as(SYSTEM):
        assert [one.round for one in queries.objections([case_id])] == [1, 2, 3]
    city.act("city_office", case_id, "designate", department="market", words="经研究由市监处置")
    assert (city.state(case_id), city.case(case_id).department) == (states.RECEIVED, "market")
    with pytest.raises(NotPossibleError, match="最终决定"):
        city.act("market", case_id, "object", **_NOT_OURS)
    decisions = city.rows("SELECT decision FROM clues_objection WHERE clue_id = %s ORDER BY round", case_id)
    assert decisions == [("refused",), ("refused",), ("designated",)]


def test_a_town_that_lets_its_limit_pass_leaves_it_to_the_city(city: Clues) -> None:
    case_id = _objected(city)
    due = city.case(case_id).due
    assert due == date(2026, 9, 24)
    city.go_to(due)
    with acting_as(SYSTEM):
        assert raise_deadlocks(moment=city.moment) == 0
    city.go_to(date(2026, 9, 25))
    with acting_as(SYSTEM):
        assert raise_deadlocks(moment=city.moment) == 1
    assert city.state(case_id) == states.TO_DESIGNATE


def test_a_town_is_told_who_similar_clues_ended_with(city: Clues) -> None:
    ended = city.push(NEW_TRADE)
    city.act("town_office", ended, "send", department="urban", reason="new_trade", words="占道经营")
    for action, form in (("receive", {}), ("feed_back", {"result": "corrected"})):
        city.act("urban", ended, action, **form)
    city.act("village", ended, "confirm", reason="confirmed")
    waiting = city.push(NEW_TRADE)
    with acting_as(SYSTEM):
        [suggested] = queries.suggestions(waiting, moment=city.moment)
    assert (suggested.function, suggested.share, suggested.clues) == ("urban", 1.0, 1)
