from django.db import migrations

from gongzhi.org.rowscope import also, scoped, scoped_to_roles

_READERS = "('report_desk', 'report_reward')"
_ROLE = "(SELECT (org_scope()).role)"
_HOTLINE = "('report_desk', 'city_office', 'system')"


class Migration(migrations.Migration):
    """Who reads reports sees of the clues only those that were reported, and no case of anybody's work; who called the
    hotline about what is read by who hands in its files; a pair is seen by who sees both of it."""

    dependencies = [("clues", "0004_sums_and_rules"), ("flow", "0005_journal_case")]

    operations = [
        also(
            "clues_clue",
            "reported",
            f"{_ROLE} NOT IN {_READERS}"
            " OR EXISTS (SELECT FROM clues_report said WHERE said.clue_id = clues_clue.case_id)",
        ),
        scoped("clues_ended", "SELECT, INSERT", department="department"),
        also("clues_ended", "no_reader", f"{_ROLE} NOT IN {_READERS}"),
        also("flow_case", "no_reader", f"{_ROLE} NOT IN {_READERS}"),
        also(
            "clues_likeness",
            "both",
            "(SELECT everywhere.low = '' AND everywhere.department IS NULL FROM org_scope() everywhere)"
            " OR EXISTS (SELECT FROM clues_clue pair WHERE pair.case_id = clues_likeness.other_id)",
        ),
        scoped_to_roles("clues_hotline_file", "SELECT, INSERT, UPDATE", write=_HOTLINE, read=_HOTLINE),
        scoped_to_roles("clues_hotline_row", "SELECT, INSERT", write=_HOTLINE, read=_HOTLINE),
    ]
