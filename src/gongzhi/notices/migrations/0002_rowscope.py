from django.db import migrations

from gongzhi.org.rowscope import grant_sequences, scoped_by


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("flow", "0002_journal")]

    operations = [
        scoped_by("notices_notice", "SELECT, INSERT, UPDATE (visit_result)", "flow_case", "case_id"),
        scoped_by("notices_noticepermit", "SELECT, INSERT", "notices_notice", "notice_id", "case_id"),
        grant_sequences(),
    ]
