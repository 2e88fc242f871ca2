import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """What the journal's triggers see to is not checked once more; a case has room to move on its own page."""

    dependencies = [("flow", "0004_openings")]

    operations = [
        migrations.AlterField(
            model_name="journalline",
            name="case",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="journal",
                to="flow.case",
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE flow_case SET (fillfactor = 85)", "ALTER TABLE flow_case RESET (fillfactor)"
        ),
    ]
