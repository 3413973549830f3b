"""A small real server that speaks as much of Nominatim's API as the product asks for."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qs, urlsplit

PLACES: Final[list[dict[str, str]]] = [
    {
        "place_id": "1",
        "lat": "48.1373968",
        "lon": "11.5754485",
        "display_name": "8, Marienplatz, <b>Altstadt</b>, München, 80331, Deutschland",
    },
    {"lat": "49.0", "lon": "12.1", "display_name": "Marienplatz, Regensburg, Deutschland"},
]


class GeocoderStandIn:
    """Answers every search with ``answer``; runs in threads of its own.

    ``status``, ``headers`` and ``hold`` (waited for before the body) bend that.
    """

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.agents: list[str] = []
        self.answer: bytes = json.dumps(PLACES).encode()
        self.status = 200
        self.headers: dict[str, str] = {}
        self.hold = threading.Event()
        self.hold.set()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                stand_in._answer(self)

            def log_message(self, *_: Any) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

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

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        link = urlsplit(request.path)
        assert link.path.endswith("/search"), link.path
        self.asked.append({name: values[0] for name, values in parse_qs(link.query).items()})
        self.agents.append(request.headers["User-Agent"])
        request.send_response(self.status)
        for name, value in {"Content-Type": "application/json", **self.headers}.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(self.answer)))
        request.end_headers()
        self.hold.wait(10)
        try:
            request.wfile.write(self.answer)
        except OSError:
            return  # the other side had enough
