"""Reads of notices for a post: row security keeps what is not its own away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from gongzhi.notices.models import Correction, Notice, NoticePermit, Touched


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """What a list says of a notice beside its case."""

    case_id: int
    business_id: int
    business: str
    address: str
    permits: tuple[str, ...]


def rows(case_ids: Sequence[int]) -> dict[int, NoticeRow]:
    """The business and the permits of these notices, by case."""
    if not case_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.case_id, b.id, b.name, b.address,"
            " ARRAY(SELECT p.permit FROM notices_noticepermit p WHERE p.notice_id = n.case_id ORDER BY p.permit)"
            " FROM notices_notice n JOIN registry_business b ON b.id = n.business_id WHERE n.case_id = ANY(%s)",
            [list(case_ids)],
        )
        return {row[0]: NoticeRow(*row[:4], tuple(row[4])) for row in cursor.fetchall()}


def notice(case_id: int) -> Notice | None:
    """One notice with its business, or None when it is not this post's to see."""
    return Notice.objects.select_related("business").filter(pk=case_id).first()


def of_business(business_id: int) -> list[int]:
    """The cases of the notices about a business that the post sees."""
    return list(Notice.objects.filter(business_id=business_id).values_list("case_id", flat=True))


def permits(case_ids: Sequence[int]) -> dict[int, list[NoticePermit]]:
    """The permits of these notices with the words, rules and laws that say so."""
    found: dict[int, list[NoticePermit]] = {}
    for permit in NoticePermit.objects.filter(notice_id__in=case_ids).order_by("notice_id", "permit"):
        found.setdefault(permit.notice_id, []).append(permit)
    return found


def permits_of_businesses(business_ids: Sequence[int]) -> dict[int, list[str]]:
    """The permit codes that any notice about these businesses names, as far as the post sees them."""
    found: dict[int, list[str]] = {}
    rows = NoticePermit.objects.filter(notice__business_id__in=business_ids, certainty="sure")
    for business_id, permit in (
        rows.values_list("notice__business_id", "permit").distinct().order_by("permit")
    ):
        found.setdefault(business_id, []).append(permit)
    return found


def scopes(case_ids: Sequence[int]) -> dict[int, str]:
    """The registered scope that each of these notices is about."""
    return dict(Notice.objects.filter(pk__in=case_ids).values_list("case_id", "business__scope"))


def departments_that_returned(case_id: int) -> set[str]:
    """The departments that have returned this notice before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT before.department FROM flow_journal line JOIN flow_journal before"
            " ON before.case_id = line.case_id AND before.seq = line.seq - 1"
            " WHERE line.case_id = %s AND line.action = 'return' AND before.department IS NOT NULL",
            [case_id],
        )
        return {row[0] for row in cursor.fetchall()}


def touched_undecided(case_id: int) -> list[int]:
    """The matters about a notice that a version of the rules touches and nobody has decided."""
    return list(Touched.objects.filter(notice_id=case_id, decision__isnull=True).values_list("pk", flat=True))


def corrections() -> list[Correction]:
    """The versions whose matters were listed, latest first."""
    return list(Correction.objects.order_by("-number"))


def touched_matters(
    correction: int | None = None, *, undecided: bool = True, after: int = 0, size: int = 20
) -> list[Touched]:
    """Matters that a version touches, as far as the post sees them, behind the number `after`."""
    return list(every_touched(correction, undecided=undecided).filter(pk__gt=after)[:size])


def every_touched(correction: int | None = None, *, undecided: bool = True) -> QuerySet[Touched]:
    """The same, all of them in order of their numbers."""
    rows = Touched.objects.select_related("business", "notice__case", "correction").order_by("pk")
    if correction is not None:
        rows = rows.filter(correction=correction)
    return rows.filter(decision__isnull=True) if undecided else rows


def touched_counts() -> dict[int, tuple[int, int]]:
    """By correction: how many matters the post sees, and how many of them wait for a decision."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT correction_id, count(*), count(*) FILTER (WHERE decision IS NULL) FROM notices_touched"
            " GROUP BY correction_id"
        )
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
