from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_rowscope")]

    operations = [
        migrations.AddField(
            model_name="permitheld",
            name="lapse_told_on",
            field=models.DateField(null=True),
        ),
        migrations.AddIndex(
            model_name="permitheld",
            index=models.Index(
                fields=["valid_to", "id"],
                condition=models.Q(lapse_told_on=None, valid_to__isnull=False),
                name="registry_permit_held_to_lapse",
            ),
        ),
    ]
