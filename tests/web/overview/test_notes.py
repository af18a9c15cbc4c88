"""The status notes that are to be sent: whoever is to send one finds it, with its deadline."""

import pytest

from afteractions.models import StatusNote
from afteractions.operations.review.publication import send_status_note
from majorops.people.groups import GroupName
from tests.factories.afteractions import DISTRIBUTED, HOUR, a_distributed_review
from tests.factories.people import a_mim, a_person
from tests.web.overview.looking import look, main_of, statements

pytestmark = pytest.mark.django_db


def test_the_liaison_and_the_owner_find_what_they_are_to_send() -> None:
    mim = a_mim()
    after_action = a_distributed_review(mim)
    liaison = a_person("Ruben Quist", groups=[GroupName.INTERNAL_LIAISON])
    title = after_action.incident.title
    for sender in (mim, liaison):
        page = main_of(look(sender, "/status-notes/", DISTRIBUTED + HOUR))
        assert f"{title}: In Review" in page
        assert "Edit and send" in page
        assert "in 2 d" in page or "in 3 d" in page
    other = a_person("Ines Faro")
    assert "You have no note to send" in main_of(look(other, "/status-notes/", DISTRIBUTED + HOUR))
    seen = main_of(look(other, "/status-notes/?whose=all", DISTRIBUTED + HOUR))
    assert title in seen
    assert "Edit and send" not in seen


def test_a_named_liaison_takes_it_from_the_group() -> None:
    after_action = a_distributed_review()
    named = a_person("Rosa Marin", groups=[GroupName.INTERNAL_LIAISON])
    after_action.internal_liaison = named
    after_action.save()
    group = a_person("Ruben Quist", groups=[GroupName.INTERNAL_LIAISON])
    assert after_action.incident.title in main_of(look(named, "/status-notes/", DISTRIBUTED))
    assert "You have no note to send" in main_of(look(group, "/status-notes/", DISTRIBUTED))


def test_what_was_sent_moves_to_its_tab_and_restricted_ones_show_nowhere() -> None:
    mim = a_mim()
    after_action = a_distributed_review(mim)
    note = StatusNote.objects.filter(after_action=after_action).latest("pk")
    send_status_note(note, to=[mim], by=mim, at=DISTRIBUTED + HOUR, now=DISTRIBUTED + HOUR)
    a_distributed_review(a_mim("Tomasz Okonkwo"), restricted=True, title="Stolen keys")
    at = DISTRIBUTED + 2 * HOUR
    assert after_action.incident.title in main_of(look(mim, "/status-notes/?whose=sent", at))
    for whose in ("mine", "all", "sent", "lost"):
        assert "Stolen keys" not in main_of(look(mim, f"/status-notes/?whose={whose}", at))


def test_the_notes_take_the_same_statements_at_2_rows_and_at_20() -> None:
    mim = a_mim()
    a_distributed_review(mim)
    few = statements(mim, "/status-notes/", DISTRIBUTED)
    for _ in range(3):
        a_distributed_review(mim)
    assert statements(mim, "/status-notes/", DISTRIBUTED) == few <= 12
