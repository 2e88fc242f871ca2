"""Another system sends registrations and reads back what became of them: every row accounted for, never twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from gongzhi.codes import uscc
from gongzhi.exchange import actions
from gongzhi.exchange.models import Call, ConnectedSystem
from gongzhi.flow.moment import set_clock
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.org.models import Post
from gongzhi.registry.models import Business
from tests.loop.city import City

HERE = "东莞市莞城街道北隅社区振华路18号"
THERE = "东莞市东城街道岗贝社区东城大道3号"


def _row(number: int, **stated: Any) -> dict[str, Any]:
    return {
        "name": f"虚拟接口小店{number}",
        "uscc": uscc.make("92", "441900", f"XA{number:06}"),
        "established_date": "2026-09-21",
        "business_scope": "餐饮服务",
        "address": HERE,
    } | stated


class Caller:
    """Another system with its token."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.client = Client(headers={"authorization": f"Bearer {token}"})
        self.keys = 0

    def send(self, *rows: dict[str, Any], key: str = "", **more: Any) -> Any:
        self.keys += 1
        return self.client.post(
            "/api/v1/registrations",
            json.dumps({"registrations": rows, **more}),
            content_type="application/json",
            headers={"idempotency-key": key or f"call-{self.keys:04}"},
        )

    def read(self, code: str) -> Any:
        return self.client.get(f"/api/v1/businesses/{code}")


@pytest.fixture
def caller(city: City) -> Iterator[Callable[..., Caller]]:
    """Connects a system that acts as one of the city's posts."""
    set_clock(lambda: city.now)

    def connect(post: str = "registrar", days: int = 30) -> Caller:
        with acting_as(SYSTEM):
            held = Post.objects.get(pk=city.people[post].post_id)
            _, token = actions.issue(post, held, valid_to=city.now.date() + timedelta(days=days))
        return Caller(token)

    yield connect
    set_clock(None)


def _known() -> int:
    with acting_as(SYSTEM):
        return Business.objects.count()


def test_a_lot_is_taken_in_row_by_row_and_the_sums_add_up(caller: Callable[..., Caller]) -> None:
    system = caller()
    answer = system.send(
        _row(1), _row(2, uscc="123"), _row(3, business_scope=""), _row(1, name="虚拟接口大店1")
    )
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["rows"], told["accepted"], told["rejected"]) == (4, 1, 3)
    assert [(row["line"], row["outcome"], row["reason"]) for row in told["registrations"]] == [
        (1, "rejected", "superseded_in_file"),
        (2, "rejected", "code_length"),
        (3, "rejected", "missing_scope"),
        (4, "accepted", ""),
    ]
    assert all(row["zh"] and row["en"] for row in told["registrations"] if row["outcome"] == "rejected")
    with acting_as(SYSTEM):
        assert Business.objects.get(uscc=_row(1)["uscc"]).name == "虚拟接口大店1"


def test_what_follows_from_a_registration_can_be_read_back(caller: Callable[..., Caller]) -> None:
    system = caller()
    system.send(_row(1))
    state = system.read(_row(1)["uscc"].lower()).json()
    assert state["name"] == "虚拟接口小店1"
    (notice,) = state["notices"]
    assert notice["permits"] == ["P001"]
    assert notice["department"] == "market"
    assert notice["state_zh"]
    assert notice["due"]
    (visit,) = state["visits"]
    assert visit["due"] == "2026-10-12"


def test_changes_cancellations_and_repeats_are_told_apart(caller: Callable[..., Caller]) -> None:
    system = caller()
    system.send(_row(1), _row(2), _row(3))
    answer = system.send(_row(1), _row(2, business_scope="烟草制品零售"), _row(3, status="注销"))
    assert [row["outcome"] for row in answer.json()["registrations"]] == ["unchanged", "changed", "cancelled"]


def test_the_same_key_again_is_answered_the_same_and_does_nothing(caller: Callable[..., Caller]) -> None:
    system = caller()
    first = system.send(_row(1), key="monday-morning")
    again = system.send(_row(1), key="monday-morning")
    assert first.json()["accepted"] == 1
    assert again.json() == first.json()
    assert _known() == 1
    other = system.send(_row(2), key="monday-morning")
    assert other.status_code == 409
    assert other.json()["code"] == "key_used_otherwise"
    assert _known() == 1


def test_two_systems_may_use_the_same_key(caller: Callable[..., Caller]) -> None:
    assert caller().send(_row(1), key="monday-morning").json()["accepted"] == 1
    assert caller("city_registrar").send(_row(2), key="monday-morning").json()["accepted"] == 1


