"""Search over everything: each kind is found by its words, and nothing that the reader may not see."""

from datetime import timedelta

import pytest

from afteractions.models import AfterAction, Section
from afteractions.operations.meeting.meeting import capture_decision
from afteractions.operations.readers.comments import add_comment
from afteractions.queries import search as searching
from afteractions.queries.search import Kind
from afteractions.vocabulary import Status
from incidents.models import Incident, IncidentService, Service
from incidents.operations.response.command import assign
from incidents.operations.response.mtm import record_mtm
from incidents.operations.response.vendors import engage
from majorops.people.models import Person
from majorops.searching import query_of, reference_of
from majorops.searching.marking import END, marked
from tests.factories.afteractions import a_distributed_review, a_drafted_review, a_meeting, an_after_action
from tests.factories.incidents import OPENED, a_closed_incident, an_event, an_incident, minutes
from tests.factories.people import a_contact, a_mim, a_person, an_auditor
from tests.web.overview.looking import look, main_of, many_overdue, statements

pytestmark = pytest.mark.django_db
NOW = OPENED + timedelta(days=30)


def found(person: Person, words: str) -> dict[Kind, list[str]]:
    """The addresses of what is found, by kind."""
    return {group.kind: [hit.url for hit in group.hits] for group in searching.search(person, words)}


def everything_about(word: str, mim: Person, *, restricted: bool) -> Incident:
    """An incident in each part of which stands the word."""
    incident = an_incident(mim, "critical", title=f"The {word} is closed", restricted=restricted)
    an_event(incident, f"Looked at the {word}", by=mim, at=OPENED + minutes(5))
    record_mtm(
        incident, at=OPENED + minutes(10), ended_at=OPENED + minutes(20),
        notes={"impact_statement": f"Ships wait outside the {word}"}, by=mim, now=OPENED + minutes(20),
    )  # fmt: skip
    after_action = AfterAction.objects.create(incident=incident, created_at=NOW, owner=mim)
    Section.objects.create(
        after_action=after_action, key="root_cause", updated_at=NOW,
        content={"failure": f"a chain across the {word}", "contributing_factors": [f"No light at the {word}"]},
    )  # fmt: skip
    after_action.changes.create(
        kind="start", change=f"Light the {word}", gap="Nobody saw it", created_at=NOW, owner=mim
    )
    add_comment(after_action, section="root_cause", text=f"Which {word}?", by=mim, at=NOW, now=NOW)
    return incident


def test_each_kind_is_found_by_its_words() -> None:
    mim = a_mim()
    incident = everything_about("harbour", mim, restricted=False)
    engage(incident, vendor="Harbour Pilots", by=mim, at=OPENED + minutes(5), now=OPENED + minutes(5))
    Service.objects.create(name="Harbour gate", owner=mim)
    harbour = a_person("Hanna Harbour")
    # What a meeting decided is found with the review that is out: it has a test of its own.
    urls = found(mim, "harbour")
    assert set(urls) == set(Kind) - {Kind.DECISION}
    # Nor does a draft that is not out tell whoever has no part in it.
    assert set(urls) - set(found(a_person("Olga Reyes"), "harbour")) == {
        Kind.ACTION,
        Kind.COMMENT,
        Kind.REVIEW,
    }
    after_action, change = incident.after_action, incident.after_action.changes.get()
    assert urls[Kind.INCIDENT] == urls[Kind.EVENT] == urls[Kind.MTM] == [incident.get_absolute_url()]
    assert urls[Kind.REVIEW] == [f"{after_action.get_absolute_url()}draft/#root_cause"]
    assert urls[Kind.ACTION] == [change.get_absolute_url()]
    Section.objects.create(after_action=after_action, key="summary", updated_at=NOW, content={})
    assert found(mim, after_action.reference)[Kind.REVIEW] == [
        f"{after_action.get_absolute_url()}draft/#summary"
    ]
    assert harbour.email is not None
    assert harbour.email.replace("@", "%40") in urls[Kind.PERSON][0]


def test_what_a_meeting_decided_is_found_with_the_review_that_is_out() -> None:
    mim, reader = a_mim(), a_person("Olga Reyes")
    meetings = [a_meeting(an_after_action(mim)), a_distributed_review(mim).meetings.get()]
    for meeting in meetings:
        capture_decision(meeting, text="The lighthouse stays lit", by=mim, at=NOW, now=NOW)
    (url,) = found(reader, "lighthouse")[Kind.DECISION]
    assert url == f"{meetings[1].after_action.get_absolute_url()}read/#meeting"
    Incident.objects.update(restricted=True)
    assert found(reader, "lighthouse") == {}


def test_every_place_that_is_found_can_be_opened() -> None:
    mim = a_mim()
    everything_about("harbour", mim, restricted=False)
    engage(an_incident(mim), vendor="Harbour Pilots", by=mim, at=OPENED + minutes(5), now=OPENED + minutes(5))
    Service.objects.create(name="Harbour gate")
    for urls in found(mim, "harbour").values():
        assert [look(mim, url, NOW).status_code for url in urls] == [200] * len(urls)


