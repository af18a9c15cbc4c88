"""Writing the draft through the browser: saved while typing, never lost, checked in its wording."""

import re

import pytest
from django.test import Client

from afteractions.models import AfterAction, Change, Section
from afteractions.operations.meeting.roles import name_people
from afteractions.vocabulary import SectionKey
from majorops.people.models import Person
from tests.factories.afteractions import (
    COMPLETE,
    SCHEDULED,
    a_change,
    a_drafted_review,
    a_published_review,
    an_after_action,
    write,
)
from tests.factories.people import a_person
from tests.web.afteractions.pages import HTMX, at, part, rows, version, words
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db
CAUSE = {
    "failure": "a full disk",
    "contributing_factors": "no alert\nno owner",
    "should_have_happened": "",
    "certainty": "known",
}


@pytest.fixture
def after_action(mim: Person) -> AfterAction:
    return an_after_action(mim)


def content(after_action: AfterAction, key: str) -> object:
    return Section.objects.get(after_action=after_action, key=key).content


def test_a_section_is_saved_without_javascript_and_shown_again(
    client: Client, after_action: AfterAction
) -> None:
    answer = client.post(at(after_action, "draft/root_cause/"), {**CAUSE, "version": 1})
    assert answer.status_code == 302
    page = words(client.get(answer["Location"]))
    assert "The incident was caused by a full disk. Contributing factors include no alert; no owner." in page
    assert content(after_action, "root_cause")["contributing_factors"] == ["no alert", "no owner"]


def test_an_autosave_answers_with_the_next_version_and_leaves_the_form_alone(
    client: Client, after_action: AfterAction
) -> None:
    answer = client.post(at(after_action, "draft/root_cause/"), {**CAUSE, "version": 1}, headers=HTMX)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="version" id="root_cause-version" value="2" hx-swap-oob="true"' in page
    assert "<textarea" not in page


def test_a_name_in_the_root_cause_is_underlined_as_soon_as_it_is_saved(mim: Person) -> None:
    a_person("Marguerite Ashdown")
    after_action = an_after_action(mim)
    said = {**CAUSE, "failure": "Marguerite Ashdown filled the disk", "version": 1}
    answer = browser_of(mim).post(at(after_action, "draft/root_cause/"), said, headers=HTMX)
    assert '<mark class="is-refused">Marguerite Ashdown</mark>' in answer.content.decode()
    assert "What system allowed that error to occur?" in words(answer)


def test_the_seeds_questions_stand_beside_what_went_well_and_what_changes(
    client: Client, after_action: AfterAction
) -> None:
    page = client.get(at(after_action, "draft/"))
    went_well, changes = (words(part(page, key)) for key in ("went_well", "changes"))
    for question in (
        "What decision made a difference in this incident?",
        "What worked faster or better than expected?",
        "What process held up under pressure?",
    ):
        assert question in went_well
    for question in (
        "What slowed us down that a process change would fix?",
        "What information did we not have that we should have had?",
        "What would have changed the outcome if we had caught it earlier?",
    ):
        assert question in changes


def test_a_learning_that_says_little_is_marked_while_changes_are_written(
    client: Client, after_action: AfterAction
) -> None:
    said = rows("changes", {"id": "", "kind": "start", "change": "Communicate better", "gap": ""})
    answer = client.post(at(after_action, "draft/changes/"), {**said, "version": 1}, headers=HTMX)
    assert '<mark class="is-doubtful">' in answer.content.decode()


def test_a_learning_whose_row_has_an_owner_and_a_date_is_not_asked_for_them(
    client: Client, after_action: AfterAction
) -> None:
    said = {"id": "", "kind": "start", "change": "Communicate better", "gap": ""}
    said["owner"], said["due_on"] = a_person("O", email="o@majorops.example").email, "2099-04-01"
    sent = {**rows("changes", said, {**said, "owner": "", "due_on": ""}), "version": 1}
    owned, bare = client.post(at(after_action, "draft/changes/"), sent, headers=HTMX).context["hints"]
    assert {each.kind for each in owned.findings} == {"vague"}
    assert {each.kind for each in bare.findings} == {"vague", "no_owner", "no_date"}


