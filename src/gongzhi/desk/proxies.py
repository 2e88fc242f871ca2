"""Who a request comes from where a reverse proxy stands in between: limits by address would else be one for all.

A header that anybody can write is believed only from a proxy that this installation names (`GONGZHI_PROXIES`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Network = IPv4Network | IPv6Network


def networks(stated: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas. Raises ValueError for what is neither."""
    return tuple(ip_network(one.strip(), strict=False) for one in stated.split(",") if one.strip())


def client_address(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """The nearest address on the way here that is no proxy of ours.

    `peer` is who is connected, `forwarded` the header X-Forwarded-For, in which each proxy adds at the end whom it
    heard from. What stands left of an address that is not ours may be invented and is not looked at; where an entry
    cannot be read, the last one that could is the answer.
    """
    nearest = peer
    for stated in (*reversed([one.strip() for one in forwarded.split(",") if one.strip()]), None):
        address = _read(nearest)
        if stated is None or address is None or not _ours(address, trusted) or _read(stated) is None:
            break
        nearest = stated
    return nearest


def _read(stated: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(stated.strip("[]"))
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _ours(address: IPv4Address | IPv6Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)


class ThroughProxies:
    """Puts the client's own address where every view reads it (`REMOTE_ADDR`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.trusted = networks(settings.PROXIES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.trusted:
            request.META["REMOTE_ADDR"] = client_address(
                request.META.get("REMOTE_ADDR", ""),
                request.META.get("HTTP_X_FORWARDED_FOR", ""),
                self.trusted,
            )
        return self.get_response(request)
