from django.db import migrations

from gongzhi.org.rowscope import grant_sequences, scoped_to_roles
from gongzhi.rulebooks.guard_sql import INSTALL, READERS, REMOVE, WRITERS


class Migration(migrations.Migration):
    dependencies = [("rulebooks", "0001_initial"), ("flow", "0002_journal"), ("org", "0002_rowscope")]

    operations = [
        # The rules are the whole city's: every post matches by them, few may write them.
        scoped_to_roles("rulebooks_book", "SELECT, INSERT, UPDATE", write=WRITERS),
        scoped_to_roles("rulebooks_edit", "SELECT, INSERT, UPDATE, DELETE", write=WRITERS),
        scoped_to_roles("rulebooks_trial", "SELECT, INSERT, UPDATE", read=READERS, write=WRITERS),
        scoped_to_roles("rulebooks_trial_scope", "SELECT, INSERT", read=READERS, write=WRITERS),
        migrations.RunSQL(INSTALL, REMOVE),
        grant_sequences(),
    ]
