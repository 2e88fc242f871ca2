"""Who gets in, what keeps others out, and what an answer tells the browser not to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.loop.city import GRID, PASSWORD, City
from tests.loop.visitor import Visitor, text_of

from gongzhi.desk import signing
from gongzhi.org.access import acting_as
from gongzhi.org.acting import SYSTEM
from gongzhi.org.models import Person, Post

Desk = Callable[..., Visitor]

PUBLIC = {
    "sign_in",
    "sign_out",
    "set_language",
    "health",
    "styleguide",
    "public_report",
    "public_track",
    "public_address",
}
"""Everything that anybody may ask for; whatever else the site answers needs a post."""


def addresses() -> Iterator[tuple[str, str]]:
    """Every address that the site answers, by name, with some number where it takes one."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                # Other systems bring a token with each call: tests/exchange asks each address without one.
                if pattern.namespace != "exchange":
                    yield from walk(pattern.url_patterns)
            else:
                assert pattern.name, pattern
                yield pattern.name

    for name in walk(get_resolver().url_patterns):
        (possibility,) = get_resolver().reverse_dict.getlist(name)
        arguments = {argument: "receive" if argument == "action" else 1 for argument in possibility[0][0][1]}
        yield name, reverse(name, kwargs=arguments)


CLOSED = [(name, address) for name, address in addresses() if name not in PUBLIC]


@pytest.mark.parametrize(("name", "address"), CLOSED)
def test_without_signing_in_every_address_leads_to_the_sign_in_page(
    desk: Desk, name: str, address: str
) -> None:
    visitor = desk()
    asked = visitor.get(address)
    assert asked.status_code == 302
    assert asked.headers["Location"].startswith(reverse("sign_in") + "?next=")
    sent = visitor.post(address)
    assert (sent.status_code, sent.headers["Location"]) == (302, reverse("sign_in"))


def test_a_part_of_a_page_that_is_asked_for_without_signing_in_leads_the_whole_page_there(desk: Desk) -> None:
    answer = desk().client.get(reverse("cases"), headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith(reverse("sign_in"))


def test_what_is_public_shows_nobodys_work(desk: Desk, city: City) -> None:
    city.register(name="虚拟不可外泄商行")
    for name in sorted(PUBLIC):
        assert "虚拟不可外泄商行" not in text_of(desk().get(reverse(name)))


def test_signing_in_leads_to_what_was_asked_for(desk: Desk) -> None:
    visitor = desk()
    asked = visitor.get(reverse("cases"))
    form = text_of(visitor.get(asked.headers["Location"]))
    assert 'name="next" value="/cases/"' in form
    answer = visitor.sign_in("registrar", next="/cases/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/cases/")
    assert visitor.get("/cases/").status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "/\\elsewhere.example",
        "javascript:alert(1)",
        "http:///elsewhere.example",
    ],
)
def test_no_sign_in_leads_off_the_site(desk: Desk, target: str) -> None:
    assert desk().sign_in("registrar", next=target).headers["Location"] == reverse("home")


