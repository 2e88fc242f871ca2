"""The SQL by which PostgreSQL itself keeps rule books: who may write, what stays fixed, who may approve.

Error codes: GZ101 a version that is proposed or decided is not edited · GZ102 a second person approves · GZ103 only
who keeps the rules writes them.
"""

from __future__ import annotations

from typing import Any

WRITERS = "('administrator', 'city_office', 'system')"
READERS = "('administrator', 'city_office', 'registrar', 'system')"

INSTALL: list[Any] = [
    # An edit is signed with the post of the pass, whatever it was told, and only made while a version is drafted.
    f"""
    CREATE FUNCTION rulebooks_keep_edits() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        book bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.book_id ELSE NEW.book_id END;
    BEGIN
        IF (org_scope()).role NOT IN {WRITERS} THEN
            RAISE EXCEPTION 'the rules are not this post''s to edit' USING ERRCODE = 'GZ103';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM flow_case WHERE id = book AND state IN ('draft', 'tested')) THEN
            RAISE EXCEPTION 'version % is no draft', book USING ERRCODE = 'GZ101';
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        NEW.post_id := (org_scope()).post;
        RETURN NEW;
    END $$
    """,
    # What was approved is never changed. Approving takes a journal line of the approver's own, and a person who has
    # drafted, edited or proposed nothing of it, in whichever of their posts.
    """
    CREATE FUNCTION rulebooks_keep_book() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        approver bigint;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            IF NEW.approved_by_id IS NOT NULL THEN
                RAISE EXCEPTION 'a version begins as a draft' USING ERRCODE = 'GZ102';
            END IF;
            RETURN NEW;
        END IF;
        IF OLD.approved_by_id IS NOT NULL THEN
            IF (NEW.texts, NEW.version, NEW.valid_from, NEW.approved_by_id, NEW.drafted_by_id, NEW.number)
                IS DISTINCT FROM
                (OLD.texts, OLD.version, OLD.valid_from, OLD.approved_by_id, OLD.drafted_by_id, OLD.number) THEN
                RAISE EXCEPTION 'version % was approved as it is', OLD.number USING ERRCODE = 'GZ101';
            END IF;
            RETURN NEW;
        END IF;
        IF NEW.approved_by_id IS NULL THEN
            RETURN NEW;
        END IF;
        SELECT post.person_id INTO approver FROM flow_journal line JOIN org_post post ON post.id = line.post_id
            WHERE line.case_id = NEW.case_id AND line.action = 'approve' ORDER BY line.seq DESC LIMIT 1;
        IF approver IS DISTINCT FROM NEW.approved_by_id
            OR EXISTS (SELECT 1 FROM flow_journal line JOIN org_post post ON post.id = line.post_id
                WHERE line.case_id = NEW.case_id AND line.action IN ('open', 'edit', 'propose')
                AND post.person_id = approver)
            OR EXISTS (SELECT 1 FROM rulebooks_edit edit JOIN org_post post ON post.id = edit.post_id
                WHERE edit.book_id = NEW.case_id AND NOT edit.inherited AND post.person_id = approver) THEN
            RAISE EXCEPTION 'version % is approved by a second person', NEW.number USING ERRCODE = 'GZ102';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER rulebooks_keep_edits BEFORE INSERT OR UPDATE OR DELETE ON rulebooks_edit
    FOR EACH ROW EXECUTE FUNCTION rulebooks_keep_edits()
    """,
    """
    CREATE TRIGGER rulebooks_keep_book BEFORE INSERT OR UPDATE ON rulebooks_book
    FOR EACH ROW EXECUTE FUNCTION rulebooks_keep_book()
    """,
]

REMOVE: list[Any] = [
    "DROP TRIGGER rulebooks_keep_book ON rulebooks_book",
    "DROP TRIGGER rulebooks_keep_edits ON rulebooks_edit",
    "DROP FUNCTION rulebooks_keep_book()",
    "DROP FUNCTION rulebooks_keep_edits()",
]
