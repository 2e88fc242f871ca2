from django.db import migrations

from gongzhi.flow.journal_sql import INSTALL
from gongzhi.org.rowscope import rescoped


class Migration(migrations.Migration):
    """A line's edge is looked up as its case moves, a case that its line moved is not compared with it once more."""

    dependencies = [("flow", "0007_opened_by_hashes")]

    operations = [
        migrations.RunSQL(INSTALL, migrations.RunSQL.noop),
        rescoped("flow_case", department="department"),
    ]
