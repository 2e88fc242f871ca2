import django.db.models.deletion
from django.db import migrations, models

from gongzhi.org.parents import never_removed, refers


class Migration(migrations.Migration):
    """What an import writes by the hundred thousand refers to its parents by one check a statement."""

    dependencies = [
        ("flow", "0006_moves_together"),
        ("notices", "0005_fewer_checks"),
        ("registry", "0007_never_removed"),
    ]

    operations = [
        refers("notices_notice", "case_id", "flow_case"),
        refers("notices_notice", "business_id", "registry_business"),
        never_removed("notices_notice", "case_id"),
        refers("notices_noticepermit", "notice_id", "notices_notice", "case_id"),
        migrations.AlterField(
            model_name="notice",
            name="business",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="registry.business",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="case",
            field=models.OneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                primary_key=True,
                related_name="notice",
                serialize=False,
                to="flow.case",
            ),
        ),
        migrations.AlterField(
            model_name="noticepermit",
            name="notice",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="permits",
                to="notices.notice",
            ),
        ),
    ]
