from django.db import migrations, models


class Migration(migrations.Migration):
    """A visit item may belong to a part of the year."""

    dependencies = [
        ("catalog", "0007_guide_materials_rowscope"),
    ]

    operations = [
        migrations.AddField(
            model_name="visititem",
            name="season",
            field=models.CharField(db_collation="C", db_default="", max_length=11),
        ),
    ]
