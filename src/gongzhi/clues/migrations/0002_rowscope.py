from django.db import migrations

from gongzhi.clues.identity_sql import INSTALL, REMOVE
from gongzhi.org.rowscope import grant, grant_sequences, scoped, scoped_by

_REPORT_ROLES = "AND (SELECT (org_scope()).role) IN ('report_desk', 'report_reward', 'system')"
_MEMBERS = (
    "AND ((SELECT (org_scope()).department) IS NULL OR (SELECT (org_scope()).department) = ANY (members))"
)


class Migration(migrations.Migration):
    dependencies = [("clues", "0001_initial"), ("flow", "0002_journal"), ("registry", "0002_rowscope")]

    operations = [
        # A department sees the clues that were sent to it and no other: NO_DEPARTMENT is nobody's code.
        scoped("clues_clue", "SELECT, INSERT, UPDATE", department="department"),
        scoped_by("clues_operator", "SELECT, INSERT, UPDATE", "clues_clue", "id", "operator_id"),
        scoped_by("clues_photo", "SELECT, INSERT", "clues_clue", "clue_id", "case_id"),
        scoped_by("clues_likeness", "SELECT, INSERT, UPDATE", "clues_clue", "clue_id", "case_id"),
        scoped_by("clues_joining", "SELECT, INSERT, UPDATE", "clues_operator", "operator_id"),
        scoped_by("clues_objection", "SELECT, INSERT, UPDATE", "clues_clue", "clue_id", "case_id"),
        scoped_by("clues_alert", "SELECT, INSERT, UPDATE", "clues_clue", "clue_id", "case_id"),
        scoped_by("clues_assistance", "SELECT, INSERT", "flow_case", "case_id"),
        scoped("clues_copy", "SELECT, INSERT, UPDATE", department="department"),
        scoped_by("clues_revisit", "SELECT, INSERT, UPDATE", "clues_clue", "clue_id", "case_id"),
        scoped("clues_joint_operation", "SELECT, INSERT, UPDATE", extra=_MEMBERS),
        scoped_by("clues_joint_clue", "SELECT, INSERT", "clues_joint_operation", "operation_id"),
        scoped("clues_stage_plan", "SELECT, INSERT"),
        # The words of a report may give its reporter away in a small village: only who answers reports reads them.
        scoped("clues_report", "SELECT, INSERT, UPDATE", extra=_REPORT_ROLES),
        scoped("clues_identity_access", "SELECT"),
        migrations.RunSQL(INSTALL, REMOVE),
        scoped("clues_market_report", "SELECT, INSERT, UPDATE", area="market"),
        grant("clues_market", "SELECT, INSERT"),
        grant("clues_hotline_file", "SELECT, INSERT, UPDATE"),
        grant("clues_hotline_row", "SELECT, INSERT"),
        grant_sequences(),
    ]
