"""An operator is told what to get, where and with what, and that they were told is on record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gongzhi.clues import guiding, sentences
from gongzhi.clues.rules import Licence
from gongzhi.flow.errors import NotPossibleError
from gongzhi.org.access import acting_as
from tests.clues.conftest import NEW_TRADE, NO_LICENCE, TOBACCO_SHOP, Clues


def _guided(city: Clues, case_id: int) -> list[guiding.Matter]:
    with acting_as(city.people["village"]):
        return list(guiding.guidance(city.clue(case_id), city.moment))


def test_a_shop_without_its_permit_is_sent_to_who_licenses_not_to_who_punishes(city: Clues) -> None:
    [permit] = _guided(city, city.report(TOBACCO_SHOP).case_id)
    assert (permit.what, permit.code, permit.days, permit.first) == ("permit", "P024", 20, False)
    [counter] = permit.counters
    assert "烟草" in counter.zh
    assert "Tobacco" in counter.en
    assert [one.zh for one in permit.materials][-1] == "经营场所权属证明或者租赁合同"
    assert all(one.en for one in permit.materials)
    # The law of what is brought stands beside the permit's own; none of it has been checked against its text.
    assert permit.basis.split("；")[-4:] == [
        "行政许可法 第29条、第58条",
        "行政许可法 第31条",
        "行政许可法 第30条、第31条、第32条",
        "烟草专卖许可证管理办法",
    ]
    assert not permit.verified


def test_without_a_licence_the_registrar_comes_first_and_after_it_the_permits(city: Clues) -> None:
    [licence] = _guided(city, city.report(NO_LICENCE).case_id)
    assert (licence.what, licence.days) == ("licence", 3)
    assert "市场监督管理" in licence.counters[0].zh
    neither = replace(TOBACCO_SHOP, licence=Licence.NONE)
    assert [one.code for one in _guided(city, city.report(neither, sign="另一家").case_id)] == [
        "licence",
        "P024",
    ]


def test_what_nobody_can_tell_yet_is_not_told(city: Clues) -> None:
    matters = _guided(city, city.report(NEW_TRADE).case_id)
    assert [one.code for one in matters] in ([], ["licence"])


def test_the_handing_over_stands_in_the_journal_and_starts_no_clock(city: Clues) -> None:
    case_id = city.report(TOBACCO_SHOP).case_id
    due = city.case(case_id).due
    with acting_as(city.people["officer"]) as acting:
        clue = city.clue(case_id)
        matters = guiding.guidance(clue, city.moment)
    with acting_as(city.people["officer"]) as acting:
        guiding.hand_over(clue, matters, acting=acting, moment=city.moment)
    last = city.journal(case_id)[-1]
    assert (last.action, last.form["guidance"]) == ("note", ["P024"])
    assert last.form["words"] == sentences.GUIDED
    assert city.case(case_id).due == due
    city.act("village", case_id, "correct", result="licensed", words="已办证")
    with acting_as(city.people["village"]) as acting, pytest.raises(NotPossibleError):
        guiding.hand_over(clue, matters, acting=acting, moment=city.moment)
