"""抄告: tells a department of a clue that is another's, with what it has to know and no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from gongzhi.flow.moment import Moment
from gongzhi.org.acting import Acting


@dataclass(frozen=True, slots=True)
class Told:
    """One department to be told of one clue, in these words."""

    clue: int
    department: str
    words: str


def about(case_ids: Sequence[int]) -> dict[int, str]:
    """What somebody outside a clue is told of it: the place, the sign and the trade. Never the person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.case_id, o.address, o.sign, k.words FROM clues_clue k"
            " JOIN clues_operator o ON o.id = k.operator_id WHERE k.case_id = ANY(%s)",
            [list(case_ids)],
        )
        return {
            case_id: "；".join(filter(None, (address, sign, words[:300])))[:800]
            for case_id, address, sign, words in cursor.fetchall()
        }


def tell_departments(told: Sequence[Told], *, acting: Acting, moment: Moment) -> None:
    """Send a copy of each clue to each department; the same words are not sent twice."""
    if not told:
        return
    known = about([one.clue for one in told])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO clues_copy (clue_id, area, department, sent_by_department, words, about, sent_at, sent_by,"
            " read_by) SELECT k.case_id, left(k.area, 9), t.department, coalesce(nullif(k.department, '-'), ''),"
            " t.words, t.about, %(at)s, %(by)s, ''"
            " FROM unnest(%(clue)s::bigint[], %(department)s::text[], %(words)s::text[], %(about)s::text[])"
            " AS t (clue, department, words, about) JOIN clues_clue k ON k.case_id = t.clue"
            " WHERE NOT EXISTS (SELECT 1 FROM clues_copy c WHERE c.clue_id = t.clue AND c.department = t.department"
            " AND c.words = t.words)",
            {
                "at": moment.at,
                "by": " ".join(filter(None, (acting.title, acting.name)))[:160],
                "clue": [one.clue for one in told],
                "department": [one.department for one in told],
                "words": [one.words[:1000] for one in told],
                "about": [known.get(one.clue, "") for one in told],
            },
        )
