"""Deadlines that could not be enforced, for administrators: see why, then take them up again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from afteractions.models import Obligation
from afteractions.operations.enforcement import sweep
from majorops import clock
from majorops.audit.admin import ListAdmin
from majorops.web.signed_in import SignedInRequest


class SetAside(admin.SimpleListFilter):
    title = "enforcement"
    parameter_name = "set_aside"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Set aside")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Obligation]) -> QuerySet[Obligation]:
        return queryset.filter(set_aside_at__isnull=False) if self.value() == "yes" else queryset


@admin.register(Obligation)
class ObligationAdmin(ListAdmin):
    """Shows only: obligations follow from facts."""

    list_display = ["kind", "due_at", "state", "set_aside_at", "last_error"]
    list_filter = [SetAside, "state", "kind"]
    list_per_page = 50
    show_full_result_count = False
    actions = ["take_up_again"]

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Obligation]:
        return Obligation.objects.visible_to(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description="Enforce again what was set aside", permissions=["view"])
    def take_up_again(self, request: SignedInRequest, queryset: QuerySet[Obligation]) -> None:
        count = sweep.take_up_again(queryset, by=request.user, now=clock.now())
        messages.success(
            request,
            "1 deadline is enforced again." if count == 1 else f"{count} deadlines are enforced again.",
        )
