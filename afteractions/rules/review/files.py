"""What a file that somebody hands in may be: told by its content, never by its name."""

from afteractions.vocabulary import FileKind

LARGEST_FILE = 25 * 1024 * 1024
LONGEST_NAME = 200
KNOWN_AS = "PDF, PNG, JPEG, GIF, WebP or plain text"

_BEGINS = {
    b"%PDF-": FileKind.PDF,
    b"\x89PNG\r\n\x1a\n": FileKind.PNG,
    b"\xff\xd8\xff": FileKind.JPEG,
    b"GIF87a": FileKind.GIF,
    b"GIF89a": FileKind.GIF,
}
PICTURES = (FileKind.PNG, FileKind.JPEG, FileKind.GIF, FileKind.WEBP)
"""They are kept as they are seen, without what else their files hold, as JPEG or PNG."""
# The type that a file is handed out as, and how its name ends.
TYPES = {
    FileKind.PDF: ("application/pdf", "pdf"),
    FileKind.PNG: ("image/png", "png"),
    FileKind.JPEG: ("image/jpeg", "jpg"),
    FileKind.GIF: ("image/gif", "gif"),
    FileKind.WEBP: ("image/webp", "webp"),
    FileKind.TEXT: ("text/plain; charset=utf-8", "txt"),
    FileKind.LINK: ("text/plain; charset=utf-8", "url.txt"),
}
# What text holds besides letters; any other control character is a sign of something else.
_CONTROLS = set(range(32)) - {9, 10, 12, 13, 27}


def kind_of(content: bytes) -> FileKind | None:
    """What the content is; None for what is not taken, and for an empty file."""
    for begins, kind in _BEGINS.items():
        if content.startswith(begins):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return FileKind.WEBP
    return FileKind.TEXT if _is_text(content) else None


def _is_text(content: bytes) -> bool:
    if not content or any(control in content for control in _CONTROLS):
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def plain_name(name: str) -> str:
    """What a file was called, without the folders of whoever sent it; empty for none."""
    return name.replace("\\", "/").rpartition("/")[2].strip()[-LONGEST_NAME:]
