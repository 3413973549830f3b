"""Starting the server in a data folder, and giving commands to it."""

import asyncio
import errno
import gc
import importlib
import os
import socket
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import uvloop

from app import config, folder
from app.tracking.services import Services

PORTS_TRIED: Final = 50
FIRST_ADMIN: Final = (
    "Nobody can sign in yet. Make the first admin with: ontheway user add NAME --role admin"
)

T = TypeVar("T")
Say = Callable[[str], object]
OnReady = Callable[[Services, str, asyncio.Event], None]
"""Called once connections are accepted: the services, the address, and an event that is set when
the server stops."""


class CannotStart(Exception):
    """The server cannot start, or none runs; the text says what to do."""


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on uvloop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


def serve(
    settings: config.Settings,
    *,
    say: Say,
    hint: Say,
    next_port: bool = False,
    on_ready: OnReady | None = None,
    self_signed: bool = False,
) -> None:
    """Run the server in its folder until it is told to stop; ``say`` gets the ready line.

    ``next_port``: takes the next free port when its own is taken. ``self_signed``: https with a
    certificate of its own, kept in the folder. Raises `CannotStart`, `FolderInUse`,
    `SettingsError`, `StoreRefused`.
    """
    config.prepare_data_dir(settings.data_dir)
    server = _server(settings.data_dir)
    with folder.locked(settings.data_dir):
        if self_signed:
            settings = _with_certificate(settings, server.network_address())
        listener = _bind(settings, next_port, hint)
        url = server.address_of(settings, listener)

        def ready(services: Services, stopping: asyncio.Event, has_users: bool) -> None:
            say(f"Ready on {url}")
            if on_ready is not None:
                on_ready(services, url, stopping)
            elif not has_users:
                hint(FIRST_ADMIN)

        run(server.serve(settings, listener, url, ready))


def _with_certificate(settings: config.Settings, address: str) -> config.Settings:
    """Settings with a certificate for all names that this machine is reached by."""
    if settings.tls:
        raise CannotStart(
            "--tls-self-signed: ONTHEWAY_TLS_CERT names a certificate already; use one of the two."
        )
    from app import certificate  # noqa: PLC0415 (a tenth of a second that most starts do not need)

    names = {"localhost", "127.0.0.1", "::1", socket.gethostname(), address}
    names |= {settings.host} - {"0.0.0.0", "::"}
    if settings.public_url is not None:
        names.add(urlsplit(settings.public_url).hostname or "localhost")
    cert, key = certificate.self_signed(settings.data_dir, names, datetime.now(UTC))
    return settings.model_copy(update={"tls_cert": cert, "tls_key": key})


def command(settings: config.Settings, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Do a command in the running server, or on the folder when none runs."""
    config.prepare_data_dir(settings.data_dir)
    return run(_command(settings, name, arguments))


def ask_running(settings: config.Settings, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Do a command in the running server; raises `CannotStart` when none runs."""
    answer = run(folder.ask(settings.data_dir, name, arguments))
    if answer is None:
        raise CannotStart(
            f"No server runs on the data folder {settings.data_dir.absolute()}. Start one with:"
            " ontheway serve (or give --url and --token)."
        )
    return answer


def default_url(settings: config.Settings) -> str:
    """Where a server with these settings listens."""
    return f"{'https' if settings.tls else 'http'}://{settings.host}:{settings.port}"


async def _command(
    settings: config.Settings, name: str, arguments: dict[str, Any]
) -> dict[str, Any]:
    answer = await folder.ask(settings.data_dir, name, arguments)
    if answer is not None:
        return answer
    with folder.locked(settings.data_dir):
        async with _server(settings.data_dir).local(settings) as commands:
            done: dict[str, Any] = await commands(name, arguments)
            return done


def _server(data_dir: Path) -> ModuleType:
    """The composition. NiceGUI reads where it may write when it is imported, hence so late."""
    os.environ["NICEGUI_STORAGE_PATH"] = str(data_dir / "nicegui")
    gc.disable()  # modules stay: to look for cycles among them takes a fifth of the start
    try:
        return importlib.import_module("app.server")
    finally:
        gc.freeze()
        gc.enable()


def _bind(settings: config.Settings, next_port: bool, hint: Say) -> socket.socket:
    last = settings.port + (PORTS_TRIED if next_port and settings.port else 0)
    for port in range(settings.port, min(last, 65_535) + 1):
        try:
            listener = _listener(settings.host, port)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and port < last:
                continue
            raise CannotStart(_refusal(settings.host, port, error)) from None
        if port != settings.port:
            hint(f"Port {settings.port} is taken; using {port}.")
        return listener
    raise CannotStart(f"No free port from {settings.port} on.")


def _refusal(host: str, port: int, error: OSError) -> str:
    """Why nothing can listen there, and which setting says where else."""
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is taken; choose another with ONTHEWAY_PORT or --port."
    setting = "ONTHEWAY_PORT" if error.errno == errno.EACCES else "ONTHEWAY_HOST"
    return f"Cannot listen on {host}:{port} ({error}); choose another with {setting}."


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener
