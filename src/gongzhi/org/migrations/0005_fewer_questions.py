from django.db import migrations

from gongzhi.org.absence_sql import SEEN_BY
from gongzhi.org.rowscope import rescoped


class Migration(migrations.Migration):
    """Rows are let through by as few questions to `org_scope()` as will do."""

    dependencies = [("org", "0004_absence")]

    operations = [
        rescoped("org_absence", extra=SEEN_BY),
    ]
