from django.db import migrations

from majorops.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [append_only(["audit_auditentry", "audit_auditseal"])]