def test_a_registrar_speaks_only_for_the_own_town(caller: Callable[..., Caller]) -> None:
    told = caller().send(_row(1, address=THERE)).json()
    assert told["registrations"][0]["reason"] == "elsewhere"
    assert caller("other_registrar").send(_row(1, address=THERE)).json()["accepted"] == 1
    # Now it is known there: the first town can neither change nor read it.
    assert caller().send(_row(1, address=HERE)).json()["registrations"][0]["reason"] == "elsewhere"
    assert caller().read(_row(1)["uscc"]).status_code == 404
    assert caller("city_registrar").read(_row(1)["uscc"]).status_code == 200


@pytest.mark.parametrize("post", ["market", "officer", "town_office", "city_office"])
def test_nobody_but_a_registrar_sends_registrations(caller: Callable[..., Caller], post: str) -> None:
    answer = caller(post).send(_row(1))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_a_registrar")
    assert _known() == 0


def test_without_a_token_that_holds_nothing_is_answered(caller: Callable[..., Caller], city: City) -> None:
    system, ended = caller(), caller(days=-1)
    assert ended.send(_row(1)).status_code == 401
    assert Caller("wrong").send(_row(1)).status_code == 401
    assert Client().get(f"/api/v1/businesses/{_row(1)['uscc']}").status_code == 401
    with acting_as(SYSTEM):
        for one in ConnectedSystem.objects.filter(revoked_at=None):
            assert actions.revoke(one.pk, now=city.now)
            assert not actions.revoke(one.pk, now=city.now)
    answer = system.send(_row(1))
    assert answer.status_code == 401
    assert answer.json()["zh"]
    assert _known() == 0


def test_every_address_of_the_api_asks_for_a_token() -> None:
    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    asked = [
        (method, path.replace("{code}", "91441900XNXNXNXNX0"))
        for path, some in paths.items()
        for method in some
    ]
    assert len(asked) == 2
    for method, path in asked:
        answer = getattr(Client(), method)(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "unknown_token"), path


def test_the_token_itself_is_kept_nowhere(caller: Callable[..., Caller]) -> None:
    system = caller()
    with acting_as(SYSTEM):
        kept = ConnectedSystem.objects.get()
    assert kept.token_digest == actions.digest_of(system.token)
    assert system.token not in {kept.name, kept.token_digest}


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ("not json", "a-good-key"),
        ("{}", "a-good-key"),
        ('{"registrations": []}', "a-good-key"),
        ('{"registrations": [{"name": 7}]}', "a-good-key"),
        (json.dumps({"registrations": [{}] * 501}), "a-good-key"),
        ('{"registrations": [{}], "as_of": "yesterday"}', "a-good-key"),
        ('{"registrations": [{"extra": {"a\\u0000b": "c"}}]}', "a-good-key"),
        ('{"registrations": [{}]}', ""),
        ('{"registrations": [{}], "as_of": "2026-09-22"}', "a-good-key"),
    ],
)
def test_a_call_that_makes_no_sense_is_told_what_is_wrong(
    caller: Callable[..., Caller], body: str, key: str
) -> None:
    system = caller()
    headers = {"idempotency-key": key} if key else {}
    answer = system.client.post(
        "/api/v1/registrations", body, content_type="application/json", headers=headers
    )
    assert answer.status_code in {400, 422}
    assert set(answer.json()) == {"code", "zh", "en"}


@pytest.mark.parametrize("code", ["0", "x" * 500, "%00", "..%2f..", "92441900XN%27--"])
def test_a_code_that_is_none_is_of_no_business(caller: Callable[..., Caller], code: str) -> None:
    assert caller().read(code).status_code == 404


def test_control_characters_are_refused_row_by_row(caller: Callable[..., Caller]) -> None:
    told = caller().send(_row(1, name="虚\x00拟"), _row(2, extra={"a": "b\x00"}), _row(3)).json()
    assert [row["reason"] for row in told["registrations"]] == ["control_character", "control_character", ""]


def test_an_older_day_does_not_undo_what_is_known(caller: Callable[..., Caller]) -> None:
    system = caller()
    system.send(_row(1))
    answer = system.send(_row(1, name="旧名", established_date="2026-09-01"), as_of="2026-09-18")
    assert answer.json()["registrations"][0]["reason"] == "older_than_known"


def test_who_calls_too_often_is_asked_to_wait(
    caller: Callable[..., Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_CALLS", 2)
    system = caller()
    assert [system.send(_row(number)).status_code for number in (1, 2, 3)] == [200, 200, 429]
    assert _known() == 2


def test_answers_are_forgotten_after_their_time(caller: Callable[..., Caller], city: City) -> None:
    caller().send(_row(1))
    with acting_as(SYSTEM):
        assert actions.sweep(now=city.now) == 0
        assert actions.sweep(now=city.now + actions.KEPT + timedelta(seconds=1)) == 1
        assert not Call.objects.exists()


def test_the_description_for_machines_is_whole() -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    paths = answer.json()["paths"]
    assert {"/api/v1/registrations", "/api/v1/businesses/{code}"} <= set(paths)
