"""Limits of rate, number, size and patience: each answers in its own way, and hurts nobody else."""

import asyncio
import time
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.conftest import StartServer
from tests.live import PASSWORD, LiveServer
from tests.system.lines import (
    NEVER,
    Json,
    Line,
    close_code,
    driver,
    eventually,
    eventually_async,
    line,
    viewer,
)
from tests.system.stalled import Flood, stalled

POINT = {"lat": 48.1, "lng": 11.5}


# rates


async def test_driver_over_his_rate_is_told_when_to_come_again_and_loses_nothing(
    start_server: StartServer,
) -> None:
    server = start_server(ONTHEWAY_LIMIT_DRIVER_RATE="20/30")
    made, other = server.driver(), server.driver("Ben")
    waiting = {f"p-{n}": {**POINT, "id": f"p-{n}"} for n in range(60)}
    async with driver(server, made["token"]) as phone, driver(server, other["token"]) as calm:
        for point in waiting.values():
            await phone.say(point)
        answers = [await phone.hear() for _ in waiting]
        kinds = [answer["type"] for answer in answers]
        assert set(kinds) == {"ack", "retry"}
        assert 30 <= kinds.count("ack") < 60
        assert (await calm.ask(POINT))["type"] == "ack"
        retries = [answer for answer in answers if answer["type"] == "retry"]
        assert all(r["count"] == len(r["ids"]) == 1 and r["afterMs"] > 0 for r in retries)
        again = [name for retry in retries for name in retry["ids"]]
        await asyncio.sleep(max(retry["afterMs"] for retry in retries) / 1000)
        batch = {"type": "location_batch", "locations": [waiting[name] for name in again]}
        ack = await phone.ask(batch)
        assert (ack["type"], ack["ids"]) == ("ack", again)
    assert len(server.driver_positions(made["id"])) == 60


async def test_points_in_batches_count_a_tenth_and_statuses_are_limited_too(
    start_server: StartServer,
) -> None:
    server = start_server(ONTHEWAY_LIMIT_DRIVER_RATE="1/30")
    made = server.driver()
    order = server.order(made["id"])
    points = [{**POINT, "id": f"p-{n}"} for n in range(200)]
    async with driver(server, made["token"]) as phone:
        assert (await phone.ask({"type": "location_batch", "locations": points}))["count"] == 200
        found = [await phone.ask({"type": "duty", "on": True, "id": f"d-{n}"}) for n in range(12)]
        assert [f["ids"] for f in found] == [[f"d-{n}"] for n in range(12)]
        assert [f["type"] for f in found[:9]] == ["ack"] * 9
        change = {"type": "status_update", "id": "s", "status": "picked_up", "orderId": order["id"]}
        retry = await phone.ask(change)
        assert (retry["type"], retry["ids"], retry["count"]) == ("retry", ["s"], 1)
        retry = await phone.ask({"type": "location_batch", "locations": points})
        assert (retry["type"], retry["count"]) == ("retry", 200)
        assert sorted(retry["ids"]) == sorted(str(point["id"]) for point in points)
    assert len(server.events(order["id"])) == 1


def test_requests_over_the_rate_of_a_key_get_429_with_the_time_to_wait(
    start_server: StartServer,
) -> None:
    server = start_server(ONTHEWAY_LIMIT_API_RATE="2/5")
    answers = [server.api.get("/api/v1/orders") for _ in range(12)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.status_code for answer in answers} == {200, 429}
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)
    assert {answer.json()["error"]["code"] for answer in refused} == {"too_many"}
    other = {"Authorization": f"Bearer {server.keys['viewer']}"}
    assert server.api.get("/api/v1/orders", headers=other).status_code == 200
    eventually(lambda: server.api.get("/api/v1/orders").status_code == 200)


def test_failed_sign_ins_slow_down_and_never_lock_out_for_good(start_server: StartServer) -> None:
    server = start_server(ONTHEWAY_LIMIT_SIGNIN_ACCOUNT="3/15m")
    with httpx.Client(base_url=server.url) as browser:

        def sign_in(name: str, password: str) -> httpx.Response:
            form = {"username": name, "password": password, "next": "/admin"}
            return browser.post("/login", data=form)

        tries = [sign_in("admin", "wrong-password") for _ in range(3)]
        assert 429 not in [answer.status_code for answer in tries]
        refused = sign_in("admin", PASSWORD)
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 5
        assert "ontheway_session" not in browser.cookies
        assert sign_in("viewer", PASSWORD).status_code == 303
        eventually(lambda: sign_in("admin", PASSWORD).status_code == 303)
    kinds = [e["kind"] for e in server.listed("/activity")]
    assert kinds.count("login.failed") >= 4


