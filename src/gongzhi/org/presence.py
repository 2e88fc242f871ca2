"""Who is at work on a day: reads for a post, each naming its area itself; row security refuses the rest once more.

Nobody is counted up or put in an order here but that of the codes: who was away is nobody's record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Length

from gongzhi.org import rules
from gongzhi.org.acting import Acting
from gongzhi.org.models import Absence, Post
from gongzhi.org.roles import Role
from gongzhi.org.rules import Days

PAGE = 50
"""People or absences a page."""
_BACK_ON = "coalesce(a.ended_on, a.last_day + 1)"


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A grid that nobody works in on some coming days; `manned` says whether anybody holds a post there at all."""

    grid: str
    days: tuple[date, ...]
    manned: bool


def uncovered(area: str, working_days: Sequence[date]) -> list[Uncovered]:
    """The grids of an area that have, on one of these days, neither an officer at work nor a substitute; by code."""
    if not working_days:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _UNCOVERED,
            {
                "low": area,
                "high": area + "~",
                "days": list(working_days),
                "first": min(working_days),
                "last": max(working_days),
            },
        )
        return [Uncovered(grid, tuple(found), manned) for grid, found, manned in cursor.fetchall()]


_UNCOVERED = f"""
WITH away AS MATERIALIZED (
    SELECT a.post_id, a.first_day, {_BACK_ON} AS back_on FROM org_absence a
    WHERE a.area >= %(low)s AND a.area < %(high)s AND a.first_day <= %(last)s AND {_BACK_ON} > %(first)s
), officer AS MATERIALIZED (
    SELECT p.id, p.area, p.valid_from, p.valid_to,
        p.valid_from <= %(first)s AND (p.valid_to IS NULL OR p.valid_to > %(last)s)
            AND NOT EXISTS (SELECT 1 FROM away WHERE away.post_id = p.id) AS throughout
    FROM org_post p
    WHERE p.role = 'officer' AND p.area >= %(low)s AND p.area < %(high)s
        AND p.valid_from <= %(last)s AND (p.valid_to IS NULL OR p.valid_to > %(first)s)
), unsure AS MATERIALIZED (
    SELECT g.code FROM org_grid g
    WHERE g.code >= %(low)s AND g.code < %(high)s
        AND g.valid_from <= %(first)s AND (g.valid_to IS NULL OR g.valid_to > %(first)s)
        AND g.code NOT IN (SELECT area FROM officer WHERE throughout)
)
SELECT unsure.code, array_agg(d.day ORDER BY d.day), bool_or(unsure.code IN (SELECT area FROM officer))
FROM unsure CROSS JOIN unnest(%(days)s::date[]) AS d (day)
WHERE NOT EXISTS (
    SELECT 1 FROM officer o
    WHERE o.area = unsure.code AND o.valid_from <= d.day AND (o.valid_to IS NULL OR o.valid_to > d.day)
        AND NOT EXISTS (
            SELECT 1 FROM away WHERE away.post_id = o.id AND away.first_day <= d.day AND away.back_on > d.day
        )
)
GROUP BY unsure.code ORDER BY unsure.code
"""


@dataclass(frozen=True, slots=True)
class AtWork:
    """How many work in the grids of a part of an area on a day."""

    grids: int = 0
    officers: int = 0
    away: int = 0
    substitutes: int = 0

    @property
    def present(self) -> int:
        """Officers who are at work, and those who stand in."""
        return self.officers - self.away + self.substitutes


def at_work(area: str, digits: int, on: date) -> dict[str, AtWork]:
    """Officers of an area's grids on a day, by the first `digits` of the grids' codes."""
    values: dict[str, Any] = {"low": area, "high": area + "~", "digits": digits, "day": on}
    with connection.cursor() as cursor:
        cursor.execute(_AT_WORK, values)
        return {code: AtWork(*counts) for code, *counts in cursor.fetchall()}


_AT_WORK = f"""
WITH away AS MATERIALIZED (
    SELECT DISTINCT a.post_id FROM org_absence a
    WHERE a.area >= %(low)s AND a.area < %(high)s AND a.role = 'officer'
        AND a.first_day <= %(day)s AND {_BACK_ON} > %(day)s
), officers AS (
    SELECT left(p.area, %(digits)s) AS code, count(*) FILTER (WHERE p.substitutes_id IS NULL) AS own,
        count(away.post_id) AS away, count(*) FILTER (WHERE p.substitutes_id IS NOT NULL) AS substitutes
    FROM org_post p LEFT JOIN away ON away.post_id = p.id
    WHERE p.role = 'officer' AND p.area >= %(low)s AND p.area < %(high)s
        AND p.valid_from <= %(day)s AND (p.valid_to IS NULL OR p.valid_to > %(day)s)
    GROUP BY 1
), grids AS (
    SELECT left(g.code, %(digits)s) AS code, count(*) AS grids FROM org_grid g
    WHERE g.code >= %(low)s AND g.code < %(high)s
        AND g.valid_from <= %(day)s AND (g.valid_to IS NULL OR g.valid_to > %(day)s)
    GROUP BY 1
)
SELECT code, coalesce(grids, 0), coalesce(own, 0), coalesce(away, 0), coalesce(substitutes, 0)
FROM grids FULL JOIN officers USING (code)
"""


