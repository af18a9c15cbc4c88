"""A company of people from a CSV file: looked at first, then taken in, all or nothing."""

import csv

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from afteractions.views.administration.people_forms import FileForm
from majorops import clock
from majorops.people.operations.importing import ImportedRow, Outcome, import_people
from majorops.people.operations.invitations import invite_all
from majorops.people.operations.people_file import COLUMNS
from majorops.web.refusals import Attempt
from majorops.web.signed_in import GET, POST, for_administrators

MOST_SHOWN = 1000
EXAMPLE = (
    ("ida@corp.example", "Ida Above", "", "Operations", "Europe/Berlin", "Administrator"),
    (
        "max@corp.example",
        "Max Middle",
        "ida@corp.example",
        "Operations",
        "Europe/Berlin",
        "MIM;Communications",
    ),
    ("bea@corp.example", "Bea Below", "max@corp.example", "Payments", "America/New_York", ""),
)


@for_administrators(GET, POST)
def import_file(request: HttpRequest) -> HttpResponse:
    """GET asks for a file; POST of a file shows what each row would do, POST of what was shown does it."""
    if request.method == "POST" and "content" in request.POST:
        return _import(request, request.POST["content"])
    attempt = Attempt(FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm())
    if request.method == "POST" and attempt.is_filled():
        with attempt:
            content = attempt.form.cleaned_data["file"].read()
            rows = import_people(content, preview=True, by=request.user, now=clock.now())
            return _preview(request, content.decode("utf-8-sig"), rows)
    context = {
        "form": attempt.form,
        "columns": COLUMNS,
        "example": [list(zip(COLUMNS, row, strict=True)) for row in EXAMPLE],
    }
    return render(request, "afteractions/administration/import_people.html", context, status=attempt.status)


@for_administrators(GET)
def example_file(request: HttpRequest) -> HttpResponse:
    """The columns and three people, to begin with."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="people.csv"'
    csv.writer(response).writerows((COLUMNS, *EXAMPLE))
    return response


def _import(request: HttpRequest, content: str) -> HttpResponse:
    attempt = Attempt()
    now = clock.now()
    with attempt, transaction.atomic():
        rows = import_people(content.encode(), by=request.user, now=now)
        new = [row.person for row in rows if row.outcome is Outcome.NEW]
        changed = sum(row.outcome is Outcome.CHANGED for row in rows)
        invited = invite_all(new, by=request.user, now=now) if request.POST.get("invited") else 0
        invitations = (
            f" {invited} invitation{'s are' if invited != 1 else ' is'} on the way." if invited else ""
        )
        messages.success(request, f"{len(new)} added, {changed} changed.{invitations}")
        return redirect("afteractions:directory")
    if attempt.refused:
        messages.error(request, attempt.refused.sentence)
    # Somebody changed something meanwhile: what each row would do now.
    with Attempt() as again:
        rows = import_people(content.encode(), preview=True, by=request.user, now=now)
    # What was sent is no such file at all.
    return (
        redirect("afteractions:import_people")
        if again.refused
        else _preview(request, content, rows, status=attempt.status)
    )


def _preview(
    request: HttpRequest, content: str, rows: list[ImportedRow], *, status: int = 200
) -> HttpResponse:
    by_outcome = {outcome: [row for row in rows if row.outcome is outcome] for outcome in Outcome}
    # What is refused comes first: it is what somebody has to see to.
    ordered = [*by_outcome[Outcome.REFUSED], *by_outcome[Outcome.NEW], *by_outcome[Outcome.CHANGED]]
    context = {
        "content": content,
        "counts": [(outcome.label, len(some)) for outcome, some in by_outcome.items()],
        "refused": len(by_outcome[Outcome.REFUSED]),
        "new": len(by_outcome[Outcome.NEW]),
        "mail_is_set": bool(settings.EMAIL_URL),
        "is_something": bool(by_outcome[Outcome.NEW] or by_outcome[Outcome.CHANGED]),
        "rows": ordered[:MOST_SHOWN],
        "not_shown": max(0, len(ordered) - MOST_SHOWN),
    }
    return render(request, "afteractions/administration/preview.html", context, status=status)
