from django.db import migrations

from gongzhi.org.rowscope import grant_sequences, scoped_by


class Migration(migrations.Migration):
    dependencies = [("visits", "0001_initial"), ("flow", "0002_journal")]

    operations = [
        scoped_by("visits_visit", "SELECT, INSERT", "flow_case", "case_id"),
        scoped_by("visits_visitedbusiness", "SELECT, INSERT, UPDATE", "visits_visit", "visit_id", "case_id"),
        grant_sequences(),
    ]
