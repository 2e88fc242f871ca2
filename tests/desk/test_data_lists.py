"""What data leave open stands in the officer's one list per door, is handed in by who has it, and opens no visit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.loop.city import FOOD, City
from tests.loop.visitor import Visitor, text_of

from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.registry.facts import take_equipment, take_reports
from gongzhi.registry.models import AnnualReport, Equipment
from gongzhi.visits import silence
from gongzhi.visits.models import Silence, Visit

Desk = Callable[..., Visitor]
OLD = date(2024, 3, 1)
REMINDER = "里没有 2025 年度年报"


def listed(city: City, folder: Path, *codes: str, year: int = 2025) -> None:
    file = folder / f"{year}.csv"
    file.write_text("\n".join(["uscc", *codes, ""]), encoding="utf-8")
    take_reports(file, year=year, as_of=city.moment.today, acting=SYSTEM, moment=city.moment)


def uploaded(*lines: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("名单.csv", "\n".join([*lines, ""]).encode())


def call_page(desk: Desk, city: City, visit: int, language: str = "zh-hans") -> str:
    return text_of(desk("officer", language=language).get(reverse("call", args=[visit])))


def test_in_spring_a_visit_that_happens_anyway_asks_who_is_not_on_the_list(
    desk: Desk, city: City, tmp_path: Path
) -> None:
    city.go_to(date(2026, 4, 7))
    filed, not_filed = (city.register(sure=[FOOD], established=OLD) for _ in range(2))
    visit = city.visit(not_filed).id
    assert REMINDER not in call_page(desk, city, visit), "without a list nothing is presumed"
    with acting_as(SYSTEM):
        before = Visit.objects.count()
    listed(city, tmp_path, city.business(filed).uscc)
    page = call_page(desk, city, visit)
    assert page.count(REMINDER) == 1
    assert f"item-{not_filed}-annual_report" in page
    assert f"item-{filed}-annual_report" not in page, "whoever has filed is not asked"
    with acting_as(SYSTEM):
        assert Visit.objects.count() == before, "nothing is opened for a report"
    assert "has no report of 2025" in call_page(desk, city, visit, "en")
    listed(city, tmp_path, city.business(not_filed).uscc)
    assert REMINDER not in call_page(desk, city, visit), "filed meanwhile: no longer asked"


@pytest.mark.parametrize("day", [date(2026, 2, 27), date(2026, 7, 1)])
def test_outside_the_season_nobody_is_asked_for_a_report(
    desk: Desk, city: City, tmp_path: Path, day: date
) -> None:
    city.go_to(day)
    business = city.register(sure=[FOOD], established=OLD)
    listed(city, tmp_path)
    page = call_page(desk, city, city.visit(business).id)
    assert REMINDER not in page
    assert "annual_report" not in page


def test_a_lift_whose_inspection_has_run_out_is_on_the_list_of_its_door(
    desk: Desk, city: City, tmp_path: Path
) -> None:
    business = city.register(sure=[FOOD])
    file = tmp_path / "lifts.csv"
    file.write_text(
        f"uscc,number,valid_to\n{city.business(business).uscc},DT-7,2026-09-01\n", encoding="utf-8"
    )
    take_equipment(file, kind="lift", as_of=city.moment.today, acting=SYSTEM)
    page = call_page(desk, city, city.visit(business).id)
    assert "电梯 DT-7 的检验有效期到 2026-09-01" in page
    assert f"item-{business}-lift" in page
    assert f"item-{business}-boiler" not in page
    city.call("officer", city.visit(business).id, "in_order")


def test_a_registrar_hands_in_a_list_and_reads_what_became_of_each_row(desk: Desk, city: City) -> None:
    ours, theirs = (city.business(city.register(established=OLD)) for _ in range(2))
    registrar = desk("registrar")
    answer = registrar.post(
        reverse("lists"),
        what="reports",
        year="2025",
        as_of="2026-09-20",
        file=uploaded("统一社会信用代码", ours.uscc, "不是代码", ours.uscc),
    )
    page = text_of(answer)
    assert answer.status_code == 200
    assert "名单已导入" in page
    assert "不是有效的统一社会信用代码" in page
    assert "与前面一行重复" in page
    with acting_as(SYSTEM):
        assert list(AnnualReport.objects.values_list("business_id", "year")) == [(ours.pk, 2025)]
    refused = desk("other_registrar").post(
        reverse("lists"), what="reports", year="2025", as_of="2026-09-20", file=uploaded("uscc", theirs.uscc)
    )
    assert "辖区内没有这一主体的档案" in text_of(refused), "a neighbour's registrar speaks for nobody here"
    lift = registrar.post(
        reverse("lists"),
        what="lift",
        as_of="2026-09-20",
        file=uploaded("uscc,number,valid_to", f"{ours.uscc},DT-1,2027-01-31"),
    )
    assert lift.status_code == 200
    with acting_as(SYSTEM):
        assert Equipment.objects.get().number == "DT-1"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"what": "reports", "year": "2026"}, "还没有 2026 年度的年报"),
        ({"what": "reports", "year": ""}, "请填写年度"),
        ({"what": "secrets", "year": "2025"}, "请从所列选项中选择"),
        ({"what": "reports", "year": "2025", "as_of": "2027-01-01"}, "请填写不晚于今天的日期"),
        ({"what": "lift", "year": "", "file": None}, "请选择文件"),
        ({"what": "lift", "year": ""}, "表头缺少"),
    ],
)
def test_what_is_wrong_with_a_list_is_said(desk: Desk, city: City, form: dict[str, str], said: str) -> None:
    given = {"as_of": "2026-09-20", "file": uploaded("uscc", "x")} | form
    answer = desk("registrar").post(
        reverse("lists"), **{name: value for name, value in given.items() if value is not None}
    )
    assert answer.status_code == 422
    assert said in text_of(answer)


@pytest.mark.parametrize("username", ["officer", "village", "town_office", "market", "administrator"])
def test_nobody_else_hands_in_lists(desk: Desk, username: str) -> None:
    assert desk(username).get(reverse("lists")).status_code == 403


def a_silent_one(city: City, folder: Path, *, name: str = "虚拟沉默商行") -> int:
    """A business that filed no report of two years and could not be found."""
    business = city.register(name=name, sure=[FOOD], established=date(2020, 1, 1))
    for year in (2024, 2025):
        listed(city, folder, year=year)
    city.call("officer", city.visit(business).id, "not_found")
    return business


def proposed(city: City) -> int:
    with acting_as(SYSTEM):
        return silence.propose(moment=city.moment)


def test_data_propose_a_person_decides_and_then_the_next_visit_asks(
    desk: Desk, city: City, tmp_path: Path
) -> None:
    business = a_silent_one(city, tmp_path)
    assert proposed(city) == 1
    assert proposed(city) == 0, "once"
    village = desk("village")
    page = text_of(village.get(reverse("silent")))
    assert "虚拟沉默商行" in page
    assert "2024、2025" in page
    with acting_as(SYSTEM):
        row = Silence.objects.get()
        assert silence.asked([business]) == set(), "nothing is asked before somebody decided"
    decide = reverse("silent_decide", args=[row.pk])
    assert desk("other_village").post(decide, decision="ask").status_code == 404
    assert desk("officer").post(decide, decision="ask").status_code == 403
    assert village.post(decide, decision="set_aside", words=" ").status_code == 422
    assert village.post(decide, decision="ask").status_code == 302
    assert village.post(decide, decision="ask").status_code == 302
    assert "刚由别人定了" in text_of(village.get(reverse("silent")))
    city.go_to(date(2027, 1, 11))
    city.change(business, sure=["P024"])
    visit = city.visit(business)
    assert visit.is_open
    page = call_page(desk, city, visit.id)
    assert "请了解是否仍在经营" in page
    assert f"item-{business}-dormant" in page
    city.call("officer", visit.id, "in_order")
    with acting_as(SYSTEM):
        assert silence.asked([business]) == set(), "a visit found out"


@pytest.mark.parametrize("proof", ["report", "found", "no_list", "ended"])
def test_what_data_disprove_is_not_proposed(desk: Desk, city: City, tmp_path: Path, proof: str) -> None:
    business = city.register(name="虚拟商行甲", sure=[FOOD], established=date(2020, 1, 1))
    uscc = city.business(business).uscc
    listed(city, tmp_path, year=2024)
    if proof != "no_list":
        listed(city, tmp_path, *([uscc] if proof == "report" else []), year=2025)
    city.call("officer", city.visit(business).id, "in_order" if proof == "found" else "not_found")
    if proof == "ended":
        city.cancel(business)
    assert proposed(city) == 0


def test_a_proposal_that_data_disprove_meanwhile_is_dropped(desk: Desk, city: City, tmp_path: Path) -> None:
    business = a_silent_one(city, tmp_path)
    assert proposed(city) == 1
    listed(city, tmp_path, city.business(business).uscc, year=2025)
    assert proposed(city) == 0
    with acting_as(SYSTEM):
        assert not Silence.objects.exists()


def test_whoever_was_set_aside_is_proposed_again_only_after_another_visit(
    desk: Desk, city: City, tmp_path: Path
) -> None:
    a_silent_one(city, tmp_path)
    proposed(city)
    with acting_as(SYSTEM):
        row = Silence.objects.get()
    done = desk("town_office").post(
        reverse("silent_decide", args=[row.pk]), decision="set_aside", words="集群注册托管地址"
    )
    assert done.status_code == 302
    assert proposed(city) == 0


@pytest.mark.parametrize("username", ["officer", "market", "registrar", "city_office", "administrator"])
def test_nobody_else_sees_who_may_be_dormant(desk: Desk, username: str) -> None:
    assert desk(username).get(reverse("silent")).status_code == 403


def test_a_neighbour_sees_none_of_it(desk: Desk, city: City, tmp_path: Path) -> None:
    a_silent_one(city, tmp_path)
    proposed(city)
    assert "虚拟沉默商行" not in text_of(desk("other_village").get(reverse("silent")))
    english = text_of(desk("village", language="en").get(reverse("silent")))
    assert "Possibly dormant" in english
