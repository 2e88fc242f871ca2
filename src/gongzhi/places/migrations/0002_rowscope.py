from django.db import migrations

from gongzhi.org.rowscope import grant_sequences, scoped


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial"), ("org", "0002_rowscope")]

    operations = [
        scoped("places_address", "SELECT, INSERT, UPDATE"),
        grant_sequences(),
    ]
