"""The learning statement: the sentence that a change makes (domain.md, The Learning Review; Seed: Learning
Statements)."""

from datetime import date


def learning_statement(gap: str, change: str, owner: str, due_on: date | None) -> str:
    """The gap, the change, who makes it and by when, as one sentence after the other.

    "Runbook step 4 does not account for an unreachable database. Update runbook step 4: SRE lead, by 31 Mar
    2026." What is not known yet is left out.
    """
    when = f"by {due_on.day} {due_on:%b %Y}" if due_on else ""
    who = ", ".join(part for part in (owner, when) if part)
    said = change.strip().rstrip(".")
    sentence = f"{said}: {who}." if who else f"{said}."
    return f"{gap.strip().rstrip('.')}. {sentence}" if gap.strip() else sentence
