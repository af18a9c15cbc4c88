"""The words of what follows an incident (domain.md, The After Action)."""

from majorops.words import Word


class Status(Word):
    """Meanings as in the seed `aar-guide.txt`, Status Descriptions."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In Review"
    REVIEWED = "reviewed", "Reviewed"
    CLOSED = "closed", "Closed"


class Decision(Word):
    HOLD = "hold", "Hold"
    SKIP = "skip", "Skip"


class SectionKey(Word):
    SUMMARY = "summary", "Incident summary"
    RECORD_FINDINGS = "record_findings", "Findings of the record"
    TIMELINE = "timeline", "Timeline"
    EXPECTED = "expected", "What was supposed to happen"
    ROOT_CAUSE = "root_cause", "Root cause"
    WENT_WELL = "went_well", "What went well"
    CHANGES = "changes", "What we are changing"
    LEARNING_STATEMENTS = "learning_statements", "Learning statements"
    ACTION_ITEMS = "action_items", "Action items"
    VENDORS = "vendors", "Vendors"


class MeetingPart(Word):
    """What a review says of its meeting: it stands between two sections, and nobody writes it."""

    MEETING = "meeting", "What the meeting decided"


# The review in the order in which it is read: the story first, the gaps of its record behind it.
REVIEW_PARTS: tuple[SectionKey | MeetingPart, ...] = (
    SectionKey.SUMMARY,
    SectionKey.TIMELINE,
    SectionKey.EXPECTED,
    SectionKey.ROOT_CAUSE,
    SectionKey.WENT_WELL,
    MeetingPart.MEETING,
    SectionKey.CHANGES,
    SectionKey.LEARNING_STATEMENTS,
    SectionKey.ACTION_ITEMS,
    SectionKey.VENDORS,
    SectionKey.RECORD_FINDINGS,
)


class MeetingQuestion(Word):
    """What each attendee is asked once the meeting was held (domain.md, Learned means proved)."""

    LEARNED = "learned", "Did you learn something new?"
    SPOKE_FREELY = "spoke_freely", "Could you speak freely?"
    WORTH_IT = "worth_it", "Was it worth the time?"


class Certainty(Word):
    KNOWN = "known", "Known"
    PROVISIONAL = "provisional", "Provisional"
    UNKNOWN = "unknown", "Not yet known"


class DeviationKind(Word):
    PROCESS = "process", "Process"
    PROCEDURE = "procedure", "Procedure"
    BEST_PRACTICE = "best_practice", "Best practice"


class WayKind(Word):
    """What a way would have made better (Seed: "detected sooner, or responded to more effectively")."""

    DETECTED_SOONER = "detected_sooner", "Detected sooner"
    RESPONDED_BETTER = "responded_better", "Responded better"


class WentWellKind(Word):
    DECISION = "decision", "Decision"
    ACTION = "action", "Action"
    TOOL = "tool", "Tool"
    COMMUNICATION = "communication", "Communication"


class ChangeKind(Word):
    STOP = "stop", "Stop"
    START = "start", "Start"
    CONTINUE = "continue", "Continue"


class Strength(Word):
    """How much a change can be relied on, after the action hierarchy of RCA² (National Patient Safety Foundation,
    2015)."""

    STRONGER = "stronger", "Stronger"
    INTERMEDIATE = "intermediate", "Intermediate"
    WEAKER = "weaker", "Weaker"


class EffectOutcome(Word):
    """What was seen when somebody looked whether a change works."""

    EFFECTIVE = "effective", "Effective"
    NOT_EFFECTIVE = "not_effective", "Not effective"
    NO_LONGER_APPLIES = "no_longer_applies", "No longer applies"


class LearningState(Word):
    """How far a learning is (Seed: "Lessons are not learned until behavior changes")."""

    CAPTURED = "captured", "Captured"
    DONE = "done", "Done"
    LEARNED = "learned", "Learned"
    CAME_BACK = "came_back", "It came back"
    NOT_EFFECTIVE = "not_effective", "Not effective"


class FileKind(Word):
    """What a piece of evidence may be: a file, told by its content, or a link."""

    PDF = "pdf", "PDF"
    PNG = "png", "PNG picture"
    JPEG = "jpeg", "JPEG picture"
    GIF = "gif", "GIF picture"
    WEBP = "webp", "WebP picture"
    TEXT = "text", "Text"
    LINK = "link", "Link"


class CloseOutLine(Word):
    """The two lines that each responder is asked for at the close."""

    WORKED = "worked", "Worked"
    SLOWED = "slowed", "Slowed us"


class ActionStatus(Word):
    OPEN = "open", "Open"
    IN_PROGRESS = "in_progress", "In progress"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"


class ActionSource(Word):
    """Where an action item was agreed."""

    REVIEW = "review", "Learning Review"
    MTM = "mtm", "Major Technical Meeting"


class RevisionKind(Word):
    DRAFT = "draft", "Draft"
    AMENDED = "amended", "Amended draft"
    PUBLISHED = "published", "Published"
    ERRATUM = "erratum", "Erratum"


class ObligationKind(Word):
    DECIDE = "decide", "Decide whether to hold the After Action"
    SCHEDULE = "schedule", "Schedule the After Action"
    DISTRIBUTE = "distribute", "Distribute the draft"
    HOLD = "hold", "Hold the After Action"
    PUBLISH = "publish", "Publish the Learning Review"
    STATUS_NOTE = "status_note", "Send the status note"
    REVIEW_ACTIONS = "review_actions", "Review the action items"
    ACTION_ITEM = "action_item", "Complete the action item"
    EFFECT_CHECK = "effect_check", "Check the effect of the change"
    EXTERNAL_MESSAGE = "external_message", "Send the external message"
    VENDOR_RCA = "vendor_rca", "Obtain the vendor's RCA"
    VENDOR_ITEM = "vendor_item", "Close the vendor's open item"
    MTM_SUMMARY = "mtm_summary", "Publish the MTM summary"
    NEXT_MTM = "next_mtm", "Start the next MTM"
    READ_DRAFT = "read_draft", "Read the draft"
    EVIDENCE = "evidence", "Bring the evidence"


class ObligationState(Word):
    OPEN = "open", "Open"
    MET = "met", "Met"
    MET_LATE = "met_late", "Met late"
    MISSED = "missed", "Missed"
    SUPERSEDED = "superseded", "Superseded"
    WAIVED = "waived", "Waived"
    HISTORY = "history", "History"


# In these somebody is held to the date. What was missed has a successor, and what was replaced, waived or is of the
# past counts neither way.
HELD_TO = (ObligationState.OPEN, ObligationState.MET, ObligationState.MET_LATE)


class AttendeeRequirement(Word):
    REQUIRED = "required", "Required"
    SITUATIONAL = "situational", "Situational"


class InvitationResponse(Word):
    NONE = "none", "No answer yet"
    ACCEPTED = "accepted", "Accepted"
    TENTATIVE = "tentative", "Tentative"
    DECLINED = "declined", "Declined"


class MessageStatus(Word):
    PLANNED = "planned", "Planned"
    SENT = "sent", "Sent"
    WITHDRAWN = "withdrawn", "Withdrawn"


class MessageStage(Word):
    """How far an External Message is: Communications prepares it, the owner or the MIM approves what goes out."""

    PREPARING = "preparing", "Being prepared"
    ASKED = "asked", "Waiting for approval"
    APPROVED = "approved", "Approved"
    SENT = "sent", "Sent"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Disposition(Word):
    DONE = "done", "Done"
    EXTENDED = "extended", "Extended"
    CANCELLED = "cancelled", "Cancelled"


class ProposalState(Word):
    """What became of a disposition that an owner proposed."""

    WAITING = "waiting", "Waiting for the MIM"
    ACCEPTED = "accepted", "Accepted"
    CHANGED = "changed", "Settled otherwise"
    DECLINED = "declined", "Declined"
    REPLACED = "replaced", "Replaced"


class AntiPattern(Word):
    BLAME_SESSION = "blame_session", "The Blame Session"
    RETELL = "retell", "The Retell"
    VANISHING_TASKS = "vanishing_tasks", "The Vanishing Tasks"
    MISSING_VENDOR = "missing_vendor", "The Missing Vendor"
    PRE_SCHEDULED_CANCEL = "pre_scheduled_cancel", "The Pre-Scheduled Cancel"


class TransitionKind(Word):
    """The steps of an After Action that `lifecycle` guards; the first six change its status or publish."""

    DISTRIBUTE = "distribute", "Distribute the draft"
    WITHDRAW = "withdraw", "Withdraw the draft"
    DISAGREE = "disagree", "Back to Draft: the content was not agreed"
    AGREE = "agree", "Agree"
    PUBLISH = "publish", "Publish"
    CLOSE = "close", "Close"
    START = "start", "Start the process of an After Action of the past"
    AMEND = "amend", "Amend the draft"
    AMEND_PUBLISHED = "amend_published", "Amend the published Learning Review"
    SCHEDULE = "schedule", "Schedule the meeting"
    RESCHEDULE = "reschedule", "Reschedule the meeting"
    HOLD = "hold", "Hold the meeting"


class ResponsibleGroup(Word):
    """Who is asked when no single person is responsible (domain.md, People)."""

    MIM = "mim", "MIM group"
    COMMUNICATIONS = "communications", "Communications team"
    INTERNAL_LIAISON = "internal_liaison", "Internal Liaisons"
    SERVICE_MANAGER = "service_manager", "Service Managers"
    ADMINISTRATOR = "administrator", "Administrators"


class PolicyChange(Word):
    """What a version of the policy changed against the one before."""

    DELIVERED = "delivered", "As delivered"
    POLICY = "policy", "Warnings and ladder"
    CLOSING_DAY = "closing_day", "Closing day"
    HOLIDAYS = "holidays", "Public holidays"
