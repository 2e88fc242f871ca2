import django.db.models.deletion
from django.db import migrations, models

from gongzhi.org.rowscope import rescoped_by


class Migration(migrations.Migration):
    """Who sees everything is not asked row by row; what another index begins with needs no second index."""

    dependencies = [("registry", "0003_lapsed"), ("org", "0002_rowscope")]

    operations = [
        rescoped_by("registry_version", "registry_business", "business_id"),
        rescoped_by("registry_permit_held", "registry_business", "business_id"),
        migrations.AddConstraint(
            model_name="business",
            constraint=models.UniqueConstraint(fields=("uscc",), name="registry_business_once"),
        ),
        migrations.AlterField(
            model_name="business",
            name="uscc",
            field=models.CharField(db_collation="C", max_length=18),
        ),
        migrations.AlterField(
            model_name="permitheld",
            name="business",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="permits_held",
                to="registry.business",
            ),
        ),
    ]
