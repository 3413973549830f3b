"""A way to the server that can be cut, as a phone's network is. Knows nothing of the product."""

import asyncio
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class Relay:
    """Passes TCP connections on to ``port`` of 127.0.0.1; runs in a thread of its own.

    While it is cut, open connections are gone and new ones are dropped at once.
    What was open when it was hushed stays so, and nothing more comes through.
    """

    def __init__(self, port: int) -> None:
        self.port = 0
        self._target = port
        self._cut = False
        self._open: set[asyncio.StreamWriter] = set()
        self._hushed: set[asyncio.StreamWriter] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10), "the relay did not start"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def cut(self) -> None:
        """Drop what is open, and whatever comes, until `mend`."""
        self._loop.call_soon_threadsafe(self._drop)

    def hush(self) -> None:
        """What is open now dies without a word, as when a phone changes its network."""
        self._loop.call_soon_threadsafe(lambda: self._hushed.update(self._open))

    def mend(self) -> None:
        """Let connections through again."""
        self._cut = False

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        self._drop()
        await server.wait_closed()

    def _drop(self) -> None:
        self._cut = True
        for writer in self._open:
            writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            writer.transport.abort()
            return
        onward_reader, onward = await asyncio.open_connection("127.0.0.1", self._target)
        both = {writer, onward}
        self._open |= both
        with suppress(ConnectionError):
            await asyncio.gather(self._copy(reader, onward), self._copy(onward_reader, writer))
        self._open -= both
        self._hushed -= both
        for end in both:
            end.transport.abort()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            if writer in self._hushed:
                continue
            writer.write(data)
            await writer.drain()
        writer.close()
