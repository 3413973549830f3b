"""A small real server that speaks as much of Nominatim's API as the product asks for."""

import json
from http.server import BaseHTTPRequestHandler
from typing import Final
from urllib.parse import parse_qs, urlsplit

from tests.http_stand_in import HttpStandIn

PLACES: Final[list[dict[str, str]]] = [
    {
        "place_id": "1",
        "lat": "48.1373968",
        "lon": "11.5754485",
        "display_name": "8, Marienplatz, <b>Altstadt</b>, München, 80331, Deutschland",
    },
    {"lat": "49.0", "lon": "12.1", "display_name": "Marienplatz, Regensburg, Deutschland"},
]


class GeocoderStandIn(HttpStandIn):
    """Answers every search with ``answer``.

    ``status``, ``headers`` and ``hold`` (waited for before the body) bend that.
    """

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.agents: list[str] = []
        self.answer: bytes = json.dumps(PLACES).encode()
        self.status = 200
        self.headers: dict[str, str] = {}
        super().__init__()
        self.url = f"http://{self.service}"

    def answer_to(self, request: BaseHTTPRequestHandler) -> None:
        """The places, and what was asked is kept."""
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
