"""What an open item was due on before is never written anew."""

from django.db import migrations

from majorops.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("afteractions", "0026_dates_of_vendor_items")]
    operations = [append_only(["afteractions_vendoritemmove"])]
