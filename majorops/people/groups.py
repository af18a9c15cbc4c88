"""The groups that permissions come from (domain.md, People)."""

from majorops.words import Word


class GroupName(Word):
    MIM = "MIM", "Major Incident Managers"
    COMMUNICATIONS = "Communications", "Communications team"
    INTERNAL_LIAISON = "Internal Liaison", "Internal Liaisons"
    SERVICE_MANAGER = "Service Manager", "Service Managers"
    AUDITOR = "Auditor", "Auditors"
    ADMINISTRATOR = "Administrator", "Administrators"
