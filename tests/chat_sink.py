"""A real HTTP server that takes chat messages as a Mattermost server does, and keeps them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ChatSink:
    """Keeps what arrives; answers with `status`."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.status = 200
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if sink.status == 200:
                    sink.texts.append(said["text"])
                self.send_response(sink.status)
                if sink.status == 302:
                    self.send_header("Location", f"http://127.0.0.1:{sink.port}/elsewhere")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Tests print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]

    @property
    def address(self) -> str:
        return f"mmost://127.0.0.1:{self.port}/abcdefghijklmnop"

    @contextmanager
    def running(self) -> Iterator["ChatSink"]:
        thread = threading.Thread(target=self._server.serve_forever)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()