def test_a_new_change_saved_while_typing_is_one_change_when_it_is_saved_again(
    client: Client, after_action: AfterAction
) -> None:
    said = rows("changes", {"id": "", "kind": "start", "change": "Add a disk", "gap": "none spare"})
    answer = client.post(at(after_action, "draft/changes/"), {**said, "version": 1}, headers=HTMX)
    change = Change.objects.get(after_action=after_action)
    # What follows from the changes stands on the same page, and follows them.
    for derived in ("learning_statements", "action_items"):
        assert f'id="{derived}-derived" hx-swap-oob="true"' in answer.content.decode()
    assert "Start: Add a disk" in words(answer)
    assert (
        f'id="changes-0-id" value="{change.reference}" data-row-id hx-swap-oob="true"'
        in answer.content.decode()
    )
    again = rows(
        "changes", {"id": change.reference, "kind": "start", "change": "Add a larger disk", "gap": ""}
    )
    client.post(at(after_action, "draft/changes/"), {**again, "version": 2}, headers=HTMX)
    assert [each.change for each in Change.objects.all()] == ["Add a larger disk"]


def test_the_owner_of_a_change_is_found_by_name_and_by_address(
    client: Client, after_action: AfterAction
) -> None:
    ilse, noor = a_person("Ilse Brandvold"), a_person("Noor Haddad")
    said = rows(
        "changes",
        {"id": "", "kind": "start", "change": "One", "owner": "ilse brandvold", "due_on": "2099-04-01"},
        {"id": "", "kind": "stop", "change": "Two", "owner": f"Noor Haddad <{noor.email}>"},
    )
    client.post(at(after_action, "draft/changes/"), {**said, "version": 1})
    assert {each.change: each.owner for each in Change.objects.all()} == {"One": ilse, "Two": noor}


def test_an_owner_whom_nobody_is_known_by_is_kept_in_words_and_told_at_its_field(
    client: Client, after_action: AfterAction
) -> None:
    said = rows(
        "changes",
        {"id": "", "kind": "start", "change": "Add a disk", "owner": "Nobody Atall"},
        {"id": "", "kind": "stop", "change": "Filling the disk"},
    )
    answer = client.post(at(after_action, "draft/changes/"), {**said, "version": 1}, headers=HTMX)
    assert answer.status_code == 200
    note = re.search(r'id="changes-0-owner-note"[^>]*hx-swap-oob="true">([^<]*)<', answer.content.decode())
    assert note is not None
    assert "No single match for “Nobody Atall”" in note[1]
    kept = {each.change: (each.owner, each.owner_words) for each in Change.objects.all()}
    assert kept == {"Add a disk": (None, "Nobody Atall"), "Filling the disk": (None, "")}
    page = client.get(at(after_action, "draft/")).content.decode()
    assert 'value="Nobody Atall"' in page
    assert "No single match for “Nobody Atall”" in page


def test_a_change_that_cannot_be_kept_yet_holds_up_no_other(
    client: Client, after_action: AfterAction
) -> None:
    write(after_action, "changes", [{"kind": "start", "change": "Add a disk", "due_on": "2026-04-01"}])
    there = Change.objects.get()
    said = rows(
        "changes",
        {"id": there.reference, "kind": "start", "change": "", "due_on": "2026-04-01"},
        {"id": "", "kind": "start", "change": "", "gap": "Nobody saw the alert"},
        {"id": "", "kind": "stop", "change": "Filling the disk"},
    )
    version_now = version(after_action, "changes")
    answer = client.post(at(after_action, "draft/changes/"), {**said, "version": version_now}, headers=HTMX)
    assert answer.status_code == 422
    assert "Saved, but for what stands here" in words(answer)
    html = answer.content.decode()
    for number in (0, 1):
        assert re.search(rf'id="changes-{number}-change-note"[^>]*>This must not be empty', html)
    assert [each.change for each in Change.objects.all()] == ["Add a disk", "Filling the disk"]
    assert f'id="changes-2-id" value="{Change.objects.last().reference}"' in html  # type: ignore[union-attr]


