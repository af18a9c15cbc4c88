"""The index of the administration: what an administrator keeps, and where."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from afteractions.queries.first_steps import first_steps
from majorops import clock
from majorops.people.operations.organisation import hide_first_steps
from majorops.web.signed_in import GET, POST, for_administrators


@dataclass(frozen=True)
class Page:
    """One page of the administration."""

    url_name: str
    label: str
    about: str
    icon: str

    @property
    def url(self) -> str:
        """Its address."""
        return reverse(self.url_name)


GROUPS = (
    (
        "The organisation",
        (
            Page(
                "afteractions:directory",
                "People",
                "Who signs in, their managers, groups and teams",
                "person",
            ),
            Page("afteractions:teams", "Teams", "Their leads and members", "people"),
            Page("afteractions:services", "Services", "What incidents affect, and who owns it", "incident"),
            Page(
                "afteractions:organisation", "Organisation", "Its name, time zone and public holidays", "home"
            ),
            Page("afteractions:vendors", "Vendors", "Contracts, terms and Service Managers", "link"),
            Page(
                "afteractions:policy", "Policy and calendar", "Warnings, escalation, closing days", "calendar"
            ),
        ),
    ),
    (
        "Access",
        (
            Page("afteractions:sign_in", "Sign-in", "Who needs a second factor, single sign-on", "lock"),
            Page("afteractions:audit", "Audit", "Who changed what, and when", "history"),
        ),
    ),
    (
        "Running it",
        (
            Page("afteractions:mail", "Mail", "Where mail goes, and a test of it", "bell"),
            Page("healthz", "Health", "Database, broker, processes, for your monitoring", "info"),
            Page("afteractions:set_aside", "Deadlines set aside", "What could not be enforced", "overdue"),
            Page("afteractions:left_behind", "Left behind", "Open work of people who left", "people"),
        ),
    ),
)


@for_administrators(POST)
def hide(request: HttpRequest) -> HttpResponse:
    """The first steps are not shown any more, to no administrator."""
    hide_first_steps(by=request.user, now=clock.now())
    messages.success(request, "The first steps are hidden. Their pages are all under Administration.")
    return redirect("afteractions:administration")


@for_administrators(GET)
def administration(request: HttpRequest) -> HttpResponse:
    """Every page for administrators."""
    context = {"groups": GROUPS, "first_steps": first_steps(request.user)}
    return render(request, "afteractions/administration/index.html", context)
