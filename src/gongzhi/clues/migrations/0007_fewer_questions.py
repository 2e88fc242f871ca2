from django.db import migrations

from gongzhi.org.rowscope import rescoped

_REPORT_ROLES = "AND (SELECT (org_scope()).role) IN ('report_desk', 'report_reward', 'system')"
_MEMBERS = (
    "AND ((SELECT (org_scope()).department) IS NULL OR (SELECT (org_scope()).department) = ANY (members))"
)


class Migration(migrations.Migration):
    """Rows are let through by as few questions to `org_scope()` as will do."""

    dependencies = [("clues", "0006_result_index")]

    operations = [
        rescoped("clues_clue", department="department"),
        rescoped("clues_copy", department="department"),
        rescoped("clues_ended", department="department"),
        rescoped("clues_joint_operation", extra=_MEMBERS),
        rescoped("clues_stage_plan"),
        rescoped("clues_report", extra=_REPORT_ROLES),
        rescoped("clues_identity_access"),
        rescoped("clues_market_report", area="market"),
    ]
