import django.db.models.deletion
from django.db import migrations, models

from gongzhi.org.rowscope import rescoped_by


class Migration(migrations.Migration):
    """Who sees everything is not asked row by row; what a unique index begins with needs no second index."""

    dependencies = [("visits", "0003_answers"), ("org", "0002_rowscope")]

    operations = [
        rescoped_by("visits_visit", "flow_case", "case_id"),
        rescoped_by("visits_visitedbusiness", "visits_visit", "visit_id", "case_id"),
        migrations.AlterField(
            model_name="visitedbusiness",
            name="visit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="businesses",
                to="visits.visit",
            ),
        ),
    ]
