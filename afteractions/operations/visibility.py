"""Who may still see what a notice speaks of: the one rule of visibility, asked again when a mail is sent."""

from collections.abc import Iterable

from incidents.models import Incident
from majorops.people.models import Person


def visible_references(person: Person, references: Iterable[str]) -> set[str]:
    """Those of the incidents' references that `person` may know of."""
    visible = Incident.objects.visible_to(person).filter(reference__in=list(references))
    return set(visible.values_list("reference", flat=True))
