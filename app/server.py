"""Composition: settings in, a running server out. The only place that knows every part."""

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import structlog
import uvicorn
from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import core as nicegui_core
from nicegui import ui

from app import folder
from app.assembly import build
from app.commands import Commands
from app.config import Settings
from app.domain.errors import OnthewayError
from app.storage.store import open_store
from app.tracking.services import Services
from app.tracking.tasks import spawn
from app.ui import create as create_pages
from app.ui.kit.message import blocked_page, nothing_here
from app.ui.track.notice import sayer
from app.web.app import create_api
from app.web.errors import install_pages
from app.web.http_protocol import HttpProtocol
from app.web.page_events import guard_events
from app.web.page_sockets import attend_pages
from app.web.socket_protocol import make_socket_protocol

TICK: Final = 1.0
FORGET_EVERY: Final = 60
LOOK_EVERY: Final = 30
ADD_UP_EVERY: Final = 5.0
BETWEEN_SLICES: Final = 0.25
"""Seconds; so adding up ways never takes more than a few hundredths of the processor."""
COLLECT_AFTER: Final = 20_000
"""New objects after which the garbage collector looks at the youngest (Python's own: 700)."""
HANDSHAKE_SECONDS: Final = 10.0
"""By then a peer must have finished the handshake of TLS; nothing is known of him before."""
GRACE: Final = 3
"""Seconds that requests get to finish when the server stops."""

_log = structlog.get_logger("server")


def create_app(services: Services, settings: Settings) -> FastAPI:
    """The web application: API, pages and static files."""
    api = create_api(services, settings.trusted_proxies, blocked_page)
    create_pages(services)
    install_pages(nicegui_app, nothing_here)
    ui.run_with(
        api,
        title="Ontheway",
        dark=None,
        tailwind=False,
        show_welcome_message=False,
        reconnect_timeout=10.0,
        favicon=None,
    )
    # The framework's redirect to an address without its last slash names the host that was asked.
    nicegui_app.router.redirect_slashes = False
    nicegui_app.config.socket_io_js_transports = ["websocket"]
    attend_pages(nicegui_core.sio, services.monitor, services.now)
    guard_events(nicegui_core.sio)
    return api


class Server(uvicorn.Server):
    """uvicorn, told when to stop by us: its own way ends with status 143 (promises, U11)."""

    def __init__(
        self, config: uvicorn.Config, on_ready: Callable[[], None], stopping: asyncio.Event
    ) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._stopping = stopping

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The loop's own signal handlers are used instead."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say that connections are accepted."""
        await super().startup([])  # nothing is listened to yet: see `_listen`
        for listener in sockets or []:
            self.servers.append(await self._listen(listener))
        if self.started:
            self._on_ready()

    async def _listen(self, listener: socket.socket) -> asyncio.Server:
        """As uvicorn does, which lets a peer take a minute over the handshake of TLS."""
        config = self.config
        return await asyncio.get_running_loop().create_server(
            lambda: HttpProtocol(config, self.server_state, self.lifespan.state),
            sock=listener,
            ssl=config.ssl,
            backlog=config.backlog,
            ssl_handshake_timeout=HANDSHAKE_SECONDS if config.ssl else None,
        )

    def stop(self) -> None:
        """Finish what was begun, then end."""
        self.should_exit = True
        self._stopping.set()


def address_of(settings: Settings, listener: socket.socket) -> str:
    """Where the server is reached: its host, for a wildcard the machine's own in the network."""
    port = listener.getsockname()[1]
    host = settings.host
    if host in {"0.0.0.0", "::"}:
        host = network_address()
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if settings.tls else 'http'}://{shown}:{port}"


def network_address() -> str:
    """This machine's address towards the network; connecting a UDP socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1 (RFC 5737): only the route is asked for
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


OnReady = Callable[[Services, asyncio.Event, bool], None]
"""Called once connections are accepted: the services, an event that is set when the server stops,
and whether anybody can sign in."""


async def serve(settings: Settings, listener: socket.socket, url: str, on_ready: OnReady) -> None:
    """Run until told to stop; the data folder must be locked by the caller."""
    store = await open_store(settings.data_dir)
    services = build(settings, store, settings.public_url or url)
    await services.preferences.load()
    await services.arrivals.load()
    await services.board.load(services.now())
    await services.notices.start(sayer(services.look, services.now))
    has_users = bool(await store.people.users())
    stopping = asyncio.Event()
    app = create_app(services, settings)
    server = Server(
        _config(app, services, settings), lambda: on_ready(services, stopping, has_users), stopping
    )
    control = await folder.listen(settings.data_dir, Commands(services, url))
    _spare_the_collector()
    going_on = [
        spawn(_tick(services), "tick"),
        spawn(_add_up(services), "ways added up"),
        spawn(_learn(services), "arrivals learned"),
        spawn(_announce(services), "arrivals announced"),
    ]
    try:
        await server.serve(sockets=[listener])
    finally:
        for task in going_on:
            task.cancel()
        control.close()
        (settings.data_dir / folder.SOCKET).unlink(missing_ok=True)
        services.signin.close()
        await services.notices.close()
        await store.close()


def _spare_the_collector() -> None:
    """What exists at the start lives as long as the process, and a position leaves no cycles:
    looking for them as often as by default took a fifth of the processor under load. It is put
    aside unseen: one look at it takes a tenth of the start."""
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 50)


def _config(app: FastAPI, services: Services, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=HttpProtocol,
        ws=make_socket_protocol(services, settings.trusted_proxies),
        ws_per_message_deflate=False,
        ws_max_size=settings.limit_frame_bytes or 2**31,
        loop="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=GRACE,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
    )


async def _tick(services: Services) -> None:
    """What happens every second, whatever else does."""
    count = 0
    while True:
        await asyncio.sleep(TICK)
        count += 1
        await services.feed.tick()
        await services.reporting.tick()
        services.follow.end_expired()
        services.follow.tell_arrivals()
        services.phone_door.tick()
        services.insights.look()
        try:
            await services.signin.sweep()
        except OnthewayError as error:  # what could not be stored now is ended at a later tick
            _log.warning("logins not ended", code=error.code)
        if count % LOOK_EVERY == 0:
            services.notices.tick()
        if count % FORGET_EVERY == 0:
            services.board.forget_finished(services.hub.followed, services.now())
            services.retention.tick()


async def _add_up(services: Services) -> None:
    """What drivers travelled is added up beside the work, little by little."""
    while True:
        more = False
        try:
            more = await services.store.insights.add_up()
        except OnthewayError as error:  # what could not be stored now is added up next time
            _log.warning("ways not added up", code=error.code)
        await asyncio.sleep(BETWEEN_SLICES if more else ADD_UP_EVERY)


async def _learn(services: Services) -> None:
    """Delivered orders are learned from beside the work, one by one."""
    while True:
        more = False
        try:
            more = await services.arrivals.learn()
        except OnthewayError as error:  # what could not be stored now is learned next time
            _log.warning("arrivals not learned", code=error.code)
        await asyncio.sleep(BETWEEN_SLICES if more else ADD_UP_EVERY)


async def _announce(services: Services) -> None:
    """Who came near a door is announced beside the work, as each is stored first."""
    while True:
        await asyncio.sleep(TICK)
        await services.approach.tick()


@asynccontextmanager
async def local(settings: Settings) -> AsyncIterator[Commands]:
    """The commands without a server, on the locked folder."""
    store = await open_store(settings.data_dir)
    try:
        services = build(settings, store, settings.public_url or "")
        yield Commands(services, "")
        services.signin.close()
    finally:
        await store.close()
