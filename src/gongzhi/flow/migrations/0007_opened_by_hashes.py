from django.db import migrations

from gongzhi.flow.journal_sql import INSTALL


class Migration(migrations.Migration):
    """Cases are opened by their last lines without sorting all of them; who sees everything reads journals unasked."""

    dependencies = [("flow", "0006_moves_together")]

    operations = [migrations.RunSQL(INSTALL, migrations.RunSQL.noop)]
