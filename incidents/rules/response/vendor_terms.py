"""What a vendor's contract promises, and whether it was kept (Seed: Vendor After Actions)."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Response:
    """How long the vendor took, in seconds, and whether that kept its SLA: None where either was not captured."""

    seconds: int | None
    is_within: bool | None


def stated_sla(on_the_engagement: int | None, in_the_contract: int | None) -> int | None:
    """The response SLA in minutes: what the record states, else what the contract says."""
    return in_the_contract if on_the_engagement is None else on_the_engagement


def response_against(
    engaged_at: datetime | None, responded_at: datetime | None, sla_minutes: int | None
) -> Response:
    """The response against the SLA stated at the time; answered exactly at its end is within."""
    if engaged_at is None or responded_at is None:
        return Response(None, None)
    took = responded_at - engaged_at
    within = None if sla_minutes is None else took <= timedelta(minutes=sla_minutes)
    return Response(int(took.total_seconds()), within)


def over_the_sla(
    engaged_at: datetime | None, responded_at: datetime | None, sla_minutes: int | None
) -> timedelta | None:
    """By how much the vendor answered too late; None where it did not, or either was not captured."""
    response = response_against(engaged_at, responded_at, sla_minutes)
    if response.is_within is not False or response.seconds is None or sla_minutes is None:
        return None
    return timedelta(seconds=response.seconds) - timedelta(minutes=sla_minutes)


def missing_terms(
    *,
    response_sla_minutes: int | None,
    rca_term_days: int | None,
    service_manager: object | None,
    escalation_contact: str,
) -> tuple[str, ...]:
    """What a contract should say before the next incident and does not, in words."""
    lacking = (
        (response_sla_minutes is None, "no response SLA"),
        (rca_term_days is None, "no RCA term"),
        (service_manager is None, "no Service Manager"),
        (not escalation_contact.strip(), "no escalation contact"),
    )
    return tuple(words for is_lacking, words in lacking if is_lacking)
