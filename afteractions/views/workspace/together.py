"""Several people in one draft: what the others saved, and who is where, asked every two seconds by each open page."""

import re
from hashlib import sha256
from typing import Any

from django.core.cache import cache, caches
from django.http import HttpResponse
from django.shortcuts import render

from afteractions.access import get_after_action
from afteractions.models import AfterAction, Section
from afteractions.operations.review.section_editing import WRITERS_ONLY
from afteractions.operations.review.sections import WRITTEN
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.draft_page import page_context
from afteractions.views.workspace.workspace import head
from afteractions.vocabulary import SectionKey
from majorops import clock
from majorops.errors import NotAllowed, NotFound
from majorops.people.models import Person
from majorops.web.signed_in import GET, SignedInRequest, signed_in

# Whoever was not heard of for so long has gone.
HERE_SECONDS = 8
# For so long nobody is asked again whether they write.
WRITES_SECONDS = 30
# A group of rows or a section, the id of a row, a field.
PLACE = re.compile(r"[a-z_]{1,20}:[\w-]{0,20}:[a-z_]{0,30}")
# The timeline is marked in its picture, and shown as it is on the next visit.
FOLLOWED = [key for key in WRITTEN if key is not SectionKey.TIMELINE]


@signed_in(GET)
def live(request: SignedInRequest, reference: str) -> HttpResponse:
    """What the others changed since what the page has `seen` (`expected.5,changes.2`), and who else is `at` which
    field: 204 while both are as the page knows them, which takes one statement besides the session's."""
    person, now = request.user, clock.now()
    workspace = _writing(person, reference)
    visible = AfterAction.objects.visible_to(person).filter(reference=reference)
    versions = dict(Section.objects.filter(after_action__in=visible).values_list("key", "version"))
    if not versions:
        raise NotFound(f"There is no After Action {reference[:40]} that you may see.")
    others = _others(reference, person, request.GET.get("at", ""), now.timestamp())
    here = sha256(repr(others).encode()).hexdigest()[:12]
    seen = dict(pair.split(".", 1) for pair in request.GET.get("seen", "").split(",") if "." in pair)
    changed = [key for key in FOLLOWED if str(versions.get(key, 1)) != seen.get(key, "")]
    if not changed and request.GET.get("here") == here:
        return HttpResponse(status=204)
    context: dict[str, Any] = {"others": others, "here": here}
    if changed:
        workspace = workspace or Workspace(get_after_action(person, reference), person=person, at=now)
        context |= {**head(workspace, "draft"), **page_context(request, workspace)}
        context["parts"] = [part for part in context["parts"] if part.key in changed]
    return render(request, "afteractions/workspace/together.html", context)


def _writing(person: Person, reference: str) -> Workspace | None:
    """Raises NotAllowed for who does not write the draft, NotFound for who may not know of it."""
    known = f"writes:{reference}:{person.pk}"
    if caches["process"].get(known):
        return None
    workspace = Workspace(get_after_action(person, reference), person=person, at=clock.now())
    if not workspace.may_edit:
        raise NotAllowed(WRITERS_ONLY)
    caches["process"].set(known, True, WRITES_SECONDS)
    return workspace


def _others(reference: str, person: Person, at: str, now: float) -> list[tuple[str, str]]:
    """The names of the others who have this draft open, each with the place of their focus, empty for none."""
    key = f"here:{reference}"
    known: dict[str, list[Any]] = cache.get(key) or {}
    place = at if PLACE.fullmatch(at) else ""
    present = {who: row for who, row in known.items() if row[2] > now - HERE_SECONDS}
    cache.set(key, {**present, str(person.pk): [str(person), place, now]}, HERE_SECONDS)
    return sorted((name, where) for who, (name, where, _) in present.items() if who != str(person.pk))
