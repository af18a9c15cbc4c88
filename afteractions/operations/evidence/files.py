"""Taking a file in: its size, its name, and what it is by its content; a picture without its metadata. The vendors'
RCAs and the files of evidence share this."""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from afteractions.rules.review.files import LARGEST_FILE, PICTURES, plain_name
from afteractions.rules.review.files import kind_of as kind_of_content
from afteractions.vocabulary import FileKind
from majorops.errors import BadInput, TooMany
from majorops.integrations.safe_drawing import Busy, CannotBeDrawn, redraw_picture
from majorops.texts import unstorable


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file that may be kept."""

    name: str
    kind: FileKind
    content: bytes
    sha256: str


def take_file(name: str, content: bytes, *, kinds: Collection[FileKind], wanted: str) -> TakenFile:
    """The file, if it may be kept, a picture drawn anew (which takes up to seconds: call it before a row is locked).
    Raises BadInput at `file` or `name`; `wanted` says what to bring instead."""
    check_size(len(content))
    kind = kind_of_content(content)
    if kind not in kinds:
        raise BadInput.of("file", wanted if content else "The file is empty.")
    assert kind is not None
    plain = plain_name(name)
    if not plain or unstorable(plain):
        raise BadInput.of("name", "The file has no name.")
    if kind in PICTURES:
        try:
            content = redraw_picture(content)
        except CannotBeDrawn:
            raise BadInput.of(
                "file", "This picture cannot be read: save it anew as PNG or JPEG, of at most 25 megapixels."
            ) from None
        except Busy:
            raise TooMany("Other pictures are being read: try again in a moment.", wait=5) from None
        kind = kind_of_content(content)
        assert kind is not None
    return TakenFile(plain, kind, content, sha256(content).hexdigest())


def check_size(size: int) -> None:
    """Raises BadInput at `file` for more than is taken: asked before a file is read, and of what was read."""
    if size > LARGEST_FILE:
        megabytes = LARGEST_FILE // 1024**2
        raise BadInput.of(
            "file", f"The file is larger than {megabytes} MB: bring a smaller one, or a link to it."
        )
