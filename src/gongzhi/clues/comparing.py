"""Compares data: who registered a scope that needs a permit, and has none on record this long afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.db import connection

from gongzhi.clues.discovering import VILLAGE_DIGITS, Discovery, open_clues
from gongzhi.clues.rules.situation import Licence, Matched, PermitFact, Situation, Standing, Where
from gongzhi.flow.moment import Moment
from gongzhi.org.acting import SYSTEM
from gongzhi.registry.queries import permits_held
from gongzhi.rulebooks.queries import book_on
from gongzhi.scopes import match_many

LOOK_BACK = 30
"""Days before the limit's day that a nightly run looks at again, so that a night without a worker loses nobody."""
BATCH = 2000


def situation_of(business_ids: Sequence[int], moment: Moment) -> Mapping[int, Situation]:
    """What the registry knows of businesses as a situation: licence held, the scope's permits, those on record.

    A permit that the scope calls for and that is not on record counts as not held: the village team looks before
    anybody is told.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, scope, area, status FROM registry_business WHERE id = ANY(%s)", [list(business_ids)]
        )
        rows = cursor.fetchall()
    matches = match_many([scope for _, scope, _, _ in rows], book_on(moment.today)) if rows else []
    held = permits_held(business_ids, moment.today)
    found = {}
    for (business, _, area, status), match in zip(rows, matches, strict=True):
        permits = {hit.code: PermitFact(Standing.NONE) for hit in match.permits if hit.certainty == "sure"}
        permits |= {row.permit: PermitFact(Standing.HELD, row.valid_to) for row in held.get(business, ())}
        found[business] = Situation(
            matched=tuple(Matched(hit.code, hit.certainty == "sure") for hit in match.permits),
            permits=permits,
            licence=_LICENCES.get(status, Licence.HELD),
            where=Where(area=area),
        )
    return found


_LICENCES = {"cancelled": Licence.CANCELLED, "revoked": Licence.REVOKED}


def compare(*, moment: Moment, registered_from: date | None = None) -> int:
    """Open a clue for each active business whose permit is still missing after the limit; returns how many.

    Looks at those registered up to the limit's day, by default only at the last `LOOK_BACK` days of them. A business
    about which there has been such a clue is left alone.
    """
    until = _days_before(moment)
    since = registered_from or until - timedelta(days=LOOK_BACK)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.id FROM registry_business b WHERE b.established_on > %s AND b.established_on <= %s"
            " AND b.status = 'active' AND length(b.area) >= %s AND NOT EXISTS (SELECT 1 FROM clues_operator o"
            " JOIN clues_clue k ON k.operator_id = o.id WHERE o.business_id = b.id) ORDER BY b.id",
            [since, until, VILLAGE_DIGITS],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return sum(_compared(ids[start : start + BATCH], moment) for start in range(0, len(ids), BATCH))


def _days_before(moment: Moment) -> date:
    """The last day of registration for which the limit has passed by today."""
    limit = moment.limit("clue.no_permit_after")
    # The calendar counts forward only; a limit of n working days spans no more than three times as many days.
    first = moment.today - timedelta(days=3 * limit.amount + 30)
    days = (first + timedelta(days=n) for n in range((moment.today - first).days))
    return max(day for day in days if moment.calendar.due(day, limit).date < moment.today)


def _compared(business_ids: Sequence[int], moment: Moment) -> int:
    known = situation_of(business_ids, moment)
    missing = {
        business: situation
        for business, situation in known.items()
        if any(fact.standing is Standing.NONE for fact in situation.permits.values())
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, name, address, door_key, area, invented FROM registry_business WHERE id = ANY(%s) ORDER BY id",
            [list(missing)],
        )
        rows = cursor.fetchall()
    ids = open_clues(
        [
            Discovery(
                source="comparison",
                source_ref=f"business:{business}",
                area=area,
                found_on=moment.today,
                situation=missing[business],
                address=address,
                door_key=door,
                sign=name,
                business_id=business,
                facts={"business": business},
                invented=invented,
            )
            for business, name, address, door, area, invented in rows
        ],
        acting=SYSTEM,
        moment=moment,
    )
    return len(ids)
