"""The SQL that keeps cases and their journal: only lines that follow an allowed edge, only ever added.

Error codes: GZ001 the case has moved meanwhile · GZ002 no such edge · GZ003 a case without its journal line ·
GZ004 journals and cases are never changed or removed.
"""

from __future__ import annotations

from typing import Any

INSTALL: list[Any] = [
    # A row's text is unambiguous (NULLs and quotes included) and, with days as numbers and the instant as
    # seconds, the same whatever the session's settings are. In PL/pgSQL because it keeps its plan: a plain SQL
    # function of so many columns is not inlined and costs three times as much a line.
    """
    CREATE OR REPLACE FUNCTION flow_line_hash(line flow_journal) RETURNS bytea
    LANGUAGE plpgsql IMMUTABLE AS $$
    BEGIN
        RETURN sha256(coalesce(line.prev, ''::bytea) || convert_to(ROW(
            line.case_id, line.seq, line.graph, extract(epoch FROM line.at)::numeric(20, 6), line.post_id, line."by",
            line.action, line.source, line.target, line.form::text, line.client_key, line.area, line.department,
            line.holder, line.on_day - DATE '2000-01-01', line.limit_name, line.started_on - DATE '2000-01-01',
            line.due - DATE '2000-01-01', line.provisional, line.suspended_due - DATE '2000-01-01',
            line.suspended_on - DATE '2000-01-01', line.calendar)::text, 'UTF8'));
    END $$
    """,
    # A line follows the last one before it, be it of the same statement. Two that follow the same one would have the
    # same number, of which the key takes one.
    """
    CREATE OR REPLACE FUNCTION flow_append() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        last record;
    BEGIN
        IF NEW.seq = 1 THEN
            IF NEW.source <> '' THEN
                RAISE EXCEPTION 'case % has no state % before its first line', NEW.case_id, NEW.source
                    USING ERRCODE = 'GZ001';
            END IF;
            NEW.prev := NULL;
        ELSE
            SELECT graph, target, seq, hash INTO last FROM flow_journal
                WHERE case_id = NEW.case_id ORDER BY seq DESC LIMIT 1;
            IF NOT FOUND OR last.seq + 1 <> NEW.seq OR last.target <> NEW.source OR last.graph <> NEW.graph THEN
                RAISE EXCEPTION 'case % does not stand in % before line %', NEW.case_id, NEW.source, NEW.seq
                    USING ERRCODE = 'GZ001';
            END IF;
            NEW.prev := last.hash;
        END IF;
        NEW.recorded_at := clock_timestamp();
        NEW.hash := flow_line_hash(NEW);
        RETURN NEW;
    END $$
    """,
    # Once for all lines of a statement: what cases do they open, each by lines that follow an edge? A case stands where
    # the last of its lines ends. Lines of cases that stood before are `flow_apply`'s, which came first.
    """
    CREATE OR REPLACE FUNCTION flow_open() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        wrong record;
        usual text;
    BEGIN
        IF NOT EXISTS (SELECT FROM added WHERE seq = 1) THEN
            RETURN NULL;
        END IF;
        SELECT graph, source, action, target INTO wrong
            FROM (SELECT DISTINCT graph, source, action, target FROM added) step WHERE NOT EXISTS (
                SELECT FROM flow_edge edge WHERE edge.graph = step.graph AND edge.source = step.source
                    AND edge.action = step.action AND edge.target = step.target) LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION '% has no edge from % by % to %', wrong.graph, wrong.source, wrong.action, wrong.target
                USING ERRCODE = 'GZ002';
        END IF;
        IF NOT EXISTS (SELECT FROM added WHERE seq > 1) THEN
            INSERT INTO flow_case (
                id, graph, state, is_open, owner_role, area, department, holder, opened_on, closed_on, limit_name,
                started_on, due, provisional, suspended_due, suspended_on, calendar, seq, head, lock_slot)
            SELECT line.case_id, line.graph, line.target, NOT s.final, s.owner_role, line.area, line.department,
                line.holder, line.on_day, CASE WHEN s.final THEN line.on_day END, line.limit_name,
                line.started_on, line.due, line.provisional, line.suspended_due, line.suspended_on, line.calendar,
                line.seq, line.hash, 0
            FROM added line JOIN flow_state s ON s.graph = line.graph AND s.state = line.target;
            RETURN NULL;
        END IF;
        -- The plan is kept, and what suits few lines would take for ever with thousands: lines meet each other by their
        -- hashes, never one by one. Whole lines are not sorted; that would cost as much as opening a case.
        usual := current_setting('enable_nestloop');
        PERFORM set_config('enable_nestloop', 'off', true);
        INSERT INTO flow_case (
            id, graph, state, is_open, owner_role, area, department, holder, opened_on, closed_on, limit_name,
            started_on, due, provisional, suspended_due, suspended_on, calendar, seq, head, lock_slot)
        SELECT line.case_id, line.graph, line.target, NOT s.final, s.owner_role, line.area, line.department,
            line.holder, opened.on_day, CASE WHEN s.final THEN line.on_day END, line.limit_name,
            line.started_on, line.due, line.provisional, line.suspended_due, line.suspended_on, line.calendar,
            line.seq, line.hash, 0
        FROM (
            SELECT case_id, max(seq) AS seq, min(on_day) FILTER (WHERE seq = 1) AS on_day FROM added
            GROUP BY case_id HAVING min(seq) = 1
        ) opened JOIN added line ON line.case_id = opened.case_id AND line.seq = opened.seq
            JOIN flow_state s ON s.graph = line.graph AND s.state = line.target;
        PERFORM set_config('enable_nestloop', usual, true);
        RETURN NULL;
    END $$
    """,
    # Once for all lines of a statement: the cases that were there before it move along edges. One that the statement
    # opens is not there yet; `flow_open` comes later by its name and places it where its last line ends. The plan is
    # kept, and what suits thousands of lines would read all cases for a single one: each line looks its case up.
    """
    CREATE OR REPLACE FUNCTION flow_apply() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    SET enable_hashjoin = off SET enable_mergejoin = off AS $$
    DECLARE
        lines bigint;
        openings bigint;
        cases bigint;
        moved bigint;
        wrong record;
    BEGIN
        SELECT count(*), count(*) FILTER (WHERE seq = 1) INTO lines, openings FROM added;
        IF openings > 0 THEN
            SELECT count(*), count(DISTINCT case_id) INTO lines, cases FROM added
                WHERE seq > 1 AND case_id NOT IN (SELECT case_id FROM added WHERE seq = 1);
        ELSIF lines > 1 THEN
            SELECT count(DISTINCT case_id) INTO cases FROM added;
        END IF;
        IF lines = 0 THEN
            RETURN NULL;
        END IF;
        -- Of two lines only one would move the case, and it would stand behind its own journal.
        IF lines > cases THEN
            RAISE EXCEPTION 'a case that stands takes one line at a time' USING ERRCODE = 'GZ001';
        END IF;
        UPDATE flow_case SET
            state = line.target, seq = line.seq, head = line.hash, area = line.area, department = line.department,
            holder = line.holder, limit_name = line.limit_name, started_on = line.started_on, due = line.due,
            provisional = line.provisional, suspended_due = line.suspended_due, suspended_on = line.suspended_on,
            calendar = line.calendar, is_open = NOT s.final, owner_role = s.owner_role,
            closed_on = CASE WHEN s.final THEN line.on_day END
        FROM added line, flow_edge edge, flow_state s
        WHERE line.seq > 1 AND flow_case.id = line.case_id AND s.graph = line.graph AND s.state = line.target
            AND edge.graph = line.graph AND edge.source = line.source AND edge.action = line.action
            AND edge.target = line.target;
        GET DIAGNOSTICS moved = ROW_COUNT;
        IF moved < lines THEN
            SELECT graph, source, action, target INTO wrong FROM added line WHERE NOT EXISTS (
                SELECT FROM flow_edge edge WHERE edge.graph = line.graph AND edge.source = line.source
                    AND edge.action = line.action AND edge.target = line.target) LIMIT 1;
            RAISE EXCEPTION '% has no edge from % by % to %', wrong.graph, wrong.source, wrong.action, wrong.target
                USING ERRCODE = 'GZ002';
        END IF;
        RETURN NULL;
    END $$
    """,
    # Moving must agree with the line that moved the case, and nobody opens one but its lines. Both hold for the
    # tables' owner too: the only way round is to make triggers or to drop them. What the lines' own triggers do is
    # not checked against the lines a second time.
    """
    CREATE OR REPLACE FUNCTION flow_follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        line flow_journal%ROWTYPE;
    BEGIN
        IF TG_OP = 'INSERT' THEN
            RAISE EXCEPTION 'case % has no journal line that opens it', NEW.id USING ERRCODE = 'GZ003';
        END IF;
        IF NEW.seq = OLD.seq THEN
            -- A release may give a state to another role; its cases go along. Nothing else moves without a line.
            SELECT owner_role INTO OLD.owner_role FROM flow_state WHERE graph = NEW.graph AND state = NEW.state;
            IF NEW IS NOT DISTINCT FROM OLD THEN
                RETURN NEW;
            END IF;
        END IF;
        IF NEW.id <> OLD.id OR NEW.graph <> OLD.graph OR NEW.opened_on <> OLD.opened_on
            OR NEW.seq <> OLD.seq + 1 THEN
            RAISE EXCEPTION 'case % can only take its next line', OLD.id USING ERRCODE = 'GZ003';
        END IF;
        SELECT * INTO line FROM flow_journal WHERE case_id = NEW.id AND seq = NEW.seq;
        IF NOT FOUND OR (line.graph, line.target, line.area, line.department, line.holder,
                line.limit_name, line.started_on, line.due, line.provisional, line.suspended_due, line.suspended_on,
                line.calendar)
            IS DISTINCT FROM (NEW.graph, NEW.state, NEW.area, NEW.department, NEW.holder, NEW.limit_name,
                NEW.started_on, NEW.due, NEW.provisional, NEW.suspended_due, NEW.suspended_on, NEW.calendar) THEN
            RAISE EXCEPTION 'case % has no journal line % that says so', NEW.id, NEW.seq USING ERRCODE = 'GZ003';
        END IF;
        NEW.head := line.hash;
        RETURN NEW;
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION flow_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is never changed or removed, only added to', TG_TABLE_NAME USING ERRCODE = 'GZ004';
    END $$
    """,
    "CREATE OR REPLACE TRIGGER flow_append BEFORE INSERT ON flow_journal FOR EACH ROW EXECUTE FUNCTION flow_append()",
    """
    CREATE OR REPLACE TRIGGER flow_apply AFTER INSERT ON flow_journal REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION flow_apply()
    """,
    """
    CREATE OR REPLACE TRIGGER flow_open AFTER INSERT ON flow_journal REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION flow_open()
    """,
    # The application has no right to make a trigger in which it could change or open cases.
    """
    CREATE OR REPLACE TRIGGER flow_follow BEFORE UPDATE ON flow_case FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION flow_follow()
    """,
    """
    CREATE OR REPLACE TRIGGER flow_follow_opening BEFORE INSERT ON flow_case FOR EACH ROW
    WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION flow_follow()
    """,
    """
    CREATE OR REPLACE TRIGGER flow_keep BEFORE UPDATE OR DELETE ON flow_journal FOR EACH ROW
    EXECUTE FUNCTION flow_keep()
    """,
    "CREATE OR REPLACE TRIGGER flow_keep_all BEFORE TRUNCATE ON flow_journal EXECUTE FUNCTION flow_keep()",
    "CREATE OR REPLACE TRIGGER flow_keep_case BEFORE DELETE ON flow_case FOR EACH ROW EXECUTE FUNCTION flow_keep()",
    "CREATE OR REPLACE TRIGGER flow_keep_cases BEFORE TRUNCATE ON flow_case EXECUTE FUNCTION flow_keep()",
    "REVOKE ALL ON FUNCTION flow_append(), flow_apply(), flow_open(), flow_follow(), flow_keep() FROM PUBLIC",
    "REVOKE INSERT ON flow_case FROM gongzhi_app",
    # The pass is read once for all lines of a statement: it is checked each time, which costs as much as a look-up.
    # Reading a journal goes with seeing its case as it stands now: who handed it on sees no more of it. Opening is
    # checked against the line's own area, since the case is not there yet; who sees everything is not asked line by
    # line. A post signs for itself; the machine may enter the acts of others, as when it takes over another
    # system's history.
    "ALTER TABLE flow_journal ENABLE ROW LEVEL SECURITY",
    "DROP POLICY IF EXISTS flow_journal_read ON flow_journal",
    """
    CREATE POLICY flow_journal_read ON flow_journal FOR SELECT TO gongzhi_app
    USING ((SELECT everywhere.low = '' AND everywhere.department IS NULL FROM org_scope() everywhere)
        OR EXISTS (SELECT 1 FROM flow_case c WHERE c.id = flow_journal.case_id))
    """,
    "DROP POLICY IF EXISTS flow_journal_add ON flow_journal",
    """
    CREATE POLICY flow_journal_add ON flow_journal FOR INSERT TO gongzhi_app
    WITH CHECK (EXISTS (SELECT 1 FROM org_scope() scope WHERE scope.post IN (0, post_id) AND (
        (scope.low = '' AND scope.department IS NULL)
        OR (seq = 1 AND area >= scope.low AND area < scope.high
            AND (scope.department IS NULL OR flow_journal.department IS NULL
                OR flow_journal.department = scope.department))
        OR (seq > 1 AND EXISTS (SELECT 1 FROM flow_case c WHERE c.id = flow_journal.case_id)))))
    """,
    "GRANT SELECT, INSERT ON flow_journal TO gongzhi_app",
    "GRANT UPDATE (lock_slot) ON flow_case TO gongzhi_app",
]

REMOVE: list[Any] = [
    "REVOKE ALL ON flow_journal, flow_case FROM gongzhi_app",
    "DROP POLICY flow_journal_add ON flow_journal",
    "DROP POLICY flow_journal_read ON flow_journal",
    "ALTER TABLE flow_journal DISABLE ROW LEVEL SECURITY",
    "DROP TRIGGER flow_keep_cases ON flow_case",
    "DROP TRIGGER flow_keep_case ON flow_case",
    "DROP TRIGGER flow_keep_all ON flow_journal",
    "DROP TRIGGER flow_keep ON flow_journal",
    "DROP TRIGGER flow_follow_opening ON flow_case",
    "DROP TRIGGER flow_follow ON flow_case",
    "DROP TRIGGER flow_open ON flow_journal",
    "DROP TRIGGER flow_apply ON flow_journal",
    "DROP TRIGGER flow_append ON flow_journal",
    "DROP FUNCTION flow_keep()",
    "DROP FUNCTION flow_follow()",
    "DROP FUNCTION flow_open()",
    "DROP FUNCTION flow_apply()",
    "DROP FUNCTION flow_append()",
    "DROP FUNCTION flow_line_hash(flow_journal)",
]
