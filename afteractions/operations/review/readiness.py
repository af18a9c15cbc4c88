"""The draft as the rules of readiness ask for it: what is missing before it goes out, and before it is published."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from afteractions.documents.revision import expected_of
from afteractions.models import AfterAction, Change
from afteractions.operations.review.document import Review
from afteractions.operations.review.wording import check_wording, root_cause_text
from afteractions.rules.deadlines.calendar import local_date
from afteractions.rules.review import readiness
from afteractions.rules.review.readiness import Deviation, Draft, DraftChange, Missing, VendorPart
from afteractions.vocabulary import Certainty, ChangeKind, SectionKey, Strength
from afteractions.wording.check import Checked, Finding, blocking_texts, doubtful_texts


def missing_before_publishing(after_action: AfterAction, *, now: datetime) -> list[Missing]:
    """What keeps the Learning Review from being published. Rule: readiness."""
    return readiness.before_publishing(draft_as_it_stands(after_action, now=now))


def draft_as_it_stands(after_action: AfterAction, *, now: datetime) -> Draft:
    """What the Learning Review says so far, its root cause checked against the people that are known right now."""
    review = Review(after_action, at=now)
    text = root_cause_text(review.root_cause())
    findings = check_wording(Checked.ROOT_CAUSE, text, incident=after_action.incident)
    return draft_of(review, findings, now=now)


def draft_of(review: Review, root_cause_findings: list[Finding], *, now: datetime) -> Draft:
    """The facts of readiness, for the page and for the step alike."""
    incident, cause = review.incident, review.root_cause()
    written = review.written(SectionKey.SUMMARY, {})
    impact = (
        written.get("business_impact", incident.business),
        written.get("customer_impact"),
        incident.revenue_exposure,
        incident.sla_status,
    )
    deviations = expected_of(review.written(SectionKey.EXPECTED, {}))["deviations"]
    return Draft(
        summary=tuple(text for text in impact if text),
        expected=tuple(Deviation(row.get("expected", ""), row.get("actual", "")) for row in deviations),
        failure=cause["failure"],
        certainty=Certainty(cause["certainty"]),
        names_in_root_cause=blocking_texts(root_cause_findings),
        doubtful_in_root_cause=doubtful_texts(root_cause_findings),
        went_well=tuple(row["text"] for row in review.went_well()),
        changes=tuple(draft_change(row) for row in review.rows),
        vendors=tuple(vendor_parts(review)),
        confirmed=frozenset(
            SectionKey(key) for key, section in review.sections.items() if section.confirmed_at is not None
        ),
        today=day_of_due_dates(review.after_action, now),
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
        row.effect,
        Strength(row.strength) if row.strength else None,
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
