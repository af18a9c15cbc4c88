"""What a manager does from the dashboard: nudge, hand over, both for several rows at once, and keep views."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from afteractions.models import Obligation, SavedView
from afteractions.operations.deadlines import reminders
from afteractions.operations.deadlines.nudging import nudge
from afteractions.operations.followup.handover import hand_over
from afteractions.operations.saved_views import delete_view, save_view
from afteractions.queries.after_action_board import Circle
from afteractions.queries.overdue.filters import Filters
from afteractions.views.followup.action_forms import HandOnForm
from afteractions.views.followup.overdue_forms import ViewForm
from majorops import clock
from majorops.errors import BadInput, NotFound, RuleViolation
from majorops.people.models import Person
from majorops.web.htmx import is_partial_request
from majorops.web.signed_in import GET, POST, signed_in

MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one row."""

    what: str
    whose: str
    url: str
    done: bool
    said: str = ""


@signed_in(POST)
def together(request: HttpRequest) -> HttpResponse:
    """Nudges one row, or does the same with several; each row's outcome is told. What is refused leaves the others."""
    only = request.POST.get("only", "")
    back = _back(request.POST.get("back", ""))
    rows = _chosen(request.user, [only] if only else request.POST.getlist("pick"))
    if not rows:
        messages.warning(request, "Choose at least one row first.")
        return redirect(back)
    if request.POST.get("do") == "hand-over" and not only:
        return _hand_over(request, rows, back)
    word = request.POST.get("word", "")
    now = clock.now()
    outcomes = [
        _outcome(row, lambda row=row: nudge(row, word=word, by=request.user, at=now, now=now)) for row in rows
    ]
    if len(outcomes) == 1:
        (one,) = outcomes
        if one.done:
            messages.success(request, f"Nudged {one.whose}: {one.what}.")
        else:
            messages.error(request, f"Not nudged: {one.what}. {one.said}")
        return redirect(back)
    return _outcome_page(request, "Nudged", outcomes, back)


def _hand_over(request: HttpRequest, rows: list[Obligation], back: str) -> HttpResponse:
    to_owner = "owner" in request.POST
    form = HandOnForm(request.POST if to_owner else None)
    if not to_owner or not form.is_valid():
        context = {
            "form": form,
            "back": back,
            "written": back.partition("?")[2],
            "rows": [(row, reminders.what(row), reminders.whose(row)) for row in rows],
            "at": clock.now(),
        }
        return render(
            request, "afteractions/overdue_hand_over.html", context, status=422 if to_owner else 200
        )
    now, cleaned = clock.now(), form.cleaned_data
    outcomes = [
        _outcome(row, lambda row=row: hand_over(row, **cleaned, by=request.user, at=now, now=now))
        for row in rows
    ]
    return _outcome_page(request, f"Handed over to {cleaned['owner']}", outcomes, back)


def _outcome(row: Obligation, act: Callable[[], Any]) -> RowOutcome:
    what, whose, url = reminders.what(row), reminders.whose(row), reminders.place(row)
    try:
        act()
    except RuleViolation as refused:
        return RowOutcome(what, whose, url, done=False, said=refused.sentence)
    return RowOutcome(what, whose, url, done=True)


def _outcome_page(request: HttpRequest, title: str, outcomes: list[RowOutcome], back: str) -> HttpResponse:
    done = [outcome for outcome in outcomes if outcome.done]
    context = {"title": title, "outcomes": outcomes, "done": len(done), "back": back, "at": clock.now()}
    return render(request, "afteractions/overdue_outcomes.html", context)


def _chosen(person: Person, picked: list[str]) -> list[Obligation]:
    keys = [int(row) for row in picked if row.isascii() and row.isdecimal() and len(row) < 19]
    obligations = Obligation.objects.visible_to(person).filter(pk__in=keys[:MOST_ROWS])
    return list(
        obligations.select_related("incident", "after_action", "responsible").order_by("due_at", "id")[
            :MOST_ROWS
        ]
    )


def _back(written: str) -> str:
    """The dashboard with the filters that the form came from; nothing else is taken from it."""
    data = dict(parse_qsl(written))
    try:
        filters = Filters.read(data, manages=False)
    except BadInput:
        return reverse("afteractions:overdue")
    query = filters.written(manages=data.get("whose") == "all")
    return f"{reverse('afteractions:overdue')}?{query}" if query else reverse("afteractions:overdue")


@signed_in(GET, POST)
def keep_view(request: HttpRequest) -> HttpResponse:
    """Asks for a name, as a page or in a dialog, and keeps the filters of the address under it."""
    manages = bool(Circle.of(request.user).below)
    try:
        filters = Filters.read(request.GET.dict(), manages=manages).written(manages=manages)
    except BadInput:
        filters = ""
    if request.method != "POST":
        return render(request, "afteractions/saved_view.html", {"form": ViewForm(), "filters": filters})
    form = ViewForm(request.POST)
    if form.is_valid():
        try:
            view = save_view(
                name=form.cleaned_data["name"], filters=filters, by=request.user, now=clock.now()
            )
        except RuleViolation as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"Kept as “{view.name}”. Its address can be shared.")
            return _go(request, view.get_absolute_url())
    return render(request, "afteractions/saved_view.html", {"form": form, "filters": filters}, status=422)


@signed_in(GET)
def open_view(request: HttpRequest, reference: str) -> HttpResponse:
    """The dashboard as it was saved, for whoever has the address: of what they may see themselves."""
    view = _view(reference)
    return redirect(f"{reverse('afteractions:overdue')}?{view.filters}")


@signed_in(GET, POST)
def drop_view(request: HttpRequest, reference: str) -> HttpResponse:
    """Asks, then deletes a view of one's own."""
    view = _view(reference)
    if view.person_id != request.user.pk:
        raise NotFound("There is no such view of yours.")
    if request.method != "POST":
        return render(request, "afteractions/saved_view_delete.html", {"view": view})
    back = f"{reverse('afteractions:overdue')}?{view.filters}"
    delete_view(view, by=request.user, now=clock.now())
    messages.success(request, f"The view “{view.name}” is deleted.")
    return _go(request, back)


def _view(reference: str) -> SavedView:
    saved_view = SavedView.objects.filter(reference=reference).first()
    if saved_view is None:
        raise NotFound("There is no such view; perhaps it was deleted.")
    return saved_view


def _go(request: HttpRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if is_partial_request(request) else redirect(url)
