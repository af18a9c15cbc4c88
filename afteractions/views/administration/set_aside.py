"""Deadlines that could not be enforced: an administrator sees why, and has them enforced again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from afteractions.models import Obligation
from afteractions.operations.deadlines import reminders
from afteractions.operations.enforcement.sweep import take_up_again
from majorops import clock
from majorops.web.signed_in import GET, POST, for_administrators

MOST_SHOWN = 200


@for_administrators(GET, POST)
def deadlines(request: HttpRequest) -> HttpResponse:
    """GET lists them; POST takes up those that are named again."""
    rows = Obligation.objects.visible_to(request.user).open().filter(set_aside_at__isnull=False)
    if request.method == "POST":
        keys = request.POST.getlist("obligation")
        named = [int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) < 18]
        count = take_up_again(rows.filter(pk__in=named), by=request.user, now=clock.now())
        sentence = "1 deadline is" if count == 1 else f"{count} deadlines are"
        messages.success(request, f"{sentence} enforced again.")
        return redirect("afteractions:set_aside")
    listed = rows.select_related("incident", "after_action", "responsible").order_by("set_aside_at", "id")
    context = {
        "deadlines": [
            (row, reminders.what(row), reminders.place(row), reminders.whose(row))
            for row in listed[:MOST_SHOWN]
        ]
    }
    return render(request, "afteractions/administration/set_aside.html", context)