def present_in(grids: Sequence[str], on: date) -> dict[str, int]:
    """How many work in each of these grids on a day; the grids lie close together, as in one form's answers."""
    if not grids:
        return {}
    common = _common(grids)
    found = at_work(common, rules.VILLAGE_DIGITS + 3, on)
    return {grid: found.get(grid, AtWork()).present for grid in grids}


def _common(codes: Sequence[str]) -> str:
    low, high = min(codes), max(codes)
    same = next((n for n, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))
    return low[:same]


def absences(area: str, *, today: date, after: str = "", size: int = PAGE) -> list[Absence]:
    """Absences of today and later in an area, by code of place and then by day, from behind the key `after` on."""
    found = _standing(today).filter(area__gte=area, area__lt=area + "~")
    if after:
        place, _, number = after.partition(".")
        found = found.filter(Q(area__gt=place) | Q(area=place, id__gt=int(number)))
    return list(found.order_by("area", "id")[:size])


def absences_of(post_id: int) -> list[Absence]:
    """What was said of one post, the latest days first."""
    found = Absence.objects.filter(post_id=post_id).select_related(
        "post__person", "substitute__person", "standing_in"
    )
    return list(found.order_by("-first_day", "-id")[:PAGE])


def away_on(posts: Iterable[int], on: date) -> dict[int, Absence]:
    """Which of these posts are away on a day, as far as the acting post may know."""
    found = _standing(on).filter(post_id__in=list(posts), first_day__lte=on)
    return {absence.post_id: absence for absence in found}


def away_in(grid: str, on: date) -> list[Absence]:
    """The officers of one grid who are away on a day."""
    found = _standing(on).filter(area=grid, role=Role.OFFICER, first_day__lte=on)
    return list(found.order_by("id"))


def _standing(on: date) -> QuerySet[Absence]:
    """Absences that have days from this one on."""
    found = Absence.objects.filter(last_day__gte=on).filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on))
    found = found.exclude(ended_on=F("first_day"))
    return found.select_related("post__person", "substitute__person", "standing_in")


def looked_after(acting: Acting, area: str, on: date, *, after: str = "", size: int = PAGE) -> list[Post]:
    """People whose absence this post may say and who work at the place itself or one step below it, by code.

    A city shows its own offices and the towns', a town its own and the villages', a village its grids' officers; a
    department's city office shows its clerks.
    """
    held = Post.objects.filter(
        area__gte=area, area__lt=area + "~", substitutes__isnull=True, valid_from__lte=on
    )
    held = held.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), person__is_active=True)
    if acting.role is Role.DEPARTMENT:
        held = held.filter(role=Role.DEPARTMENT, department=acting.department)
    else:
        one_below = next((n for n in (9, 12, 15) if n > len(area)), 15)
        held = held.alias(digits=Length("area")).filter(digits__lte=one_below)
        held = held.filter(role__in=[r for r in Role if rules.looks_after(acting, r, area, None)])
    if after:
        place, _, number = after.partition(".")
        held = held.filter(Q(area__gt=place) | Q(area=place, id__gt=int(number)))
    return list(held.select_related("person", "department").order_by("area", "id")[:size])


def candidates(post: Post, span: Days, *, acting: Acting, size: int = 200) -> list[Post]:
    """Who may stand in for a post on these days: the same work nearby, held throughout, and not away; nearest first."""
    near = rules.near(acting, Role(post.role), post.area)
    held = Post.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=span.until),
        role=post.role,
        department=post.department_id,
        area__gte=near,
        area__lt=near + "~",
        substitutes__isnull=True,
        valid_from__lte=span.first,
        person__is_active=True,
    ).exclude(person=post.person_id)
    away = (
        Absence.objects.filter(first_day__lt=span.until)
        .filter(Q(ended_on__isnull=True, last_day__gte=span.first) | Q(ended_on__gt=span.first))
        .exclude(ended_on=F("first_day"))
    )
    held = held.exclude(person__in=away.values("post__person"))
    found = list(held.select_related("person", "department").order_by("area", "id")[:size])
    return sorted(found, key=lambda one: (-_shared(one.area, post.area), one.area, one.pk))


def _shared(one: str, other: str) -> int:
    return next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
