"""After a tunnel: every missed status, in order, exactly once; or the truth, said so."""

import asyncio
import random
from contextlib import suppress
from typing import Any, Final

import httpx
import pytest

from tests.conftest import StartServer
from tests.live import LiveServer
from tests.system.lines import Json, Line, eventually_async, line, viewer

FORTH: Final = ("picked_up", "in_transit", "arriving")
HOWS: Final = ("query", "link", "auth", "subscribe", "resume")


async def resumed(server: LiveServer, order: Json, how: str, epoch: str, seq: int) -> list[Json]:
    """Connect again in one of the ways; the snapshot that answers, and what follows at once."""
    token, order_id = order["trackingToken"], order["id"]
    since = {"orderId": order_id, "epoch": epoch, "seq": seq}
    query = f"?epoch={epoch}&seq={seq}"
    path = {
        "query": f"/ws/client/{order_id}{query}",
        "link": f"/ws/client/{token}{query}",
        "auth": f"/ws/client/{order_id}",
        "subscribe": "/ws/client",
        "resume": f"/ws/client/{order_id}",
    }[how]
    handshake = token if how in {"query", "resume"} else None
    async with line(server, path, handshake) as page:
        if how in {"auth", "subscribe"}:
            await page.say({"type": how, "token": token, **since})
        elif how == "resume":
            assert (await page.hear())["recovered"] is False
            page.heard.clear()
            await page.say({"type": "resume", **since})
        await page.hear()
        await page.so_far()
        return page.heard[:-1]


@pytest.mark.parametrize("how", HOWS)
async def test_missed_statuses_follow_the_snapshot_in_order(
    live_server: LiveServer, how: str
) -> None:
    order = live_server.order()
    async with viewer(live_server, order) as page:
        seen = page.heard[0]
    for status in FORTH:
        live_server.update(order["id"], status)
    snapshot, *missed = await resumed(live_server, order, how, seen["epoch"], seen["seq"])
    assert (snapshot["recovered"], snapshot["status"]) == (True, "arriving")
    assert snapshot["seq"] == seen["seq"] + 3
    assert [(m["type"], m["status"], m["seq"]) for m in missed] == [
        ("status_update", status, seen["seq"] + step) for step, status in enumerate(FORTH, 1)
    ]


@pytest.mark.parametrize("how", HOWS)
async def test_nothing_missed_is_recovered_without_history(
    live_server: LiveServer, how: str
) -> None:
    order = live_server.order()
    async with viewer(live_server, order) as page:
        seen = page.heard[0]
    found = await resumed(live_server, order, how, seen["epoch"], seen["seq"])
    assert [(m["type"], m["recovered"]) for m in found] == [("snapshot", True)]


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize(("epoch", "ahead"), [("another-epoch", 0), (None, 1), (None, 1000)])
async def test_impossible_resume_says_so_and_the_snapshot_is_the_truth(
    live_server: LiveServer, how: str, epoch: str | None, ahead: int
) -> None:
    order = live_server.order()
    live_server.update(order["id"], "picked_up")
    async with viewer(live_server, order) as page:
        seen = page.heard[0]
    found = await resumed(live_server, order, how, epoch or seen["epoch"], seen["seq"] + ahead)
    assert found == [{**seen, "recovered": False}]


@pytest.mark.parametrize(
    "query", ["?seq=1", "?epoch=x", "?epoch=&seq=", "?epoch=x&seq=-1", "?seq=z"]
)
async def test_half_or_broken_resume_in_the_query_is_a_plain_start(
    live_server: LiveServer, query: str
) -> None:
    order = live_server.order()
    async with viewer(live_server, order, query=query) as page:
        assert page.heard[0]["recovered"] is False
        assert await page.so_far() == []


async def test_resume_from_the_beginning_gives_the_whole_history(live_server: LiveServer) -> None:
    made = live_server.driver()
    order = live_server.order(made["id"])
    live_server.update(order["id"], "delivered")
    async with viewer(live_server, order) as page:
        epoch = page.heard[0]["epoch"]
        timeline = page.heard[0]["timeline"]
    _, *missed = await resumed(live_server, order, "query", epoch, 0)
    events = [(e["seq"], e["status"], e["at"]) for e in live_server.events(order["id"])]
    assert sorted(events) == [(m["seq"], m["status"], m["at"]) for m in missed]
    assert sorted(events) == [(s["seq"], s["status"], s["at"]) for s in timeline]
    assert [m["seq"] for m in missed] == list(range(1, len(missed) + 1))


async def test_resume_works_from_the_database_after_a_restart(start_server: StartServer) -> None:
    server = start_server()
    order = server.order()
    async with viewer(server, order) as page:
        seen = page.heard[0]
        server.update(order["id"], "picked_up")
        await page.hear()
        assert await asyncio.to_thread(server.stop) == 0
        assert await page.ended() in {1012, 4012}
    server.start()
    for how in HOWS:
        snapshot, *missed = await resumed(server, order, how, seen["epoch"], seen["seq"])
        assert (snapshot["recovered"], snapshot["epoch"]) == (True, seen["epoch"]), how
        assert [m["status"] for m in missed] == ["picked_up"]
    server.update(order["id"], "in_transit")
    _, *missed = await resumed(server, order, "query", seen["epoch"], seen["seq"])
    assert [m["status"] for m in missed] == ["picked_up", "in_transit"]


