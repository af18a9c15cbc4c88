"""One of two workers of a measurement: sweeps the database of its environment until nothing is due, and prints the
seconds that it took."""

import time
from datetime import UTC, datetime

import django

django.setup()

from afteractions.operations import enforcement  # noqa: E402 (Django has to know its models first)


def main() -> None:
    enforcement.due_for_a_step(now=datetime.now(UTC)).exists()
    time.sleep(1.0)  # the other one starts
    began = time.perf_counter()
    while enforcement.sweep(now=datetime.now(UTC)):
        pass
    print(time.perf_counter() - began)


if __name__ == "__main__":
    main()
