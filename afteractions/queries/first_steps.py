"""What an organisation does on its first day, each ticked off by facts."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists
from django.urls import reverse

from incidents.models import Service, Vendor
from majorops.people.groups import GroupName
from majorops.people.models import Organisation, Person


@dataclass(frozen=True)
class FirstStep:
    """One of them, with the page where it is done."""

    what: str
    about: str
    url: str
    button: str
    done: bool


def first_steps(reader: Person) -> list[FirstStep]:
    """All of them, for an administrator; none once all are done or somebody has hidden them."""
    if not reader.is_administrator:
        return []
    organisation = Organisation.current()
    if organisation.first_steps_hidden_at is not None:
        return []
    [facts] = Person.objects.filter(pk=reader.pk).values_list(
        Exists(Person.objects.accounts().exclude(pk=reader.pk)),
        Exists(Person.objects.in_group(GroupName.MIM)),
        Exists(Service.objects.all()),
        Exists(Vendor.objects.filter(taken_in=True)),
    )
    people, mims, services, vendors = facts
    sign_in = bool(settings.SOCIALACCOUNT_PROVIDERS or organisation.second_factor_groups)
    steps = [
        _step("organisation", "Say who you are", "Name, time zone, public holidays", bool(organisation.name)),
        _step(
            "mail",
            "See that mail leaves",
            "Without it nobody is invited, warned or told",
            bool(settings.EMAIL_URL),
        ),
        _step(
            "import_people",
            "Bring your people in",
            "One CSV file with managers, teams and groups; each is invited by mail",
            people,
        ),
        _step(
            "directory",
            "Name the Major Incident Managers",
            "They command incidents and chair After Actions",
            mims,
        ),
        _step("services", "List your services", "Their owners are invited to what concerns them", services),
        _step(
            "vendors", "Enter the vendors’ contracts", "Response times, RCA terms and whom to call", vendors
        ),
        _step(
            "sign_in",
            "Decide how people sign in",
            "A second factor for some groups, or single sign-on",
            sign_in,
        ),
    ]
    return [] if all(step.done for step in steps) else steps


def _step(page: str, what: str, about: str, done: bool) -> FirstStep:
    return FirstStep(what, about, reverse(f"afteractions:{page}"), "Open", done)
