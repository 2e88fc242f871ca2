from django.db import migrations

from gongzhi.org.rowscope import grant


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("org", "0002_rowscope")]

    operations = [
        grant("catalog_permit"),
        grant("catalog_routing"),
        grant("catalog_visititem"),
        grant("catalog_visitchoice"),
        grant("catalog_reason"),
        grant("catalog_trade"),
        grant("catalog_pack"),
    ]
