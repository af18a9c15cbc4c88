"""Earlier incidents that look alike are proposed; one is confirmed by `log.link_repeat`, another dismissed here."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from incidents.access import COMMAND_ONLY, can_command, can_see
from incidents.models import Incident, RepeatDecision
from incidents.operations.changing import begin, finish
from incidents.operations.checks import happened, optional_text
from incidents.queries.resemblance import asked, candidates
from incidents.rules.likeness import LookAlike, look_alikes
from majorops.errors import BadInput, NotFound
from majorops.people.models import Person


@dataclass(frozen=True)
class RepeatProposal:
    """An earlier incident, and why it is proposed."""

    earlier: Incident
    why: LookAlike


def propose(incident: Incident, *, reader: Person) -> list[RepeatProposal]:
    """At most five earlier incidents that `reader` may see and that look like this one, the likest first.

    None that was confirmed or dismissed already. Domain: Repeat incidents.
    """
    looked_for = asked(incident, reader)
    alike = look_alikes(looked_for, candidates(incident, reader, looked_for)) if looked_for.among else []
    earlier = Incident.objects.visible_to(reader).in_bulk([one.key for one in alike])
    return [RepeatProposal(earlier[one.key], one) for one in alike if one.key in earlier]


@transaction.atomic
def dismiss_look_alike(
    incident: Incident,
    *,
    earlier: Incident,
    by: Person | None,
    at: datetime,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> RepeatDecision:
    """Says that the incident does not repeat this earlier one, which is then not proposed again. What it repeats,
    and so whether an After Action is required, stays as it is."""
    begin(incident, by=by, may=can_command, refusal=COMMAND_ONLY, version=version)
    happened(at, now)
    if by is not None and not can_see(by, earlier):
        raise NotFound("There is no such earlier incident that you may see.")
    if earlier.pk == incident.pk:
        raise BadInput.of("reference", "An incident is no look-alike of itself.")
    if incident.repeat_of_id == earlier.pk:
        raise BadInput.of("reference", "It is confirmed as a repeat of this one. Take that back first.")
    decision = RepeatDecision.objects.create(
        incident=incident,
        repeat_of=earlier,
        is_repeat=False,
        at=at,
        by=by,
        reason=optional_text(reason, "reason") or "",
    )
    finish(
        incident,
        "dismissed a look-alike",
        decision,
        by=by,
        at=at,
        now=now,
        changes={"repeat_of": (None, earlier)},
        reason=decision.reason,
    )
    return decision


def keep_root_cause(incident: Incident, words: str) -> None:
    """Takes over what the Learning Review says of the root cause, for later incidents to be compared with. Told only
    once it is published: it is then as open as the incident itself."""
    Incident.objects.filter(pk=incident.pk).update(root_cause=words)
    incident.root_cause = words
