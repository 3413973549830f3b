"""The whole HTTP side over a real store, in this process: requests from any address, any time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
from fastapi import FastAPI

from app.assembly import build
from app.config import Settings
from app.domain.access import SYSTEM, Role
from app.domain.limits import Rate
from app.domain.position import Fix
from app.protocol.driver import Point
from app.storage.store import open_store
from app.tracking.services import Services
from app.web.app import create_api
from tests.fresh import furnish

PASSWORD: Final = "a good long password"
HOST: Final = "http://track.example.com"
ELSEWHERE: Final = ("203.0.113.7", 40_000)
LOCAL: Final = ("127.0.0.1", 40_000)
Json = dict[str, Any]


class House:
    """One installation: its services, its API, and clients for everybody."""

    def __init__(self, services: Services, api: FastAPI) -> None:
        self.services = services
        self.api = api
        self.keys: dict[str, str] = {}
        self.nobody = self.client()

    async def client_for(self, role: str) -> httpx.AsyncClient:
        """A client with an API key of this role."""
        if role not in self.keys:
            _, key = await self.services.signin.add_key(f"key-{role}", Role(role), SYSTEM)
            self.keys[role] = key
        return self.client(headers={"Authorization": f"Bearer {self.keys[role]}"})

    def client(
        self, *, address: tuple[str, int] = ELSEWHERE, url: str = HOST, **options: Any
    ) -> httpx.AsyncClient:
        """A client at ``address`` without credentials."""
        transport = httpx.ASGITransport(self.api, raise_app_exceptions=False, client=address)
        return httpx.AsyncClient(transport=transport, base_url=url, **options)

    async def browser(self, role: str = "admin", **options: Any) -> httpx.AsyncClient:
        """A client that is signed in with a cookie, as a person of this role."""
        if await self.services.store.people.find_user(role) is None:
            await self.services.signin.add_user(role, Role(role), PASSWORD, SYSTEM)
        client = self.client(**options)
        form = {"username": role, "password": PASSWORD, "next": "/admin"}
        answer = await client.post("/login", data=form)
        assert answer.status_code == 303, answer.text
        return client

    async def drive(self, driver_id: str, *points: Point) -> None:
        """Positions of a driver, stored."""
        driver = await self.services.store.drivers.get(driver_id)
        stored = asyncio.Event()
        self.services.intake.take(driver.num, list(points), lambda _: stored.set())
        await stored.wait()


def point(
    lat: float = 48.1,
    lng: float = 11.5,
    *,
    at: int | None = None,
    order: str | None = None,
    name: str | None = None,
    **facts: float | None,
) -> Point:
    """A position; ``at`` in seconds since the epoch."""
    fix_time = None if at is None else at * 1_000_000
    fix = Fix(
        lat=lat,
        lng=lng,
        fix_time=fix_time,
        accuracy=facts.get("accuracy"),
        speed=facts.get("speed"),
        heading=facts.get("heading"),
        altitude=facts.get("altitude"),
        battery=facts.get("battery"),
    )
    return Point(fix, name, order)


@asynccontextmanager
async def open_house(
    folder: Path, *, proxies: frozenset[str] = frozenset(), **settings: Any
) -> AsyncIterator[House]:
    """An installation in ``folder``."""
    defaults: Json = {"limit_api_rate": Rate(0, 0), "tile_url": "none", "public_url": HOST}
    chosen = Settings(data_dir=folder, **{**defaults, **settings})
    async with AsyncExitStack() as stack:
        furnish(folder)
        store = await open_store(folder)
        stack.push_async_callback(store.close)
        services = build(chosen, store, chosen.public_url or HOST)
        stack.callback(services.signin.close)
        await services.board.load(services.now())
        yield House(services, create_api(services, proxies))
