from django.db import migrations, models

from gongzhi.org.rowscope import grant, grant_sequences


class Migration(migrations.Migration):
    initial = True
    dependencies = [("org", "0002_rowscope")]

    operations = [
        migrations.CreateModel(
            name="SignInAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "desk_sign_in_attempt",
                "indexes": [models.Index(fields=["key", "at"], name="desk_attempt_key_at")],
            },
        ),
        grant("desk_sign_in_attempt", "SELECT, INSERT, DELETE"),
        grant_sequences(),
    ]
