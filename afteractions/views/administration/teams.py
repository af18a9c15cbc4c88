"""Teams as an administrator keeps them."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from afteractions.views.administration.people_forms import TeamForm
from afteractions.views.person_fields import person_words
from majorops import clock
from majorops.errors import NotFound
from majorops.people.models import Team
from majorops.people.operations.teams import change_team, create_team, remove_team
from majorops.web.refusals import Attempt
from majorops.web.signed_in import GET, POST, for_administrators


@for_administrators(GET, POST)
def teams(request: HttpRequest) -> HttpResponse:
    """GET lists all of them, POST adds one."""
    attempt = Attempt(TeamForm(request.POST if request.method == "POST" else None))
    if request.method == "POST" and attempt.is_filled():
        with attempt:
            team = create_team(**attempt.form.cleaned_data, by=request.user, now=clock.now())
            messages.success(request, f"{team} is added.")
            return redirect("afteractions:teams")
    members = Count("members", filter=Q(members__is_active=True, members__email__isnull=False))
    rows = Team.objects.select_related("lead").annotate(member_count=members).order_by("name")
    context = {"form": attempt.form, "rows": rows}
    return render(request, "afteractions/administration/teams.html", context, status=attempt.status)


@for_administrators(GET, POST)
def team(request: HttpRequest, team_id: int) -> HttpResponse:
    """GET shows one, POST changes it."""
    row = _team(team_id)
    initial = {"name": row.name, "lead": person_words(row.lead)}
    attempt = Attempt(TeamForm(request.POST if request.method == "POST" else None, initial=initial))
    if request.method == "POST" and attempt.is_filled():
        with attempt:
            changes: Any = attempt.form.cleaned_data
            change_team(row, changes, by=request.user, now=clock.now())
            messages.success(request, "Saved.")
            return redirect("afteractions:teams")
    context = {"form": attempt.form, "team": row}
    return render(request, "afteractions/administration/team.html", context, status=attempt.status)


@for_administrators(POST)
def delete_team(request: HttpRequest, team_id: int) -> HttpResponse:
    """Removes a team that nobody belongs to."""
    row = _team(team_id)
    name = row.name
    remove_team(row, by=request.user, now=clock.now())
    messages.success(request, f"{name} is deleted.")
    return redirect("afteractions:teams")


def _team(team_id: int) -> Team:
    row = Team.objects.select_related("lead").filter(pk=team_id).first()
    if row is None:
        raise NotFound("There is no such team.")
    return row
