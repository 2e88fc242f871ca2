import django.db.models.deletion
from django.db import migrations, models

from gongzhi.org.rowscope import grant_sequences, scoped_by


class Migration(migrations.Migration):
    """Businesses that may be dormant: proposed by data, decided by a person."""

    dependencies = [
        ("registry", "0006_facts"),
        ("visits", "0004_fewer_checks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Silence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("years", models.JSONField()),
                ("missed_on", models.DateField()),
                ("proposed_on", models.DateField()),
                (
                    "decision",
                    models.CharField(
                        choices=[("ask", "下次走访时了解"), ("set_aside", "不需了解")],
                        db_collation="C",
                        db_default="",
                        max_length=10,
                    ),
                ),
                ("words", models.CharField(db_default="", max_length=500)),
                ("decided_by", models.CharField(db_default="", max_length=160)),
                ("decided_post", models.BigIntegerField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("answered_on", models.DateField(null=True)),
                (
                    "business",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="silences",
                        to="registry.business",
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="silences",
                        to="visits.visitedbusiness",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("decision", "")), fields=["id"], name="visits_silence_waiting"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("business", "call"), name="visits_silence_once")
                ],
            },
        ),
        scoped_by("visits_silence", "SELECT, INSERT, UPDATE, DELETE", "registry_business", "business_id"),
        grant_sequences(),
    ]
