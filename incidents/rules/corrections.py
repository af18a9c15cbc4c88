"""When a slip in the live log is put right where it stands (domain.md, The incident record).

Only what somebody wrote themself a moment ago: a status update went out as it was worded, and a milestone or a phase is
stated anew, so that those are corrected by a further entry.
"""

from datetime import datetime, timedelta

IN_PLACE_WITHIN = timedelta(minutes=10)


def is_corrected_in_place(
    logged_at: datetime | None, now: datetime, *, by_its_writer: bool, is_settled: bool
) -> bool:
    """Whether an entry of the log is corrected where it stands: by whoever wrote it, up to ten minutes after, and not
    once the incident was closed over it. Everything else is corrected by an entry that refers to it."""
    if logged_at is None or is_settled or not by_its_writer:
        return False
    return logged_at <= now <= logged_at + IN_PLACE_WITHIN
