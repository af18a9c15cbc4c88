"""What the pages of the workspace ask of the database: little, and the same for a small review and for a large one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import prefetch_related_objects
from django.test.utils import CaptureQueriesContext

from afteractions.models import AfterAction, Attendee
from afteractions.operations.readers.comments import add_comment
from afteractions.operations.readers.reading import acknowledge
from incidents.models import Incident, Service
from incidents.operations.log import log_event, send_status_update
from incidents.operations.response.command import add_member, open_track
from incidents.operations.response.mtm import record_mtm
from incidents.operations.response.vendors import engage
from incidents.queries.incidents import RECORD
from incidents.queries.record import ENTRIES, read_record
from majorops.people.models import Person
from tests.factories.afteractions import (
    DISTRIBUTED,
    SCHEDULED,
    a_change,
    a_distributed_review,
    a_drafted_review,
    a_published_review,
    a_reviewed_review,
    write,
)
from tests.factories.incidents import OPENED, an_incident, minutes
from tests.factories.people import a_mim, a_person
from tests.web.afteractions.pages import at, statements
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db
MOST = 16
PAGES = [
    "", "draft/", "read/", "meeting/", "people/", "publication/", "deadlines/", "history/", "schedule/",
    "distribute/", "actions-review/",
]  # fmt: skip


def fill(after_action: AfterAction, mim: Person, count: int) -> None:
    """`count` events, changes, attendees and comments more."""
    for number in range(count):
        moment = SCHEDULED + minutes(number)
        log_event(
            Incident.objects.get(pk=after_action.incident_id), kind="action", text=f"Step {number}", by=mim,
            at=OPENED + minutes(number), now=moment,
        )  # fmt: skip
        person = a_person(f"Somebody {number}")
        Attendee.objects.create(
            after_action=after_action, person=person, requirement="situational", added_at=moment
        )
        add_comment(after_action, section="changes", text=f"Comment {number}", by=mim, at=moment, now=moment)
    write(after_action, "changes", [a_change(mim, change=f"Change {number}") for number in range(count)])


@pytest.mark.parametrize("make", [a_drafted_review, a_distributed_review], ids=["drafted", "in review"])
def test_each_page_asks_as_often_at_five_as_at_fifty(make: Callable[..., AfterAction]) -> None:
    mim = a_mim()
    client = browser_of(mim)
    asked = []
    for count in (5, 50):
        after_action = make(mim, title=f"With {count}")
        fill(after_action, mim, count)
        asked.append({page: statements(client, at(after_action, page)) for page in PAGES})
    assert asked[0] == asked[1]
    # The page that distributes reads the whole document for the letters that no font has: one statement more.
    assert asked[0].pop("distribute/") <= MOST + 1
    assert max(asked[0].values()) <= MOST, asked[0]


@pytest.mark.parametrize("make", [a_reviewed_review, a_published_review], ids=["reviewed", "published"])
def test_after_the_meeting_each_page_asks_at_most_sixteen_times(make: Callable[..., AfterAction]) -> None:
    mim = a_mim()
    client = browser_of(mim)
    after_action = make(mim)
    costs = {page: statements(client, at(after_action, page)) for page in PAGES}
    assert max(costs.values()) <= MOST, costs


@pytest.mark.parametrize("name", ["Tomas Lindqvist", "Rhea Castellan"])
def test_it_is_no_dearer_for_the_recovery_lead_and_for_a_reader(name: str) -> None:
    after_action = a_distributed_review()
    a_person("Rhea Castellan")
    client = browser_of(Person.objects.get(full_name=name))
    costs = {page: statements(client, at(after_action, page)) for page in PAGES}
    assert max(costs.values()) <= MOST, costs


def test_reading_again_after_an_amendment_stays_within_the_limit() -> None:
    mim = a_mim()
    after_action = a_distributed_review(mim)
    first = after_action.revisions.get()
    acknowledge(first, by=mim, at=DISTRIBUTED + minutes(5), now=DISTRIBUTED + minutes(5))
    write(after_action, "went_well", [{"text": "Another thing", "kind": "tool"}])
    later = DISTRIBUTED + timedelta(hours=1)
    client = browser_of(mim)
    client.post(at(after_action, "amend/"), {"reason": f"Since {later:%H:%M}"})
    assert after_action.revisions.count() == 2
    assert statements(client, at(after_action, "read/")) <= MOST


def test_saving_a_section_while_typing_costs_the_same_at_five_changes_as_at_fifty() -> None:
    mim = a_mim()
    taken = []
    for count in (5, 50):
        after_action = a_drafted_review(mim, title=f"With {count}")
        fill(after_action, mim, count)
        section = after_action.sections.get(key="went_well")
        said = {"went_well-0-text": f"Kept {count}", "went_well-0-kind": "tool", "version": section.version}
        with CaptureQueriesContext(connection) as asked:
            answer = browser_of(mim).post(
                at(after_action, "draft/went_well/"), said, headers={"HX-Request": "true"}
            )
        assert answer.status_code == 200
        taken.append(len(asked))
    assert taken[0] == taken[1]


def test_the_record_read_at_once_is_the_record_read_kind_by_kind() -> None:
    mim = a_mim()
    incident = an_incident(mim, "critical", services=["Checkout", "Payments"])
    later = SCHEDULED
    stamp = {"by": mim, "now": later}
    log_event(
        incident,
        kind="decision",
        text="Zoë O'Brien-Łukasz “said” \\ so\n\u2028",
        at=OPENED + minutes(3),
        **stamp,
    )
    send_status_update(
        incident, audience="public", channel="page", text="Back", at=OPENED + minutes(9), **stamp
    )
    track = open_track(incident, name="Databases", lead=mim, at=OPENED + minutes(4), **stamp)
    add_member(track, person=a_person("Ilse Brandvold"), at=OPENED + minutes(5), **stamp)
    engage(incident, vendor="Acme Disks", at=OPENED + minutes(6), **stamp)
    record_mtm(incident, ended_at=OPENED + minutes(8), at=OPENED + minutes(7), **stamp)
    owner = a_person("Odile Renner")
    Service.objects.filter(name="Checkout").update(owner=owner)
    kind_by_kind, at_once = (Incident.objects.get(pk=incident.pk) for _ in range(2))
    prefetch_related_objects([kind_by_kind], *RECORD, "affected_services")
    read_record(at_once)
    for name in ENTRIES:
        expected, found = (
            [
                [getattr(row, field.attname) for field in row._meta.concrete_fields]
                for row in getattr(each, name).all()
            ]
            for each in (kind_by_kind, at_once)
        )
        assert found == expected, name
        assert found or name in (
            "severity_changes",
            "mtm_decisions",
            "impactstatements",
            "role_confirmations",
        ), name
    with CaptureQueriesContext(connection) as asked:
        affected = [entry.service for entry in at_once.affected_services.all()]
        assert {service.name: service.owner for service in affected} == {"Checkout": owner, "Payments": None}
    assert not asked.captured_queries
    assert [
        member.person.full_name for each in at_once.recoverytracks.all() for member in each.members.all()
    ] == ["Ilse Brandvold"]
