"""People and teams, for administrators."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from majorops import clock
from majorops.audit.admin import AuditedAdmin
from majorops.audit.trail import record
from majorops.people.models import Person, Team
from majorops.people.signals import came_or_left


@admin.register(Person)
class PersonAdmin(AuditedAdmin):
    list_display = ["full_name", "email", "team", "manager", "is_active"]
    list_filter = ["is_active", "groups", "team"]
    search_fields = ["full_name", "email", "handle"]
    list_select_related = ["team", "manager"]
    autocomplete_fields = ["manager", "team"]
    filter_horizontal = ["groups"]
    fields = [
        "full_name",
        "email",
        "handle",
        "job_title",
        "team",
        "manager",
        "time_zone",
        "is_active",
        "is_staff",
        "groups",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        return super().get_queryset(request).filter(contact_key__isnull=True)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:  # type: ignore[type-arg]
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data:
            came_or_left.send(Person, person=obj, by=request.user, now=clock.now())

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:  # type: ignore[type-arg]
        before = sorted(form.instance.groups.values_list("name", flat=True))
        super().save_related(request, form, formsets, change)
        after = sorted(form.instance.groups.values_list("name", flat=True))
        if before != after:
            record(
                "changed the groups of",
                form.instance,
                by=request.user,  # type: ignore[arg-type]
                at=clock.now(),
                changes={"groups": (before, after)},
            )


@admin.register(Team)
class TeamAdmin(AuditedAdmin):
    list_display = ["name", "lead"]
    search_fields = ["name"]
    autocomplete_fields = ["lead"]
