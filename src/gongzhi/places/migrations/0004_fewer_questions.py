from django.db import migrations

from gongzhi.org.rowscope import rescoped


class Migration(migrations.Migration):
    """Rows are let through by as few questions to `org_scope()` as will do."""

    dependencies = [("places", "0003_learning_and_redraws")]

    operations = [
        rescoped("places_address"),
        rescoped("places_doubt"),
        rescoped("places_moved", area="after"),
    ]
