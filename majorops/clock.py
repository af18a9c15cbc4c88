"""The one clock. Everything else is told what time it is."""

from datetime import UTC, datetime

from django.utils import timezone

# When this process began, or the one that it was forked from after the application was loaded.
STARTED_AT = datetime.now(UTC)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return timezone.now()
