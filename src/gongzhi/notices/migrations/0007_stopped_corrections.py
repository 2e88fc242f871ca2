from django.db import migrations, models

# Who decides what a version touches may also stop the listing of it, which is the whole city's, as a post of the city.
WRITE = "(SELECT s.role = 'system' OR s.role IN ('registrar', 'city_office') AND length(s.low) = 4 FROM org_scope() s)"


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
        migrations.RunSQL(
            f"ALTER POLICY notices_correction_scope ON notices_correction WITH CHECK ({WRITE})",
            "ALTER POLICY notices_correction_scope ON notices_correction"
            " WITH CHECK ((SELECT (org_scope()).role) IN ('system'))",
        ),
    ]
