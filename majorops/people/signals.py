"""What the platform tells of people to those who build on it."""

from django.dispatch import Signal

# Sent inside the transaction that disables an account or enables it again, with `person`, `by` and `now`.
came_or_left = Signal()
