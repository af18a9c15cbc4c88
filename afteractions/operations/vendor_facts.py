"""What a vendor's engagement means for its RCA: one reading of the rows, for deadlines, pages and what is missing."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from afteractions.models import VendorFollowUp, VendorItem
from afteractions.rules.deadlines.calendar import local_date
from afteractions.rules.facts import VendorFacts, VendorItemFacts
from incidents.models import VendorEngagement
from majorops.people.models import Person


def vendor_facts(
    first: int,
    engagement: VendorEngagement,
    follow_up: VendorFollowUp | None,
    items: Mapping[int, Sequence[VendorItem]],
    *,
    zone: ZoneInfo,
    known_from: datetime | None,
) -> VendorFacts:
    """The facts of the engagement that stands; `first` is the key of the one that its corrections go back to, `items`
    are those of each follow-up, `known_from` is None for what is only shown."""
    committed_on = engagement.rca_follow_up_on
    related = engagement.root_cause_related
    service_manager = engagement.vendor.service_manager
    attached_at = None
    if follow_up is not None:
        attached_at = follow_up.rca_received_at
        service_manager = follow_up.service_manager or service_manager
        if follow_up.root_cause_related is not None:
            related = follow_up.root_cause_related
        if follow_up.rca_due_at is not None:
            committed_on = local_date(follow_up.rca_due_at - timedelta(microseconds=1), zone)
    term = engagement.vendor.rca_term_days
    engaged_at = engagement.engaged_at
    if known_from is not None:
        # What was asked before the record came here is asked anew from then on.
        engaged_at = max(engaged_at, known_from) if engaged_at else None
        if committed_on is not None and committed_on < local_date(known_from, zone):
            committed_on = None
    return VendorFacts(
        key=str(first),
        name=engagement.vendor.name,
        engaged_at=engaged_at,
        service_manager=acting(service_manager),
        root_cause_related=related,
        # A failure that was not the vendor's asks for no RCA unless a date for one was agreed.
        rca_expected=related is not False or committed_on is not None,
        rca_term=timedelta(days=term) if term is not None else None,
        rca_committed_on=committed_on,
        rca_attached_at=attached_at,
        items=tuple(map(_item, items.get(follow_up.pk, ()) if follow_up is not None else ())),
    )


def _item(item: VendorItem) -> VendorItemFacts:
    return VendorItemFacts(
        key=str(item.pk),
        committed_on=item.due_on if item.committed else None,
        follow_up_on=item.due_on,
        closed_at=item.closed_at,
    )


def key_of(person: Person | None) -> str | None:
    """How the rules name somebody: the account's key; None for a contact without one, who cannot be told."""
    account = (person.account or person) if person is not None else None
    return str(account.pk) if account is not None and account.email else None


def acting(person: Person | None) -> str | None:
    """The same of somebody who has to act: None as well for an account that is disabled, so that what it owed falls to
    whoever stands in for nobody (the MIM group, the MIM, the group of Service Managers)."""
    account = (person.account or person) if person is not None else None
    return key_of(person) if account is not None and account.is_active else None
