"""How long script/server takes to its first page where it ran before."""

import tempfile
from pathlib import Path

from tests.platform.product import Product


def seconds_to_first_page() -> float:
    """Of the second start on a state folder of its own; the first one makes the database and the demonstration."""
    with tempfile.TemporaryDirectory(prefix="majorops-", dir="/tmp") as folder:
        product = Product(Path(folder) / "state")
        try:
            product.start()
            product.end()
            return product.start()
        finally:
            product.end()
