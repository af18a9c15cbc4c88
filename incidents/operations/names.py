"""Finding a service or a vendor by its name, whatever the case and the blanks; an unknown one is taken in."""

from typing import TypeVar

from django.db import connection
from django.db.models import QuerySet, Value
from django.db.models.functions import Upper

from incidents.models import Service, Vendor
from incidents.models.names import OneName
from incidents.rules.names import collapsed, folded

Named = TypeVar("Named", Service, Vendor)


def service_named(name: str) -> Service:
    """The service of this name."""
    return _named(Service, name)


def vendor_named(name: str) -> Vendor:
    """The vendor of this name; a new one comes without a contract."""
    return _named(Vendor, name)


def of_this_name(model: type[Named], name: str) -> QuerySet[Named]:
    """The service or vendor of this name: one at most."""
    named = model._default_manager.alias(one_name=OneName("name"))
    return named.filter(one_name=Upper(Value(collapsed(name))), is_double=False)


def known_by_name(model: type[Named], name: str) -> Named | None:
    """The service or vendor of this name, if there is one."""
    return of_this_name(model, name).order_by("pk").first()


def _named(model: type[Named], name: str) -> Named:
    there = known_by_name(model, name)
    if there is None:
        with connection.cursor() as cursor:
            # Two who name the same new one at once: the second finds what the first one made.
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"{model._meta.label}:{folded(name)}"],
            )
        there = known_by_name(model, name) or model.objects.create(name=collapsed(name))
    return there
