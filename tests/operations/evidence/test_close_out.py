"""The bridge close-out: what each responder says at the close, and what becomes of it in the draft."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from afteractions.access import responders
from afteractions.models import AfterAction, CloseOutAnswer
from afteractions.operations.evidence.close_out import close_out, latest_answers, take_over
from afteractions.operations.review.distribution import distribute, withdraw
from afteractions.vocabulary import SectionKey
from incidents.exchange.importing import import_document
from incidents.models import Incident
from incidents.operations.close import close, reopen
from incidents.operations.response.command import add_member, assign, open_track
from incidents.vocabulary import CommandRole
from majorops.errors import BadInput, NotAllowed, NotFound, RuleViolation
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.changed_rows import last_entry
from tests.factories.afteractions import CLOSED, DISTRIBUTED, HOUR, a_drafted_review, an_after_action, fresh
from tests.factories.incidents import OPENED, an_incident, minutes
from tests.factories.people import a_person

pytestmark = pytest.mark.django_db

LATER = CLOSED + timedelta(minutes=20)


@pytest.fixture
def after_action(mim: Person, lead: Person) -> AfterAction:
    return an_after_action(mim, lead=lead)


def say(after_action: AfterAction, by: Person, worked: str = "", slowed: str = "") -> CloseOutAnswer:
    return close_out(after_action, worked=worked, slowed=slowed, by=by, at=LATER, now=LATER)


def asked(incident: Incident) -> list[str]:
    found = Notice.objects.filter(step="close-out", scope=incident.reference, channel="inbox")
    return sorted(found.values_list("recipient__full_name", flat=True))


def test_each_responder_is_asked_at_the_close_and_nobody_else(mim: Person, lead: Person) -> None:
    incident = an_incident(mim, "critical")
    said = {"by": mim, "at": OPENED + minutes(5), "now": OPENED + minutes(5)}
    track_lead, expert, watching = a_person("Ines Vale"), a_person("Noor Haddad"), a_person("Otto Lang")
    assign(incident, role=CommandRole.TECHNICAL_RECOVERY_LEAD, person=lead, **said)
    track = open_track(incident, name="Databases", lead=track_lead, **said)
    add_member(track, person=expert, **said)
    close(incident, by=mim, at=CLOSED, now=CLOSED)
    assert asked(incident) == ["Ines Vale", "Mira Okafor", "Noor Haddad", "Tomas Lindqvist"]
    assert watching not in responders(AfterAction.objects.get(incident=incident))


def test_closing_anew_asks_only_those_who_came_since(mim: Person, after_action: AfterAction) -> None:
    incident = after_action.incident
    reopen(incident, reason="It came back", by=mim, at=LATER, now=LATER)
    late = a_person("Ines Vale")
    assign(incident, role=CommandRole.SCRIBE, person=late, by=mim, at=LATER + HOUR, now=LATER + HOUR)
    close(incident, by=mim, at=LATER + 2 * HOUR, now=LATER + 2 * HOUR)
    assert asked(incident) == ["Ines Vale", "Mira Okafor", "Tomas Lindqvist"]


def test_an_import_of_the_past_asks_nobody(mim: Person) -> None:
    document = {
        "format": "majorops.incident/1",
        "title": "Checkout was down",
        "severity": "critical",
        "milestones": {"opened": OPENED.isoformat(), "closed": CLOSED.isoformat()},
        "people": [{"key": "mim", "name": "Mira Okafor", "email": mim.email}],
        "command": [{"role": "mim", "person": "mim", "from": OPENED.isoformat(), "until": None}],
    }
    past, lately = (
        import_document(
            {**document, "external_id": f"checkout-{history}"}, history=history, by=None, now=LATER
        ).incident
        for history in (True, False)
    )
    assert AfterAction.objects.get(incident=past).history
    assert asked(past) == []
    assert asked(lately) == ["Mira Okafor"]


def test_only_responders_say_how_it_went_and_say_something(after_action: AfterAction, lead: Person) -> None:
    with pytest.raises(NotAllowed):
        say(after_action, a_person("Otto Lang"), worked="The bridge")
    with pytest.raises(BadInput):
        say(after_action, lead, worked="  ")
    with pytest.raises(BadInput, match="500"):
        say(after_action, lead, slowed="x" * 501)
    answer = say(after_action, lead, worked="The runbook\nwas found at once")
    assert answer.worked == "The runbook was found at once"


def test_what_is_said_again_stands_and_what_was_said_before_is_kept(
    after_action: AfterAction, lead: Person, mim: Person
) -> None:
    first = say(after_action, lead, worked="The runbook", slowed="Waiting for access")
    assert say(after_action, lead, worked="The runbook", slowed="Waiting for access") == first
    say(after_action, mim, worked="The bridge")
    second = say(after_action, lead, worked="The runbook", slowed="Waiting for access to the standby")
    said = {
        "worked": ["The runbook", "The runbook"],
        "slowed": ["Waiting for access", "Waiting for access to the standby"],
    }
    assert last_entry("said what worked and what slowed the response") == (lead, said)
    assert [answer.person for answer in latest_answers(after_action)] == [lead, mim]
    assert second in latest_answers(after_action)
    assert CloseOutAnswer.objects.filter(person=lead).count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        CloseOutAnswer.objects.filter(pk=first.pk).update(worked="Nothing")


def test_nothing_is_said_once_the_draft_is_out_until_it_is_withdrawn(mim: Person, lead: Person) -> None:
    after_action = a_drafted_review(mim, lead=lead)
    distribute(after_action, by=mim, at=DISTRIBUTED, now=DISTRIBUTED)
    with pytest.raises(RuleViolation, match="The draft is out"):
        say(after_action, lead, worked="The runbook")
    at = DISTRIBUTED + HOUR
    withdraw(fresh(after_action), reason="The cause is another one", by=mim, at=at, now=at)
    assert close_out(after_action, worked="The runbook", slowed="", by=lead, at=at, now=at).pk


def test_each_line_is_taken_over_in_one_step(after_action: AfterAction, mim: Person, lead: Person) -> None:
    answer = say(after_action, lead, worked="The runbook was found at once", slowed="Waiting for access.")
    by_mim = {"by": mim, "at": LATER, "now": LATER}
    assert take_over(after_action, answer.pk, "worked", **by_mim) is SectionKey.WENT_WELL
    content = after_action.sections.get(key="went_well").content
    assert content[-1] == {
        "id": content[-1]["id"],
        "text": "The runbook was found at once",
        "kind": "action",
    }
    assert take_over(after_action, answer.pk, "slowed", **by_mim) is SectionKey.CHANGES
    change = after_action.changes.get()
    assert (change.gap, change.change) == ("Waiting for access.", "Remove what slowed us: Waiting for access")
    assert (change.kind, change.owner) == ("start", None)


def test_a_line_that_was_changed_is_not_taken_over(
    after_action: AfterAction, mim: Person, lead: Person
) -> None:
    before = say(after_action, lead, worked="The runbook")
    say(after_action, lead, worked="The second runbook")
    by_mim = {"by": mim, "at": LATER, "now": LATER}
    with pytest.raises(NotFound):
        take_over(after_action, before.pk, "worked", **by_mim)
    standing = latest_answers(after_action)[0]
    with pytest.raises(NotFound):
        take_over(after_action, standing.pk, "slowed", **by_mim)
    with pytest.raises(NotAllowed):
        take_over(after_action, standing.pk, "worked", by=a_person("Otto Lang"), at=LATER, now=LATER)
