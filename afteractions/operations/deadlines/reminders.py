"""What is said of a deadline: the subject says what by when, the text what it is about and what follows."""

from datetime import datetime
from zoneinfo import ZoneInfo

from afteractions.models import Obligation
from afteractions.rules.deadlines.escalation import EscalationMoment, StepKind
from afteractions.rules.deadlines.policy import BusinessDays, Policy, lead_words
from afteractions.vocabulary import ObligationKind
from majorops.formatting import formats
from majorops.notices.outbox import NoticeWords
from majorops.people.groups import GroupName

# What is to be done, as the subject of a mail says it; {it} is the incident's reference, {about} the row's label.
WANTED = {
    ObligationKind.DECIDE: "Decide whether to hold the After Action of {it}",
    ObligationKind.SCHEDULE: "Schedule the After Action of {it}",
    ObligationKind.DISTRIBUTE: "Distribute the Learning Review draft of {it}",
    ObligationKind.HOLD: "Hold the After Action of {it}",
    ObligationKind.PUBLISH: "Publish the Learning Review of {it}",
    ObligationKind.STATUS_NOTE: "Send the status note for {it} to its stakeholders",
    ObligationKind.REVIEW_ACTIONS: "Review the action items of {it}",
    ObligationKind.ACTION_ITEM: "Complete the action item “{about}” of {it}",
    ObligationKind.EFFECT_CHECK: "Say whether “{about}” of {it} works",
    ObligationKind.EXTERNAL_MESSAGE: "Send the external message to {about} for {it}",
    ObligationKind.VENDOR_RCA: "Obtain the RCA of {about} for {it}",
    ObligationKind.VENDOR_ITEM: "Close {about} for {it}",
    ObligationKind.MTM_SUMMARY: "Publish the MTM summary of {it}",
    ObligationKind.NEXT_MTM: "Start the next MTM of {it}",
    ObligationKind.READ_DRAFT: "Read the Learning Review draft of {it} before its meeting",
    ObligationKind.EVIDENCE: "Bring {about} to the After Action of {it}",
}

# Where it is done, below the page of the After Action.
PLACE = {
    ObligationKind.DECIDE: "decide/",
    ObligationKind.SCHEDULE: "schedule/",
    ObligationKind.DISTRIBUTE: "draft/",
    ObligationKind.HOLD: "meeting/",
    ObligationKind.PUBLISH: "draft/",
    ObligationKind.STATUS_NOTE: "publication/#notes",
    ObligationKind.REVIEW_ACTIONS: "actions-review/",
    ObligationKind.VENDOR_RCA: "publication/#vendors",
    ObligationKind.VENDOR_ITEM: "publication/#vendors",
    ObligationKind.READ_DRAFT: "read/",
    ObligationKind.EVIDENCE: "evidence/",
}
LONGEST_LABEL = 80


def what(row: Obligation, *, is_theirs: bool = False) -> str:
    """What a row asks for, in the words that begin a sentence; `is_theirs`: said to the one who must do it, who reads
    what they are to bring."""
    label = row.subject_label if is_theirs else row.told_label
    is_masked = label != row.subject_label
    if len(label) > LONGEST_LABEL:
        label = f"{label[: LONGEST_LABEL - 1].rstrip()}…"
    if row.kind == ObligationKind.EVIDENCE:
        label = f"“{label}”" if label else "the evidence asked for"
    if row.kind == ObligationKind.VENDOR_ITEM:
        label = f"an open item of {label}" if is_masked else f"the open item “{label}”"
    return WANTED[ObligationKind(row.kind)].format(it=row.incident.reference, about=label)


def when(row: Obligation, zone: ZoneInfo, now: datetime) -> str:
    """The due instant in the reader's zone, or the day whose end it is."""
    if row.due_on is not None:
        return f"the end of {formats.day(row.due_on, today=now.astimezone(zone).date())}"
    return formats.absolute(row.due_at, zone=zone, at=now)


