"""Page: what a customer's open page costs in memory, while its NiceGUI socket is open.

Done as a browser does it, without one: the page is fetched, its NiceGUI socket is opened with the
query that the page carries, and so is the order's own socket. A real page lets its NiceGUI socket
go once the map is there, so this is the most that it can cost.
"""

import asyncio
import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode
from uuid import uuid4

from tests.bench import wire
from tests.bench.api import for_each
from tests.bench.figures import Figure, Goal
from tests.bench.proc import memory_kib
from tests.bench.product import Town
from tests.bench.programs import Unusable
from tests.bench.sizes import Sizes
from tests.bench.sockets import Connection, Load, Viewer
from tests.bench.target import Door, Target
from tests.bench.workload import Workload, alone

FIRST: Final = 5
"""Pages before memory is read at first."""
CLIENT: Final = re.compile(r"'client_id': '([0-9a-f-]+)'.*?'implicit_handshake': True")
SOCKET: Final = "/_nicegui_ws/socket.io/?"


class PageSocket(Connection):
    """As much of Socket.IO 5 on Engine.IO 4 as a page needs to be there."""

    def text(self, data: bytes, begin: int, end: int) -> None:
        """The first character is Engine.IO's: open, ping or message; then Socket.IO's."""
        if data.startswith(b"0", begin, end):
            self.transport.write(wire.frame(b"40"))
        elif data.startswith(b"2", begin, end):
            self.transport.write(wire.frame(b"3"))
        elif data.startswith(b"40", begin, end):
            self.greeted = True
        elif data.startswith(b"44", begin, end):
            self.load.fail("NiceGUI refused a page's handshake")


async def drive(target: Target, sizes: Sizes) -> Figure:
    """KiB of resident memory for each page."""
    async with Load(target) as load:
        await _open(load, target, FIRST)
        await asyncio.sleep(sizes.settle)
        before = memory_kib(target.pid)
        await _open(load, target, sizes.pages)
        await asyncio.sleep(sizes.settle)
        after = memory_kib(target.pid)
        if load.fault:
            raise Unusable(load.fault)
    return Figure((after - before) / sizes.pages, {"MiB in all": after / 1024})


async def _open(load: Load, target: Target, count: int) -> None:
    viewer = target.viewers[0]
    path = f"/track/{viewer.token}"
    doors: Sequence[Door] = await asyncio.to_thread(
        for_each, target.port, target.key, count, lambda api, _: _door(api.get(path).decode())
    )
    await load.open(PageSocket, doors)
    await load.open(Viewer, [viewer] * count)


def _door(html: str) -> Door:
    """Where the page's script would open its NiceGUI socket."""
    found = CLIENT.search(html)
    if found is None:
        raise Unusable("the page opens its NiceGUI socket in a way that is not known here")
    query = {
        "client_id": found[1],
        "next_message_id": "0",
        "implicit_handshake": "true",
        "document_id": str(uuid4()),
        "tab_id": str(uuid4()),
        "EIO": "4",
        "transport": "websocket",
    }
    return Door(SOCKET + urlencode(query), browser=True)


NO_GOAL: Final[tuple[Goal, ...]] = ()

WORKLOAD: Final = Workload(
    name="page",
    title="Customers' pages with their NiceGUI sockets open",
    unit="KiB of memory per page",
    goals=NO_GOAL,
    contenders=alone(drive, lambda _: Town(orders=1)),
)
