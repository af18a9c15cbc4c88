"""Of services and vendors of one name the first stays what the name means, as it was found until now; the others keep
what records of the past say of them (docs/decisions/one-name-is-one-service.md)."""

import logging

from django.db import migrations

from incidents.models.names import OneName

log = logging.getLogger(__name__)


def name_doubles(apps, schema_editor):
    for kind in ("Service", "Vendor"):
        model = apps.get_model("incidents", kind)
        first, doubles = {}, {}
        for key, name, one_name in model.objects.order_by("pk").values_list("pk", "name", OneName("name")):
            if one_name in first:
                doubles[key] = f"“{name}” beside “{first[one_name]}”"
            else:
                first[one_name] = name
        model.objects.filter(pk__in=doubles).update(is_double=True)
        if doubles:
            log.warning(
                "Several rows of %s have one name. The first is found by it; rename the others, or leave them to the "
                "records that speak of them: %s",
                kind,
                "; ".join(doubles.values()),
            )


class Migration(migrations.Migration):
    dependencies = [("incidents", "0024_doubles_of_a_name")]
    operations = [migrations.RunPython(name_doubles, migrations.RunPython.noop)]
