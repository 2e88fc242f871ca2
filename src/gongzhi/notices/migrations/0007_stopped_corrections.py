from django.db import migrations, models

WRITERS = "('system', 'registrar', 'city_office')"


class Migration(migrations.Migration):
    dependencies = [("notices", "0006_together")]

    operations = [
        migrations.AddField(
            model_name="correction",
            name="stopped_by",
            field=models.CharField(max_length=160, null=True),
        ),
        migrations.AlterField(
            model_name="correction",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("running", "Running"),
                    ("stopped", "Stopped"),
                    ("done", "Done"),
                    ("failed", "Failed"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        # Who decides what a version touches may also stop the listing of it.
        migrations.RunSQL(
            "ALTER POLICY notices_correction_scope ON notices_correction"
            f" WITH CHECK ((SELECT (org_scope()).role) IN {WRITERS})",
            "ALTER POLICY notices_correction_scope ON notices_correction"
            " WITH CHECK ((SELECT (org_scope()).role) IN ('system'))",
        ),
    ]
