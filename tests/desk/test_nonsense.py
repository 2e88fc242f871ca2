"""What nobody would send by hand is answered politely all the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from tests.loop.city import (
    FOOD,
    City,
)
from tests.loop.visitor import Visitor

Desk = Callable[..., Visitor]


NONSENSE = [
    "\x00",
    "9" * 40,
    "²",
    "-1",
    "1.1",
    "2026-09-21.",
    ".7",
    "2026-09-21." + "9" * 30,
    "x" * 5000,
    "🏮",
]


@pytest.mark.parametrize(
    "name",
    ["cases", "cases_export", "businesses", "review_addresses", "review_scopes", "touched", "touched_export"],
)
def test_no_question_makes_a_page_fall_over(desk: Desk, city: City, name: str) -> None:
    city.register(review=[FOOD])
    visitor = desk("registrar")
    for key in ("after", "graph", "state", "lamp", "area", "mine", "q", "book", "show"):
        for value in NONSENSE:
            answer = visitor.get(reverse(name), **{key: value})
            assert answer.status_code in {200, 400, 404}, (key, value)
            if answer.streaming:
                assert b"".join(answer.streaming_content)


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**40])
@pytest.mark.parametrize("name", ["case", "call", "business"])
def test_no_number_makes_a_page_fall_over(desk: Desk, name: str, number: int) -> None:
    assert desk("officer").get(reverse(name, args=[number])).status_code == 404


@pytest.mark.parametrize("key", ["words", "reason", "expected_seq", "client_key", "back"])
def test_no_form_makes_an_act_fall_over(desk: Desk, city: City, key: str) -> None:
    notice = city.notice(city.register(sure=[FOOD])).id
    visitor = desk("market")
    for value in NONSENSE:
        form = {"reason": "no_such_item", key: value}
        assert visitor.post(reverse("act", args=[notice, "return"]), **form).status_code < 500, value


@pytest.mark.parametrize("key", ["expected_seq", "client_key", "result-{}", "words-{}", "permit-{}"])
def test_no_form_makes_a_call_fall_over(desk: Desk, city: City, key: str) -> None:
    business = city.register(sure=[FOOD])
    visit = city.visit(business).id
    visitor = desk("officer")
    for value in NONSENSE:
        form = {f"result-{business}": "needs_correction", key.format(business): value}
        assert visitor.post(reverse("call", args=[visit]), **form).status_code < 500, value


def test_no_name_makes_the_sign_in_page_fall_over(desk: Desk) -> None:
    visitor = desk()
    for value in NONSENSE:
        assert visitor.sign_in(value, value, next=value).status_code in {400, 422}
        assert visitor.get(reverse("sign_in"), next=value).status_code in {200, 400}
