"""A link shows one order, in the phases when the courier may be seen; secrets stay secret."""

import asyncio
import json
import random
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import httpx
import pytest
from websockets.exceptions import WebSocketException

from tests.conftest import StartServer
from tests.live import PASSWORD, LiveServer
from tests.system.lines import (
    NEVER,
    WAYS,
    Json,
    Line,
    close_code,
    driver,
    eventually,
    line,
    staff,
    viewer,
)

REFUSED: Final = (4501, "not authenticated", 0)
STEPS: Final = ("picked_up", "in_transit", "arriving", "in_transit")


async def test_viewers_never_get_a_byte_of_the_other_order(live_server: LiveServer) -> None:
    chance = random.Random(7)
    # What tells them apart: every place, name and id of one side holds its own marker.
    sides = [
        made_side(live_server, "Anarosa", 61.111, 11.111),  # no seconds of a time
        made_side(live_server, "Benno", 72.222, 13.222),
    ]
    async with AsyncExitStack() as stack:
        pages = [await stack.enter_async_context(viewer(live_server, s["order"])) for s in sides]
        phones = [await stack.enter_async_context(driver(live_server, s["token"])) for s in sides]
        for step in range(100):
            await drive(live_server, chance, sides, phones, step % 2)
        for page in pages:
            await page.so_far()
        for side, page in enumerate(pages):
            kinds = [message["type"] for message in page.heard]
            assert min(kinds.count("location_update"), kinds.count("status_update")) > 3
            assert_nothing_of(sides[1 - side], page.heard)
        for side, phone in enumerate(phones):
            await phone.so_far()
            assert_nothing_of(sides[1 - side], phone.heard)


def made_side(server: LiveServer, name: str, lat: float, lng: float) -> Json:
    """A driver and his order, on its way, with everything that an order can say."""
    made = server.driver(name)
    destination = {"lat": lat + 0.5, "lng": lng + 0.5, "address": f"{name} Street 1"}
    customer = {"name": f"{name} Customer", "phone": f"+49 {lat}", "email": f"{name}@example.com"}
    order = server.order(
        made["id"], destination=destination, customer=customer, note=f"{name} note"
    )
    server.update(order["id"], "picked_up")
    return {**made, "order": order, "name": name, "lat": lat, "lng": lng}


async def drive(
    server: LiveServer, chance: random.Random, sides: list[Json], phones: list[Line], side: int
) -> None:
    """One random thing that a driver, or the staff, does with an order."""
    mine, phone = sides[side], phones[side]
    place = {"lat": mine["lat"] + chance.random() / 1e5, "lng": mine["lng"]}
    order_id = mine["order"]["id"]
    what = chance.randrange(4)
    if what == 0:
        status = chance.choice(STEPS)
        server.update(order_id, status, force=True, note=f"{mine['name']} was here")
    elif what == 1:
        # An order that is not his: refused, and nobody hears of it.
        foreign = sides[1 - side]["order"]["id"]
        await phone.say({**place, "orderId": foreign, "id": f"x{chance.random()}"})
    else:
        named = {"orderId": order_id} if what == 2 else {}
        await phone.say({**place, **named})


def assert_nothing_of(other: Json, heard: list[Json]) -> None:
    """No id, name, place or word of the other side, in anything that was heard."""
    # What a driver is told of his own refused message quotes his own words.
    text = json.dumps([message for message in heard if message["type"] != "reject"])
    secrets = [
        other["order"]["id"],
        other["id"],
        other["name"],
        str(other["lat"]),
        str(other["lng"]),
    ]
    secrets += [str(other["lat"] + 0.5), other["order"]["trackingToken"], other["token"]]
    assert [secret for secret in secrets if secret in text] == []


async def test_customer_frames_hold_no_phone_number_and_no_inner_name(
    live_server: LiveServer,
) -> None:
    made = live_server.driver("Cleo Secretname")
    customer = {"name": "Maria Huber", "phone": "+49 555 1234", "email": "maria@example.com"}
    order = live_server.order(made["id"], customer=customer, note="ring twice at 4711")
    async with viewer(live_server, order) as page, driver(live_server, made["token"]) as phone:
        live_server.update(order["id"], "picked_up", note="inner remark")
        await phone.ask({"lat": 48.1, "lng": 11.5, "orderId": order["id"], "battery": 0.31})
        await page.hear_kind("location_update")
        await page.say({"type": "resume", "orderId": order["id"], "epoch": "x", "seq": 0})
        await page.hear_kind("snapshot")
        text = json.dumps(page.heard)
    inner = ("555 1234", "maria@", "Secretname", made["id"], "at 4711", "remark", "battery")
    for secret in inner:  # none of digits alone, which a time of day may hold
        assert secret not in text
    assert "Cleo" in text