def test_a_change_is_not_due_on_a_day_that_has_passed(client: Client, after_action: AfterAction) -> None:
    passed = {"id": "", "kind": "start", "change": "Add a disk", "due_on": "2026-04-01"}
    sent = {**rows("changes", passed), "version": 1}
    typing = client.post(at(after_action, "draft/changes/"), sent, headers=HTMX)
    assert re.search(r'id="changes-0-due_on-note"[^>]*>This day has passed', typing.content.decode())
    saving = client.post(at(after_action, "draft/changes/"), sent)
    assert (saving.status_code, "This day has passed" in words(saving)) == (422, True)
    # All that is written is on the page that says so, with the focus where it is refused.
    assert part(saving, "root_cause")
    assert 'id="changes-problems" tabindex="-1" autofocus' in part(saving, "changes")
    assert not Change.objects.exists()
    # What stood there before its day had passed is kept: publishing asks for another day.
    write(after_action, "changes", [{**passed, "id": None}])
    row = {**passed, "id": Change.objects.get().reference, "change": "Add a larger disk"}
    kept = {**rows("changes", row), "version": version(after_action, "changes")}
    client.post(at(after_action, "draft/changes/"), kept, headers=HTMX)
    assert Change.objects.get().change == "Add a larger disk"


def test_a_deviation_may_say_first_what_happened(client: Client, after_action: AfterAction) -> None:
    said = rows("expected", {"expected": "", "actual": "It refused for 40 minutes", "kind": "process"})
    answer = client.post(at(after_action, "draft/expected/"), {**said, "version": 1}, headers=HTMX)
    assert answer.status_code == 200
    (row,) = content(after_action, "expected")["deviations"]
    assert (row["expected"], row["actual"]) == ("", "It refused for 40 minutes")


def test_rows_are_kept_in_the_order_of_the_form(client: Client, after_action: AfterAction) -> None:
    write(
        after_action, "changes", [a_change(None, change="Add a disk"), a_change(None, change="Add an alert")]
    )
    disk, alert = Change.objects.order_by("position")
    said = {
        f"changes-{number}-{name}": value
        for number, row in ((1, alert), (0, disk))
        for name, value in (("id", row.reference), ("kind", "start"), ("change", row.change))
    }
    moved = {**said, "version": version(after_action, "changes")}
    client.post(at(after_action, "draft/changes/"), moved, headers=HTMX)
    assert list(Change.objects.order_by("position")) == [alert, disk]


def test_a_row_is_removed_when_it_is_marked(client: Client, after_action: AfterAction) -> None:
    write(after_action, "went_well", COMPLETE["went_well"])
    said = rows("went_well", {"text": "The bridge was staffed", "kind": "action", "remove": "yes"})
    client.post(at(after_action, "draft/went_well/"), {**said, "version": version(after_action, "went_well")})
    assert content(after_action, "went_well") == []


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "typing"])
def test_two_writers_of_one_section_see_both_texts_and_a_form_that_joins_them(
    client: Client, after_action: AfterAction, mim: Person, headers: dict[str, str]
) -> None:
    lead = Person.objects.get(full_name="Tomas Lindqvist")
    write(
        after_action,
        "root_cause",
        {"failure": "a full disk", "contributing_factors": ["an old alert"]},
        by=lead,
    )
    mine = {**CAUSE, "failure": "", "contributing_factors": "no capacity plan", "version": 1}
    answer = client.post(at(after_action, "draft/root_cause/"), mine, headers=headers)
    page = words(answer)
    assert answer.status_code == 412
    assert "Tomas Lindqvist saved theirs" in page
    assert "Contributing: an old alert" in page
    assert "Contributing: no capacity plan" in page
    # Theirs in the field that only they wrote, both in the list, and the version that stands.
    html = answer.content.decode()
    assert re.search(r'name="failure"[^>]*>a full disk</textarea>', html)
    assert "no capacity plan\nan old alert</textarea>" in html
    assert 'id="root_cause-version" value="2"' in html
    if headers:
        assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#root_cause-text", "outerHTML")
    else:
        # Of the whole document the section where both met has the focus.
        assert re.findall(r'id="(\S+)" tabindex="-1" autofocus', html) == ["root_cause-conflict"]


