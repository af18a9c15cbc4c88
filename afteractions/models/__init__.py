"""What follows an incident, as facts, with what PostgreSQL refuses."""

from afteractions.models.after_action import (
    AfterAction,
    AntiPatternEvidence,
    AntiPatternOccurrence,
    ExternalMessage,
    StatusNote,
    Transition,
    VendorFollowUp,
    VendorItem,
    VendorItemMove,
)
from afteractions.models.learning_review import (
    ActionExtension,
    ActionProgress,
    Change,
    Comment,
    DismissedName,
    EffectCheck,
    ItemDisposition,
    ItemProposal,
    Reading,
    Revision,
    RevisionPdf,
    Section,
    SectionText,
)
from afteractions.models.meeting import Attendance, Attendee, GuestLink, Meeting, MeetingDecision, MeetingMove
from afteractions.models.nudges_and_saved_views import Nudge, SavedView
from afteractions.models.obligation import Escalation, Obligation
from afteractions.models.policy import ClosingDay, PolicyVersion
from afteractions.models.preparation import (
    CloseOutAnswer,
    EvidenceFile,
    EvidenceWithdrawal,
    ReadingListNote,
)

__all__ = [
    "ActionExtension",
    "ActionProgress",
    "AfterAction",
    "AntiPatternEvidence",
    "AntiPatternOccurrence",
    "Attendance",
    "Attendee",
    "Change",
    "CloseOutAnswer",
    "ClosingDay",
    "Comment",
    "DismissedName",
    "EffectCheck",
    "Escalation",
    "EvidenceFile",
    "EvidenceWithdrawal",
    "ExternalMessage",
    "GuestLink",
    "ItemDisposition",
    "ItemProposal",
    "Meeting",
    "MeetingDecision",
    "MeetingMove",
    "Nudge",
    "Obligation",
    "PolicyVersion",
    "Reading",
    "ReadingListNote",
    "Revision",
    "RevisionPdf",
    "SavedView",
    "Section",
    "SectionText",
    "StatusNote",
    "Transition",
    "VendorFollowUp",
    "VendorItem",
    "VendorItemMove",
]
