"""Who may waive a deadline, and which. domain.md, Deadlines: an obligation may end as waived (by whom, why); what is
mandatory can't be waived.

Settled here: a waiver is given by somebody above whoever owes it, so that nobody silences an escalation about
themself; and nothing that belongs to a mandatory After Action is waived. What has a way out of its own takes that.
"""

from afteractions.rules.lifecycle import Ground, Refusal
from afteractions.vocabulary import ObligationKind, ObligationState
from incidents.vocabulary import RequirementLevel

WHO = "A manager above whoever owes it, or an administrator, may waive a deadline."
MANDATORY = "This After Action is mandatory: none of its deadlines can be waived. What is met late is kept as met late."
OWN_WAY_OUT = {
    ObligationKind.DECIDE: "Decide to hold the After Action or to skip it: that ends this deadline.",
    ObligationKind.ACTION_ITEM: "Action items are not optional: extend the item or cancel it, with a reason.",
    ObligationKind.REVIEW_ACTIONS: "Action items are not optional: the review settles each of them.",
    ObligationKind.EFFECT_CHECK: "Say what was seen: that the change no longer applies, with why, ends this too.",
    ObligationKind.EXTERNAL_MESSAGE: "Withdraw the message, with a reason: that ends this deadline.",
    ObligationKind.VENDOR_ITEM: "Close the open item, and note another if something is still to come: nothing waits "
    "for a vendor without a date.",
}


def waiver_refusal(
    kind: ObligationKind,
    state: ObligationState,
    level: RequirementLevel | None,
    *,
    reason: str,
    is_above: bool,
) -> Refusal | None:
    """Why this obligation cannot be waived, None when it can. `is_above`: whether who asks stands above who owes it."""
    if not is_above:
        return Refusal(WHO, Ground.FORBIDDEN)
    if level is RequirementLevel.MANDATORY:
        return Refusal(MANDATORY)
    if state is ObligationState.HISTORY:
        return Refusal(
            "This After Action belongs to the past: its deadlines are shown, and nobody owes them."
        )
    if state is not ObligationState.OPEN:
        return Refusal(f"This deadline is not open any more: it is {state.label.lower()}.")
    if kind in OWN_WAY_OUT:
        return Refusal(OWN_WAY_OUT[kind])
    if not reason.strip():
        return Refusal("Say why it is waived.", Ground.INPUT, "reason")
    return None
