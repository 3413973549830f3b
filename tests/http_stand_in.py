"""A small real HTTP server of a test's own, for outside services that the product calls."""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

HOST: Final = "127.0.0.1"


class HttpStandIn:
    """Takes one ``method``, in threads of its own, on a free port; ``hold`` is for `answer_to` to
    wait for."""

    method = "GET"
    protocol_version = "HTTP/1.0"

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.hold = threading.Event()
        self.hold.set()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = stand_in.protocol_version

            def do_GET(self) -> None:
                stand_in._take(self)

            def do_POST(self) -> None:
                stand_in._take(self)

            def log_message(self, *_: Any) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self.service = f"{HOST}:{self._server.server_port}"

    def answer_to(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request, in a thread."""
        raise NotImplementedError

    def _take(self, request: BaseHTTPRequestHandler) -> None:
        if request.command == self.method:
            self.answer_to(request)
        else:
            request.send_error(501)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.hold.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
