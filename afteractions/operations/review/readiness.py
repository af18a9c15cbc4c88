"""The draft as the rules of readiness ask for it: what is missing before it goes out, and before it is published."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from afteractions.models import AfterAction, Change
from afteractions.operations.review.document import Review
from afteractions.operations.review.wording import check_wording, root_cause_text
from afteractions.rules.deadlines.calendar import local_date
from afteractions.rules.review import readiness
from afteractions.rules.review.readiness import Deviation, Draft, DraftChange, Missing, VendorPart
from afteractions.vocabulary import Certainty, ChangeKind, SectionKey
from afteractions.wording.check import Checked, blocking_texts, doubtful_texts


def missing_before_distributing(after_action: AfterAction, *, now: datetime) -> list[Missing]:
    """What keeps the draft from being distributed, and what is only said. Rule: readiness."""
    return readiness.before_distributing(draft_of(after_action, now=now))


def missing_before_publishing(after_action: AfterAction, *, now: datetime) -> list[Missing]:
    """What keeps the Learning Review from being published. Rule: readiness."""
    return readiness.before_publishing(draft_of(after_action, now=now))


def draft_of(after_action: AfterAction, *, now: datetime) -> Draft:
    """What the Learning Review says so far."""
    review = Review(after_action, at=now)
    summary, root_cause = review.summary(), review.root_cause()
    impact = ("business_impact", "customer_impact", "revenue_exposure", "sla_status")
    text = root_cause_text(root_cause)
    findings = check_wording(Checked.ROOT_CAUSE, text, incident=after_action.incident)
    return Draft(
        summary=tuple(summary[key] for key in impact if summary[key]),
        expected=tuple(Deviation(row["expected"], row["actual"]) for row in review.expected()["deviations"]),
        failure=root_cause["failure"],
        certainty=Certainty(root_cause["certainty"]),
        names_in_root_cause=blocking_texts(findings),
        doubtful_in_root_cause=doubtful_texts(findings),
        went_well=tuple(row["text"] for row in review.went_well()),
        changes=tuple(draft_change(row) for row in review.rows),
        vendors=tuple(vendor_parts(review)),
        confirmed=frozenset(
            SectionKey(key) for key, section in review.sections.items() if section.confirmed_at is not None
        ),
        today=day_of_due_dates(after_action, now),
    )


def draft_change(row: Change) -> DraftChange:
    """A change as the rules of readiness ask for it."""
    return DraftChange(
        ChangeKind(row.kind),
        row.change,
        row.gap,
        row.owner.identifier if row.owner else None,
        row.due_on,
        row.owner_words,
        row.is_resolved,
    )


def day_of_due_dates(after_action: AfterAction, now: datetime) -> date | None:
    """The day that due dates are looked at on; None once it is published: what became overdue stays so."""
    if after_action.published_at is not None:
        return None
    return local_date(now, ZoneInfo(after_action.incident.time_zone))


def vendor_parts(review: Review) -> list[VendorPart]:
    """What is known of each vendor's RCA, from the facts that its deadline follows from."""
    return [
        VendorPart(
            vendor["name"],
            vendor["root_cause_related"],
            has_service_manager=vendor["service_manager"] is not None,
            rca_date_known=bool(vendor["rca"]["due_on"] or vendor["rca"]["received_on"]),
        )
        for vendor in review.vendors()
    ]
