"""Two calls at the same moment: one does the work, the other is told what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from gongzhi.codes import uscc
from gongzhi.exchange import actions
from gongzhi.flow.moment import set_clock
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM, Acting
from gongzhi.org.models import Post
from gongzhi.registry import actions as registering
from gongzhi.registry.models import Business

CALLERS = 4


@pytest.fixture
def token(settled: dict[str, Acting], instant: datetime, django_db_blocker: Any) -> Iterator[str]:
    """A registrar's system in a database of this module's own, where calls really commit."""
    set_clock(lambda: instant)
    with django_db_blocker.unblock():
        with acting_as(SYSTEM):
            post = Post.objects.get(pk=settled["registrar"].post_id)
            _, token = actions.issue("登记系统", post, valid_to=instant.date() + timedelta(days=9))
        yield token
    set_clock(None)


def _together(token: str, keys: list[str], number: int) -> list[dict[str, Any]]:
    body = {
        "registrations": [
            {
                "name": "虚拟同时小店",
                "uscc": uscc.make("92", "441900", f"XB{number:06}"),
                "established_date": "2026-09-21",
                "business_scope": "餐饮服务",
                "address": "东莞市莞城街道北隅社区振华路18号",
            }
        ]
    }
    start = Barrier(len(keys))

    def call(key: str) -> dict[str, Any]:
        try:
            start.wait(timeout=30)
            answer = Client().post(
                "/api/v1/registrations",
                json.dumps(body),
                content_type="application/json",
                headers={"authorization": f"Bearer {token}", "idempotency-key": key},
            )
            return {"status": answer.status_code, **answer.json()}
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(keys)) as pool:
        return list(pool.map(call, keys))


def _known(number: int) -> int:
    with acting_as(SYSTEM):
        return Business.objects.filter(uscc=uscc.make("92", "441900", f"XB{number:06}")).count()


def test_one_key_sent_several_times_at_once_is_one_call(token: str) -> None:
    answers = _together(token, ["the-same-key"] * CALLERS, 1)
    assert [(one["status"], one["accepted"]) for one in answers] == [(200, 1)] * CALLERS
    assert _known(1) == 1


def test_one_business_sent_by_several_calls_at_once_is_registered_once(token: str) -> None:
    answers = _together(token, [f"another-key-{place}" for place in range(CALLERS)], 2)
    assert [one["status"] for one in answers] == [200] * CALLERS, answers
    assert sorted((one["accepted"], one["unchanged"]) for one in answers) == [(0, 1)] * (CALLERS - 1) + [
        (1, 0)
    ]
    assert _known(2) == 1


def test_what_another_call_registered_between_two_readings_is_not_accepted_twice(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow part, matching, is where somebody else's call comes in: here on purpose, once."""
    matched = registering.match_entries
    others: list[dict[str, Any]] = []

    def interrupted(*args: Any) -> Any:
        monkeypatch.setattr(registering, "match_entries", matched)
        with ThreadPoolExecutor(1) as pool:
            others.extend(pool.submit(_together, token, ["a-call-between"], 3).result())
        return matched(*args)

    monkeypatch.setattr(registering, "match_entries", interrupted)
    (late,) = _together(token, ["a-call-around"], 3)
    assert [(one["accepted"], one["unchanged"]) for one in (*others, late)] == [(1, 0), (0, 1)]
    assert _known(3) == 1
