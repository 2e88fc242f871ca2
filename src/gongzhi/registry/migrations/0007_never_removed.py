from django.db import migrations

from gongzhi.org.parents import never_removed


class Migration(migrations.Migration):
    """A business stays on file for good, so that what names it need not lock it."""

    dependencies = [("registry", "0006_facts"), ("org", "0002_rowscope")]

    operations = [never_removed("registry_business")]
