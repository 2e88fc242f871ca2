from django.db import migrations, models

from gongzhi.org.rowscope import grant, grant_sequences


class Migration(migrations.Migration):
    initial = True
    dependencies = [("org", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Use",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(db_collation="C", max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "portal_use",
                "indexes": [models.Index(fields=["key", "at"], name="portal_use_key_at")],
            },
        ),
        grant("portal_use", "SELECT, INSERT, DELETE"),
        grant_sequences(),
    ]
