"""The road of one document: imported or refused as a whole, then every page, drawing, export and call that shows it."""

import traceback
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.test import Client

from afteractions.documents.pdf import learning_review_pdf
from afteractions.models import AfterAction
from incidents.models import Incident, Service, Vendor
from majorops import clock
from majorops.people.models import Person
from tests.api.caller import Caller
from tests.factories.afteractions import HOUR, fresh, write_prose
from tests.factories.people import a_contact

KEYS = (
    "summary", "record_findings", "timeline", "expected", "root_cause", "went_well", "changes",
    "learning_statements", "action_items", "vendors",
)  # fmt: skip
TABS = ("", "read/", "meeting/", "people/", "deadlines/", "history/", "pdf/", "publication/", "evidence/",
        "close-out/", "reading-list/", "schedule/", "actions-review/")  # fmt: skip
STEPS = ("event", "phase", "status", "milestone", "impact", "track", "role", "vendor", "mtm", "service", "severity",
         "repeat", "close", "reopen", "hand-over")  # fmt: skip
OVERVIEW = ("/", "/incidents/", "/after-actions/", "/actions/", "/overdue/", "/library/", "/vendors/", "/vendors/due/",
            "/insights/", "/messages/", "/status-notes/", "/inbox/", "/search/?q=x")  # fmt: skip


class Road:
    """Walks as an administrator, who may open every page. Any error page raises."""

    def __init__(self, caller: Caller, browser: Client) -> None:
        self.caller, self.browser = caller, browser
        self.broken: list[str] = []

    def open(self, path: str, *allowed: int) -> str:
        """The page at `path`; keeps what is broken about it, so that one walk names all of it."""
        try:
            with transaction.atomic():
                page = self.browser.get(path)
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            self.broken.append(f"{path}: {type(error).__name__} {error} at {place.filename}:{place.lineno}")
            return ""
        if page.status_code not in (allowed or (200,)):
            self.broken.append(f"{path}: {page.status_code}")
        return page.content.decode()

    def take(self, document: Any, *, history: bool) -> Incident | None:
        """The incident, or None after a refusal that names each place, in a sentence, and has changed nothing."""
        before = counts()
        answer = self.caller.post(f"incidents/import/?history={str(history).lower()}", document)
        body = answer.json()
        if answer.status_code == 201:
            again = self.caller.post(f"incidents/import/?history={str(history).lower()}", document)
            assert (again.status_code, again.json()["reference"]) == (200, body["reference"])
            return Incident.objects.get(reference=body["reference"])
        assert answer.status_code in (400, 409, 413), (answer.status_code, body)
        assert body["detail"].strip().endswith((".", "?")), body
        if answer.status_code == 400:
            assert body["errors"]
            assert all(problem["message"].strip().endswith((".", "?")) for problem in body["errors"]), body
        assert counts() == before
        return None

    def walk_incident(self, incident: Incident) -> None:
        place = f"/incidents/{incident.reference}/"
        for part in ("", "live/", "history/", "export/", "look-alikes/", *(f"{step}/" for step in STEPS)):
            self.open(place + part, 200, 404, 403, 409)
        for number in incident.mtms.values_list("number", flat=True):
            self.open(f"{place}mtms/{number}/")
        for part in ("", "export/"):
            answer = self.caller.get(f"incidents/{incident.reference}/{part}")
            assert answer.status_code == 200, (part, answer.content)
        exported = answer.json()
        assert exported["external_id"]
        for path in OVERVIEW:
            self.open(path)

    def follow(self, incident: Incident) -> AfterAction | None:
        """The After Action, held, scheduled, written and distributed; None while the incident runs."""
        after_action = AfterAction.objects.filter(incident=incident).first()
        if after_action is None:
            asked = {"incident": incident.reference, "reason": "It shows what was captured."}
            answer = self.caller.post("after-actions/", asked)
            if not incident.is_closed:
                assert answer.status_code == 409, answer.content
                return None
            after_action = AfterAction.objects.get(reference=self.got(answer)["reference"])
        self.walk_after_action(after_action)
        place = f"after-actions/{after_action.reference}/"
        if not incident.is_closed:  # what its MTMs agreed is tracked; the rest begins at the close
            assert self.caller.post(f"{place}decide/", {"decision": "hold"}).status_code == 409
            return None
        if after_action.history:
            self.got(self.caller.post(f"{place}start/", {}))
        if incident.requirement_level != "mandatory" and fresh(after_action).decision != "hold":
            self.got(self.caller.post(f"{place}decide/", {"decision": "hold"}))
        starts_at = clock.now() + timedelta(days=6)
        meeting = {
            "starts_at": starts_at.isoformat(),
            "ends_at": (starts_at + HOUR).isoformat(),
            "reason": "Later.",
        }
        self.got(self.caller.post(f"{place}schedule/", meeting))
        write_prose(fresh(after_action), by=self.caller.person, at=clock.now())
        self.got(self.caller.post(f"{place}distribute/", {}))
        return fresh(after_action)

    def let_in(self, after_action: AfterAction) -> None:
        """A guest's page."""
        guest = a_contact(
            after_action.incident.reference, "the desk of the vendor", "Desk", "desk@example.org"
        )
        place = f"after-actions/{after_action.reference}/"
        row = {"person": guest.identifier, "included": True, "reason": "Runs the desk"}
        self.got(self.caller.post(f"{place}attendees/", [row]))
        link = self.got(self.caller.post(f"{place}guest-links/", {"person": guest.identifier}))
        page = Client().get(link["url"])
        assert page.status_code == 200

    def print(self, after_action: AfterAction) -> None:
        """The PDF of the latest revision, as the worker makes it."""
        revision = after_action.revisions.latest("number")
        made = learning_review_pdf(revision.content, sha256=revision.sha256)
        assert made.startswith(b"%PDF-")

    def got(self, answer: Any) -> Any:
        """What a call answered that must succeed."""
        assert answer.status_code in (200, 201), (answer.status_code, answer.content.decode()[:3000])
        return answer.json()

    def walk_after_action(self, after_action: AfterAction) -> None:
        place = after_action.get_absolute_url()
        for tab in TABS:
            self.open(place + tab, 200, 202, 302, 403, 404, 409)
        for key in KEYS:
            self.open(f"{place}draft/{key}/", 200, 302, 404)
            answer = self.caller.get(f"after-actions/{after_action.reference}/sections/{key}/")
            assert answer.status_code == 200, (key, answer.content)
        assert self.caller.get(f"after-actions/{after_action.reference}/").status_code == 200
        for path in OVERVIEW:
            self.open(path)


def counts() -> list[int]:
    """How many rows of each table that an import writes there are."""
    return [model.objects.count() for model in (Incident, Service, Vendor, Person, AfterAction)]
