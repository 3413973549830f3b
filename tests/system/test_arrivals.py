"""What a delivered order teaches, through a real server."""

import asyncio
import json
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.conftest import QUIET_LIMITS, StartServer
from tests.live import LiveServer
from tests.system.lines import driver

WITHIN: Final = 30.0
MINUTES: Final = 20
METRES: Final = 6_000
METRE: Final = 1 / 111_195
"""Degrees of latitude."""
SHOP, DOOR = (48.1, 11.5), (48.1 + METRES * METRE, 11.5)


def test_delivered_order_changes_what_is_learned(start_server: StartServer) -> None:
    server = start_server(**QUIET_LIMITS)
    made = server.driver()
    order = server.order(made["id"], destination={"lat": DOOR[0], "lng": DOOR[1]})
    server.update(order["id"], "picked_up")
    put_back(server)
    asyncio.run(drive(server, made["token"]))
    assert lessons(server) == {}
    server.update(order["id"], "delivered")
    (lesson,) = wait_for_lessons(server).values()
    assert lesson["orders"] == 1
    assert any(lesson["losses"])


def put_back(server: LiveServer) -> None:
    """The order was picked up long before."""
    with closing(sqlite3.connect(server.data_dir / "ontheway.db", timeout=WITHIN)) as database:
        for column in ("order_events SET at = at", "assignments SET from_at = from_at"):
            database.execute(f"UPDATE {column} - {MINUTES * 60_000_000}")
        database.commit()


async def drive(server: LiveServer, token: str) -> None:
    """From the shop to the door, recorded on the way and sent at its end."""
    begin = datetime.now(UTC) - timedelta(minutes=MINUTES)
    fixes = []
    for passed in range(0, MINUTES * 60, 20):
        lat = SHOP[0] + METRES * METRE * min(1.0, passed / (MINUTES * 60 - 60))
        at = (begin + timedelta(seconds=passed)).isoformat()
        fixes.append({"id": f"p{passed}", "lat": lat, "lng": SHOP[1], "recordedAt": at})
    async with driver(server, token) as phone:
        await phone.say({"type": "location_batch", "locations": fixes})
        assert len((await phone.hear_kind("ack"))["ids"]) == len(fixes)


def lessons(server: LiveServer) -> dict[int, dict[str, Any]]:
    """What is kept, by hour."""
    path = f"file:{server.data_dir / 'ontheway.db'}?mode=ro"
    with closing(sqlite3.connect(path, uri=True)) as database:
        rows = database.execute("SELECT hour, lesson FROM lessons").fetchall()
    return {hour: json.loads(lesson) for hour, lesson in rows}


def wait_for_lessons(server: LiveServer) -> dict[int, dict[str, Any]]:
    """What is kept, once there is something."""
    until = time.monotonic() + WITHIN
    while not (found := lessons(server)):
        assert time.monotonic() < until, server.log()
        time.sleep(0.1)
    return found
