from django.db import migrations

from gongzhi.flow.journal_sql import INSTALL


class Migration(migrations.Migration):
    """A case is opened by its lines themselves, once for all lines of a statement."""

    dependencies = [("flow", "0003_case_due")]

    operations = [migrations.RunSQL(INSTALL, migrations.RunSQL.noop)]
