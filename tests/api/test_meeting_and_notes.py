"""The calls of the meeting, of guests, of status notes, and of External Messages before they are sent."""

import pytest

from afteractions.documents.revision import content_hash
from afteractions.models import AfterAction, GuestLink, StatusNote
from afteractions.vocabulary import SectionKey
from majorops.people.groups import GroupName
from tests.api.caller import Caller
from tests.api.way import ago, ahead, distributed, drafted, held, scheduled
from tests.factories.people import a_contact, a_person

pytestmark = pytest.mark.django_db


def test_the_meeting_is_started_by_its_chair_and_too_early_with_a_reason_alone(
    mim: Caller, lead: Caller, aa: str
) -> None:
    scheduled(mim, aa)
    drafted(mim, aa, lead.person)
    mim.made(f"after-actions/{aa}/distribute/", {"at": ago(hours=5)})
    path = f"after-actions/{aa}/start-meeting/"
    assert lead.post(path, {}).status_code == 403
    refused = mim.post(path, {})
    assert refused.status_code == 409
    assert "override" in refused.json()["detail"]
    started = mim.made(path, {"override_reason": "The vendor leaves tomorrow"})
    assert started["meeting"]["started_at"]
    assert started["meeting"]["override_reason"] == "The vendor leaves tomorrow"
    assert mim.post(path, {"override_reason": "Again"}).status_code == 409


def test_decisions_are_captured_by_the_chair_and_read_by_everybody(
    mim: Caller, lead: Caller, aa: str
) -> None:
    path = f"after-actions/{aa}/decisions/"
    assert mim.post(path, {"text": "Nothing yet"}).status_code == 409
    distributed(mim, aa, lead.person)
    assert lead.post(path, {"text": "Mine"}).status_code == 403
    assert mim.post(path, {"text": " "}).status_code == 400
    made = mim.made(path, {"text": "The inventory comes first"})
    assert (made["by"], made["round"]) == (mim.person.email, 1)
    assert [each["text"] for each in lead.get(path).json()["results"]] == ["The inventory comes first"]


def test_a_published_revision_holds_attendance_decisions_and_how_it_was_agreed(
    mim: Caller, lead: Caller, aa: str
) -> None:
    path = f"after-actions/{aa}/export/"
    assert mim.get(path).status_code == 404
    distributed(mim, aa, lead.person)
    mim.made(f"after-actions/{aa}/decisions/", {"text": "The inventory comes first"})
    held(mim, aa)
    number = mim.made(f"after-actions/{aa}/publish/", {})["number"]
    document = lead.get(f"{path}?as=json&revision={number}").json()
    assert document["revision"]["number"] == number
    assert set(document["sections"]) == set(SectionKey.keys())
    assert [row["text"] for row in document["decisions"]] == ["The inventory comes first"]
    assert mim.person.full_name in [row["person"] for row in document["attendance"] if row["present"]]
    assert [row["agreed"] for row in document["agreement"]] == [True]
    listed = mim.get(f"after-actions/{aa}/").json()["revisions"]
    assert content_hash(document) == listed[-1]["sha256"]
    # The draft that went out before the meeting stays as it was.
    assert lead.get(f"{path}?revision=1").json()["agreement"] == []
    assert lead.get(f"{path}?as=paper").status_code == 400
    # The other formats hold what the PDF prints, and nothing that somebody typed is more than text there.
    as_markdown, as_html = (lead.get(f"{path}?as={name}&revision={number}") for name in ("markdown", "html"))
    assert as_markdown.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert as_html.headers["Content-Type"] == "text/html; charset=utf-8"
    assert f"{aa}-revision-{number}.md" in as_markdown.headers["Content-Disposition"]
    for answer in (as_markdown, as_html):
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "The inventory comes first" in answer.content.decode()
    assert len({answer.headers["ETag"] for answer in (as_markdown, as_html, lead.get(path))}) == 3
    assert "## Root cause" in as_markdown.content.decode()
    assert "data:image/svg+xml" in as_html.content.decode()
    compressible = lead.client.get(f"/api/v1/{path}?as=html", headers={"Accept-Encoding": "gzip"})
    assert compressible.headers["ETag"].startswith('"')


