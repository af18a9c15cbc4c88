"""The gaps that a record can have, by name, and the fields that are expected in every record.

Domain: Record gaps.
"""

from dataclasses import dataclass

from incidents.vocabulary import ImpactField, MilestoneKind
from majorops.words import Word


class GapKind(Word):
    NO_ALERT_TIME = "no_alert_time", "No alert time"
    NO_DETECTION_TIME = "no_detection_time", "No detection time"
    NO_CUSTOMER_COUNT = "no_customer_count", "No customer count"
    EXTERNAL_IMPACT_UNKNOWN = "external_impact_unknown", "External impact unknown"
    NO_MIM = "no_mim", "No Major Incident Manager"
    NO_TRL = "no_trl", "No Technical Recovery Lead"
    NO_PHASES = "no_phases", "No phase log"
    PHASE_SKIPPED = "phase_skipped", "Phase skipped"
    PHASE_NEVER_LEFT = "phase_never_left", "Phase never left"
    NO_MITIGATION = "no_mitigation", "No mitigation milestone"
    NO_VALIDATION = "no_validation", "No validation milestone"
    TRACK_WITHOUT_LEAD = "track_without_lead", "Recovery track without a lead"
    TRACK_LEAD_LATE = "track_lead_late", "Recovery track's lead came late"
    TRACK_LEAD_TIME_MISSING = "track_lead_time_missing", "Recovery track's lead without a time"
    STATUS_UPDATE_LATE = "status_update_late", "Status update late"
    VENDOR_RESPONSE_MISSING = "vendor_response_missing", "Vendor without a response time"
    NO_MTM = "no_mtm", "No Major Technical Meeting"
    NO_IMPACT_START = "no_impact_start", "No start of impact"
    NO_DECLARATION = "no_declaration", "No declaration time"
    NO_CLOSE = "no_close", "No resolution milestone"
    NO_ALERT_SOURCE = "no_alert_source", "No alert source"
    NO_BUSINESS_IMPACT = "no_business_impact", "No business impact"
    NO_REVENUE_EXPOSURE = "no_revenue_exposure", "No revenue exposure"
    NO_SLA_STATUS = "no_sla_status", "No SLA status"
    REGULATORY_EXPOSURE_UNKNOWN = "regulatory_exposure_unknown", "Regulatory exposure unknown"
    ROLE_NOT_ASSIGNED = "role_not_assigned", "Role not assigned"
    NO_STATUS_UPDATE = "no_status_update", "No status update"
    NO_PUBLIC_STATUS_UPDATE = "no_public_status_update", "No public status update"
    NO_STAKEHOLDER_COMMUNICATION = "no_stakeholder_communication", "No stakeholder communication"
    NO_TIMELINE_EVENT = "no_timeline_event", "No timeline event"


@dataclass(frozen=True, slots=True)
class ExpectedField:
    """A field expected in every record, by the first of the milestones `by` that is captured."""

    kind: GapKind
    field: MilestoneKind | ImpactField
    what: str
    by: tuple[MilestoneKind, ...]
    section: str
    proposed_change: str


AFTER_DECLARING = (
    MilestoneKind.OPENED,
    MilestoneKind.MITIGATED,
    MilestoneKind.RECOVERED,
    MilestoneKind.CLOSED,
)
AFTER_CONFIRMING = (MilestoneKind.CONFIRMED, *AFTER_DECLARING)
AFTER_MITIGATING = (MilestoneKind.RECOVERED, MilestoneKind.CLOSED)

ALERT_AND_IMPACT = (
    ExpectedField(
        GapKind.NO_ALERT_TIME,
        MilestoneKind.ALERT_FIRED,
        "When the alert fired was not captured",
        AFTER_CONFIRMING,
        "timeline",
        "Take the time of the alert into the record from the alerting tool when the incident is confirmed.",
    ),
    ExpectedField(
        GapKind.NO_DETECTION_TIME,
        MilestoneKind.CONFIRMED,
        "When the incident was confirmed (detection) was not captured",
        AFTER_DECLARING,
        "timeline",
        "Log the confirmation before the major incident is declared.",
    ),
    ExpectedField(
        GapKind.NO_CUSTOMER_COUNT,
        ImpactField.CUSTOMERS_AFFECTED,
        "How many customers were affected was not captured",
        AFTER_DECLARING,
        "summary",
        "Ask for the number of affected customers at the declaration and put it into the record.",
    ),
    ExpectedField(
        GapKind.EXTERNAL_IMPACT_UNKNOWN,
        ImpactField.EXTERNAL,
        "Whether there was external impact was not captured",
        AFTER_DECLARING,
        "summary",
        "Answer external impact, yes or no, at the declaration.",
    ),
)
ENDINGS = (
    ExpectedField(
        GapKind.NO_MITIGATION,
        MilestoneKind.MITIGATED,
        "When the mitigation was applied was not captured",
        AFTER_MITIGATING,
        "timeline",
        "Log the mitigation milestone the moment that the mitigation is applied.",
    ),
    ExpectedField(
        GapKind.NO_VALIDATION,
        MilestoneKind.RECOVERED,
        "When the recovery was validated was not captured",
        (MilestoneKind.CLOSED,),
        "timeline",
        "Validate the recovery, and log it, before the incident is closed.",
    ),
)
OTHERS = (
    ExpectedField(
        GapKind.NO_IMPACT_START,
        MilestoneKind.IMPACT_STARTED,
        "When the impact started was not captured",
        AFTER_CONFIRMING,
        "timeline",
        "Establish when the impact started, from monitoring, and put it into the record.",
    ),
    ExpectedField(
        GapKind.NO_DECLARATION,
        MilestoneKind.OPENED,
        "When the major incident was declared was not captured",
        (MilestoneKind.MITIGATED, *AFTER_MITIGATING),
        "timeline",
        "Declare the major incident in the record when it is confirmed.",
    ),
    ExpectedField(
        GapKind.NO_CLOSE,
        MilestoneKind.CLOSED,
        "When the incident was resolved and closed was not captured",
        (),
        "timeline",
        "Complete the resolution milestone as the last step of the incident.",
    ),
    ExpectedField(
        GapKind.NO_ALERT_SOURCE,
        ImpactField.ALERT_SOURCE,
        "What raised the alert was not captured",
        AFTER_CONFIRMING,
        "summary",
        "Name the alert's source when the incident is confirmed.",
    ),
    ExpectedField(
        GapKind.NO_BUSINESS_IMPACT,
        ImpactField.BUSINESS,
        "The business impact was not captured",
        AFTER_DECLARING,
        "summary",
        "State the business impact in one sentence at the declaration.",
    ),
    ExpectedField(
        GapKind.NO_REVENUE_EXPOSURE,
        ImpactField.REVENUE_EXPOSURE,
        "The revenue exposure was not captured",
        AFTER_DECLARING,
        "summary",
        "Ask Service Delivery for the revenue exposure while the incident runs.",
    ),
    ExpectedField(
        GapKind.NO_SLA_STATUS,
        ImpactField.SLA_STATUS,
        "The SLA status was not captured",
        AFTER_DECLARING,
        "summary",
        "Note the SLA status of the services affected while the incident runs.",
    ),
    ExpectedField(
        GapKind.REGULATORY_EXPOSURE_UNKNOWN,
        ImpactField.REGULATORY_EXPOSURE,
        "Whether there was regulatory exposure was not captured",
        AFTER_DECLARING,
        "summary",
        "Answer regulatory exposure, yes or no, while the incident runs.",
    ),
)
