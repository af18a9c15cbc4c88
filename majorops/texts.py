"""Texts that people type: how long they may be."""


def too_long(text: str, most: int) -> str:
    """The sentence about a text of more than `most` characters; empty when it is short enough."""
    return f"At most {most:,} characters; this has {len(text):,}." if len(text) > most else ""
