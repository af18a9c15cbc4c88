"""The words of the record (domain.md, The incident record)."""

from majorops.words import Word


class Severity(Word):
    CRITICAL = "critical", "Critical (P1)"
    HIGH = "high", "High (P2)"
    MEDIUM = "medium", "Medium (P3)"
    LOW = "low", "Low (P4)"

    @property
    def rank(self) -> int:
        """1 for Critical to 4 for Low: the number a person types as P1 to P4."""
        return list(Severity).index(self) + 1


class IncidentStatus(Word):
    OPEN = "open", "Open"
    VALIDATED = "validated", "Validated, not closed"
    CLOSED = "closed", "Closed"


class Phase(Word):
    DETECTED = "detected", "Detected"
    DECLARED = "declared", "Declared"
    INVESTIGATING = "investigating", "Investigating"
    MITIGATING = "mitigating", "Mitigating"
    RECOVERING = "recovering", "Recovering"
    VALIDATING = "validating", "Validating"
    RESOLVED = "resolved", "Resolved"
    CLOSED = "closed", "Closed"


class MilestoneKind(Word):
    """The milestones, under the keys of the exchange format `majorops.incident/1`."""

    IMPACT_STARTED = "impact_started", "Impact started"
    ALERT_FIRED = "alert_fired", "Alert fired"
    CONFIRMED = "confirmed", "Incident confirmed"
    OPENED = "opened", "Major incident declared"
    MITIGATED = "mitigated", "Mitigation applied"
    RECOVERED = "recovered", "Recovery validated"
    CLOSED = "closed", "Resolution"
    STAKEHOLDER_COMMUNICATION = "stakeholder_communication", "Stakeholder communication"


# Those that happen once.
MILESTONES = tuple(kind for kind in MilestoneKind if kind is not MilestoneKind.STAKEHOLDER_COMMUNICATION)


class EventKind(Word):
    IMPACT = "impact", "Impact"
    DETECTION = "detection", "Detection"
    INVESTIGATION = "investigation", "Investigation"
    DECISION = "decision", "Decision"
    ACTION = "action", "Action"
    COMMUNICATION = "communication", "Communication"
    RECOVERY = "recovery", "Recovery"
    VENDOR = "vendor", "Vendor"
    MILESTONE = "milestone", "Milestone"


class CommandRole(Word):
    MIM = "mim", "Major Incident Manager"
    TECHNICAL_RECOVERY_LEAD = "technical_recovery_lead", "Technical Recovery Lead"
    RECOVERY_DIRECTOR = "recovery_director", "Recovery Director"
    COMMUNICATIONS_LEAD = "communications_lead", "Customer Communications Lead"
    SERVICE_DELIVERY = "service_delivery", "Service Delivery"
    SCRIBE = "scribe", "Scribe"
    SME = "sme", "Subject matter expert"
    RESPONDER = "responder", "Responder"


class Audience(Word):
    INTERNAL = "internal", "Internal"
    PUBLIC = "public", "Public"


class ImpactField(Word):
    """Alert info that is not an instant; each is stated by an entry of the record."""

    ALERT_SOURCE = "alert_source", "Alert source"
    EXTERNAL = "external", "External impact"
    CUSTOMERS_AFFECTED = "customers_affected", "Customers affected"
    BUSINESS = "business", "Business impact"
    REVENUE_EXPOSURE = "revenue_exposure", "Revenue exposure"
    SLA_STATUS = "sla_status", "SLA status"
    REGULATORY_EXPOSURE = "regulatory_exposure", "Regulatory exposure"
    UNUSUAL_FACTORS = "unusual_factors", "Unusual contributing factors"


class RequirementLevel(Word):
    MANDATORY = "mandatory", "Mandatory"
    RECOMMENDED = "recommended", "Recommended"
    OPTIONAL = "optional", "Optional"
    NOT_REQUIRED = "not_required", "Not required"


class MtmActionStatus(Word):
    OPEN = "open", "Open"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"


class MtmReview(Word):
    """What a later MTM says of an action that an earlier one agreed."""

    DONE = "done", "Done"
    GOES_ON = "goes_on", "Goes on"
    DROPPED = "dropped", "Dropped"

    @property
    def status(self) -> MtmActionStatus:
        """What the action is from then on."""
        return {
            MtmReview.DONE: MtmActionStatus.DONE,
            MtmReview.GOES_ON: MtmActionStatus.OPEN,
            MtmReview.DROPPED: MtmActionStatus.CANCELLED,
        }[self]