def place(row: Obligation) -> str:
    """The path of the one place to do it."""
    if row.kind == ObligationKind.ACTION_ITEM and row.subject_key:
        return f"/actions/{row.subject_key.partition(':')[2]}/"
    if row.kind == ObligationKind.EFFECT_CHECK:
        return f"/actions/{row.subject_key.split(':')[1]}/#effect"
    if row.after_action is None:
        return row.incident.get_absolute_url()
    if row.kind == ObligationKind.EXTERNAL_MESSAGE:
        return f"{row.after_action.get_absolute_url()}messages/{row.subject_key.partition(':')[2]}/"
    return row.after_action.get_absolute_url() + PLACE.get(ObligationKind(row.kind), "")


def whose(row: Obligation) -> str:
    """Who must do it, by name."""
    if row.responsible is not None:
        return row.responsible.full_name
    return f"the {GroupName(row.responsible_group).label}"


def words_of(
    row: Obligation,
    step: EscalationMoment,
    *,
    policy: Policy,
    zone: ZoneInfo,
    now: datetime,
    is_theirs: bool,
    late: bool,
) -> NoticeWords:
    """What one reader in `zone` is told at `step`; `is_theirs`: whether the reader is the one who must do it."""
    wanted, due = what(row, is_theirs=is_theirs), when(row, zone, now)
    left = formats.relative(row.due_at, zone=zone, at=now)
    incident = row.incident
    about = f"It follows {incident.reference} “{incident.title}” ({incident.severity_label})."
    owner = whose(row)
    match step.kind:
        case StepKind.WARNING:
            subject = f"{wanted} by {due}"
            first = f"{wanted} by {due}, {left}."
        case StepKind.BREACH:
            subject = f"Overdue: {wanted}, due {due}"
            first = f"{wanted}: this was due {due}, {left}, and is not done."
        case StepKind.REMINDER:
            subject = f"Still overdue: {wanted}, due {due}"
            first = f"{wanted}: this was due {due}, {left}, and is still not done."
        case _:
            subject = f"Overdue with {owner}: {wanted}, due {due}"
            first = f"{wanted}: this was due {due}, {left}. It is for {owner} to do, and it is not done."
    paragraphs = [first, about]
    if step.kind is StepKind.WARNING:
        if rungs := policy.of(ObligationKind(row.kind)).managers:
            further = f", and further each {_stride(policy)}" if rungs > 1 else ""
            paragraphs.append(f"If it passes, it is escalated to the next manager{further}.")
    elif step.kind is StepKind.ESCALATION:
        further = ""
        if step.managers_up < policy.of(ObligationKind(row.kind)).managers:
            further = f"; it goes one manager higher after each further {_stride(policy)} until it is done"
        paragraphs.append(
            f"You are told because you stand above {owner}, or stand in for who does. Ask what is in the "
            f"way, or see to it yourself{further}."
        )
    elif not is_theirs:
        paragraphs.append(f"It is for {owner} to do, who is away or cannot be reached: you are told too.")
    if late:
        paragraphs.append("This notice comes later than it should have: enforcement had stopped meanwhile.")
    return NoticeWords(subject, "\n\n".join(paragraphs), masked_words(row, zone=zone, now=now))


def _stride(policy: Policy) -> str:
    return "business day" if policy.stride == 1 else lead_words(BusinessDays(policy.stride))


def masked_words(row: Obligation, *, zone: ZoneInfo, now: datetime) -> str:
    """For someone who may not see the incident: that one is overdue, whose, and whom to ask."""
    mim = row.incident.mim
    ask = mim.full_name if mim is not None else f"the {GroupName.MIM.label}"
    return (
        f"A deadline of {whose(row)}, due {when(row, zone, now)}\n\n"
        f"A deadline that {whose(row)} must meet was due {when(row, zone, now)}. It belongs to an incident that you "
        f"may not see. Ask {ask}."
    )
