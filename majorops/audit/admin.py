"""The administration pages write the audit as every other road does."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from majorops import clock
from majorops.audit.trail import record
from majorops.texts import name_problem
from majorops.web.signed_in import SignedInRequest

# What Django's filters by a field append to its name.
ENDINGS = ("__exact", "__id__exact", "__isnull")


class ListAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A list that is asked by nothing but its filters and its search: a condition in the address would tell of any
    field, one letter after the other, of a password's hash too."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        offered: set[str] = set()
        for row in self.get_list_filter(request):
            name = row if isinstance(row, str) else getattr(row, "parameter_name", None)
            endings = ENDINGS if isinstance(row, str) else ("",)
            offered |= {f"{name}{ending}" for ending in endings}
        return lookup in offered


class NameField(forms.CharField):
    """A name that reads as what it is (majorops.texts)."""

    def clean(self, value: Any) -> str:
        name = " ".join((super().clean(value) or "").split())
        if problem := name_problem(name):
            raise forms.ValidationError(problem)
        return name


class AuditedAdmin(ListAdmin):
    """Adds and changes with an audit row each; removes nothing. What is typed on one line is a name."""

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **options: Any
    ) -> forms.Field | None:
        if type(db_field) is models.CharField and not db_field.choices:
            options["form_class"] = NameField
        return super().formfield_for_dbfield(db_field, request, **options)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(
        self, request: SignedInRequest, obj: Any, form: "forms.ModelForm[Any]", change: bool
    ) -> None:
        before = type(obj)._default_manager.filter(pk=obj.pk).values().first() if change else None
        super().save_model(request, obj, form, change)
        after = type(obj)._default_manager.filter(pk=obj.pk).values().get()
        secret = {"password", "last_login"}
        record(
            "changed" if change else "added",
            obj,
            by=request.user,
            at=clock.now(),
            changes={
                field: ((before or {}).get(field), value)
                for field, value in after.items()
                if field not in secret and (before or {}).get(field) != value
            },
        )
