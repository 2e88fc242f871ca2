from django.db import migrations

from gongzhi.org.rowscope import grant, grant_sequences, scoped, scoped_by


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial"), ("org", "0002_rowscope")]

    operations = [
        grant("registry_import", "SELECT, INSERT, UPDATE"),
        scoped("registry_business", "SELECT, INSERT, UPDATE"),
        scoped_by("registry_version", "SELECT, INSERT", "registry_business", "business_id"),
        scoped_by("registry_permit_held", "SELECT, INSERT, UPDATE", "registry_business", "business_id"),
        grant_sequences(),
    ]
