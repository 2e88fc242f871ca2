from django.db import migrations, models

from gongzhi.org.rowscope import grant, grant_sequences


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_initial"), ("org", "0002_rowscope")]

    operations = [
        migrations.CreateModel(
            name="FileIntake",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("token", models.CharField(max_length=40, unique=True)),
                ("suffix", models.CharField(max_length=12)),
                ("as_of", models.DateField()),
                ("post_id", models.BigIntegerField()),
                ("by", models.CharField(max_length=160)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("stopped", "Stopped"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("stage", models.CharField(default="", max_length=10)),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(default=0)),
                ("stop_asked", models.BooleanField(default=False)),
                ("counts", models.JSONField(default=dict)),
                ("problem", models.TextField(default="")),
                ("handed_in_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
            ],
            options={"db_table": "desk_file_intake"},
        ),
        grant("desk_file_intake", "SELECT, INSERT, UPDATE"),
        grant_sequences(),
    ]