def test_failed_sign_ins_of_one_address_slow_down_whatever_the_name(
    start_server: StartServer,
) -> None:
    server = start_server(ONTHEWAY_LIMIT_SIGNIN_ADDRESS="4/15m")
    with httpx.Client(base_url=server.url) as browser:
        for number in range(4):
            form = {"username": f"nobody{number}", "password": "wrong-password"}
            assert browser.post("/login", data=form).status_code != 429
        faked = {"X-Forwarded-For": "203.0.113.9"}
        form = {"username": "admin", "password": PASSWORD}
        assert browser.post("/login", data=form, headers=faked).status_code == 429


async def test_storm_of_refused_tokens_is_cut_and_good_ones_go_on(
    start_server: StartServer,
) -> None:
    server = start_server()
    made = server.driver()
    async with driver(server, made["token"]) as phone:
        codes = set()
        for _ in range(20):
            tries = (close_code(server, "/ws/driver", NEVER) for _ in range(20))
            codes |= {code for code, _, _ in await asyncio.gather(*tries)}
        assert codes == {4501, 4029}
        assert (await phone.ask(POINT))["type"] == "ack"


# numbers


async def test_sockets_of_one_link_are_limited_and_others_still_connect(
    start_server: StartServer,
) -> None:
    server = start_server(ONTHEWAY_LIMIT_SOCKETS_PER_LINK="2")
    order, other = server.order(), server.order()
    path = f"/ws/client/{order['trackingToken']}"
    async with viewer(server, order):
        async with viewer(server, order):
            assert await close_code(server, path) == (4029, "too many sockets", 0)
            async with viewer(server, other):
                pass
        # One left: there is room again.
        await eventually_async(lambda: len(server.listed("/connections")) == 1)
        async with viewer(server, order) as page:
            assert await page.so_far() == []


async def test_sockets_of_one_address_are_limited(start_server: StartServer) -> None:
    server = start_server(ONTHEWAY_LIMIT_SOCKETS_PER_ADDRESS="4")
    order = server.order()
    async with AsyncExitStack() as stack:
        for _ in range(4):
            await stack.enter_async_context(viewer(server, order))
        assert (await close_code(server, f"/ws/client/{order['trackingToken']}"))[0] == 4029
        assert (await close_code(server, "/ws/driver", server.driver()["token"]))[0] == 4029
    await eventually_async(lambda: server.listed("/connections") == [])
    async with viewer(server, order):
        pass


async def test_fourth_socket_of_a_driver_closes_the_oldest(live_server: LiveServer) -> None:
    made = live_server.driver()
    async with AsyncExitStack() as stack:
        phones = [
            await stack.enter_async_context(driver(live_server, made["token"])) for _ in range(4)
        ]
        assert await phones[0].ended() == 4512
        assert phones[0].socket.close_reason == "replaced"
        for phone in phones[1:]:
            assert (await phone.ask(POINT))["type"] == "ack"


# time and rights


async def test_socket_without_credentials_is_closed_after_five_seconds(
    live_server: LiveServer,
) -> None:
    order = live_server.order()

    async def wait(path: str) -> tuple[int, bool]:
        begin = time.monotonic()
        code, _, _ = await close_code(live_server, path)
        return code, 4 < time.monotonic() - begin < 8

    paths = ["/ws/driver", "/ws/client", f"/ws/client/{order['id']}", "/ws/client/nothing"]
    assert await asyncio.gather(*map(wait, paths)) == [(4501, True)] * 4


async def test_bad_subscriptions_alone_do_not_keep_a_socket_open(live_server: LiveServer) -> None:
    order = live_server.order()
    async with line(live_server, "/ws/client") as page:
        error = await page.ask({"type": "subscribe", "orderId": order["id"], "token": NEVER})
        assert error["code"] == "not_authenticated"
        assert await page.ended(10) == 4501


async def test_rotated_and_removed_drivers_are_closed_and_told_why(live_server: LiveServer) -> None:
    made = live_server.driver()
    drivers = f"/api/v1/drivers/{made['id']}"
    async with driver(live_server, made["token"]) as phone:
        new = live_server.api.post(f"{drivers}/token").json()["token"]
        assert await phone.ended(2) == 4503
        assert phone.socket.close_reason == "revoked"
    assert await close_code(live_server, "/ws/driver", made["token"]) == (4503, "revoked", 0)
    async with driver(live_server, new) as phone:
        assert (await phone.ask(POINT))["type"] == "ack"
        assert live_server.api.delete(drivers).status_code in {200, 204}
        assert await phone.ended(2) == 4503
    assert await close_code(live_server, "/ws/driver", new) == (4503, "revoked", 0)
    assert (await close_code(live_server, "/ws/driver", NEVER))[0] == 4501


