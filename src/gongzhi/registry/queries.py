"""Reads of businesses for a post: the query names its area, row security refuses the rest once more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q

from gongzhi.codes import uscc
from gongzhi.org.acting import Acting
from gongzhi.registry.models import Business, BusinessVersion, PermitHeld

PAGE = 30
"""Rows a page."""

_CODE = re.compile(r"[0-9A-Za-z]{18}|[0-9]{15}")


@dataclass(frozen=True, slots=True)
class Found:
    """One page of businesses, and where the next one starts (None: this is the last)."""

    rows: tuple[Business, ...]
    next: str | None


def search(acting: Acting, wanted: str, *, after: str = "", size: int = PAGE) -> Found:
    """Businesses in the post's area, newest file first, by code, old number, or a part of the name or the address."""
    rows = Business.objects.order_by("-id")
    if acting.area:
        rows = rows.filter(area__gte=acting.area, area__lt=acting.area + "~")
    code = uscc.normalise(wanted)
    if _CODE.fullmatch(code):
        rows = rows.filter(Q(uscc=code) | Q(old_number=code)) if len(code) == 15 else rows.filter(uscc=code)
    elif wanted:
        rows = rows.filter(Q(name__contains=wanted) | Q(address__contains=wanted))
    if after.isdigit():
        rows = rows.filter(id__lt=int(after))
    found = tuple(rows[: size + 1])
    return Found(found[:size], str(found[size - 1].pk) if len(found) > size else None)


def business(business_id: int) -> Business | None:
    """One business, or None when it is not this post's to see."""
    return Business.objects.filter(pk=business_id).first()


def versions(business_id: int) -> list[BusinessVersion]:
    """What a business was before, latest first."""
    return list(BusinessVersion.objects.filter(business_id=business_id).order_by("-valid_to", "-id"))


def permits_lapsed(business_id: int, on: date) -> list[PermitHeld]:
    """The permits of a business that ran out before a day, the latest first, without those it holds again."""
    held = {permit.permit for permit in permits_held([business_id], on).get(business_id, ())}
    rows = PermitHeld.objects.filter(business_id=business_id, valid_to__lt=on).exclude(permit__in=held)
    return list(rows.order_by("-valid_to", "permit"))


def permits_held(business_ids: Sequence[int], on: date) -> dict[int, list[PermitHeld]]:
    """The permits that these businesses hold on a day, by business."""
    rows = PermitHeld.objects.filter(business_id__in=business_ids).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on)
    )
    found: dict[int, list[PermitHeld]] = {}
    for row in rows.order_by("business_id", "permit"):
        found.setdefault(row.business_id, []).append(row)
    return found


def sample_of_scopes(most: int) -> list[tuple[str, int]]:
    """Up to `most` different scopes of businesses that still are one, with how many carry each.

    Picked by a digest of their words: spread over the whole register, and the same ones next time, so that two trials
    of a rule can be compared.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT scope, count(*) FROM registry_business WHERE status IN ('active', 'suspended')"
            " GROUP BY scope ORDER BY md5(scope) LIMIT %s",
            [most],
        )
        return [(scope, number) for scope, number in cursor.fetchall()]
