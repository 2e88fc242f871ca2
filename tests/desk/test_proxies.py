"""Limits count by who asks also behind a proxy, and nobody chooses the address that is counted."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from gongzhi.desk.proxies import ThroughProxies, client_address, networks

OURS = networks("127.0.0.1, 10.0.0.0/8, fd00::/8")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.7", "203.0.113.9"),  # nobody of ours: its header is not believed
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "198.51.100.7, 10.2.3.4", "198.51.100.7"),  # through two of ours
        ("127.0.0.1", "1.1.1.1, 198.51.100.7", "198.51.100.7"),  # the left one was written by the client
        ("127.0.0.1", "10.9.9.9", "10.9.9.9"),  # somebody inside
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.7, unknown, 10.1.1.1", "10.1.1.1"),
        ("::ffff:127.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("fd00::1", "[2001:db8::7]", "[2001:db8::7]"),
        ("", "198.51.100.7", ""),  # a socket without addresses says nobody
    ],
)
def test_the_nearest_address_that_is_no_proxy_of_ours_is_the_clients(
    peer: str, forwarded: str, client: str
) -> None:
    assert client_address(peer, forwarded, OURS) == client


def test_what_is_neither_address_nor_network_is_refused_when_the_program_starts() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        networks("127.0.0.1,nonsense")


@pytest.mark.parametrize(("stated", "seen"), [("", "127.0.0.1"), ("127.0.0.1", "198.51.100.7")])
def test_a_header_is_believed_only_where_the_installation_names_its_proxy(stated: str, seen: str) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.META["REMOTE_ADDR"])

    request = RequestFactory().get("/report/", headers={"x-forwarded-for": "198.51.100.7"})
    with override_settings(PROXIES=stated):
        assert ThroughProxies(view)(request).content.decode() == seen
