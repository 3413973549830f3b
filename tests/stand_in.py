"""A small real server that speaks the driver socket, for tests of what drivers' programs do.

It answers as the contract says, keeps what it acked by id, and lets a test answer differently.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

Json = dict[str, Any]
Script = Callable[[ServerConnection, Json], Awaitable[bool]]
"""Gets each frame first; says whether it has dealt with it."""

TOKEN = "a-driver-s-token"


class StandIn:
    """What was received, in order, and what is stored; ``script`` bends the behaviour."""

    def __init__(self) -> None:
        self.url = ""
        self.frames: list[Json] = []
        self.sizes: list[int] = []
        self.stored: dict[str, Json] = {}
        self.tokens = {TOKEN: "driver-1"}
        self.orders: list[Json] = []
        self.script: Script | None = None
        self.handshakes = 0
        self.sockets: set[ServerConnection] = set()

    async def handle(self, socket: ServerConnection) -> None:
        """One driver's connection."""
        assert socket.request is not None
        self.handshakes += 1
        token = socket.request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            await socket.close(4501, "not authenticated")
            return
        self.sockets.add(socket)
        with suppress(ConnectionClosed):
            await say(socket, type="welcome", driverId="d", orders=self.orders, reportInterval=5)
            async for text in socket:
                frame = json.loads(text)
                self.frames.append(frame)
                self.sizes.append(len(text))
                if self.script is None or not await self.script(socket, frame):
                    await self.answer(socket, frame)
        self.sockets.discard(socket)

    async def answer(self, socket: ServerConnection, frame: Json) -> None:
        """Store and ack, refusing points that lie nowhere."""
        ids = []
        for message in frame.get("locations", [frame]):
            if not -90 <= message.get("lat", 0) <= 90:
                await reject(socket, message["id"], "invalid_coordinates", field="lat")
                continue
            self.stored.setdefault(message["id"], message)
            ids.append(message["id"])
        if ids:
            await say(socket, type="ack", ids=ids, count=len(ids))

    def points(self) -> list[Json]:
        """The stored positions, in the order in which they came."""
        return [message for message in self.stored.values() if "lat" in message]

    async def kick(self, code: int, reason: str = "") -> None:
        """Close every socket."""
        for socket in list(self.sockets):
            await socket.close(code, reason)


async def say(socket: ServerConnection, **message: object) -> None:
    """Send one message."""
    await socket.send(json.dumps(message))


async def reject(socket: ServerConnection, message_id: str, code: str, **more: object) -> None:
    """Refuse one message for good."""
    await say(socket, type="reject", id=message_id, code=code, message="no", **more)


@asynccontextmanager
async def standing_in(port: int = 0) -> AsyncIterator[StandIn]:
    """A stand-in on 127.0.0.1, on a free port unless one is given."""
    stand_in = StandIn()
    async with serve(stand_in.handle, "127.0.0.1", port, close_timeout=1) as server:
        stand_in.url = f"http://127.0.0.1:{port_of(server)}"
        yield stand_in


def port_of(server: Server) -> int:
    """The port that a server listens on."""
    port: int = next(iter(server.sockets)).getsockname()[1]
    return port


async def until(condition: Callable[[], object], within: float = 30.0) -> None:
    """Wait until the condition holds; fail after ``within`` seconds."""
    async with asyncio.timeout(within):
        # What is waited for lies in another task, or in what a socket brings: no event to await.
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
