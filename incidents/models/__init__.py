"""The record as facts, with what PostgreSQL refuses."""

from incidents.models.command import CommandAssignment, RecoveryTrack, RoleConfirmation, TrackMember
from incidents.models.entries import ImpactStatement, Milestone, PhaseEntry, StatusUpdate, TimelineEvent
from incidents.models.figures import IncidentFigures
from incidents.models.incident import (
    Handover,
    Incident,
    IncidentAccess,
    IncidentService,
    Reopening,
    RepeatDecision,
    RequirementDecision,
    Service,
    SeverityChange,
)
from incidents.models.mtm import Mtm, MtmAction, MtmActionReview, MtmAttendance, MtmDecision, MtmSummary
from incidents.models.vendors import Vendor, VendorEngagement

__all__ = [
    "CommandAssignment",
    "Handover",
    "ImpactStatement",
    "Incident",
    "IncidentAccess",
    "IncidentFigures",
    "IncidentService",
    "Milestone",
    "Mtm",
    "MtmAction",
    "MtmActionReview",
    "MtmAttendance",
    "MtmDecision",
    "MtmSummary",
    "PhaseEntry",
    "RecoveryTrack",
    "Reopening",
    "RepeatDecision",
    "RequirementDecision",
    "RoleConfirmation",
    "Service",
    "SeverityChange",
    "StatusUpdate",
    "TimelineEvent",
    "TrackMember",
    "Vendor",
    "VendorEngagement",
]
