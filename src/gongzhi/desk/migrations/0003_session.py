from django.db import migrations, models

from gongzhi.org.rowscope import grant


class Migration(migrations.Migration):
    dependencies = [("desk", "0002_fileintake"), ("org", "0002_rowscope")]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="session key"
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("post_id", models.BigIntegerField(null=True)),
            ],
            options={"db_table": "desk_session"},
        ),
        grant("desk_session", "SELECT, INSERT, UPDATE, DELETE"),
    ]
