"""Python `websockets` and Node `ws` as driver and as viewer, with every way of credentials."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from tests.conftest import ROOT
from tests.live import LiveServer
from tests.system.lines import WAYS, Json, driver, line, viewer

NODE_MODULES: Final = ROOT / ".cache" / "node" / "node_modules"
TALK: Final = Path(__file__).parent / "node" / "talk.cjs"
POINT: Final = {"lat": 48.137, "lng": 11.575}
HERE: Final[Json] = {"destination": {"lat": 48.14, "lng": 11.58}}


@pytest.mark.parametrize("way", WAYS)
async def test_websockets_drives_by_each_way_of_credentials(
    live_server: LiveServer, way: str
) -> None:
    made = live_server.driver()
    order = live_server.order(made["id"], **HERE)
    async with driver(live_server, made["token"], way) as phone:
        (welcome,) = phone.heard
        assert welcome["driverId"] == made["id"]
        assert [each["orderId"] for each in welcome["orders"]] == [order["id"]]
        ack = await phone.ask({**POINT, "orderId": order["id"]})
        assert ack == {"type": "ack", "ids": [], "count": 1}
    assert [(p["lat"], p["lng"]) for p in live_server.positions(order["id"])] == [(48.137, 11.575)]


@pytest.mark.parametrize("way", WAYS)
async def test_websockets_views_by_each_way_of_credentials(
    live_server: LiveServer, way: str
) -> None:
    order = live_server.order(**HERE)
    async with viewer(live_server, order, way) as page:
        (snapshot,) = page.heard
        assert (snapshot["orderId"], snapshot["status"]) == (order["id"], "pending")
        live_server.update(order["id"], "picked_up")
        update = await page.hear()
        assert (update["status"], update["seq"]) == ("picked_up", snapshot["seq"] + 1)


@pytest.mark.parametrize("way", ["header", "subprotocol", "query", "message"])
async def test_websockets_views_without_an_order_in_the_path(
    live_server: LiveServer, way: str
) -> None:
    order = live_server.order()
    token, order_id = order["trackingToken"], order["id"]
    async with line(live_server, "/ws/client", token, way, order_id=order_id) as page:
        if way != "message":
            await page.say({"type": "subscribe", "orderId": order_id, "token": token})
        assert (await page.hear_kind("snapshot"))["orderId"] == order_id


async def test_websockets_views_by_the_link_alone(live_server: LiveServer) -> None:
    order = live_server.order()
    async with line(live_server, f"/ws/client/{order['trackingToken']}") as page:
        assert (await page.hear())["orderId"] == order["id"]


@pytest.mark.parametrize("way", WAYS)
async def test_api_key_follows_any_order_by_each_way_of_credentials(
    live_server: LiveServer, way: str
) -> None:
    order, other = live_server.order(), live_server.order()
    key = live_server.keys["viewer"]
    async with line(live_server, f"/ws/client/{order['id']}", key, way) as desk:
        assert (await desk.hear())["orderId"] == order["id"]
    async with line(live_server, "/ws/client", key, way) as desk:
        for each in (order, other):
            wish = {"type": "subscribe", "orderId": each["id"]}
            assert (await desk.ask(wish))["orderId"] == each["id"]
        error = await desk.ask({"type": "subscribe", "orderId": "no-such-order"})
        assert (error["type"], error["code"]) == ("error", "not_authenticated")
        assert await desk.so_far() == []


async def test_one_socket_follows_several_orders_and_leaves_them(live_server: LiveServer) -> None:
    orders = [live_server.order() for _ in range(3)]
    async with line(live_server, "/ws/client") as page:
        for order in orders:
            wish = {"type": "subscribe", "orderId": order["id"], "token": order["trackingToken"]}
            assert (await page.ask(wish))["orderId"] == order["id"]
        await page.say({"type": "unsubscribe", "orderId": orders[0]["id"]})
        assert await page.so_far() == []
        for order in orders:
            live_server.update(order["id"], "picked_up")
        assert {(await page.hear())["orderId"] for _ in orders[1:]} == {o["id"] for o in orders[1:]}
        assert await page.so_far() == []


async def test_integer_order_ids_are_the_same_as_their_text(live_server: LiveServer) -> None:
    made = live_server.driver()
    order = live_server.order(made["id"], id=str(90_000_000 + os.getpid()))
    async with driver(live_server, made["token"]) as phone:
        assert (await phone.ask({**POINT, "orderId": int(order["id"])}))["count"] == 1
        await phone.say(
            {"type": "status_update", "orderId": int(order["id"]), "status": "picked_up"}
        )
        update = await phone.hear_kind("status_update")
        assert update["orderId"] == order["id"]
    assert len(live_server.positions(order["id"])) == 1


@pytest.mark.parametrize("way", WAYS)
def test_node_ws_drives_by_each_way_of_credentials(live_server: LiveServer, way: str) -> None:
    made = live_server.driver()
    order = live_server.order(made["id"])
    frames = [{**POINT, "orderId": order["id"]}, {"type": "location_update", "id": "p", **POINT}]
    with node(live_server, "/ws/driver", made["token"], way, frames, count=3) as lines:
        assert next(lines)["type"] == "welcome"
        answers = [next(lines), next(lines)]
        assert sorted(answer["ids"] for answer in answers) == [[], ["p"]]
        assert {answer["type"] for answer in answers} == {"ack"}
        assert_ended(next(lines), way)
    assert len(live_server.positions(order["id"])) == 2


@pytest.mark.parametrize("way", [*WAYS, "link"])
def test_node_ws_views_by_each_way_of_credentials(live_server: LiveServer, way: str) -> None:
    order = live_server.order()
    token = order["trackingToken"]
    path = f"/ws/client/{token if way == 'link' else order['id']}"
    with node(live_server, path, token, way, [], count=2) as lines:
        assert next(lines)["type"] == "snapshot"
        live_server.update(order["id"], "delivered")
        assert next(lines)["status"] == "delivered"
        assert_ended(next(lines), way)


def assert_ended(last: Json, way: str) -> None:
    """The client itself closed, and the server chose the subprotocol it may."""
    assert last == {"closed": 1000, "protocol": "ontheway" if way == "subprotocol" else ""}


@contextmanager
def node(
    server: LiveServer, path: str, token: str, way: str, frames: list[Json], count: int
) -> Iterator[Iterator[Json]]:
    """A Node `ws` client at work; its messages come as they are heard."""
    program = shutil.which("node")
    if program is None or not (NODE_MODULES / "ws").is_dir():
        pytest.skip("no Node with ws: apt-get install nodejs npm, then run make test")
    wishes: dict[str, Any] = {"url": server.ws + path, "protocols": [], "headers": {}}
    wishes |= {"send": frames, "count": count}
    if way == "header":
        wishes["headers"] = {"Authorization": f"Bearer {token}"}
    elif way == "subprotocol":
        wishes["protocols"] = ["ontheway", token]
    elif way == "query":
        wishes["url"] += f"?token={token}"
    elif way == "message":
        wishes["send"] = [{"type": "auth", "token": token}, *frames]
    with subprocess.Popen(
        [program, str(TALK), json.dumps(wishes)],
        env={**os.environ, "NODE_PATH": str(NODE_MODULES)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield map(json.loads, process.stdout)
            assert process.wait(15) == 0
        finally:
            process.kill()