async def test_every_status_comes_exactly_once_to_a_viewer_who_is_cut_again_and_again(
    live_server: LiveServer,
) -> None:
    order = live_server.order()
    live_server.update(order["id"], "picked_up")
    chance = random.Random(3)
    async with viewer(live_server, order) as healthy, viewer(live_server, order) as page:
        first = page.heard[0]
        cut = Cut(first["epoch"], first["seq"])
        changing = asyncio.create_task(changes(live_server, order["id"], 120, cut))
        while not changing.done() or cut.seq < first["seq"] + 120:
            await cut.ride(live_server, order, chance)
        await changing
        expected = [e for e in live_server.events(order["id"]) if e["seq"] > first["seq"]]
        expected.sort(key=lambda event: event["seq"])
        assert [e["seq"] for e in expected] == list(range(first["seq"] + 1, first["seq"] + 121))
        assert cut.statuses == [(e["seq"], e["status"]) for e in expected]
        assert await statuses(healthy) == cut.statuses
    assert cut.rides > 20


class Cut:
    """A viewer whose line breaks: what he has been told, and where he is."""

    def __init__(self, epoch: str, seq: int) -> None:
        self.epoch, self.seq = epoch, seq
        self.statuses: list[tuple[int, str]] = []
        self.rides = 0

    async def ride(self, server: LiveServer, order: Json, chance: random.Random) -> None:
        """Connect where he was, hear for a moment, and be cut without a farewell."""
        path = f"/ws/client/{order['trackingToken']}?epoch={self.epoch}&seq={self.seq}"
        async with line(server, path) as page:
            snapshot = await page.hear()
            assert (snapshot["recovered"], snapshot["seq"] >= self.seq) == (True, True)
            with suppress(TimeoutError):
                async with asyncio.timeout(chance.uniform(0.0, 0.2)):
                    while True:
                        self.take(await page.hear())
            # What he did not read before the cut, he does not have.
            page.socket.transport.abort()
        self.rides += 1

    def take(self, message: Json) -> None:
        """One more message."""
        if message["type"] == "status_update":
            self.seq = message["seq"]
            self.statuses.append((message["seq"], message["status"]))


async def changes(server: LiveServer, order_id: str, count: int, cut: Cut) -> None:
    """So many changes of status, few in each ride of his."""
    headers = {"Authorization": f"Bearer {server.key}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=20) as api:
        for number in range(count):
            body = {"orderId": order_id, "status": FORTH[(number + 1) % 3], "force": True}
            answer = await api.post("/admin/update", json=body)
            assert answer.status_code == 200, answer.text
            await asyncio.sleep(0.05)
            await eventually_async(lambda due=number // 5: cut.rides >= due)  # type: ignore[misc]


async def statuses(page: Line) -> list[tuple[int, str]]:
    """All statuses that came so far."""
    found = [m for m in await page.so_far() if m["type"] == "status_update"]
    return [(m["seq"], m["status"]) for m in found]


async def test_concurrent_updates_get_contiguous_seqs_and_all_viewers_end_alike(
    live_server: LiveServer,
) -> None:
    order = live_server.order()
    live_server.update(order["id"], "picked_up")
    headers = {"Authorization": f"Bearer {live_server.key}"}
    limits = httpx.Limits(max_connections=4)

    async def alternate(api: httpx.AsyncClient, *pair: str) -> list[int]:
        found = []
        for number in range(25):
            body: dict[str, Any] = {"orderId": order["id"], "status": pair[number % 2]}
            answer = await api.post("/admin/update", json={**body, "force": True})
            assert answer.status_code == 200, answer.text
            found.append(answer.json()["seq"])
        return found

    async with viewer(live_server, order) as one, viewer(live_server, order) as other:
        seq = one.heard[0]["seq"]
        async with httpx.AsyncClient(
            base_url=live_server.url, headers=headers, timeout=20, limits=limits
        ) as api:
            left, right = await asyncio.gather(
                alternate(api, "in_transit", "arriving"), alternate(api, "assigned", "failed")
            )
        assert left == sorted(left)
        assert right == sorted(right)
        assert sorted(left + right) == list(range(seq + 1, seq + 51))
        heard = await statuses(one)
        assert heard == await statuses(other)
    assert [number for number, _ in heard] == list(range(seq + 1, seq + 51))
    events = sorted((e["seq"], e["status"]) for e in live_server.events(order["id"]))
    assert events[-50:] == heard


async def test_same_idempotency_key_is_one_event(live_server: LiveServer) -> None:
    order = live_server.order()
    body = {"orderId": order["id"], "status": "picked_up"}
    key = {"Idempotency-Key": order["id"]}
    async with viewer(live_server, order) as page:
        answers = [live_server.api.post("/admin/update", json=body, headers=key) for _ in range(3)]
        assert {answer.text for answer in answers} == {answers[0].text}
        assert len(await statuses(page)) == 1
    other = live_server.api.post("/admin/update", json={**body, "note": "x"}, headers=key)
    assert other.status_code == 409
