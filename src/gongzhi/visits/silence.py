"""Businesses that may be dormant (涉嫌“死火”): data propose, a person decides, and only then a visit asks.

Proposed is who filed no report in several years of which lists came, and could not be found where it is registered at
the last visit. That says neither that it is dormant nor anything of its credit: whoever knows the place has it asked at
the next visit that happens anyway, or says why not. A hosted address is not "out of contact" (集群注册).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from gongzhi.catalog import unlicensed
from gongzhi.catalog.queries import rows
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting
from gongzhi.org.roles import Role
from gongzhi.packs import clue_rows
from gongzhi.visits.models import Silence
from gongzhi.visits.rules import CANNOT_BE_FOUND

DECIDERS = frozenset({Role.VILLAGE, Role.TOWN_OFFICE})
"""Who knows the place: the village team and its town's coordinating office."""
PAGE = 30
_COUNT = "visit.silent_reports"


class AlreadyDecidedError(ValueError):
    """Somebody else decided meanwhile."""


def propose(*, moment: Moment) -> int:
    """Propose what the data newly suggest, inside the caller's transaction, as the system; returns how many.

    Who was decided about is proposed again only after another visit. What data have disproved since is dropped.
    """
    years = missing_years(moment.today)
    if not years:
        return 0
    values = {"years": years, "today": moment.today, "result": CANNOT_BE_FOUND}
    with connection.cursor() as cursor:
        cursor.execute(_DISPROVED, values)
        cursor.execute(_PROPOSE, values)
        return cursor.rowcount


def missing_years(today: date) -> list[int]:
    """The latest years whose reports were due before a day: as many as have to be missing, empty where none is set."""
    most = [
        row
        for row in rows(unlicensed.Count, clue_rows.Count, name=_COUNT)
        if row.valid_from <= today and (row.valid_to is None or row.valid_to > today)
    ]
    if not most:
        return []
    # A report is filed by the end of June of the year that follows.
    last = today.year - 1 if today >= date(today.year, 7, 1) else today.year - 2
    return list(range(last - most[0].amount + 1, last + 1))


@dataclass(frozen=True, slots=True)
class Proposed:
    """One page of proposals that wait, and where the next one starts (None: the last)."""

    rows: tuple[Silence, ...]
    next: int | None


def waiting(acting: Acting, *, after: int = 0, size: int = PAGE) -> Proposed:
    """What waits for a person in the post's area, oldest first."""
    found = Silence.objects.filter(decision="", id__gt=after)
    if acting.area:
        found = found.filter(business__area__gte=acting.area, business__area__lt=acting.area + "~")
    page = tuple(found.select_related("business").order_by("id")[: size + 1])
    return Proposed(page[:size], page[size - 1].pk if len(page) > size else None)


def decide(silence_id: int, decision: str, words: str, *, acting: Acting, moment: Moment) -> Silence:
    """Have it asked at the next visit (`ask`), or set it aside with the reason (`set_aside`).

    Raises PermissionError for a post that does not decide, ValueError for an unknown decision or one without its
    reason, AlreadyDecidedError, and Silence.DoesNotExist where the post sees none.
    """
    if acting.role not in DECIDERS:
        raise PermissionError(acting.role)
    if decision not in Silence.Decision.values or (decision == Silence.Decision.SET_ASIDE and not words):
        raise ValueError(decision)
    found = Silence.objects.select_for_update().get(pk=silence_id)
    if found.decision:
        raise AlreadyDecidedError
    found.decision, found.words = decision, words[:500]
    found.decided_by = acting.signature
    found.decided_post, found.decided_at = acting.post_id, moment.at
    found.save()
    return found


def asked(business_ids: Sequence[int]) -> set[int]:
    """Those of whom somebody decided that a visit asks, and nobody has found out since."""
    return set(
        Silence.objects.filter(
            business_id__in=business_ids, decision=Silence.Decision.ASK, answered_on__isnull=True
        ).values_list("business_id", flat=True)
    )


def answer(business_ids: Sequence[int], *, moment: Moment) -> None:
    """A visit found out: it is not asked again."""
    Silence.objects.filter(
        business_id__in=business_ids, decision=Silence.Decision.ASK, answered_on__isnull=True
    ).update(answered_on=moment.today)


# The last visit of a business decides; a list must have come for each of the years, and of each it must be missing.
_PROPOSE = """
INSERT INTO visits_silence (business_id, call_id, years, missed_on, proposed_on)
SELECT b.id, m.id, to_jsonb(%(years)s::int[]), m.told_on, %(today)s
FROM visits_visitedbusiness m JOIN registry_business b ON b.id = m.business_id AND b.status = 'active'
WHERE m.told_on IS NOT NULL AND coalesce(nullif(m.returned_result, ''), m.result) = %(result)s
    AND NOT EXISTS (SELECT 1 FROM visits_visitedbusiness later WHERE later.business_id = m.business_id
        AND later.told_on IS NOT NULL AND (later.told_on, later.id) > (m.told_on, m.id))
    AND extract(year FROM b.established_on) <= (%(years)s::int[])[1]
    AND NOT EXISTS (SELECT 1 FROM registry_annual_report r WHERE r.business_id = b.id AND r.year = ANY(%(years)s))
    AND NOT EXISTS (SELECT 1 FROM unnest(%(years)s::int[]) AS y (year) WHERE NOT EXISTS (
        SELECT 1 FROM registry_report_list l WHERE l.year = y.year AND left(b.area, length(l.area)) = l.area))
ORDER BY b.id
ON CONFLICT (business_id, call_id) DO NOTHING
"""
_DISPROVED = """
DELETE FROM visits_silence s USING registry_business b WHERE b.id = s.business_id AND s.decision = ''
    AND (b.status <> 'active' OR EXISTS (
        SELECT 1 FROM registry_annual_report r WHERE r.business_id = b.id AND r.year = ANY(%(years)s)))
"""
