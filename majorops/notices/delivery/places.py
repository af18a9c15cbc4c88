"""Where a notice leads. An address that opens something by itself, as a key does, is kept nowhere: the notice says
whose it is (`guest-link:12`), and whoever knows makes the address when the notice is sent, again for each try."""

from collections.abc import Callable

# Asked with the key of the object; answers with the path that opens it.
Maker = Callable[[int], str]
_makers: dict[str, Maker] = {}


def register(kind: str, maker: Maker) -> None:
    """Makes `maker` the one who knows the addresses of what is called `kind`."""
    _makers[kind] = maker


def place_of(kind: str, key: int) -> str:
    """What a notice keeps in the place of the path."""
    return f"{kind}:{key}"


def path_to(place: str) -> str:
    """The path that a notice leads to: the one it keeps, or one made now."""
    if not place or place.startswith("/"):
        return place
    kind, _, key = place.partition(":")
    return _makers[kind](int(key))
