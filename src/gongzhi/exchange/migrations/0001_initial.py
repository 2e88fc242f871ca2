import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now

from gongzhi.org.rowscope import grant, grant_sequences


class Migration(migrations.Migration):
    initial = True
    dependencies = [("org", "0002_rowscope")]

    operations = [
        migrations.CreateModel(
            name="ConnectedSystem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="connected_systems",
                        to="org.post",
                    ),
                ),
                ("token_digest", models.CharField(db_collation="C", max_length=64, unique=True)),
                ("issued_at", models.DateTimeField(db_default=Now())),
                ("valid_to", models.DateField()),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "exchange_system"},
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="exchange.connectedsystem",
                    ),
                ),
                ("key", models.CharField(db_collation="C", max_length=80)),
                ("digest", models.CharField(db_collation="C", max_length=64)),
                ("at", models.DateTimeField()),
                ("rows", models.IntegerField()),
                ("answer", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "exchange_call",
                "constraints": [models.UniqueConstraint(fields=("system", "key"), name="exchange_call_once")],
                "indexes": [
                    models.Index(fields=["system", "at"], name="exchange_call_lately"),
                    models.Index(fields=["at"], name="exchange_call_at"),
                ],
            },
        ),
        grant("exchange_system", "SELECT, INSERT, UPDATE"),
        grant("exchange_call", "SELECT, INSERT, UPDATE, DELETE"),
        grant_sequences(),
    ]
