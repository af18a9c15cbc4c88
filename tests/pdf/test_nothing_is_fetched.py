"""Making a PDF asks for nothing: neither what somebody typed nor a template that refers outside makes a request."""

import base64
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from afteractions.documents.pdf import FetchRefused, learning_review_pdf, render_pdf
from tests.pdf.documents import a_document
from tests.pdf.reading import RCA, SHA256, WRITTEN_AT, text_of


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A web server on this machine that notes whatever is asked of it."""
    asked: list[str] = []

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Nothing to print."""

    server = HTTPServer(("127.0.0.1", 0), Noting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()


def test_addresses_in_typed_text_are_never_fetched(listener: tuple[str, list[str]]) -> None:
    address, asked = listener
    typed = (
        f'<img src="{address}/a.png"> ![picture]({address}/b.png) <link rel=stylesheet href="{address}/c.css">'
        f' <style>@import "{address}/d.css"</style> [a link]({address}/e) <img src="file:///etc/passwd">'
    )
    content = learning_review_pdf(a_document(text=typed), sha256=SHA256)
    assert asked == []
    assert "root:" not in text_of(content)


@pytest.mark.parametrize(
    "html",
    [
        '<img src="{address}/a.png" alt="a">',
        '<link rel="stylesheet" href="{address}/a.css">',
        "<style>@import url({address}/a.css)</style>",
        '<p style="background: url({address}/a.png)">text</p>',
        "{svg}",
        '<link rel="attachment" href="{address}/a.pdf">',
    ],
)
def test_a_template_that_refers_outside_makes_no_pdf_and_no_request(
    html: str, listener: tuple[str, list[str]]
) -> None:
    address, asked = listener
    for target in (address, "file:///etc"):
        drawing = (
            '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
            f'<image href="{target}/a.png" width="9" height="9"/></svg>'
        )
        encoded = base64.b64encode(drawing.encode()).decode()
        picture = f'<img src="data:image/svg+xml;base64,{encoded}" alt="a">'
        asking = html.format(address=target, svg=picture)
        page = f'<html lang="en"><title>t</title>{asking}<p>text</p></html>'
        with pytest.raises(FetchRefused):
            render_pdf(page, created_at=WRITTEN_AT)
    assert asked == []


def test_no_socket_is_opened_while_a_pdf_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def refused(*args: object, **kwargs: object) -> None:
        # WeasyPrint swallows what a fetch raises and goes on without the picture: what was tried is kept.
        asked.append(args[-1])
        raise OSError("no way out")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refused)
    for name in ("getaddrinfo", "create_connection"):
        monkeypatch.setattr(socket, name, refused)
    elsewhere = "![](http://192.0.2.7/a.png) <img src='http://pictures.example/b.png'> <link href='http://192.0.2.7/c.css'>"
    document = a_document(rca_sha256=RCA.sha256, text=elsewhere)
    learning_review_pdf(document, sha256=SHA256, attachments=[RCA])
    assert asked == []
