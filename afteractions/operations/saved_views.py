"""Filters of the overdue dashboard that somebody comes back to, under a name."""

from datetime import datetime

from django.db import IntegrityError, transaction

from afteractions.models import SavedView
from majorops.audit import trail
from majorops.errors import BadInput, NotFound, RuleViolation
from majorops.people.models import Person
from majorops.texts import typed_text

LONGEST_NAME = 80
LONGEST_FILTERS = 400
MOST_VIEWS = 30


@transaction.atomic
def save_view(*, name: str, filters: str, by: Person, now: datetime) -> SavedView:
    """Keeps `filters`, as they stand behind the ? of the address, under a name of `by`'s own. Raises BadInput for a
    name that is empty, too long or taken, RuleViolation for more than MOST_VIEWS."""
    name = typed_text(name, "name", most=LONGEST_NAME, empty="Give the view a name.", one_line=True)
    filters = typed_text(filters, "filters", most=LONGEST_FILTERS)
    Person.objects.select_for_update().get(pk=by.pk)
    if by.saved_views.count() >= MOST_VIEWS:
        raise RuleViolation(f"You keep {MOST_VIEWS} views already: delete one that you no longer need.")
    try:
        with transaction.atomic():
            view = SavedView.objects.create(person=by, name=name, filters=filters, created_at=now)
    except IntegrityError:
        raise BadInput.of("name", f"You have a view called “{name}” already: choose another name.") from None
    trail.record("saved", view, by=by, at=now, changes={"filters": ("", filters)})
    return view


@transaction.atomic
def delete_view(view: SavedView, *, by: Person, now: datetime) -> None:
    """Takes the name away; the deadlines stay as they are. Raises NotFound for a view of somebody else."""
    if view.person_id != by.pk:
        raise NotFound("There is no such view of yours.")
    trail.record("deleted", view, by=by, at=now, changes={"filters": (view.filters, "")})
    view.delete()
