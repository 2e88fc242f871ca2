from django.db import migrations

from gongzhi.flow.journal_sql import INSTALL, REMOVE
from gongzhi.org.rowscope import grant, grant_sequences, scoped


class Migration(migrations.Migration):
    dependencies = [("flow", "0001_initial"), ("org", "0002_rowscope")]

    operations = [
        scoped("flow_case", "SELECT, INSERT", department="department"),
        migrations.RunSQL(INSTALL, REMOVE),
        grant("flow_state"),
        grant("flow_edge"),
        grant("flow_limit"),
        grant_sequences(),
    ]
