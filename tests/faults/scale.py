"""How much each fault does: a short form among all tests, the long one behind script/faults."""

import os
from typing import TypeVar

LONG = os.environ.get("MAJOROPS_FAULTS") == "long"
Amount = TypeVar("Amount")


def much(short: Amount, long: Amount) -> Amount:
    return long if LONG else short
