"""What people leave behind, for whoever stands above them and for administrators: handed over in one step."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from afteractions.operations.deadlines import reminders
from afteractions.operations.followup.leavers import can_hand_over_for, hand_over_all
from afteractions.queries import leavers
from afteractions.queries.after_action_board import Circle
from afteractions.queries.leavers import LeftBehind
from afteractions.views.person_fields import offered, person_words
from afteractions.views.step_forms import HandOverForm
from majorops import clock
from majorops.errors import NotAllowed, NotFound, RuleViolation
from majorops.people.models import Person
from majorops.prepared import among
from majorops.web.refusals import status_of
from majorops.web.signed_in import GET, POST, signed_in

MOST_SHOWN = 50


@signed_in(GET)
def those_who_left(request: HttpRequest) -> HttpResponse:
    """Whoever cannot sign in any more and has something open: below me, or for administrators everybody."""
    leaving = leavers.those_who_left().select_related("team", "manager")
    if not request.user.is_administrator:
        leaving = leaving.filter(among("pk", Circle.of(request.user).left))
    context = {"at": clock.now(), "people": leaving.order_by("full_name", "id")[:MOST_SHOWN]}
    return render(request, "afteractions/left_behind.html", context)


@signed_in(GET, POST)
def left_by(request: HttpRequest, leaver_id: int) -> HttpResponse:
    """What one person leaves behind; POST hands all of it over to another."""
    person = request.user
    accounts = Person.objects.select_related("manager", "team").filter(email__isnull=False)
    leaver = accounts.filter(pk=leaver_id).first()
    if leaver is None:
        raise NotFound("There is no such person.")
    if not can_hand_over_for(person, leaver):
        raise NotAllowed(f"Whoever stands above {leaver}, or an administrator, sees what is left behind.")
    if request.method != "POST":
        return _page(request, person, leaver, HandOverForm(of_somebody_here=leaver.is_active))
    form = HandOverForm(request.POST, of_somebody_here=leaver.is_active)
    if not form.is_valid():
        return _page(request, person, leaver, form, status=422)
    now = clock.now()
    try:
        count = hand_over_all(leaver, **form.cleaned_data, by=person, at=now, now=now)
    except RuleViolation as refused:
        form.refuse(refused)
        return _page(request, person, leaver, form, status=status_of(refused))
    things = "One thing is" if count == 1 else f"{count} things are"
    messages.success(request, f"{things} handed over to {form.cleaned_data['to']}.")
    return redirect("afteractions:left_by", leaver.pk)


def _page(
    request: HttpRequest, viewer: Person, leaver: Person, form: HandOverForm, *, status: int = 200
) -> HttpResponse:
    behind = LeftBehind(leaver, viewer)
    context = {
        "at": clock.now(),
        "leaver": leaver,
        "behind": behind,
        "deadlines": [(row, reminders.what(row), reminders.place(row)) for row in behind.deadlines],
        "form": form,
        "known": [person_words(item) for item in offered(str(form["to"].value() or ""), scope="")],
    }
    return render(request, "afteractions/left_by.html", context, status=status)
