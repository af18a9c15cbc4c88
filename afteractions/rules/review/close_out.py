"""What the lines of the bridge close-out become in the draft."""

from afteractions.vocabulary import CloseOutLine, SectionKey

# Nobody's words on how it went belong to the root cause, which knows no people.
BESIDE = {SectionKey.WENT_WELL: CloseOutLine.WORKED, SectionKey.CHANGES: CloseOutLine.SLOWED}


def change_for(slowed: str) -> str:
    """The change that a line "slowed us" asks for, until somebody writes what it is."""
    return f"Remove what slowed us: {slowed.rstrip('.')}"
