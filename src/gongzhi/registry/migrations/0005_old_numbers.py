from django.db import migrations, models


class Migration(migrations.Migration):
    """The registration number of 15 digits is a second key; a version says what the business was on file by."""

    dependencies = [("registry", "0004_fewer_checks")]

    operations = [
        migrations.AddField(
            model_name="business",
            name="old_number",
            field=models.CharField(db_collation="C", db_default="", max_length=15),
        ),
        migrations.AddField(
            model_name="businessversion",
            name="uscc",
            field=models.CharField(db_collation="C", db_default="", max_length=18),
        ),
        migrations.AddConstraint(
            model_name="business",
            constraint=models.UniqueConstraint(
                condition=models.Q(("old_number", ""), _negated=True),
                fields=("old_number",),
                name="registry_business_old_number_once",
            ),
        ),
    ]