def test_what_is_restricted_is_in_no_result_no_suggestion_and_no_call() -> None:
    mim, outsider = a_mim(), a_person("Olga Reyes")
    incident = everything_about("harbour", mim, restricted=True)
    engage(incident, vendor="Harbour Pilots", by=mim, at=OPENED + minutes(3), now=OPENED + minutes(3))
    gate = Service.objects.create(name="Harbour gate")
    IncidentService.objects.create(incident=incident, service=gate)
    contact = a_contact(incident.reference, full_name="Hanna Harbour")
    assign(incident, role="sme", person=contact, by=mim, at=OPENED + minutes(3), now=OPENED + minutes(3))
    references = [
        incident.reference,
        incident.after_action.reference,
        incident.after_action.changes.get().reference,
    ]
    for words in ("harbour", "harb", "harbour closed", "Hanna", *references):
        assert found(outsider, words) == {}, words
        for kind in Kind:
            rows, _ = searching.search_one(outsider, words, kind)
            assert not rows.exists(), (words, kind)
            assert "Nothing found" in main_of(look(outsider, f"/search/?q={words}&kind={kind.value}", NOW))
        assert (
            "Nothing that you may see"
            in look(outsider, f"/search/suggestions/?q={words}", NOW).content.decode()
        )
        assert "Nothing found" in main_of(look(outsider, f"/search/?q={words}", NOW))
    assert set(found(mim, "harbour")) >= {
        Kind.INCIDENT,
        Kind.REVIEW,
        Kind.ACTION,
        Kind.EVENT,
        Kind.MTM,
        Kind.COMMENT,
    }
    assert found(mim, "harbour") == found(an_auditor(), "harbour")
    # A contact belongs to the record that names it, and is found in it alone.
    assert Kind.PERSON not in found(mim, "Hanna")


def test_the_latest_word_may_be_half_typed_and_all_must_be_there() -> None:
    mim = a_mim()
    incident = a_closed_incident(mim, title="Ledger failures in payments")
    for words in (
        "ledg",
        "payments ledger fail",
        "FAILURE ledger",
        f"{incident.reference[:7]}",
        incident.reference,
    ):
        assert found(mim, words)[Kind.INCIDENT] == [incident.get_absolute_url()], words
    assert Kind.INCIDENT not in found(mim, "ledger volcano")
    assert found(mim, "l") == {}
    assert found(mim, "' | & ! :* (") == {}


def test_a_name_with_a_slip_is_found() -> None:
    Service.objects.create(name="Settlement")
    assert Kind.SERVICE in found(a_person("Olga Reyes"), "setlement")
    assert Kind.PERSON in found(a_person("Helena Brandauer"), "brandaur")


def test_a_draft_leads_to_its_draft_and_what_went_out_to_reading() -> None:
    mim = a_mim()
    for make, page in ((a_drafted_review, "draft/#root_cause"), (a_distributed_review, "read/")):
        after_action = make(mim)
        section = after_action.sections.get(key="root_cause")
        section.content = {**section.content, "failure": "the xylophone was out of tune"}
        section.save()
        [url] = found(mim, "xylophone")[Kind.REVIEW]
        assert url == f"{after_action.get_absolute_url()}{page}"
        Section.objects.filter(pk=section.pk).update(content={})


def test_what_was_found_is_marked_and_nothing_else_is_markup() -> None:
    mim = a_mim()
    incident = an_incident(mim, title="<b>Ledger</b> & co")
    an_event(incident, "<script>alert(1)</script> ledger", by=mim, at=OPENED + minutes(5))
    page = look(mim, "/search/?q=ledger", NOW).content.decode()
    assert "<mark>ledger</mark>" in page
    assert "<script>alert" not in page
    assert marked("<i>\x02a\x03</i>") == "&lt;i&gt;<mark>a</mark>&lt;/i&gt;"
    assert END not in page


def test_pages_of_one_kind_turn_fifty_at_a_time() -> None:
    mim = a_mim()
    many_overdue(60, mim, due_at=NOW, title="Ledger full")
    first = look(mim, "/search/?q=ledger&kind=incidents", NOW)
    assert first.content.decode().count("data-hit") == 50
    assert "kind=incidents" in first.content.decode().partition('rel="next" href="')[2].partition('"')[0]
    groups = searching.search(mim, "ledger")
    assert (len(groups[0].hits), groups[0].is_more) == (5, True)


@pytest.mark.parametrize(
    "path",
    [
        "/search/?q=disk",
        "/search/?q=disk&kind=actions",
        "/search/suggestions/?q=disk",
        "/incidents/?search=disk",
    ],
)
def test_a_search_asks_as_often_at_five_as_at_fifty(path: str) -> None:
    mim = a_mim()
    counts = []
    for number in (5, 45):
        many_overdue(number, mim, due_at=NOW, status=Status.CLOSED)
        counts.append(statements(mim, path, NOW))
    assert counts[0] == counts[1] <= 6


def test_an_empty_page_says_what_can_be_searched_and_an_unknown_kind_is_said() -> None:
    mim = a_mim()
    assert "What are you looking for?" in main_of(look(mim, "/search/", NOW))
    assert "Choose one of" in main_of(look(mim, "/search/?q=disk&kind=weather", NOW))
    assert look(mim, "/search/?q=disk&kind=incidents&cursor=x", NOW).status_code == 200


def test_what_is_typed_becomes_a_query_of_all_its_words() -> None:
    assert query_of("payments led") == "'payments' & 'led':*"
    assert query_of("O'Brien’s a-b") == "('o' <1> 'brien' <1> 's') & ('a' <1> 'b':*)"
    assert query_of('"led ger" db-01') == "('led' <1> 'ger') & ('db' <1> '01')"
    assert query_of("障害発生") == "('x0969c05bb3' <1> 'x05bb30767a' <1> 'x0767a0751f')"
    assert query_of("&|!") == ""
    assert reference_of(" inc-k7") == "INC-K7%"
    assert [reference_of(each) for each in ("incident", "in", "payments")] == ["", "", ""]
