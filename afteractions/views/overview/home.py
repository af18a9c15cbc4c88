"""Home: what needs me, now, this week, later. Everybody sees their own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from afteractions.queries.after_action_board import COUNTED, Circle, overdue_below, running_incidents
from afteractions.queries.first_steps import first_steps
from afteractions.queries.home import all_needs_of, grouped
from majorops import clock
from majorops.people.groups import GroupName
from majorops.web.signed_in import GET, signed_in


@signed_in(GET)
def home(request: HttpRequest) -> HttpResponse:
    """What needs me, the soonest first; for managers also how much is overdue below them."""
    person, now = request.user, clock.now()
    circle = Circle.of(person)
    things = all_needs_of(person, circle, at=now)
    overdue = overdue_below(person, circle, at=now)
    context = {
        "at": now,
        "first_steps": first_steps(person),
        "needs_me": things.soon,
        "needs": things,
        "groups": grouped(things),
        "running": running_incidents(person=person),
        "manages": bool(circle.below),
        "follows_vendors": person.is_in(GroupName.SERVICE_MANAGER),
        "overdue_below": overdue,
        "overdue_is_more": overdue >= COUNTED,
    }
    return render(request, "home.html", context)