def test_a_guest_gets_a_link_that_is_shown_once_and_taken_back(mim: Caller, lead: Caller, aa: str) -> None:
    incident = AfterAction.objects.get(reference=aa).incident
    guest = a_contact(incident.reference, "noc", "Desk of the vendor", "desk@vendor.example")
    path = f"after-actions/{aa}/guest-links/"
    body = {"person": guest.identifier, "days": 7}
    assert mim.post(path, body).status_code == 409
    row = {"person": guest.identifier, "included": True, "reason": "Theirs failed"}
    mim.made(f"after-actions/{aa}/attendees/", [row])
    assert lead.post(path, body).status_code == 403
    assert mim.post(path, {**body, "days": 400}).status_code == 400
    given = mim.made(path, body)
    assert "/guest/" in given["url"]
    [listed] = lead.get(path).json()["results"]
    assert "url" not in listed
    assert listed["revoked_at"] is None
    revoked = mim.made(f"{path}{given['id']}/revoke/", {})
    assert revoked["revoked_at"]
    assert GuestLink.objects.get().revoked_at is not None


def test_a_status_note_is_sent_by_the_owner_or_the_liaison(mim: Caller, lead: Caller, aa: str) -> None:
    distributed(mim, aa, lead.person)
    liaison = Caller(a_person("Ruben Quist", groups=[GroupName.INTERNAL_LIAISON]))
    notes = liaison.get("status-notes/", sent="false", mine="true").json()["results"]
    assert [each["status"] for each in notes] == ["in_review"]
    assert lead.get("status-notes/", mine="true").json()["results"] == []
    path = f"status-notes/{notes[0]['id']}/send/"
    assert lead.post(path, {}).status_code == 403
    assert liaison.post(path, {"text": " "}).status_code == 400
    unheard = liaison.post(path, {"text": "The draft is out."})
    assert unheard.status_code == 409
    assert [each["path"] for each in unheard.json()["errors"]] == ["to"]
    assert liaison.post(path, {"to": ["Partners <nowhere>"]}).status_code == 400
    sent = liaison.made(path, {"text": "The draft is out.", "to": ["Partners <partners@retail.example>"]})
    assert (sent["text"], sent["sent_by"]) == ("The draft is out.", liaison.person.email)
    assert sent["sent_to"] == ["Partners"]
    assert liaison.post(path, {}).status_code == 409
    assert StatusNote.objects.get(pk=sent["id"]).text == "The draft is out."


def test_a_message_is_prepared_and_approved_and_no_save_is_lost(mim: Caller, lead: Caller, aa: str) -> None:
    distributed(mim, aa, lead.person)
    message = {"text": "What happened", "audience": "Customers", "due_at": ahead(days=2)}
    assert held(mim, aa, external_messages=[message]).status_code == 200
    team = Caller(a_person("Colm Adair", groups=[GroupName.COMMUNICATIONS]))
    [planned] = team.get("external-messages/", stage="preparing").json()["results"]
    path = f"external-messages/{planned['id']}/"
    tag = team.get(path)["ETag"]
    texts = team.get(f"{path}starting-texts/").json()
    assert {each["key"] for each in texts} >= {"customers", "regulator"}
    assert team.patch(path, {"due_at": ahead(days=3)}).status_code == 400
    assert mim.patch(path, {"text": "Mine"}).status_code == 403
    changed = team.patch(path, {"text": "It is over", "channel": "Mail"}, match=tag)
    assert changed.status_code == 200
    assert team.patch(path, {"text": "Lost"}, match=tag).status_code == 412
    assert team.made(f"{path}ask-for-approval/", {})["stage"] == "asked"
    assert mim.post(f"{path}approve/", {"approved": False}).status_code == 400
    returned = mim.made(f"{path}approve/", {"approved": False, "reason": "Say sorry"})
    assert (returned["stage"], returned["returned_reason"]) == ("preparing", "Say sorry")
    approved = mim.made(f"{path}approve/", {"approved": True})
    assert (approved["stage"], approved["approved_by"]) == ("approved", mim.person.email)
    sent = team.made(f"{path}send/", {"where": "https://status.example/7"})
    assert (sent["stage"], sent["sent_where"]) == ("sent", "https://status.example/7")


def test_what_somebody_leaves_behind_is_handed_over_by_whoever_stands_above(
    mim: Caller, lead: Caller, aa: str
) -> None:
    manager = Caller(a_person("Helena Brandauer"))
    leaver = AfterAction.objects.get(reference=aa).incident.mim
    assert leaver is not None
    leaver.manager = manager.person
    leaver.is_active = False
    leaver.save()
    [listed] = manager.get("left-behind/").json()["results"]
    assert listed["person"] == leaver.email
    path = f"left-behind/{leaver.email}/"
    assert lead.get(path).status_code == 403
    assert len(manager.get(path).json()["chairs"]) == 1
    assert manager.post(f"{path}hand-over/", {"to": leaver.email}).status_code == 400
    left = manager.made(f"{path}hand-over/", {"to": lead.person.email, "note": "Mind the vendor"})
    assert (left["chairs"], left["deadlines"]) == ([], [])
    assert manager.get("left-behind/").json()["results"] == []
