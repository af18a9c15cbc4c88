"""An address is one account, however it is written: kept in small letters. Two accounts of one address are for somebody to
settle who knows which of them is used."""

from django.core.management.base import CommandError
from django.db import migrations
from django.db.models import Count
from django.db.models.functions import Lower


def write_small(apps, schema_editor):
    accounts = apps.get_model("people", "Person").objects.filter(email__isnull=False)
    twice = accounts.values(small=Lower("email")).annotate(times=Count("id")).filter(times__gt=1)
    if doubles := sorted(row["small"] for row in twice):
        raise CommandError(
            "Several accounts have one address, in small and capital letters: "
            f"{', '.join(doubles)}. Change all but one of each to an address of its own "
            "(UPDATE people_person SET email = 'new@example.com' WHERE id = ...), then migrate again."
        )
    accounts.exclude(email=Lower("email")).update(email=Lower("email"))


class Migration(migrations.Migration):
    dependencies = [("people", "0003_searched")]
    operations = [migrations.RunPython(write_small, migrations.RunPython.noop)]
