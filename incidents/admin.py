"""Services and vendors, for administrators. The record itself is written only through its operations."""

from django.contrib import admin
from django.http import HttpRequest

from incidents.models import Service, Vendor
from majorops.audit.admin import AuditedAdmin


@admin.register(Service)
class ServiceAdmin(AuditedAdmin):
    list_display = ["name", "owner", "team"]
    search_fields = ["name"]
    list_select_related = ["owner", "team"]
    autocomplete_fields = ["owner", "team"]

    def get_readonly_fields(self, request: HttpRequest, obj: Service | None = None) -> list[str]:
        return ["name"] if obj is not None and obj.is_recorded else []


@admin.register(Vendor)
class VendorAdmin(AuditedAdmin):
    list_display = ["name", "service_manager", "response_sla_minutes", "rca_term_days"]
    search_fields = ["name"]
    list_select_related = ["service_manager"]
    exclude = ["version"]
    autocomplete_fields = ["representative", "service_manager"]

    def get_readonly_fields(self, request: HttpRequest, obj: Vendor | None = None) -> list[str]:
        return ["name"] if obj is not None and obj.is_recorded else []
