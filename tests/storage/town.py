"""Short ways to fill a store, shared by its tests. Times are seconds here."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest

from app.domain.access import SYSTEM, Actor, Kind
from app.domain.errors import OnthewayError
from app.domain.order import Status
from app.domain.position import Fix
from app.domain.times import SECOND
from app.protocol.driver import Point
from app.storage.store import SqlStore, open_store
from app.tracking.records import (
    Arrival,
    Driver,
    NewLink,
    NotTaken,
    Order,
    OrderChange,
    OrderDetails,
    Outcome,
    StoredPosition,
    Taken,
)

START: Final = 1_800_000_000


def moment(seconds: float) -> int:
    """Microseconds of a time, counted from an arbitrary start."""
    return round((START + seconds) * SECOND)


def ignore(_result: object) -> None:
    """A ``then`` that does nothing."""


def hashed(text: str) -> bytes:
    """As tokens are kept."""
    return sha256(text.encode()).digest()


def new_link(name: str, expires_at: int | None = None) -> NewLink:
    """A link whose token is its name."""
    return NewLink(id=name, salt=b"salt", token_hash=hashed(name), expires_at=expires_at)


def acting(driver: Driver) -> Actor:
    """The driver as somebody who acts."""
    return Actor(Kind.DRIVER, driver.id, num=driver.num)


async def hire(store: SqlStore, driver_id: str = "ana", at: float = 0) -> Driver:
    """A new driver."""
    return await store.drivers.create(
        driver_id,
        driver_id.title(),
        None,
        None,
        hashed(driver_id),
        moment(at),
        once=None,
        then=ignore,
    )


async def book(
    store: SqlStore,
    order_id: str = "A1",
    driver: Driver | None = None,
    at: float = 0,
    details: OrderDetails | None = None,
) -> Order:
    """A new order, given to a driver if there is one."""
    change = await store.orders.create(
        order_id,
        details or OrderDetails(),
        driver.id if driver else None,
        new_link(f"link-{order_id}"),
        SYSTEM,
        moment(at),
        once=None,
        then=ignore,
    )
    return change.order


async def assign(store: SqlStore, order_id: str, driver: Driver | None, at: float) -> OrderChange:
    """Give an order to a driver or to none."""
    return await store.orders.assign(
        order_id, driver.id if driver else None, SYSTEM, moment(at), once=None, then=ignore
    )


async def step(
    store: SqlStore,
    order_id: str,
    status: Status,
    at: float = 1,
    *,
    actor: Actor = SYSTEM,
    force: bool = False,
    message_id: str | None = None,
    seen_seq: int | None = None,
) -> OrderChange:
    """Change a status."""
    return await store.orders.set_status(
        order_id,
        status,
        None,
        actor,
        moment(at),
        force=force,
        message_id=message_id,
        seen_seq=seen_seq,
        then=ignore,
    )


async def duty(
    store: SqlStore, driver: Driver, on: bool, at: float, message_id: str | None = None
) -> Driver:
    """On or off duty."""
    return await store.drivers.set_duty(driver.num, on, moment(at), message_id, ignore)


def point(
    at: float | None,
    message_id: str | None = None,
    order_id: str | None = None,
    *,
    lat: float = 48.0,
    lng: float = 11.0,
    accuracy: float | None = None,
) -> Point:
    """A position."""
    fix_time = None if at is None else moment(at)
    return Point(Fix(lat=lat, lng=lng, fix_time=fix_time, accuracy=accuracy), message_id, order_id)


async def send(store: SqlStore, driver: Driver, *points: Point, at: float) -> list[Outcome]:
    """Positions that arrive together."""
    return await arrive(store, driver, points, at=at, then=ignore)


async def arrive(
    store: SqlStore,
    driver: Driver,
    points: Sequence[Point],
    *,
    at: float,
    then: Callable[[list[Outcome]], None],
) -> list[Outcome]:
    """Positions that arrive together; ``then`` is told as services are."""
    told: asyncio.Future[list[Outcome]] = asyncio.get_running_loop().create_future()

    def done(arrival: Arrival) -> None:
        if arrival.failure is not None:
            told.set_exception(arrival.failure)
            return
        then(arrival.outcomes)
        told.set_result(arrival.outcomes)

    store.positions.record(Arrival(driver.num, list(points), moment(at), done))
    return await told


def taken(outcome: Outcome) -> Taken:
    """The outcome, which must be a stored point."""
    assert isinstance(outcome, Taken), outcome
    return outcome


def not_taken(outcome: Outcome) -> NotTaken:
    """The outcome, which must be a refused point."""
    assert isinstance(outcome, NotTaken), outcome
    return outcome


async def history(store: SqlStore, order: Order) -> list[str | None]:
    """The ids of an order's positions, in order."""
    positions, cursor = await store.positions.of_order(order.num, None, None, None, 1000)
    assert cursor is None
    return ids(positions)


async def track(store: SqlStore, driver: Driver) -> list[StoredPosition]:
    """All positions of a driver."""
    positions, cursor = await store.positions.of_driver(driver.num, None, None, None, 1000)
    assert cursor is None
    return positions


def ids(positions: list[StoredPosition]) -> list[str | None]:
    """The drivers' names of positions."""
    return [position.id for position in positions]


@asynccontextmanager
async def reopened(store: SqlStore, data_dir: Path) -> AsyncIterator[SqlStore]:
    """The same data in a new store."""
    await store.close()
    again = await open_store(data_dir)
    try:
        yield again
    finally:
        await again.close()


def refused(code: str, field: str | None = None) -> Any:
    """Expects a refusal with this code that names this field."""
    return pytest.raises(
        OnthewayError, check=lambda error: (error.code, error.field) == (code, field)
    )
