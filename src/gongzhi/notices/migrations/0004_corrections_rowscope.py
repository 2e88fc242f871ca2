from django.db import migrations

from gongzhi.org.rowscope import grant_sequences, scoped_by, scoped_to_roles


class Migration(migrations.Migration):
    dependencies = [("notices", "0003_corrections"), ("org", "0002_rowscope"), ("registry", "0002_rowscope")]

    operations = [
        scoped_to_roles("notices_correction", "SELECT, INSERT, UPDATE", write="('system')"),
        scoped_by(
            "notices_touched",
            "SELECT, INSERT, UPDATE (decision, words, decided_by, decided_post, decided_at)",
            "registry_business",
            "business_id",
        ),
        grant_sequences(),
    ]
