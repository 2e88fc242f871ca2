import django.db.models.deletion
from django.db import migrations, models

from gongzhi.org.parents import never_removed, refers


class Migration(migrations.Migration):
    """What an import writes by the hundred thousand refers to its parents by one check a statement."""

    dependencies = [
        ("flow", "0006_moves_together"),
        ("registry", "0007_never_removed"),
        ("visits", "0005_silence"),
    ]

    operations = [
        refers("visits_visit", "case_id", "flow_case"),
        never_removed("visits_visit", "case_id"),
        refers("visits_visitedbusiness", "visit_id", "visits_visit", "case_id"),
        refers("visits_visitedbusiness", "business_id", "registry_business"),
        migrations.AlterField(
            model_name="visit",
            name="case",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                primary_key=True,
                related_name="visit",
                serialize=False,
                to="flow.case",
            ),
        ),
        migrations.AlterField(
            model_name="visitedbusiness",
            name="business",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="visits",
                to="registry.business",
            ),
        ),
        migrations.AlterField(
            model_name="visitedbusiness",
            name="visit",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="businesses",
                to="visits.visit",
            ),
        ),
    ]
