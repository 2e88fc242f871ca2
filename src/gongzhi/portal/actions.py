"""Counts how often the public pages are used from one place. Digests are keyed and gone after a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.utils.crypto import salted_hmac

from gongzhi.portal.models import Use

WINDOW = timedelta(minutes=15)
MOST = {"report": 20, "track": 30, "address": 120}
"""Reports sent, unknown codes asked for, and addresses looked up from one address in a `WINDOW`: a school, a market or
a service hall shares one."""
KEPT = timedelta(days=1)


def too_often(what: str, address: str, *, now: datetime) -> bool:
    """Whether this has been done from this address as often as it may be for now."""
    return Use.objects.filter(key=_key(what, address), at__gt=now - WINDOW).count() >= MOST[what]


def note_use(what: str, address: str, *, now: datetime) -> None:
    """Count one more, and forget what is older than a day."""
    Use.objects.filter(at__lt=now - KEPT).delete()
    # No RETURNING, no row security: a plain line.
    Use.objects.create(key=_key(what, address), at=now)


def _key(what: str, address: str) -> str:
    return salted_hmac(f"gongzhi.portal.{what}", _whole(address), algorithm="sha256").hexdigest()


def _whole(address: str) -> str:
    # Who has one IPv6 address has the 64 bits behind it to choose from.
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else address
