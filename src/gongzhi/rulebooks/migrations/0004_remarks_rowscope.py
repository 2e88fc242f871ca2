from django.db import migrations

from gongzhi.org.rowscope import grant_sequences, scoped_to_roles
from gongzhi.rulebooks.guard_sql import READERS


class Migration(migrations.Migration):
    dependencies = [("rulebooks", "0003_remark")]

    operations = [
        scoped_to_roles(
            "rulebooks_remark",
            "SELECT, INSERT, UPDATE (answer, answered_by, answered_at)",
            read=READERS,
            write=READERS,
        ),
        grant_sequences(),
    ]
