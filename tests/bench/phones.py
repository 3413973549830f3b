"""Lean HTTP clients that send what phone apps send, each awaiting its answer."""

import asyncio
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final, cast

from tests.bench.programs import Unusable
from tests.bench.track import LATITUDE, LONGITUDE, STEP, STRIDE

Request = tuple[str, str, str]
"""Method, query, body."""
Format = Callable[[float, float], Request]
"""A position at a latitude and a time (seconds), as an app sends it."""


def traccar_query(lat: float, at: float) -> Request:
    """Traccar Client up to 8."""
    fields = f"id=1&timestamp={at:.0f}&lat={lat}&lon={LONGITUDE}&speed=21.6&bearing=12.5"
    return "POST", f"{fields}&altitude=519.0&accuracy=6.5&batt=82.0", ""


def traccar_json(lat: float, at: float) -> Request:
    """Traccar Client 9."""
    coords = {"latitude": lat, "longitude": LONGITUDE, "accuracy": 6.5, "speed": 11.1}
    location = {"timestamp": int(at * 1_000), "coords": {**coords, "heading": 12.5}}
    return "POST", "", json.dumps({"device_id": "1", "location": location})


def traccar_form(lat: float, at: float) -> Request:
    """Traccar Client 10."""
    return "POST", "", traccar_query(lat, at)[1]


def osmand(lat: float, at: float) -> Request:
    """OsmAnd."""
    fields = f"app=osmand&lat={lat}&lon={LONGITUDE}&timestamp={at * 1_000:.0f}&hdop=6.5"
    return "GET", f"{fields}&altitude=519.0&speed=11.1&bearing=12.5", ""


def owntracks(lat: float, at: float) -> Request:
    """OwnTracks."""
    message = {"_type": "location", "lat": lat, "lon": LONGITUDE, "tst": int(at), "acc": 6}
    return "POST", "", json.dumps({**message, "vel": 40, "cog": 12, "batt": 82, "tid": "AB"})


def gpslogger(lat: float, at: float) -> Request:
    """GPSLogger."""
    fields = f"app=gpslogger&lat={lat}&lon={LONGITUDE}&timestamp={at:.0f}&acc=6.5&spd=11.1"
    return "GET", f"{fields}&dir=12.5&batt=82.0", ""


def overland(lat: float, at: float) -> Request:
    """Overland, a batch of one."""
    about = {"timestamp": int(at), "speed": 11.1, "course": 12.5, "horizontal_accuracy": 6}
    place = {"type": "Point", "coordinates": [LONGITUDE, lat]}
    feature = {"type": "Feature", "geometry": place, "properties": about}
    return "POST", "", json.dumps({"locations": [feature]})


FORMATS: Final[dict[str, Format]] = {
    "Traccar 8": traccar_query,
    "Traccar 9": traccar_json,
    "Traccar 10": traccar_form,
    "OsmAnd": osmand,
    "OwnTracks": owntracks,
    "GPSLogger": gpslogger,
    "Overland": overland,
}
SECOND_STEPS: Final = 10 * STEP
"""Times in whole seconds must differ."""


class Phone(asyncio.Protocol):
    """One phone on a connection that is kept; sends the next position when the last is stored."""

    def __init__(self, token: str, form: Format, count: int) -> None:
        self.stored = 0
        self.fault = ""
        self._transport = cast(asyncio.Transport, None)
        self._requests = iter(_requests(token, form, count))
        self._answer = b""
        self._allowed = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It can send."""
        self._transport = cast(asyncio.Transport, transport)

    def send(self, count: int) -> None:
        """Send so many, one after the other."""
        self._allowed = count
        self._next()

    @property
    def done(self) -> bool:
        """Whether all is stored that was allowed."""
        return self._allowed == 0

    def data_received(self, data: bytes) -> None:
        """An answer, perhaps in pieces."""
        self._answer += data
        head, end, body = self._answer.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        if not head.startswith(b"HTTP/1.1 200 "):
            self.fault = self._answer[:200].decode(errors="replace")
            return
        self._answer = b""
        self.stored += 1
        self._allowed -= 1
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        """Only at the end."""
        if self._allowed:
            self.fault = f"a connection was lost: {exc}"

    def close(self) -> None:
        """No more."""
        self._transport.abort()

    def _next(self) -> None:
        if self._allowed:
            self._transport.write(next(self._requests))


def _length(head: bytes) -> int:
    after = head.lower().partition(b"content-length:")[2]
    return int(after.partition(b"\r\n")[0] or 0)


def _requests(token: str, form: Format, count: int) -> list[bytes]:
    begin = time.time() - count * SECOND_STEPS
    made = []
    for number in range(count):
        lat = round(LATITUDE + number * STRIDE, 5)
        method, query, body = form(lat, int(begin + number * SECOND_STEPS))
        path = f"/ingest/{token}?{query}" if query else f"/ingest/{token}"
        head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        made.append(f"{head}{body}".encode())
    return made


async def connect(port: int, phones: list[Phone]) -> None:
    """Open all connections."""
    loop = asyncio.get_running_loop()
    for phone in phones:
        await loop.create_connection(partial(_same, phone), "127.0.0.1", port)


def _same(phone: Phone) -> Phone:
    """The protocol of a connection, as it was made ahead."""
    return phone


async def all_stored(phones: list[Phone], seconds: float) -> None:
    """Wait until each has stored what it may; raises `Unusable`."""
    deadline = time.monotonic() + seconds
    while not all(phone.done for phone in phones):
        fault: Any = next((phone.fault for phone in phones if phone.fault), "")
        if fault or time.monotonic() > deadline:
            raise Unusable(fault or "not everything was stored in time")
        await asyncio.sleep(0.005)
