from django.db import migrations

from gongzhi.org.rowscope import grant, grant_sequences
from gongzhi.org.scope_sql import INSTALL, REMOVE


class Migration(migrations.Migration):
    dependencies = [("org", "0001_initial")]

    operations = [
        migrations.RunSQL(INSTALL, REMOVE),
        grant("org_division"),
        grant("org_formername"),
        grant("org_grid", "SELECT, INSERT, UPDATE (valid_to)"),
        grant("org_department"),
        grant("org_section"),
        grant("org_person", "SELECT, INSERT, UPDATE"),
        grant("org_post", "SELECT, INSERT, UPDATE (valid_to)"),
        grant_sequences(),
    ]
