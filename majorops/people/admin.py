"""People and teams, for administrators."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from majorops import clock
from majorops.audit.admin import AuditedAdmin
from majorops.audit.trail import record
from majorops.errors import BadInput, RuleViolation
from majorops.people.authentication import limits, sessions
from majorops.people.authentication.second_factor import take_second_factor_away
from majorops.people.authentication.ways_in import follow_changed_address
from majorops.people.groups import GroupName
from majorops.people.models import Person, Team
from majorops.people.operations.leaving import disable, enable
from majorops.people.tree import check_administrator_stays, check_manager
from majorops.web.signed_in import SignedInRequest


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """An account: with an address that is nobody else's, a manager who does not report to it, and never the last
    administrator gone."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        error_messages={"required": "An account needs an address: its person signs in with it."},
    )

    def clean_email(self) -> str:
        address = str(self.cleaned_data["email"]).strip().lower()
        other = Person.objects.filter(email__iexact=address).exclude(pk=self.instance.pk).first()
        if other is not None:
            raise forms.ValidationError(f"{other} has this address already, in these or other letters.")
        return address

    def clean_manager(self) -> Person | None:
        manager: Person | None = self.cleaned_data["manager"]
        try:
            check_manager(self.instance, manager)
        except BadInput as refused:
            raise forms.ValidationError([problem.message for problem in refused.problems]) from None
        return manager

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        groups: list[Group] = list(cleaned.get("groups") or [])
        stays = cleaned.get("is_active") and GroupName.ADMINISTRATOR.value in {group.name for group in groups}
        if self.instance.pk is not None and not stays:
            try:
                check_administrator_stays(self.instance)
            except RuleViolation as refused:
                field = "groups" if cleaned.get("is_active") else "is_active"
                self.add_error(field, refused.sentence)
        return cleaned


# How somebody signs in is changed by themself, or by an administrator in the steps below: each audited, each told. The
# groups are those that permissions come from: none is added, renamed or removed by hand.
for theirs in (EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken, Group):
    if admin.site.is_registered(theirs):
        admin.site.unregister(theirs)


@admin.register(Person)
class PersonAdmin(AuditedAdmin):
    form = PersonForm
    list_display = ["full_name", "email", "team", "manager", "is_active"]
    list_filter = ["is_active", "groups", "team"]
    search_fields = ["full_name", "email", "handle"]
    list_select_related = ["team", "manager"]
    autocomplete_fields = ["manager", "team"]
    actions = ["take_second_factor_away", "let_sign_in_again"]
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
        "groups",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        return super().get_queryset(request).filter(contact_key__isnull=True)

    def save_model(self, request: SignedInRequest, obj: Any, form: "ModelForm[Person]", change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        former = Person.objects.get(pk=obj.pk).email if change else obj.email
        is_active, comes_or_goes = obj.is_active, change and "is_active" in form.changed_data
        if comes_or_goes:
            # Done below, with all that goes with it.
            obj.is_active = not is_active
        super().save_model(request, obj, form, change)
        if former != obj.email:
            follow_changed_address(
                obj,
                former or "",
                keep=sessions.current(request),
                by=request.user,
                now=clock.now(),
            )
        if comes_or_goes and is_active:
            enable(obj, by=request.user, now=clock.now())
        elif comes_or_goes:
            disable(obj, leave=True, by=request.user, now=clock.now())

    @admin.action(description="Take the second factor away, and tell the person")
    def take_second_factor_away(self, request: SignedInRequest, queryset: QuerySet[Person]) -> None:
        """For somebody who lost it. They sign in by the password alone and are told so."""
        taken = [row for row in queryset if take_second_factor_away(row, by=request.user, now=clock.now())]
        self.message_user(request, f"Taken away and told: {', '.join(map(str, taken)) or 'nobody had one'}.")

    @admin.action(description="Let sign in again after too many tries")
    def let_sign_in_again(self, request: SignedInRequest, queryset: QuerySet[Person]) -> None:
        for person in queryset:
            limits.forget_tries(person, by=request.user, now=clock.now())
        self.message_user(request, f"Tries are counted anew for {', '.join(map(str, queryset))}.")

    def save_related(
        self, request: SignedInRequest, form: "ModelForm[Person]", formsets: Any, change: bool
    ) -> None:
        before = sorted(form.instance.groups.values_list("name", flat=True))
        super().save_related(request, form, formsets, change)
        after = sorted(form.instance.groups.values_list("name", flat=True))
        if before != after:
            record(
                "changed the groups of",
                form.instance,
                by=request.user,
                at=clock.now(),
                changes={"groups": (before, after)},
            )


@admin.register(Team)
class TeamAdmin(AuditedAdmin):
    list_display = ["name", "lead"]
    search_fields = ["name"]
    autocomplete_fields = ["lead"]
