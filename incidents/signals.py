"""What the record tells those who build on it."""

from django.dispatch import Signal

# Sent by every operation on an incident, inside its transaction, with `incident`, `by`, `at` and `now`: a receiver
# that raises undoes the change.
record_changed = Signal()
