from django.db import migrations

from gongzhi.flow.journal_sql import INSTALL


class Migration(migrations.Migration):
    """Cases move once for all lines of a statement, as they are opened."""

    dependencies = [("flow", "0005_journal_case")]

    operations = [migrations.RunSQL(INSTALL, migrations.RunSQL.noop)]
