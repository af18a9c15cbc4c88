"""What the record tells those who build on it."""

from django.dispatch import Signal

# Sent by every operation on an incident, inside its transaction, with `incident`, `by`, `at`, `now` and the `entry`
# that was written (None for a whole record): a receiver that raises undoes the change.
record_changed = Signal()
