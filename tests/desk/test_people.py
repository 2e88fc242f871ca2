"""人员与负荷: what pages show of who is at work and of what waits where, and to whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from tests.loop.away import name, say
from tests.loop.city import (
    FOOD,
    GRID,
    NEXT_GRID,
    NEXT_VILLAGE,
    OTHER_GRID,
    TOWN,
    VILLAGE,
    City,
    door,
)
from tests.loop.visitor import Visitor, text_of

from gongzhi.flow.errors import FlowError
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.org.models import Absence
from gongzhi.visits.load import GRID as GRID_DIGITS
from gongzhi.visits.load import VILLAGE as VILLAGE_DIGITS
from gongzhi.visits.load import loads

Desk = Callable[..., Visitor]


def test_load_is_what_waits_beside_who_is_there(city: City) -> None:
    for address in ("东正路1号", "东正路3号", "东正路5号"):
        city.register(at=door(GRID, address))
    city.register(at=door(NEXT_GRID, "光明路8号"))
    city.register(at=door(VILLAGE, "无格路9号"))

    def lines(area: str, digits: int) -> dict[str, Any]:
        with acting_as(city.people["town_office"]):
            return {line.code: line for line in loads(area, digits, moment=city.moment)}

    found = lines(VILLAGE, GRID_DIGITS)
    assert (found[GRID].open, found[GRID].at_work.present, found[GRID].each) == (3, 1, 3.0)
    assert (found[NEXT_GRID].open, found[NEXT_GRID].businesses, found[NEXT_GRID].each) == (1, 1, 1.0)
    assert (found[VILLAGE].open, found[VILLAGE].each) == (1, None)
    absence = say(city)
    found = lines(VILLAGE, GRID_DIGITS)
    assert (found[GRID].at_work.away, found[GRID].at_work.present, found[GRID].each) == (1, 0, None)
    name(city, absence, "next_officer")
    found = lines(VILLAGE, GRID_DIGITS)
    assert (found[GRID].at_work.substitutes, found[GRID].each) == (1, 3.0)
    town = lines(TOWN, VILLAGE_DIGITS)[VILLAGE]
    assert (town.open, town.at_work.officers, town.at_work.present, town.soon, town.late) == (5, 2, 2, 0, 0)
    city.go_to(date(2026, 9, 29))
    assert lines(TOWN, VILLAGE_DIGITS)[VILLAGE].soon == 5
    city.go_to(date(2026, 10, 20))
    assert lines(TOWN, VILLAGE_DIGITS)[VILLAGE].late == 5
    codes = list(lines(TOWN, VILLAGE_DIGITS))
    assert codes == sorted(codes)


def test_a_village_says_it_at_its_page_and_names_a_substitute(desk: Desk, city: City) -> None:
    village, officer = desk("village"), city.people["officer"]
    listed = text_of(village.get(reverse("people")))
    address = reverse("person", args=[officer.post_id])
    assert address in listed
    assert "officer的人" in listed
    wrong = village.post(address, first="2026-09-25", last="2026-09-21", kind="leave")
    assert wrong.status_code == 409
    assert "最后一天早于第一天" in text_of(wrong)
    assert village.post(address, first="", last="x", kind="flu").status_code == 422
    assert village.post(address, first="2026-09-21", last="2026-09-25", kind="leave").status_code == 302
    again = village.post(address, first="2026-09-23", last="2026-09-28", kind="leave")
    assert (again.status_code, "重叠" in text_of(again)) == (409, True)
    # The Friday is a holiday: nobody has to be there.
    assert "2026-09-21 至 2026-09-24 有 4 天无人在岗" in text_of(village.get(reverse("home")))
    assert "2026-09-21 至 2026-09-24 有 4 天无人在岗" in text_of(
        desk("town_office").get(reverse("people"), area=VILLAGE)
    )
    with acting_as(SYSTEM):
        absence = Absence.objects.get(post=officer.post_id)
    substitute = city.people["next_officer"].post_id
    named = village.post(reverse("absence_substitute", args=[absence.pk]), substitute=str(substitute))
    assert named.status_code == 302
    assert "有 4 天无人在岗" not in text_of(village.get(reverse("home")))
    twice = village.post(reverse("absence_substitute", args=[absence.pk]), substitute=str(substitute))
    assert (twice.status_code, "刚由岗位village" in text_of(twice)) == (409, True)
    assert village.post(reverse("absence_end", args=[absence.pk]), back_on="2026-12-01").status_code == 409
    assert village.post(reverse("absence_end", args=[absence.pk]), back_on="2026-09-23").status_code == 302
    assert "2026-09-21 至 2026-09-22" in text_of(village.get(address))


def test_a_neighbours_people_are_not_to_be_seen_nor_spoken_for(desk: Desk, city: City) -> None:
    absence = say(city)
    officer = city.people["officer"].post_id
    for who in ("other_village", "other_town_office", "officer", "market", "registrar", "other_officer"):
        visitor = desk(who)
        form = {"first": "2026-10-12", "last": "2026-10-12", "kind": "leave"}
        answers = {
            visitor.get(reverse("person", args=[officer])).status_code,
            visitor.post(reverse("person", args=[officer]), **form).status_code,
            visitor.post(reverse("absence_end", args=[absence.pk]), back_on="2026-09-23").status_code,
            visitor.post(
                reverse("absence_substitute", args=[absence.pk]),
                substitute=str(city.people["next_officer"].post_id),
            ).status_code,
        }
        assert answers == {404}, who
    for who, area in (("other_town_office", VILLAGE), ("village", NEXT_VILLAGE), ("village", TOWN)):
        assert desk(who).get(reverse("people"), area=area).status_code == 404
    for who in ("officer", "market", "registrar"):
        assert desk(who).get(reverse("people")).status_code == 403
        assert desk(who).get(reverse("people_export")).status_code == 403
    for number in (0, 2**31, 2**63, 10**40):
        assert desk("village").get(reverse("person", args=[number])).status_code == 404
        assert desk("village").post(reverse("absence_end", args=[number])).status_code == 404
    with acting_as(SYSTEM):
        assert Absence.objects.count() == 1
        assert Absence.objects.get().ended_on is None


def test_the_load_goes_from_the_city_down_to_the_grid_and_into_a_workbook(desk: Desk, city: City) -> None:
    city.register(sure=[FOOD])
    city.register(at=door(OTHER_GRID, "东城路8号"))
    visitor = desk("city_office")
    for area, leads in (("", TOWN), (TOWN, VILLAGE), (VILLAGE, GRID)):
        page = text_of(visitor.get(reverse("people"), **({"area": area} if area else {})))
        assert f"area={leads}" in page
    book = load_workbook(BytesIO(b"".join(visitor.get(reverse("people_export")).streaming_content)))
    towns, grids = book.worksheets
    by_code = {row[0]: row for row in grids.iter_rows(values_only=True)}
    assert by_code[GRID][3:8] == (1, 0, 0, 1, 0)
    assert {row[0] for row in towns.iter_rows(values_only=True)} >= {TOWN, OTHER_GRID[:9]}
    own = load_workbook(BytesIO(b"".join(desk("village").get(reverse("people_export")).streaming_content)))
    assert {row[0] for row in own.worksheets[0].iter_rows(min_row=2, values_only=True)} >= {GRID, NEXT_GRID}
    assert OTHER_GRID not in str([list(sheet.values) for sheet in own.worksheets])


@pytest.mark.parametrize(
    "nonsense", ["x", "²", "9" * 40, "4419000060", "-1", "../..", "4419000060030011", "44190000600x"]
)
def test_nonsense_in_an_address_is_no_place(desk: Desk, nonsense: str) -> None:
    visitor = desk("town_office")
    assert visitor.get(reverse("people"), area=nonsense).status_code == 404
    for key in ("after", "away"):
        assert visitor.get(reverse("people"), **{key: nonsense}).status_code == 404
    assert (
        visitor.get(reverse("people"), after=".1", away=f"{TOWN}.1", **{"from": nonsense}).status_code == 200
    )


def test_a_visit_whose_officer_is_away_says_who_does_it(desk: Desk, city: City) -> None:
    visit = city.visit(city.register()).id
    address = reverse("case", args=[visit])
    assert "今天不在岗" not in text_of(desk("village").get(address))
    absence = say(city)
    assert "officer的人 今天不在岗，本网格无人在岗" in text_of(desk("village").get(address))
    name(city, absence, "next_officer")
    page = text_of(desk("officer").get(address))
    assert "由同网格其他人员或顶岗人员办理（顶岗：next_officer的人）" in page


def test_a_village_that_gives_a_visit_to_a_grid_sees_what_waits_there(desk: Desk, city: City) -> None:
    for address in ("东正路1号", "东正路3号"):
        city.register(at=door(GRID, address))
    say(city, "next_officer")
    loose = city.visit(city.register(at=door(VILLAGE, "无格路9号")))
    assert loose.state == "to_assign"
    page = text_of(desk("village").get(reverse("case", args=[loose.id])))
    assert re.search(r"第01网格（在办 2 件，在岗 1 人）", page)
    assert re.search(r"第02网格（在办 0 件，在岗 0 人）", page)
    assert "第01网格 (open 2, at work 1)" in text_of(
        desk("village", "en").get(reverse("case", args=[loose.id]))
    )


def test_the_substitute_acts_in_the_grid_and_is_signed_with_standing_in(desk: Desk, city: City) -> None:
    visit = city.visit(city.register()).id
    with pytest.raises(FlowError):
        city.act("next_officer", visit, "note")
    absence = say(city, substitute="next_officer")
    visitor = desk("next_officer")
    assert visitor.get(reverse("case", args=[visit])).status_code == 404
    assert visitor.post(reverse("switch_post"), post=str(absence.standing_in_id)).status_code == 302
    assert visitor.get(reverse("case", args=[visit])).status_code == 200
    assert visitor.post(reverse("act", args=[visit, "note"]), words="敲门无人").status_code == 302
    assert city.journal(visit)[-1].by == "岗位officer（顶岗） next_officer的人"
    city.go_to(date(2026, 9, 26))
    # The day after, the post is no longer theirs, whatever their browser kept.
    assert visitor.get(reverse("case", args=[visit])).status_code == 302
