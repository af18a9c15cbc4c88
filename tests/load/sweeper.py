"""One of two workers of a measurement: sweeps the database of its environment until nothing is due, and prints the
seconds that it took."""

import time
from datetime import UTC, datetime

import django

django.setup()

from afteractions.operations.enforcement import sweep  # noqa: E402


def main() -> None:
    sweep.due_for_a_step(now=datetime.now(UTC)).exists()
    time.sleep(1.0)  # the other one starts
    began = time.perf_counter()
    while sweep.sweep(now=datetime.now(UTC)):
        pass
    print(time.perf_counter() - began)


if __name__ == "__main__":
    main()
