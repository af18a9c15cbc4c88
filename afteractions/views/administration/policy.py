"""The policy of warnings and escalation, and the business calendar: everybody reads, administrators change."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from afteractions.models import PolicyVersion
from afteractions.operations.current_policy import CurrentPolicy, current_policy
from afteractions.operations.enforcement.policy import change_policy, close_day, closing_days, open_day
from afteractions.operations.enforcement.recalculation import computed_earlier
from afteractions.queries.after_actions import meetings_on
from afteractions.rules.deadlines.calendar import BusinessCalendar
from afteractions.rules.deadlines.policy import warnings_words
from afteractions.views.administration.policy_forms import ClosingDayForm, PolicyForm
from afteractions.vocabulary import ObligationKind
from majorops import clock
from majorops.errors import NotAllowed, RuleViolation
from majorops.people.models import Person
from majorops.people.operations.organisation import organisation_zone
from majorops.web.refusals import status_of
from majorops.web.signed_in import GET, POST, signed_in

SHOWN_VERSIONS = 20
MOST_COUNTED = 1000
PUBLIC_HOLIDAYS_AHEAD = timedelta(days=120)

# What falls due when is no matter of policy: the terms are those of domain.md.
DUE = {
    ObligationKind.DECIDE: "24 h after the close",
    ObligationKind.SCHEDULE: "24 h after the close",
    ObligationKind.DISTRIBUTE: "48 h before the meeting",
    ObligationKind.HOLD: "end of the 5th business day after the close (Critical), of the 10th (all others)",
    ObligationKind.PUBLISH: "48 h after the meeting",
    ObligationKind.REVIEW_ACTIONS: "30 days after publication, then every 30 days",
    ObligationKind.ACTION_ITEM: "end of its due date",
    ObligationKind.EFFECT_CHECK: "end of the day to look again",
    ObligationKind.STATUS_NOTE: "1 business day after the status changed",
    ObligationKind.EXTERNAL_MESSAGE: "its own date",
    ObligationKind.VENDOR_RCA: "the term of the contract, or the committed date",
    ObligationKind.VENDOR_ITEM: "the committed date, until then our follow-up date",
    ObligationKind.MTM_SUMMARY: "15 min after the MTM",
    ObligationKind.NEXT_MTM: "the time set for it",
    ObligationKind.READ_DRAFT: "the start of the meeting",
    ObligationKind.EVIDENCE: "end of the day it was asked for",
}


@signed_in(GET, POST)
def policy(request: HttpRequest) -> HttpResponse:
    """GET shows, POST changes: all fields at once, with the reason."""
    if request.method != "POST":
        return _page(request)
    _only_administrators(request.user)
    current = current_policy()
    form = PolicyForm(request.POST, policy=current.policy, number=current.number)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    try:
        number = change_policy(
            form.document(),
            reason=form.cleaned_data["reason"],
            version=form.cleaned_data["version"],
            by=request.user,
            now=clock.now(),
        )
    except RuleViolation as refused:
        form.refuse(refused)
        return _page(request, form=form, status=status_of(refused))
    changed = number != current.number
    messages.success(request, "The policy is changed." if changed else "Nothing was changed.")
    return redirect("afteractions:policy")


@signed_in(POST)
def close_a_day(request: HttpRequest) -> HttpResponse:
    """Makes a day a closing day of the organisation."""
    _only_administrators(request.user)
    form = ClosingDayForm(request.POST)
    if not form.is_valid():
        return _page(request, closing=form, status=422)
    try:
        close_day(**form.cleaned_data, by=request.user, now=clock.now())
    except RuleViolation as refused:
        form.refuse(refused)
        return _page(request, closing=form, status=status_of(refused))
    messages.success(request, f"{form.cleaned_data['name']} is a closing day.")
    planned = [
        meeting.after_action.reference for meeting in meetings_on(form.cleaned_data["day"], request.user)
    ]
    if planned:
        messages.warning(
            request,
            f"Planned on that day: the {'meetings' if len(planned) > 1 else 'meeting'} of {', '.join(planned)}. "
            "Nothing is moved until somebody reschedules it.",
        )
    return redirect("afteractions:policy")


@signed_in(GET, POST)
def open_a_day(request: HttpRequest, day: str) -> HttpResponse:
    """GET asks, as a page or in a dialog; POST takes the closing day back."""
    _only_administrators(request.user)
    try:
        which = date.fromisoformat(day)
    except ValueError:
        raise Http404("There is no such day.") from None
    if request.method == "POST":
        opened = open_day(which, by=request.user, now=clock.now())
        messages.success(request, f"{opened.name} is a business day again.")
        return redirect("afteractions:policy")
    closed = next((closing_day for closing_day in closing_days() if closing_day.day == which), None)
    if closed is None:
        messages.info(request, "That day is no closing day, or is none any more.")
        return redirect("afteractions:policy")
    return render(request, "afteractions/open_day.html", {"closing_day": closed})


def _only_administrators(person: Person) -> None:
    if not person.is_administrator:
        raise NotAllowed("Only an administrator changes the policy and the calendar.")


def _page(request: HttpRequest, *, status: int = 200, **kwargs: Any) -> HttpResponse:
    policy = current_policy()
    form = kwargs.pop("form", None) or PolicyForm(policy=policy.policy, number=policy.number)
    waiting = computed_earlier()[:MOST_COUNTED].count()
    context = {
        "current": policy,
        "may_change": request.user.is_administrator,
        "form": form,
        "closing": ClosingDayForm(),
        "rows": [
            {
                "field": row,
                "due": DUE[row.kind],
                "warnings": warnings_words(policy.policy.of(row.kind).warnings),
                "managers": policy.policy.of(row.kind).managers,
            }
            for row in form.rows()
        ],
        "closing_days": closing_days(),
        "public_holidays": _public_holidays(policy),
        "zone": organisation_zone(),
        "waiting": waiting,
        "is_counted": waiting < MOST_COUNTED,
        "versions": PolicyVersion.objects.select_related("by")[:SHOWN_VERSIONS],
        **kwargs,
    }
    return render(request, "afteractions/policy.html", context, status=status)


def _public_holidays(current_policy: CurrentPolicy) -> list[date]:
    """The public holidays of the next months that fall on Monday to Friday."""
    today = clock.now().date()
    alone = BusinessCalendar(current_policy.calendar.code)
    ahead = (today + timedelta(days=count) for count in range(PUBLIC_HOLIDAYS_AHEAD.days))
    return [day for day in ahead if day.weekday() < 5 and not alone.is_business_day(day)]
