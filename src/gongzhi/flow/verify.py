"""Checks that nobody changed the past: every line's hash, every chain, every case against its last line."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `gongzhi journal verify` found; `broken` names up to a hundred places as `case/line`, with why."""

    cases: int
    lines: int
    broken: tuple[str, ...]


def verify() -> Verdict:
    """Recompute the whole journal in the database. Reads for the current post: run as the system for all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM flow_case")
        cases = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM flow_journal")
        lines = cursor.fetchone()[0]
        cursor.execute(_BROKEN)
        broken = tuple(f"{case_id}/{seq}: {why}" for case_id, seq, why in cursor.fetchall())
    return Verdict(cases, lines, broken)


_BROKEN = """
WITH chained AS (
    SELECT line.case_id, line.seq, line.prev, line.hash, line.source, line.target,
        flow_line_hash(line) AS recomputed,
        lag(line.hash) OVER chain AS hash_before, lag(line.seq) OVER chain AS seq_before,
        lag(line.target) OVER chain AS target_before
    FROM flow_journal line
    WINDOW chain AS (PARTITION BY line.case_id ORDER BY line.seq)
)
SELECT case_id, seq, CASE
    WHEN hash <> recomputed THEN 'the line is not what was written'
    WHEN coalesce(seq_before, 0) + 1 <> seq THEN 'a line before it is missing'
    WHEN prev IS DISTINCT FROM hash_before THEN 'it does not follow the line before it'
    ELSE 'it starts where the line before it did not end' END
FROM chained
WHERE hash <> recomputed OR coalesce(seq_before, 0) + 1 <> seq OR prev IS DISTINCT FROM hash_before
    OR source <> coalesce(target_before, '')
UNION ALL
SELECT c.id, c.seq, 'the case does not stand where its journal ends'
FROM flow_case c
-- The limits keep these to one look-up a case: just after a large import the planner still takes the journal for
-- small, and any other join of it with itself would compare everything with everything.
LEFT JOIN LATERAL (SELECT * FROM flow_journal l WHERE l.case_id = c.id AND l.seq = c.seq LIMIT 1) line ON true
LEFT JOIN LATERAL (SELECT on_day FROM flow_journal l WHERE l.case_id = c.id AND l.seq = 1 LIMIT 1) opening ON true
LEFT JOIN flow_state s ON s.graph = c.graph AND s.state = c.state
WHERE (line.hash, line.graph, line.target, line.area, line.department, line.holder, opening.on_day,
        CASE WHEN NOT c.is_open THEN line.on_day END,
        line.limit_name, line.started_on, line.due, line.provisional, line.suspended_due, line.suspended_on,
        line.calendar)
    IS DISTINCT FROM (c.head, c.graph, c.state, c.area, c.department, c.holder, c.opened_on, c.closed_on,
        c.limit_name, c.started_on, c.due, c.provisional, c.suspended_due, c.suspended_on, c.calendar)
    -- An ended case may stand in a state that a later release no longer has; an open one never does.
    OR ((c.is_open OR s.state IS NOT NULL) AND (NOT s.final, s.owner_role) IS DISTINCT FROM (c.is_open, c.owner_role))
    OR EXISTS (SELECT 1 FROM flow_journal later WHERE later.case_id = c.id AND later.seq > c.seq)
UNION ALL
SELECT line.case_id, line.seq, 'the line belongs to no case'
FROM flow_journal line WHERE line.seq = 1 AND NOT EXISTS (SELECT 1 FROM flow_case c WHERE c.id = line.case_id)
ORDER BY 1, 2
LIMIT 100
"""
