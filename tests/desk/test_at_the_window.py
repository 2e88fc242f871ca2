"""A registrar registers one business at the window: told beforehand what follows, and then it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from tests.loop.city import City
from tests.loop.visitor import Visitor, text_of

from gongzhi.codes import uscc
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.registry.models import Business

Desk = Callable[..., Visitor]

CODE = uscc.make("92", "441900", "XN000555")
STATED = {
    "name": "虚拟窗口小吃店",
    "uscc": CODE,
    "established": "2026-09-21",
    "scope": "餐饮服务；烟草制品零售。",
    "address": "东莞市莞城街道北隅社区振华路18号",
}


def _send(visitor: Visitor, **stated: str) -> Any:
    return visitor.post(reverse("register"), **(STATED | stated))


def _known() -> int | None:
    with acting_as(SYSTEM):
        return Business.objects.filter(uscc=CODE).values_list("id", flat=True).first()


@pytest.mark.parametrize("username", ["market", "officer", "village", "town_office", "city_office"])
def test_nobody_but_a_registrar_registers(desk: Desk, city: City, username: str) -> None:
    visitor = desk(username)
    assert visitor.get(reverse("register")).status_code == 403
    assert _send(visitor, step="save").status_code == 403
    assert _known() is None


def test_what_will_follow_is_shown_before_anything_is_written(desk: Desk, city: City) -> None:
    answer = _send(desk("registrar"))
    assert answer.status_code == 200
    page = text_of(answer)
    for told in ("<mark>餐饮服务</mark>", "东莞市市场监督管理局", "2026-09-29"):
        assert told in page
    assert _known() is None


def test_confirmed_it_is_registered_with_all_that_follows(desk: Desk, city: City) -> None:
    visitor = desk("registrar")
    answer = _send(visitor, step="save")
    assert answer.status_code == 302
    number = _known()
    assert number is not None
    assert city.notice(number, "market").is_open
    assert city.notice(number, "tobacco").is_open
    assert city.visit(number).is_open
    again = _send(visitor, step="save")
    assert again.status_code == 302
    assert len(city.notices(number)) == 2


def test_everything_that_is_missing_is_said_at_once_and_nothing_written_is_lost(
    desk: Desk, city: City
) -> None:
    answer = _send(desk("registrar"), uscc="", scope="", address="")
    assert answer.status_code == 422
    page = text_of(answer)
    for missing in ("缺少统一社会信用代码", "缺少经营范围", "缺少住所"):
        assert missing in page
    assert "虚拟窗口小吃店" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("uscc", CODE[:-1] + ("0" if CODE[-1] != "0" else "1")),
        ("established", "2026-09-22"),
        ("established", "二〇二六年"),
        ("name", "=1+1"),
        ("scope", "餐" * 20_001),
        ("address", "东莞市东城街道岗贝社区东城路8号"),
    ],
)
def test_what_is_wrong_is_refused_with_a_reason(desk: Desk, city: City, field: str, value: str) -> None:
    for step in ("", "save"):
        answer = _send(desk("registrar"), step=step, **{field: value})
        assert answer.status_code == 422
        assert 'role="alert"' in text_of(answer)
    assert _known() is None
