import django.db.models.deletion
from django.db import migrations, models

from gongzhi.org.rowscope import rescoped_by


class Migration(migrations.Migration):
    """Who sees everything is not asked row by row; what a unique index begins with needs no second index."""

    dependencies = [("notices", "0004_corrections_rowscope"), ("org", "0002_rowscope")]

    operations = [
        rescoped_by("notices_notice", "flow_case", "case_id"),
        rescoped_by("notices_noticepermit", "notices_notice", "notice_id", "case_id"),
        rescoped_by("notices_touched", "registry_business", "business_id"),
        migrations.AlterField(
            model_name="noticepermit",
            name="notice",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="permits",
                to="notices.notice",
            ),
        ),
    ]