def test_what_was_joined_is_saved_over_the_version_that_stands(
    client: Client, after_action: AfterAction
) -> None:
    write(after_action, "root_cause", {"failure": "a full disk"})
    client.post(at(after_action, "draft/root_cause/"), {**CAUSE, "version": 1})
    joined = client.post(at(after_action, "draft/root_cause/"), {**CAUSE, "failure": "both", "version": 2})
    assert joined.status_code == 302
    assert content(after_action, "root_cause")["failure"] == "both"


def test_a_gap_becomes_a_change_in_one_step(client: Client, after_action: AfterAction) -> None:
    page = client.get(at(after_action, "draft/")).content.decode()
    key = page.split('name="gap" value="')[1].split('"')[0]
    answer = client.post(at(after_action, "draft/gaps/"), {"gap": key})
    change = Change.objects.get(after_action=after_action)
    assert answer["Location"].endswith(f"draft/#{change.reference}")
    assert change.gap
    assert change.change
    assert "A change closes it" in words(client.get(at(after_action, "draft/")))


def test_the_technical_recovery_lead_confirms_and_nobody_else_can(
    client: Client, after_action: AfterAction
) -> None:
    write(after_action, "root_cause", {"failure": "a full disk"})
    lead = browser_of(Person.objects.get(full_name="Tomas Lindqvist"))
    assert client.post(at(after_action, "draft/root_cause/confirm/"), {"version": 2}).status_code == 403
    assert "The Technical Recovery Lead confirms this section." in words(
        client.get(at(after_action, "draft/"))
    )
    assert lead.post(at(after_action, "draft/root_cause/confirm/"), {"version": 2}).status_code == 302
    assert "Confirmed by Tomas Lindqvist" in words(client.get(at(after_action, "draft/")))
    # A later save takes it back, in the sight of whoever saves.
    saved = lead.post(at(after_action, "draft/root_cause/"), {**CAUSE, "version": 2}, headers=HTMX)
    assert re.search(
        r'id="root_cause-confirmation" hx-swap-oob="true">\s*<span[^>]*>Not yet', saved.content.decode()
    )
    assert 'name="version" value="3"' in saved.content.decode()


def test_entries_of_the_timeline_are_hidden_and_highlighted_by_ticking(
    client: Client, after_action: AfterAction
) -> None:
    page = client.get(at(after_action, "draft/")).content.decode()
    key = page.split('name="hidden" value="')[1].split('"')[0]
    client.post(at(after_action, "draft/timeline/"), {"hidden": [key], "highlighted": [], "version": 1})
    assert content(after_action, "timeline") == {"hidden": [key], "highlighted": []}
    assert f'name="hidden" value="{key}" checked' in client.get(at(after_action, "draft/")).content.decode()


def test_a_section_that_follows_from_the_record_cannot_be_written(
    client: Client, after_action: AfterAction
) -> None:
    answer = client.post(at(after_action, "draft/record_findings/"), {"version": 1})
    assert answer.status_code == 409
    assert client.get(at(after_action, "draft/nonsense/")).status_code == 404


def test_whoever_does_not_write_is_told_who_does(after_action: AfterAction) -> None:
    reader = browser_of(a_person("Rhea Castellan"))
    assert "written by others" in words(reader.get(at(after_action, "draft/")))
    assert reader.post(at(after_action, "draft/root_cause/"), {**CAUSE, "version": 1}).status_code == 403
    assert reader.get(at(after_action, "draft/people/?q=to")).status_code == 403


