from django.db import migrations

from gongzhi.org.rowscope import rescoped


class Migration(migrations.Migration):
    """Rows are let through by as few questions to `org_scope()` as will do."""

    dependencies = [("registry", "0007_never_removed")]

    operations = [
        rescoped("registry_business"),
    ]