async def test_revoked_link_closes_its_sockets_and_no_others(live_server: LiveServer) -> None:
    order = live_server.order()
    links = f"/orders/{order['id']}/links"
    (first,) = live_server.listed(links)
    second = second_link(live_server, order["id"], {})
    async with viewer(live_server, order) as page, viewer(live_server, second) as other:
        ended = live_server.api.delete(f"/api/v1{links}/{first['id']}")
        assert ended.status_code in {200, 204}
        assert await page.ended(2) == 4503
        assert await other.so_far() == []
    for path in (f"/ws/client/{order['id']}", f"/ws/client/{order['trackingToken']}"):
        token = order["trackingToken"]
        assert await close_code(live_server, path, token) == (4503, "revoked", 0)
    other_order = live_server.order()
    path = f"/ws/client/{other_order['id']}"
    assert (await close_code(live_server, path, order["trackingToken"]))[0] == 4501


async def test_link_ends_at_its_time(live_server: LiveServer) -> None:
    order = live_server.order()
    end = datetime.now(UTC) + timedelta(seconds=2)
    link = second_link(live_server, order["id"], {"expiresAt": end.isoformat()})
    async with viewer(live_server, link) as page, viewer(live_server, order) as other:
        assert await page.ended(7) == 4504
        assert 0 <= (datetime.now(UTC) - end).total_seconds() < 5
        assert await other.so_far() == []
    for path in (f"/ws/client/{order['id']}", f"/ws/client/{link['trackingToken']}"):
        assert await close_code(live_server, path, link["trackingToken"]) == (4504, "expired", 0)
    async with line(live_server, "/ws/client", order["trackingToken"]) as page:
        wish = {"type": "subscribe", "orderId": order["id"], "token": link["trackingToken"]}
        await page.say(wish)
        error = await page.hear_kind("error")
        assert (error["code"], error["orderId"]) == ("expired", order["id"])


def second_link(server: LiveServer, order_id: str, body: Json) -> Json:
    """One more link of an order, in the form that `viewer` takes."""
    answer = server.api.post(f"/api/v1/orders/{order_id}/links", json=body)
    assert answer.status_code == 201, answer.text
    return {**answer.json(), "id": order_id}


async def test_staff_can_end_a_connection(live_server: LiveServer) -> None:
    made = live_server.driver()
    async with driver(live_server, made["token"]) as phone:
        (found,) = [
            each
            for each in live_server.listed("/connections")
            if each["actor"] and each["actor"]["id"] == made["id"]
        ]
        ended = live_server.api.delete(f"/api/v1/connections/{found['id']}")
        assert ended.status_code in {200, 204}
        assert 4000 <= await phone.ended(2) < 4500


# slow readers


async def test_slow_reader_is_cut_with_4008_while_the_others_miss_nothing(
    start_server: StartServer,
) -> None:
    server = start_server(ONTHEWAY_LIMIT_DRIVER_RATE="0")
    made = server.driver()
    order = server.order(made["id"])
    server.update(order["id"], "picked_up")
    with stalled(server, f"/ws/client/{order['trackingToken']}"):
        async with viewer(server, order) as page, driver(server, made["token"]) as phone:
            reading = asyncio.create_task(read_all(page))
            flood = Flood(phone, order["id"])
            deadline = time.monotonic() + 60
            while slow_codes(server) != [4008]:
                assert time.monotonic() < deadline, "the slow reader was not cut"
                await flood.batch()
            last = {"lat": 48.20001, "lng": 11.6, "orderId": order["id"]}
            assert (await phone.ask(last))["type"] == "ack"
            await eventually_async(lambda: page.heard[-1].get("lat") == 48.20001)
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading
            agents = [each["agent"] for each in server.listed("/connections")]
            assert "stalled" not in agents
            assert len(agents) == 2
    lngs = [m["lng"] for m in page.heard if m["type"] == "location_update"]
    assert lngs[:-1] == sorted(lngs[:-1])
    # One who keeps up gets every position: nothing was merged away for him.
    assert len(lngs) == flood.sent + 1


def slow_codes(server: LiveServer) -> list[int]:
    """The close codes of connections that are over."""
    items = server.listed("/activity", limit=100)
    return [e["detail"]["code"] for e in items if e["kind"] == "connection.closed"]


async def read_all(page: Line) -> None:
    """Keep up with everything."""
    with suppress(ConnectionClosed):
        while True:
            await page.hear(60)


@pytest.mark.parametrize("kind", ["driver", "viewer"])
async def test_connections_list_shows_who_is_there(live_server: LiveServer, kind: str) -> None:
    made = live_server.driver()
    order = live_server.order(made["id"])
    opening = driver(live_server, made["token"]) if kind == "driver" else viewer(live_server, order)
    wanted = made["id"] if kind == "driver" else order["id"]

    def ids() -> list[str]:
        found = live_server.listed("/connections")
        return [each["actor"]["id"] for each in found if each["actor"]]

    async with opening:
        assert wanted in ids()
    await eventually_async(lambda: wanted not in ids())
