"""Services and vendors, for administrators. The record itself is written only through its operations."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from incidents.models import Service, Vendor
from incidents.operations.names import of_this_name
from incidents.queries.incidents import services_known_to, vendors_known_to
from incidents.rules.names import collapsed
from majorops.audit.admin import AuditedAdmin
from majorops.web.signed_in import SignedInRequest


class NamedForm(forms.ModelForm):  # type: ignore[type-arg]
    """What has a name that is nobody else's, in whatever letters."""

    def clean_name(self) -> str:
        return collapsed(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        name = str(cleaned.get("name", self.instance.name))
        same = of_this_name(type(self.instance), name).exclude(pk=self.instance.pk).first()
        if same is not None and not cleaned.get("is_double", self.instance.is_double):
            self.add_error(
                "name" if "name" in self.fields else None,
                f"There is a {same._meta.verbose_name} called {same} already, in these or other letters.",
            )
        return cleaned


class NamedAdmin(AuditedAdmin):
    """What closed records speak of keeps its name; one that has another's name says so."""

    form = NamedForm

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["name"] if obj is not None and obj.is_recorded else []

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        hidden = [] if obj is not None and obj.is_double else ["is_double"]
        return [*(self.exclude or ()), *hidden]


@admin.register(Service)
class ServiceAdmin(NamedAdmin):
    list_display = ["name", "owner", "team"]
    search_fields = ["name"]
    list_select_related = ["owner", "team"]
    autocomplete_fields = ["owner", "team"]
    exclude = ["taken_in"]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Service]:
        known = services_known_to(request.user)
        return super().get_queryset(request).filter(pk__in=known.values("pk"))


@admin.register(Vendor)
class VendorAdmin(NamedAdmin):
    list_display = ["name", "service_manager", "response_sla_minutes", "rca_term_days"]
    search_fields = ["name"]
    list_select_related = ["service_manager"]
    exclude = ["version"]
    autocomplete_fields = ["representative", "service_manager"]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Vendor]:
        known = vendors_known_to(request.user)
        return super().get_queryset(request).filter(pk__in=known.values("pk"))
