"""What a file that somebody hands in may be: judged by its content, never by its name (domain.md, The Learning Review:
evidence; Vendors: an RCA is a PDF of at most 25 MB)."""

import pytest

from afteractions.rules.review.files import LARGEST_FILE, LONGEST_NAME, kind_of, plain_name
from afteractions.vocabulary import FileKind


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 rest", FileKind.PDF),
        (b"\x89PNG\r\n\x1a\nrest", FileKind.PNG),
        (b"\xff\xd8\xff\xe0rest", FileKind.JPEG),
        (b"GIF87a", FileKind.GIF),
        (b"GIF89a", FileKind.GIF),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", FileKind.WEBP),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", None),
        (b"RIFX\x10\x00\x00\x00WEBPVP8 ", None),
        ("Ein Protokoll: 14:05 für alle\r\n\tNeustart\f".encode(), FileKind.TEXT),
        (b"\x1b[31mred\x1b[0m", FileKind.TEXT),
        (b"half a\x00 program", None),
        *((f"a bell{chr(control)}".encode(), None) for control in (1, 7, 8, 11, 14, 26, 28, 31)),
        (b"latin \xe4", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_content_says(content: bytes, kind: FileKind | None) -> None:
    assert kind_of(content) is kind


def test_a_file_has_at_most_25_megabytes() -> None:
    assert LARGEST_FILE == 26_214_400


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("C:\\Users\\kim\\log.txt", "log.txt"),
        ("/srv/kim/log.txt ", "log.txt"),
        ("log.txt", "log.txt"),
        ("folder/", ""),
        ("x" * 300 + ".txt", "x" * 196 + ".txt"),
    ],
)
def test_a_name_is_kept_without_the_folders_of_whoever_sent_it(name: str, plain: str) -> None:
    assert plain_name(name) == plain
    assert len(plain) <= LONGEST_NAME
