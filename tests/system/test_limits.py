"""Limits of rate, number, size and patience: each answers in its own way, and hurts nobody else."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

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
from tests.system.stalled import ALIVE, BATCH, Flood, stalled

POINT = {"lat": 48.1, "lng": 11.5}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server with narrow limits; tests on it leave no socket open."""
    limits = {
        "ONTHEWAY_LIMIT_DRIVER_RATE": "1/30",
        "ONTHEWAY_LIMIT_SOCKETS_PER_LINK": "2",
        "ONTHEWAY_LIMIT_SOCKETS_PER_ADDRESS": "4",
        "ONTHEWAY_LIMIT_SIGNIN_ACCOUNT": "3/15m",
        "ONTHEWAY_LIMIT_SIGNIN_ADDRESS": "8/15m",
    }
    with LiveServer(tmp_path_factory.mktemp("strict") / "data", limits) as server:
        yield server


# rates


async def test_driver_over_his_rate_is_told_when_to_come_again_and_loses_nothing(
    strict: LiveServer,
) -> None:
    made, other = strict.driver(), strict.driver("Ben")
    waiting = {f"p-{n}": {**POINT, "id": f"p-{n}"} for n in range(60)}
    async with driver(strict, made["token"]) as phone, driver(strict, other["token"]) as calm:
        for point in waiting.values():
            await phone.say(point)
        answers: list[Any] = []
        while sum(answer["count"] for answer in answers) < 60:
            answers.append(await phone.hear())
        assert {answer["type"] for answer in answers} == {"ack", "retry"}
        acked = sum(answer["count"] for answer in answers if answer["type"] == "ack")
        assert 30 <= acked < 60
        assert (await calm.ask(POINT))["type"] == "ack"
        retries = [answer for answer in answers if answer["type"] == "retry"]
        assert all(r["count"] == len(r["ids"]) == 1 and r["afterMs"] > 0 for r in retries)
        again = [waiting[name] for retry in retries for name in retry["ids"]]
        answer, after = retries[-1], retries[-1]["afterMs"]
        deadline = time.monotonic() + 15
        while answer["type"] == "retry":
            assert time.monotonic() < deadline
            await asyncio.sleep(after / 1000)  # as it was told
            answer = await phone.ask({"type": "location_batch", "locations": again})
            after = answer.get("afterMs")
        assert (answer["type"], answer["ids"]) == ("ack", [point["id"] for point in again])
    assert len(strict.driver_positions(made["id"])) == 60


async def test_points_in_batches_count_a_tenth_and_statuses_are_limited_too(
    strict: LiveServer,
) -> None:
    made = strict.driver()
    order = strict.order(made["id"])
    points = [{**POINT, "id": f"p-{n}"} for n in range(200)]
    async with driver(strict, made["token"]) as phone:
        assert (await phone.ask({"type": "location_batch", "locations": points}))["count"] == 200
        for number in range(30):
            await phone.say({"type": "duty", "on": True, "id": f"d-{number}"})
        change = {"type": "status_update", "id": "s", "status": "picked_up", "orderId": order["id"]}
        await phone.say(change)
        found = {(a["ids"][0], a["type"]) for a in [await phone.hear() for _ in range(31)]}
        assert {(f"d-{n}", "ack") for n in range(10)} <= found
        assert {("d-29", "retry"), ("s", "retry")} <= found
        retry = await phone.ask({"type": "location_batch", "locations": points})
        assert (retry["type"], retry["count"]) == ("retry", 200)
        assert sorted(retry["ids"]) == sorted(str(point["id"]) for point in points)
    assert len(strict.events(order["id"])) == 1


def test_requests_over_the_rate_of_a_key_get_429_with_the_time_to_wait(
    start_server: StartServer,
) -> None:
    server = start_server(ONTHEWAY_LIMIT_API_RATE="2/5")
    with ThreadPoolExecutor(12) as pool:  # at once: however slow they are, they come together
        answers = list(pool.map(server.api.get, ["/api/v1/orders"] * 12))
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.status_code for answer in answers} == {200, 429}
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)
    assert {answer.json()["error"]["code"] for answer in refused} == {"too_many"}
    other = {"Authorization": f"Bearer {server.keys['viewer']}"}
    assert server.api.get("/api/v1/orders", headers=other).status_code == 200
    eventually(lambda: server.api.get("/api/v1/orders").status_code == 200)


def test_failed_sign_ins_slow_down_and_never_lock_out_for_good(strict: LiveServer) -> None:
    with httpx.Client(base_url=strict.url) as browser:

        def sign_in(name: str, password: str, **headers: str) -> httpx.Response:
            form = {"username": name, "password": password, "next": "/admin"}
            return browser.post("/login", data=form, headers=headers)

        tries = [sign_in("admin", "wrong-password") for _ in range(3)]
        assert {answer.status_code for answer in tries} == {401}
        refused = sign_in("admin", PASSWORD)
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 5
        assert "ontheway_session" not in browser.cookies
        assert sign_in("viewer", PASSWORD).status_code == 303
        eventually(lambda: sign_in("admin", PASSWORD).status_code == 303)
        # Now the address: whatever the name, and whatever it says of itself.
        for number in range(5):
            assert sign_in(f"nobody{number}", "wrong-password").status_code == 401
        assert sign_in("viewer", PASSWORD, **{"X-Forwarded-For": "203.0.113.9"}).status_code == 429
        eventually(lambda: sign_in("viewer", PASSWORD).status_code == 303)
    kinds = [e["kind"] for e in strict.listed("/activity")]
    assert kinds.count("login.failed") >= 10