def test_somebody_let_in_writes(after_action: AfterAction, mim: Person) -> None:
    editor = a_person("Rhea Castellan")
    name_people(
        after_action,
        owner=None,
        internal_liaison=None,
        editors=[editor],
        stakeholders=[],
        by=mim,
        at=SCHEDULED,
        now=SCHEDULED,
    )
    answer = browser_of(editor).post(at(after_action, "draft/root_cause/"), {**CAUSE, "version": 1})
    assert answer.status_code == 302


def test_the_list_of_people_offers_who_is_meant(client: Client, after_action: AfterAction) -> None:
    zoe = a_person("Zoë O'Brien-Łukasz <script>", email="zoe@majorops.example")
    page = client.get(at(after_action, "draft/people/?q=zo")).content.decode()
    assert "<script>" not in page
    assert zoe.email in page


def test_the_head_says_what_is_missing_and_the_section_where(
    client: Client, after_action: AfterAction
) -> None:
    page = words(client.get(at(after_action)))
    assert "missing before the draft can go out" in page
    assert "State the failure in the root cause" in page
    assert "Schedule the meeting" in page


def test_markup_that_somebody_typed_is_text(client: Client, after_action: AfterAction) -> None:
    write(after_action, "root_cause", {"failure": "<script>alert(1)</script> & <b>bold</b>"})
    write(after_action, "changes", [a_change(None, change="<img src=x onerror=alert(1)>")])
    for page in ("draft/", "read/?show=draft"):
        html = client.get(at(after_action, page)).content.decode()
        assert "<script>alert" not in html, page
        assert "<img src=x" not in html, page


def test_a_published_review_says_that_writing_goes_into_an_erratum(mim: Person) -> None:
    after_action = a_published_review(mim)
    page = words(browser_of(mim).get(at(after_action, "draft/")))
    assert "goes out with the next erratum" in page
    # The new row alone can be taken out again; what was published stays.
    assert page.count("Remove this change") == 1


def test_all_sections_are_on_one_page_and_an_old_address_leads_to_its_place(mim: Person) -> None:
    for after_action in (an_after_action(mim), a_drafted_review(mim)):
        page = browser_of(mim).get(at(after_action, "draft/"))
        assert [key for key in SectionKey if part(page, key)] == list(SectionKey)
        assert re.findall(r' id="([^"]+)".* id="\1"', page.content.decode(), re.DOTALL) == []
    moved = browser_of(mim).get(at(after_action, "draft/timeline/?rows=2"))
    assert (moved.status_code, moved["Location"]) == (302, at(after_action, "draft/?rows=2#timeline"))


def test_what_looks_like_a_name_is_said_to_be_none_beside_the_hint(mim: Person, client: Client) -> None:
    after_action = an_after_action(mim)
    write(
        after_action,
        "root_cause",
        {"failure": "the certificate of Harold Winterbourne ran out", "certainty": "known"},
    )
    page = words(client.get(at(after_action, "draft/")))
    assert "“Harold Winterbourne” is not a name" in page
    assert "may be the name of a person" in words(client.get(at(after_action, "distribute/")))
    said = {"text": "Harold Winterbourne"}
    answer = client.post(at(after_action, "draft/not-a-name/"), said, headers=HTMX)
    assert answer.status_code == 200
    assert "Winterbourne" not in words(answer)
    assert client.post(at(after_action, "draft/not-a-name/"), said).status_code == 302
    assert "is not a name" not in words(client.get(at(after_action, "draft/")))
    assert "may be the name of a person" not in words(client.get(at(after_action, "distribute/")))


def test_the_name_of_somebody_here_has_no_way_past_the_draft(mim: Person, client: Client) -> None:
    after_action = an_after_action(mim)
    a_person("Ottilie Brunner")
    write(after_action, "root_cause", {"failure": "the change of Ottilie Brunner", "certainty": "known"})
    page = client.get(at(after_action, "draft/"))
    assert "Refused at distribution." in words(page)
    assert "is not a name" not in words(page)
    answer = client.post(at(after_action, "draft/not-a-name/"), {"text": "Ottilie Brunner"})
    assert answer.status_code == 409
