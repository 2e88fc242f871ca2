from django.db import migrations

from gongzhi.org.rowscope import grant


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_unlicensed")]

    operations = [
        grant("catalog_tradepermit"),
        grant("catalog_tradequestion"),
        grant("catalog_exemption"),
        grant("catalog_designatedplace"),
        grant("catalog_cluedecision"),
        grant("catalog_dutyrule"),
        grant("catalog_enforcementact"),
        grant("catalog_hazard"),
        grant("catalog_treatment"),
        grant("catalog_objectionevidence"),
        grant("catalog_count"),
        grant("catalog_citydepartment"),
    ]
