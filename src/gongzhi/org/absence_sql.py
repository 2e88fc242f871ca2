"""The SQL by which PostgreSQL itself keeps absences: no two of one post on one day, nothing said twice.

Error codes: GZ201 what was said of an absence stays · GZ202 only who looks after a post says that it is away.
"""

from __future__ import annotations

from typing import Any

_WRITERS = "('village', 'town_office', 'city_office', 'department', 'system')"

INSTALL: list[Any] = [
    # Ranges of one number each stand for "the same post": plain equality would need an extension. An absence that was
    # taken back before it began is an empty range, which overlaps nothing.
    """
    ALTER TABLE org_absence ADD CONSTRAINT org_absence_once EXCLUDE USING gist (
        int8range(post_id, post_id, '[]') WITH &&, daterange(first_day, coalesce(ended_on, last_day + 1)) WITH &&
    )
    """,
    f"""
    CREATE FUNCTION org_keep_absence() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (org_scope()).role NOT IN {_WRITERS} THEN
            RAISE EXCEPTION 'absences are not this post''s to say' USING ERRCODE = 'GZ202';
        END IF;
        IF TG_OP = 'INSERT' THEN
            RETURN NEW;
        END IF;
        IF (NEW.post_id, NEW.role, NEW.area, NEW.department, NEW.kind, NEW.first_day, NEW.last_day, NEW.said_by,
                NEW.said_at)
            IS DISTINCT FROM
            (OLD.post_id, OLD.role, OLD.area, OLD.department, OLD.kind, OLD.first_day, OLD.last_day, OLD.said_by,
                OLD.said_at)
            OR OLD.substitute_id IS NOT NULL AND (NEW.substitute_id, NEW.standing_in_id, NEW.named_by, NEW.named_at)
                IS DISTINCT FROM (OLD.substitute_id, OLD.standing_in_id, OLD.named_by, OLD.named_at)
            OR OLD.ended_on IS NOT NULL AND (NEW.ended_on, NEW.ended_by, NEW.ended_at)
                IS DISTINCT FROM (OLD.ended_on, OLD.ended_by, OLD.ended_at) THEN
            RAISE EXCEPTION 'absence % stays as it was said', OLD.id USING ERRCODE = 'GZ201';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER org_absence_kept BEFORE INSERT OR UPDATE ON org_absence
    FOR EACH ROW EXECUTE FUNCTION org_keep_absence()
    """,
]

REMOVE: list[Any] = [
    "DROP TRIGGER org_absence_kept ON org_absence",
    "DROP FUNCTION org_keep_absence()",
    "ALTER TABLE org_absence DROP CONSTRAINT org_absence_once",
]

READERS = "('officer', 'village', 'town_office', 'city_office', 'command_centre', 'administrator', 'system')"
SEEN_BY = (
    f"AND ((SELECT (org_scope()).role) IN {READERS}"
    " OR (SELECT (org_scope()).role) = 'department' AND department = (SELECT (org_scope()).department))"
)
"""Who is away is read by those who share the work; a department's clerks read only of their own department."""