async def test_storm_of_refused_tokens_is_cut_and_good_ones_go_on(strict: LiveServer) -> None:
    made = strict.driver()
    async with driver(strict, made["token"]) as phone:
        codes: set[int] = set()
        deadline = time.monotonic() + 60
        while codes != {4501, 4029}:
            assert codes <= {4501, 4029}
            assert time.monotonic() < deadline
            codes.add((await close_code(strict, "/ws/driver", NEVER))[0])
        assert (await phone.ask(POINT))["type"] == "ack"


# numbers


async def test_sockets_of_one_link_are_limited_and_others_still_connect(
    strict: LiveServer,
) -> None:
    order, other = strict.order(), strict.order()
    path = f"/ws/client/{order['trackingToken']}"
    await eventually_async(lambda: strict.listed("/connections") == [])
    async with viewer(strict, order):
        async with viewer(strict, order):
            assert await close_code(strict, path) == (4029, "too many sockets", 0)
            async with viewer(strict, other):
                pass
        # One left: there is room again.
        await eventually_async(lambda: len(strict.listed("/connections")) == 1)
        async with viewer(strict, order) as page:
            assert await page.so_far() == []


async def test_sockets_of_one_address_are_limited(strict: LiveServer) -> None:
    await eventually_async(lambda: strict.listed("/connections") == [])
    async with AsyncExitStack() as stack:
        for _ in range(4):
            await stack.enter_async_context(viewer(strict, strict.order()))
        order = strict.order()
        assert (await close_code(strict, f"/ws/client/{order['trackingToken']}"))[0] == 4029
        assert (await close_code(strict, "/ws/driver", strict.driver()["token"]))[0] == 4029
    await eventually_async(lambda: strict.listed("/connections") == [])
    async with viewer(strict, order):
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
        return code, 4 < time.monotonic() - begin < 20

    paths = ["/ws/driver", "/ws/client", f"/ws/client/{order['id']}", "/ws/client/nothing"]
    assert await asyncio.gather(*map(wait, paths)) == [(4501, True)] * 4


async def test_bad_subscriptions_alone_do_not_keep_a_socket_open(live_server: LiveServer) -> None:
    order = live_server.order()
    async with line(live_server, "/ws/client") as page:
        error = await page.ask({"type": "subscribe", "orderId": order["id"], "token": NEVER})
        assert error["code"] == "not_authenticated"
        assert await page.ended() == 4501


async def test_rotated_and_removed_drivers_are_closed_and_told_why(live_server: LiveServer) -> None:
    made = live_server.driver()
    drivers = f"/api/v1/drivers/{made['id']}"
    async with driver(live_server, made["token"]) as phone:
        new = live_server.api.post(f"{drivers}/token").json()["token"]
        assert await phone.ended() == 4503
        assert phone.socket.close_reason == "revoked"
    assert await close_code(live_server, "/ws/driver", made["token"]) == (4503, "revoked", 0)
    async with driver(live_server, new) as phone:
        assert (await phone.ask(POINT))["type"] == "ack"
        assert live_server.api.delete(drivers).status_code in {200, 204}
        assert await phone.ended() == 4503
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
        assert await page.ended() == 4503
        assert await other.so_far() == []
    for path in (f"/ws/client/{order['id']}", f"/ws/client/{order['trackingToken']}"):
        token = order["trackingToken"]
        assert await close_code(live_server, path, token) == (4503, "revoked", 0)
    other_order = live_server.order()
    path = f"/ws/client/{other_order['id']}"
    assert (await close_code(live_server, path, order["trackingToken"]))[0] == 4501


async def test_link_ends_at_its_time(live_server: LiveServer) -> None:
    order = live_server.order()
    end = datetime.now(UTC) + timedelta(seconds=4)
    link = second_link(live_server, order["id"], {"expiresAt": end.isoformat()})
    async with viewer(live_server, link) as page, viewer(live_server, order) as other:
        assert await page.ended() == 4504
        assert datetime.now(UTC) >= end
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
        assert 4000 <= await phone.ended() < 4500


# slow readers


async def test_slow_reader_is_cut_with_4008_while_the_others_miss_nothing(
    live_server: LiveServer,
) -> None:
    made = live_server.driver()
    order = live_server.order(made["id"])
    live_server.update(order["id"], "picked_up")
    with stalled(live_server, f"/ws/client/{order['trackingToken']}") as slow:
        async with viewer(live_server, order) as page, driver(live_server, made["token"]) as phone:
            reading = asyncio.create_task(read_all(page))
            flood = Flood(phone, order["id"])
            deadline = time.monotonic() + 90
            while end_codes(live_server, order["id"]) != [4008]:
                assert time.monotonic() < deadline, "the slow reader was not cut"
                await flood.batch()
                if flood.sent % (5 * BATCH) == 0:
                    with suppress(OSError):  # it is cut
                        slow.sendall(ALIVE)
            last = {"lat": 48.20001, "lng": 11.6, "orderId": order["id"]}
            assert (await phone.ask(last))["type"] == "ack"
            await eventually_async(lambda: page.heard[-1].get("lat") == 48.20001)
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading
            agents = [each["agent"] for each in live_server.listed("/connections")]
            assert "stalled" not in agents
    lngs = [m["lng"] for m in page.heard if m["type"] == "location_update"]
    assert lngs[:-1] == sorted(lngs[:-1])
    # One who keeps up gets every position: nothing was merged away for him.
    assert len(lngs) == flood.sent + 1


def end_codes(server: LiveServer, order_id: str) -> list[int]:
    """The close codes of this order's viewers who are gone."""
    items = server.api.get("/api/v1/activity", params={"limit": 100}).json()["items"]
    ended = [e for e in items if e["kind"] == "connection.closed"]
    return [e["detail"]["code"] for e in ended if e["actor"]["id"] == order_id]


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
