"""The only ways to a reporter's identity: functions of the tables' owner that keep one, and give one out on record.

The application's role has no right on the table itself, so nothing that reaches the database as the application can
read an identity without the post's role being asked and the reading written down.
"""

from __future__ import annotations

from typing import Any

READERS = ("report_desk", "report_reward")
"""The two roles that may know who reported (Decree 684 art. 9: the reporter is kept secret)."""

INSTALL: list[Any] = [
    """
    CREATE FUNCTION clues_keep_identity(report bigint, place text, sealed_identity bytea) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF (public.org_scope()).role IS DISTINCT FROM 'system' THEN
            RAISE EXCEPTION 'an identity is kept by the machine that received it' USING ERRCODE = '42501';
        END IF;
        INSERT INTO public.clues_reporter_identity (report_id, area, sealed) VALUES (report, place, sealed_identity);
    END $$
    """,
    """
    CREATE FUNCTION clues_read_identity(report bigint, reason text) RETURNS bytea
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        scope public.org_scope_row := public.org_scope();
        kept public.clues_reporter_identity%ROWTYPE;
    BEGIN
        IF scope.role IS NULL OR NOT scope.role = ANY (ARRAY['report_desk', 'report_reward']) THEN
            RAISE EXCEPTION 'this post may not know who reported' USING ERRCODE = '42501';
        END IF;
        IF coalesce(btrim(reason), '') = '' THEN
            RAISE EXCEPTION 'who asks for an identity says why' USING ERRCODE = '22004';
        END IF;
        SELECT * INTO kept FROM public.clues_reporter_identity
            WHERE report_id = report AND area >= scope.low AND area < scope.high;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        INSERT INTO public.clues_identity_access (report_id, area, post_id, role, why)
            VALUES (report, left(kept.area, 4), scope.post, scope.role, left(reason, 300));
        RETURN kept.sealed;
    END $$
    """,
    "REVOKE ALL ON FUNCTION clues_keep_identity(bigint, text, bytea), clues_read_identity(bigint, text) FROM PUBLIC",
    """
    GRANT EXECUTE ON FUNCTION clues_keep_identity(bigint, text, bytea), clues_read_identity(bigint, text)
    TO gongzhi_app
    """,
]

REMOVE: list[Any] = [
    "DROP FUNCTION clues_read_identity(bigint, text)",
    "DROP FUNCTION clues_keep_identity(bigint, text, bytea)",
]