@pytest.mark.parametrize("way", WAYS)
async def test_refusals_are_all_alike(live_server: LiveServer, way: str) -> None:
    order, other = live_server.order(), live_server.order()
    mine = f"/ws/client/{order['id']}"
    made = live_server.driver()
    tries = [
        ("/ws/driver", NEVER),
        ("/ws/driver", order["trackingToken"]),
        ("/ws/driver", live_server.key),
        (mine, NEVER),
        (mine, "x"),
        (mine, "x" * 200),
        (mine, other["trackingToken"]),
        (mine, made["token"]),
        ("/ws/client/no-such-order", order["trackingToken"]),
        ("/ws/client/no-such-order", NEVER),
        ("/ws/client/%00", NEVER),
        ("/ws/client", NEVER),
    ]
    found = await asyncio.gather(*(close_code(live_server, *each, way) for each in tries))
    assert dict(zip(map(str, tries), found, strict=True)) == {str(each): REFUSED for each in tries}


async def test_nothing_without_a_token_but_a_close_code(live_server: LiveServer) -> None:
    order = live_server.order()
    made = live_server.driver()
    paths = [f"/ws/client/{order['id']}", "/ws/client/no-such-order", "/ws/client", "/ws/driver"]
    refusals = asyncio.gather(*(close_code(live_server, path) for path in paths))
    # Meanwhile something happens that nobody of them may hear of.
    async with driver(live_server, made["token"]) as phone:
        live_server.update(order["id"], "picked_up")
        await phone.ask({"lat": 48.1, "lng": 11.5})
        assert await refusals == [REFUSED] * len(paths)


@pytest.mark.parametrize(
    "first",
    [
        '{"type": "subscribe", "orderId": "A1"}',
        '{"type": "resume", "orderId": "A1", "epoch": "x", "seq": 1}',
        '{"lat": 48.1, "lng": 11.5}',
        '{"type": "auth"}',
        '{"type": "auth", "token": ""}',
        '{"type": "auth", "token": 5}',
        '{"type": "auth", "token": "never", "orderId": {}}',
        "not JSON",
        b"binary",
    ],
)
async def test_anything_but_credentials_first_is_refused(
    live_server: LiveServer, first: str | bytes
) -> None:
    order = live_server.order()
    for path in ("/ws/driver", f"/ws/client/{order['id']}"):
        async with line(live_server, path) as stranger:
            await stranger.say(first)
            assert await stranger.ended() == 4501
            assert stranger.heard == []


async def test_pings_alone_do_not_keep_a_stranger_connected(live_server: LiveServer) -> None:
    order = live_server.order()
    for path in ("/ws/driver", f"/ws/client/{order['id']}"):
        async with line(live_server, path) as stranger:
            await stranger.say({"type": "ping"})
            assert await stranger.ended() == 4501
            assert {message["type"] for message in stranger.heard} <= {"pong"}


async def test_link_as_path_ignores_credentials_beside_it(live_server: LiveServer) -> None:
    order = live_server.order()
    async with line(live_server, f"/ws/client/{order['trackingToken']}", NEVER) as page:
        assert (await page.hear())["orderId"] == order["id"]


async def test_customer_sees_the_courier_from_pick_up_until_the_end_and_staff_always(
    live_server: LiveServer,
) -> None:
    made = live_server.driver()
    order = live_server.order(made["id"], destination={"lat": 48.2, "lng": 11.6})
    seen: dict[str, tuple[bool, bool]] = {}
    lat = 48.1
    async with (
        driver(live_server, made["token"]) as phone,
        viewer(live_server, order) as page,
        staff(live_server, order["id"]) as desk,
    ):
        for status in ("assigned", "picked_up", "in_transit", "arriving", "delivered"):
            live_server.update(order["id"], status)
            lat += 0.000001  # he walks: more would be a teleport
            await phone.say({"lat": lat, "lng": 11.5, "orderId": order["id"]})
            await phone.hear_kind("ack")
            for followed in (page, desk):
                await followed.so_far()
                await followed.say(
                    {"type": "resume", "orderId": order["id"], "epoch": "", "seq": 0}
                )
                await followed.hear_kind("snapshot")
            states = [followed.heard[-1] for followed in (page, desk)]
            seen[status] = tuple(state["position"] is not None for state in states)  # type: ignore[assignment]
            assert (states[0]["driver"] is not None) == seen[status][0]
            assert (states[0]["eta"] is not None) <= seen[status][0]
    assert seen == {
        "assigned": (False, True),
        "picked_up": (True, True),
        "in_transit": (True, True),
        "arriving": (True, True),
        "delivered": (False, True),
    }
    lats = [message["lat"] for message in page.heard if message["type"] == "location_update"]
    assert lats == pytest.approx([48.100002, 48.100003, 48.100004], abs=1e-9)


