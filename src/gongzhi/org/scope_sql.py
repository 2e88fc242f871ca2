"""The SQL by which PostgreSQL learns for which post a transaction runs."""

from __future__ import annotations

from typing import Any

INSTALL: list[Any] = [
    """
    CREATE TYPE org_scope_row AS (post bigint, role text, low text COLLATE "C", high text COLLATE "C", department text)
    """,
    # Checks the signed pass of gongzhi.org.access: HMAC-SHA-256 (RFC 2104) over "post|role|area|department|expiry".
    # Without a valid pass every field is NULL, and a comparison with NULL lets no row through.
    """
    CREATE FUNCTION org_scope() RETURNS org_scope_row
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        pass text := current_setting('gongzhi.pass', true);
        part text[];
        message text;
        key public.org_pass_key%ROWTYPE;
        scope public.org_scope_row;
    BEGIN
        IF pass IS NULL OR pass = '' THEN
            RETURN scope;
        END IF;
        part := string_to_array(pass, '|');
        IF array_length(part, 1) IS DISTINCT FROM 6 THEN
            RETURN scope;
        END IF;
        message := array_to_string(part[1:5], '|');
        SELECT * INTO key FROM public.org_pass_key WHERE id = 1;
        IF encode(sha256(key."outer" || sha256(key."inner" || convert_to(message, 'UTF8'))), 'hex')
                IS DISTINCT FROM part[6]
            OR part[5]::bigint < extract(epoch FROM transaction_timestamp()) THEN
            RETURN scope;
        END IF;
        scope.post := part[1]::bigint;
        scope.role := part[2];
        scope.low := part[3];
        scope.high := part[3] || '~';
        scope.department := nullif(part[4], '');
        RETURN scope;
    END $$
    """,
    "REVOKE ALL ON FUNCTION org_scope() FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION org_scope() TO gongzhi_app",
]

REMOVE: list[Any] = [
    "DROP FUNCTION org_scope()",
    "DROP TYPE org_scope_row",
]
