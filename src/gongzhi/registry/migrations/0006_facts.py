import django.db.models.deletion
from django.db import migrations, models

from gongzhi.org.rowscope import grant_sequences, scoped_by, scoped_to_roles


class Migration(migrations.Migration):
    """What other data say of businesses: yearly reports that were filed, and until when equipment is inspected.

    Whose businesses a list of reports is about is read by every post: an officer has to know that the city's came.
    """

    dependencies = [
        ("registry", "0005_old_numbers"),
        ("org", "0002_rowscope"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.IntegerField()),
                ("area", models.CharField(db_collation="C", max_length=15)),
                ("as_of", models.DateField()),
                ("file_name", models.CharField(max_length=200)),
                ("handed_in_by", models.CharField(max_length=160)),
                ("post", models.BigIntegerField()),
                ("handed_in_at", models.DateTimeField()),
                ("counts", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "registry_report_list",
                "indexes": [models.Index(fields=["year", "area"], name="registry_report_list_year")],
            },
        ),
        migrations.CreateModel(
            name="Equipment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("lift", "电梯"), ("forklift", "叉车"), ("boiler", "锅炉")],
                        db_collation="C",
                        max_length=10,
                    ),
                ),
                ("number", models.CharField(max_length=80)),
                ("valid_to", models.DateField()),
                ("as_of", models.DateField()),
                ("source", models.CharField(max_length=200)),
                (
                    "business",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="equipment",
                        to="registry.business",
                    ),
                ),
            ],
            options={
                "db_table": "registry_equipment",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("business", "kind", "number"), name="registry_equipment_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AnnualReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.IntegerField()),
                ("filed_on", models.DateField(null=True)),
                (
                    "business",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="annual_reports",
                        to="registry.business",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="registry.reportlist",
                    ),
                ),
            ],
            options={
                "db_table": "registry_annual_report",
                "constraints": [
                    models.UniqueConstraint(fields=("business", "year"), name="registry_report_once")
                ],
            },
        ),
        scoped_to_roles(
            "registry_report_list", "SELECT, INSERT, UPDATE", write="('system', 'registrar', 'city_office')"
        ),
        scoped_by("registry_annual_report", "SELECT, INSERT", "registry_business", "business_id"),
        scoped_by("registry_equipment", "SELECT, INSERT, UPDATE", "registry_business", "business_id"),
        grant_sequences(),
    ]
