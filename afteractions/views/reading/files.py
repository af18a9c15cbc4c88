"""Handing a file out as it came, under a harmless name."""

from django.http import HttpResponse


def as_file(content: bytes, kind: str, name: str, *, text: bool = False) -> HttpResponse:
    """The answer that hands out a file of the type `kind`: `text` in the browser, or else kept as a file."""
    response = HttpResponse(content, content_type=kind)
    plain = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "-_. ") else "_" for letter in name
    )
    response["Content-Disposition"] = f'{"inline" if text else "attachment"}; filename="{plain}"'
    response["Cache-Control"] = "private, no-store"
    return response