@pytest.mark.parametrize(("username", "password"), [("registrar", "不对的密码-2026"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_are_told_apart_by_nobody(
    desk: Desk, username: str, password: str
) -> None:
    answer = desk().sign_in(username, password)
    assert answer.status_code == 422
    page = text_of(answer)
    assert "用户名或密码不正确" in page
    assert f'value="{username}"' in page
    assert password not in page


def test_the_message_is_there_in_english_too(desk: Desk) -> None:
    page = text_of(desk(language="en").sign_in("registrar", "wrong"))
    assert "用户名或密码" not in page
    assert 'lang="en"' in page


def test_somebody_without_a_post_does_not_get_in(desk: Desk, city: City) -> None:
    with acting_as(SYSTEM):
        Person.objects.create_person("visitor", "来访者", PASSWORD)
    assert desk().sign_in("visitor").status_code == 422


def _guess(visitor: Visitor, times: int, username: str = "registrar") -> Any:
    for _ in range(times):
        answer = visitor.sign_in(username, "猜的")
    return answer


def test_after_ten_guesses_even_the_right_password_waits_a_quarter_of_an_hour(desk: Desk, city: City) -> None:
    visitor = desk()
    assert _guess(visitor, signing.MOST_BY_NAME).status_code == 422
    refused = visitor.sign_in("registrar")
    assert refused.status_code == 429
    assert "15 分钟" in text_of(refused)
    assert desk().sign_in("market").status_code == 302
    city.now += signing.WINDOW + timedelta(seconds=1)
    assert visitor.sign_in("registrar").status_code == 302


def test_writing_the_name_otherwise_gives_no_more_guesses(desk: Desk) -> None:
    visitor = desk()
    _guess(visitor, signing.MOST_BY_NAME, "REGISTRAR")
    assert visitor.sign_in("registrar").status_code == 429


def test_signing_in_forgets_the_guesses_before_it(desk: Desk) -> None:
    visitor = desk()
    for _ in range(2):
        _guess(visitor, signing.MOST_BY_NAME - 1)
        assert visitor.sign_in("registrar").status_code == 302
        visitor = desk()


def test_one_address_that_guesses_many_names_is_held_up(desk: Desk) -> None:
    visitor = desk()
    for number in range(signing.MOST_BY_ADDRESS):
        visitor.sign_in(f"name-{number}", "猜的")
    assert visitor.sign_in("market").status_code == 429


def test_signing_in_starts_a_session_of_another_name(desk: Desk) -> None:
    visitor = desk("registrar")
    before = visitor.client.cookies["gongzhi_session"].value
    visitor.sign_in("registrar")
    assert visitor.client.cookies["gongzhi_session"].value != before


def test_after_signing_out_the_old_session_is_worth_nothing(desk: Desk) -> None:
    visitor = desk("registrar")
    session = visitor.client.cookies["gongzhi_session"].value
    assert visitor.post(reverse("sign_out")).status_code == 302
    thief = desk()
    thief.client.cookies["gongzhi_session"] = session
    assert thief.get(reverse("home")).status_code == 302


def test_asking_for_the_sign_out_address_signs_nobody_out(desk: Desk) -> None:
    visitor = desk("registrar")
    assert visitor.get(reverse("sign_out")).status_code == 405
    assert visitor.get(reverse("home")).status_code == 200


def _person(username: str) -> Person:
    return Person.objects.get(username=username)


def test_a_new_password_ends_every_session(desk: Desk, city: City) -> None:
    visitor = desk("registrar")
    with acting_as(SYSTEM):
        person = _person("registrar")
        person.set_password("换过的密码-2026")
        person.save()
    assert visitor.get(reverse("home")).status_code == 302


def test_who_left_is_out_at_once(desk: Desk, city: City) -> None:
    visitor = desk("registrar")
    with acting_as(SYSTEM):
        Person.objects.filter(username="registrar").update(is_active=False)
    assert visitor.get(reverse("home")).status_code == 302
    assert visitor.sign_in("registrar").status_code == 422


def test_who_has_another_name_now_is_called_by_it_at_once(desk: Desk, city: City) -> None:
    visitor = desk("registrar")
    assert "改了名的人" not in text_of(visitor.get("/"))
    with acting_as(SYSTEM):
        Person.objects.filter(username="registrar").update(name="改了名的人")
    assert "改了名的人" in text_of(visitor.get("/"))


def test_a_post_ends_on_its_day(desk: Desk, city: City) -> None:
    with acting_as(SYSTEM):
        Post.objects.filter(person__username="registrar").update(valid_to=date(2026, 9, 22))
    visitor = desk("registrar")
    assert visitor.get(reverse("home")).status_code == 200
    city.go_to(date(2026, 9, 22))
    assert visitor.get(reverse("home")).status_code == 302


def _second_post(username: str) -> Post:
    with acting_as(SYSTEM):
        return Post.objects.create(
            person=_person(username),
            role="officer",
            area=GRID,
            title="兼任网格员",
            valid_from=date(2026, 1, 1),
        )


def test_somebody_with_two_posts_acts_as_one_of_them_at_a_time(desk: Desk, city: City) -> None:
    second = _second_post("village")
    visitor = desk("village")
    assert "村（社区）联合处置队伍" in text_of(visitor.get(reverse("home")))
    visit = city.visit(city.register()).id
    assert visitor.get(reverse("call", args=[visit])).status_code == 302
    visitor.post(reverse("switch_post"), post=second.pk)
    assert visitor.get(reverse("call", args=[visit])).status_code == 200


def test_nobody_acts_as_somebody_elses_post(desk: Desk, city: City) -> None:
    visitor = desk("village")
    visitor.post(reverse("switch_post"), post=city.people["city_registrar"].post_id)
    assert visitor.client.session["post"] == city.people["village"].post_id


@pytest.mark.parametrize("name", ["sign_in", "sign_out", "switch_post", "set_language"])
def test_a_form_from_another_site_is_refused(desk: Desk, name: str) -> None:
    visitor = desk("registrar")
    answer = visitor.client.post(reverse(name), {"username": "registrar", "password": PASSWORD})
    assert answer.status_code == 403
    assert visitor.get(reverse("home")).status_code == 200


def test_the_language_stays_chosen_and_leads_nowhere_else(desk: Desk) -> None:
    visitor = desk("registrar")
    answer = visitor.post(reverse("set_language"), language="en", next="https://elsewhere.example/")
    assert answer.headers["Location"] == "/"
    assert 'lang="en"' in text_of(visitor.get(reverse("home")))


def test_no_cookie_goes_to_another_site_or_into_a_script(desk: Desk) -> None:
    visitor = desk("registrar")
    visitor.post(reverse("set_language"), language="en", next="/")
    cookies = visitor.client.cookies
    assert set(cookies) == {"gongzhi_session", "csrftoken", "gongzhi_language"}
    assert {name: cookie["samesite"] for name, cookie in cookies.items()} == dict.fromkeys(cookies, "Lax")
    assert cookies["gongzhi_session"]["httponly"]


def _answers(visitor: Visitor) -> Iterator[tuple[int, Any]]:
    yield 200, visitor.get(reverse("home"))
    yield 200, visitor.get(reverse("cases_export"))
    yield 404, visitor.get("/nowhere/")
    yield 404, visitor.get(reverse("case", args=[1]))
    yield 405, visitor.get(reverse("sign_out"))
    yield 400, visitor.client.get(reverse("home"), headers={"host": "elsewhere.example"})
    yield 403, visitor.client.post(reverse("sign_out"))
    yield 302, visitor.post(reverse("switch_post"))
    yield 200, visitor.get(reverse("health"))
    yield 302, visitor.post(reverse("sign_out"))
    yield 200, visitor.get(reverse("sign_in"))


def test_every_answer_tells_the_browser_what_not_to_do(desk: Desk) -> None:
    for status, answer in _answers(desk("registrar")):
        asked = answer.request["PATH_INFO"]
        assert answer.status_code == status, asked
        headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy, asked
        assert "frame-ancestors 'none'" in policy, asked
        assert "unsafe" not in policy, asked
        assert headers["X-Content-Type-Options"] == "nosniff", asked
        assert headers["Cache-Control"] == "private, no-store", asked
        assert headers["Referrer-Policy"] == "same-origin", asked
        if answer.streaming:
            assert b"".join(answer.streaming_content)


def test_no_page_can_be_framed(desk: Desk) -> None:
    assert desk("registrar").get(reverse("home")).headers["X-Frame-Options"] == "DENY"


def test_a_strange_host_is_refused(desk: Desk) -> None:
    answer = desk().client.get(reverse("sign_in"), headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