async def test_setting_widens_the_view_to_assigned(start_server: StartServer) -> None:
    server = start_server(ONTHEWAY_COURIER_FROM_ASSIGNED="true")
    made = server.driver()
    order = server.order(made["id"])
    async with driver(server, made["token"]) as phone, viewer(server, order) as page:
        await phone.ask({"lat": 48.1, "lng": 11.5, "orderId": order["id"]})
        assert (await page.hear_kind("location_update"))["lat"] == 48.1


async def test_cookie_opens_sockets_of_our_own_pages_only(live_server: LiveServer) -> None:
    order = live_server.order()
    async with httpx.AsyncClient(base_url=live_server.url) as browser:
        form = {"username": "viewer", "password": PASSWORD, "next": "/admin"}
        assert (await browser.post("/login", data=form)).status_code == 303
        cookie = f"ontheway_session={browser.cookies['ontheway_session']}"
    path = f"/ws/client/{order['id']}"
    ours = {"Cookie": cookie, "Origin": live_server.url}
    async with line(live_server, path, headers=ours) as page:
        assert (await page.hear())["orderId"] == order["id"]
    for origin in ("https://evil.example", "null", None):
        theirs = {"Cookie": cookie, **({"Origin": origin} if origin else {})}
        with pytest.raises(WebSocketException, match="403"):
            async with line(live_server, path, headers=theirs):
                pass
        # A token in the handshake needs no cookie, and takes any origin.
        async with line(live_server, path, order["trackingToken"], headers=theirs) as page:
            assert (await page.hear())["orderId"] == order["id"]


async def test_no_secret_is_in_the_log_nor_raw_in_the_data_folder(
    start_server: StartServer,
) -> None:
    server = start_server()
    secrets = {PASSWORD, NEVER, "wrong-password-17", *server.keys.values()}
    made = server.driver()
    order = server.order(made["id"])
    secrets |= {made["token"], order["trackingToken"]}
    for way in WAYS:
        async with driver(server, made["token"], way) as phone:
            await phone.ask({"lat": 48.1, "lng": 11.5})
        async with viewer(server, order, way):
            pass
        for path in ("/ws/driver", f"/ws/client/{order['id']}", f"/ws/client/{NEVER}"):
            await close_code(server, path, NEVER, way)
    async with line(server, f"/ws/client/{order['trackingToken']}") as page:
        await page.say("x" * 5_000 + order["trackingToken"])
        await page.ended()
    rotated = server.api.post(f"/api/v1/drivers/{made['id']}/token").json()["token"]
    link = server.api.post(f"/api/v1/orders/{order['id']}/links", json={}).json()
    secrets |= {rotated, link["trackingToken"]}
    await close_code(server, f"/ws/driver?token={made['token']}")
    secrets.add(visit_pages(server, order["trackingToken"], rotated))
    server.command("user", "add", "eve", "--role", "viewer", stdin="eve's own password\n")
    secrets.add("eve's own password")
    assert server.stop() == 0
    assert all(len(secret) > 8 for secret in secrets)
    assert server.log().count("\n") < 200
    for place, content in written(server):
        found = [secret for secret in secrets if secret.encode() in content]
        assert found == [], f"a secret is in {place}"


def visit_pages(server: LiveServer, link: str, token: str) -> str:
    """Open pages and addresses that hold secrets, well and badly; return the session cookie."""
    with httpx.Client(base_url=server.url) as browser:
        for password in ("wrong-password-17", PASSWORD):
            browser.post("/login", data={"username": "admin", "password": password})
        assert browser.get(f"/track/{link}").status_code == 200
        for path in (f"/track/{NEVER}", f"/drive?token={token}", f"/nowhere/{token}"):
            browser.get(path)
        browser.get(f"/ws/driver?token={token}")
        browser.post(f"/track/{link}")
        browser.get("/api/v1/orders", headers={"Authorization": f"Bearer {NEVER}"})
        return browser.cookies["ontheway_session"]


def written(server: LiveServer) -> list[tuple[Path, bytes]]:
    """All that the server wrote: its log, and the whole data folder but the secret key."""
    files = [path for path in server.data_dir.rglob("*") if path.is_file()]
    found = [(path, path.read_bytes()) for path in files if path.name != "secret_key"]
    assert any(path.name == "ontheway.db" for path, _ in found)
    return [*found, (Path("the log"), server.log().encode())]


async def test_refusals_and_connections_are_in_the_activity_log(live_server: LiveServer) -> None:
    await close_code(live_server, "/ws/driver", NEVER)
    await close_code(live_server, "/ws/client/A1", NEVER)
    made = live_server.driver()
    async with driver(live_server, made["token"]):
        pass

    def kinds() -> set[str]:
        items = live_server.api.get("/api/v1/activity", params={"limit": 200}).json()["items"]
        return {item["kind"] for item in items}

    wanted = {"driver.refused", "viewer.refused", "connection.opened", "connection.closed"}
    eventually(lambda: wanted <= kinds())
