"""Lists of the desk: paged by key, filtered, searched, and handed out as a workbook."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from django.urls import reverse
from tests.loop.busy import busy
from tests.loop.city import (
    FOOD,
    GRID,
    City,
    door,
)
from tests.loop.visitor import Visitor, text_of
from tests.loop.workbooks import cells_of, rows_of

from gongzhi.desk.views import cases
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM

Desk = Callable[..., Visitor]


def _listed(visitor: Visitor, address: str, key: str) -> list[str]:
    """The numbers of everything on all pages of a list, in order."""
    found: list[str] = []
    pages = 0
    while True:
        page = text_of(visitor.get(address))
        found += list(dict.fromkeys(re.findall(rf'href="/{key}/(\d+)/"', page)))
        pages += 1
        following = re.search(r'rel="next" href="([^"]+)"|href="([^"]+)"[^>]*rel="next"', page)
        if following is None or pages > 20:
            assert pages < 20
            return found
        address = address.partition("?")[0] + unescape(following[1] or following[2])


def test_pages_of_a_list_hold_every_case_exactly_once_in_order_of_their_days(desk: Desk, city: City) -> None:
    for day in (21, 22, 23, 24):
        city.go_to(date(2026, 9, day))
        for number in range(20):
            city.register(review=[FOOD], at=door(GRID, f"东正路{day}{number:02d}号"))
    found = _listed(desk("registrar"), reverse("cases"), "cases")
    assert len(found) == len(set(found)) == 80
    assert [city.case(int(one)).due for one in found] == sorted(city.case(int(one)).due for one in found)


def test_pages_of_businesses_hold_every_one_exactly_once(desk: Desk, city: City) -> None:
    made = city.register_many(70)
    found = _listed(desk("registrar"), reverse("businesses"), "businesses")
    assert sorted(map(int, found)) == sorted(made)
    assert len(found) == 70


def test_a_filter_goes_along_from_page_to_page(desk: Desk, city: City) -> None:
    for number in range(35):
        city.register(review=[FOOD], at=door(GRID, f"东正路{number}号"))
    city.register(at=door(GRID, "东正路99号"))
    address = reverse("cases") + "?graph=notices&state=to_confirm&mine=0"
    assert len(set(_listed(desk("registrar"), address, "cases"))) == 35


def test_filters_narrow_a_list(desk: Desk, city: City) -> None:
    cases = busy(city)
    visitor = desk("town_office")
    for (process, state), number in cases.items():
        case = city.case(number)
        page = text_of(visitor.get(reverse("cases"), graph=process, state=state, mine="0"))
        shown = set(re.findall(r'href="/cases/(\d+)/"', page))
        assert (str(number) in shown) == (case.is_open and case.area.startswith("441900006"))
        assert all(city.case(int(one)).state == state for one in shown)


def test_late_and_soon_are_found_by_their_lamp(desk: Desk, city: City) -> None:
    notice = city.notice(city.register(review=[FOOD])).id
    visitor = desk("registrar")

    def lamps() -> list[str]:
        return [
            lamp
            for lamp in ("green", "yellow", "red")
            if f'href="/cases/{notice}/"' in text_of(visitor.get(reverse("cases"), lamp=lamp))
        ]

    assert lamps() == ["green"]
    city.go_to(date(2026, 9, 28))
    assert lamps() == ["yellow"]
    city.go_to(date(2026, 9, 30))
    assert lamps() == ["red"]


def test_a_business_is_found_by_name_code_and_address(desk: Desk, city: City) -> None:
    number = city.register(name="虚拟满堂红小吃店", at=door(GRID, "光明路8号"))
    city.register()
    code = city.business(number).uscc
    visitor = desk("registrar")
    for wanted in ("满堂红", code, code.lower(), "光明路"):
        page = text_of(visitor.get(reverse("businesses"), q=wanted))
        assert re.findall(r'href="/businesses/(\d+)/"', page)[:1] == [str(number)]
        assert "东正路" not in page


@pytest.mark.parametrize("wanted", ["%", "_", "'", '"><script>', "\\", "100%"])
def test_signs_with_a_meaning_to_the_machine_are_searched_for_as_they_are(
    desk: Desk, city: City, wanted: str
) -> None:
    city.register()
    page = text_of(desk("registrar").get(reverse("businesses"), q=wanted))
    assert "东正路" not in page
    assert "<script>" not in page


def test_the_workbook_holds_the_list_as_it_is_filtered(desk: Desk, city: City) -> None:
    notice = city.notice(city.register(review=[FOOD], name="虚拟满堂红小吃店")).id
    city.register(sure=[FOOD], at=door(GRID, "东正路2号"))
    heading, *rows = rows_of(desk("registrar").get(reverse("cases_export"), state="to_confirm"))
    assert heading[0] == "编号"
    assert [row[0] for row in rows] == [notice]
    assert "虚拟满堂红小吃店" in rows[0]
    assert rows[0][6].date() == date(2026, 9, 29)


def test_no_cell_of_the_workbook_is_a_formula(desk: Desk, city: City) -> None:
    # The way in refuses such names; a workbook must not rely on it.
    from gongzhi.registry.models import Business  # noqa: PLC0415

    business = city.register(review=[FOOD])
    with acting_as(SYSTEM):
        Business.objects.filter(pk=business).update(name='=HYPERLINK("http://elsewhere.example")')
    cells = [cell for row in cells_of(desk("registrar").get(reverse("cases_export"))) for cell in row]
    named = [cell for cell in cells if isinstance(cell.value, str) and "HYPERLINK" in cell.value]
    assert [cell.data_type for cell in named] == ["s"]
    assert all(cell.data_type != "f" for cell in cells)


def test_a_workbook_is_whole_however_long_the_list(
    desk: Desk, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases, "READ_AT_ONCE", 3)
    made = [
        city.notice(city.register(review=[FOOD], at=door(GRID, f"东正路{number}号"))).id
        for number in range(10)
    ]
    _heading, *rows = rows_of(desk("registrar").get(reverse("cases_export")))
    assert [row[0] for row in rows] == made
