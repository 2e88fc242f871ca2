from django.db import migrations

from gongzhi.org.rowscope import grant


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_guide_materials")]

    operations = [grant("catalog_guidematerial")]
