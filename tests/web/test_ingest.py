"""The door for phone apps: who gets in, what is answered, and that no queue is ever blocked."""

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.domain.access import SYSTEM
from app.domain.errors import OnthewayError, unavailable
from app.domain.limits import Rate
from app.domain.times import SECOND
from app.tracking import phones
from app.tracking.monitor import Connection
from app.tracking.records import Arrival
from app.web import ingest
from app.web.overheard import refusal_text
from tests.web.house import ELSEWHERE, HOST, House, open_house, point

FIX = "id=1&lat=48.1&lon=11.5&timestamp=1777622400"


async def hire(house: House, name: str = "Ana") -> tuple[str, str]:
    """A driver's id and token."""
    made = await house.services.fleet.create(name, None, None, SYSTEM)
    return made.driver.id, made.token


async def stored(house: House, driver_id: str) -> list[dict[str, Any]]:
    """All his positions."""
    admin = await house.client_for("admin")
    items: list[dict[str, Any]] = (
        await admin.get(f"/api/v1/drivers/{driver_id}/positions")
    ).json()["items"]
    return items


def code_of(answer: httpx.Response) -> str:
    """The code of a refusal, which has the one shape."""
    assert set(answer.json()) == {"error"}
    return str(answer.json()["error"]["code"])


async def test_a_wrong_and_an_ended_token_get_the_same_401(house: House) -> None:
    driver_id, token = await hire(house)
    await house.services.fleet.rotate(driver_id, SYSTEM)
    answers = [
        await house.nobody.get(f"/ingest/{wrong}?{FIX}") for wrong in ("x" * 32, token, "y" * 999)
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert code_of(answers[0]) == "not_authenticated"


async def test_a_rotated_token_ends_at_once_though_it_was_just_used(house: House) -> None:
    driver_id, token = await hire(house)
    assert (await house.nobody.get(f"/ingest/{token}?{FIX}")).status_code == 200
    made = await house.services.fleet.rotate(driver_id, SYSTEM)
    assert (await house.nobody.get(f"/ingest/{token}?{FIX}")).status_code == 401
    assert not house.services.hub.online(made.driver.num)
    assert (await house.nobody.get(f"/ingest/{made.token}?{FIX}")).status_code == 200
    await house.services.fleet.remove(driver_id, SYSTEM)
    assert (await house.nobody.get(f"/ingest/{made.token}?{FIX}")).status_code == 401


async def test_bytes_of_no_known_format_are_refused_and_others_never(house: House) -> None:
    _, token = await hire(house)
    for body in (b"[]", b"{", b'{"a": 1}', b"\xff\xfe", b"a=b"):
        answer = await house.nobody.post(f"/ingest/{token}", content=body)
        assert (answer.status_code, code_of(answer)) == (400, "bad_request")
    assert (await house.nobody.put(f"/ingest/{token}", content=b"x")).status_code == 405
    assert (await house.nobody.get(f"/ingest/{token}/x")).status_code == 404


async def test_a_body_over_the_limit_is_refused_packed_or_not(tmp_path: Path) -> None:
    async with open_house(tmp_path / "data", limit_ingest_body_bytes=2_000) as house:
        _, token = await hire(house)
        large = b'{"_type":"lwt","x":"' + b"a" * 2_000 + b'"}'
        for body, headers in (
            (large, {}),
            (gzip.compress(large), {"Content-Encoding": "gzip"}),
            (gzip.compress(b" " * 50_000_000), {"Content-Encoding": "gzip"}),
        ):
            answer = await house.nobody.post(f"/ingest/{token}", content=body, headers=headers)
            assert (answer.status_code, code_of(answer)) == (413, "too_large")


async def test_packed_bodies_are_read(house: House) -> None:
    driver_id, token = await hire(house)
    packers: list[tuple[str, Callable[[bytes], bytes]]]
    packers = [("gzip", gzip.compress), ("deflate", zlib.compress)]
    for second, (name, pack) in enumerate(packers):
        message = {"_type": "location", "lat": 48.1, "lon": 11.5, "tst": 1_777_622_400 + second}
        body = pack(json.dumps(message).encode())
        headers = {"Content-Encoding": name}
        answer = await house.nobody.post(f"/ingest/{token}", content=body, headers=headers)
        assert answer.content == b"[]"
        broken = await house.nobody.post(f"/ingest/{token}", content=body[:-9], headers=headers)
        assert broken.status_code == 400
    assert len(await stored(house, driver_id)) == 2


async def test_a_large_batch_is_taken_whole(house: House) -> None:
    driver_id, token = await hire(house)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [11.5, 48 + second / 1e5]},
            "properties": {"timestamp": 1_777_622_400 + second, "filler": "x" * 100},
        }
        for second in range(1_000)
    ]
    answer = await house.nobody.post(f"/ingest/{token}", json={"locations": features})
    assert answer.content == b'{"result":"ok"}'
    driver = await house.services.store.drivers.get(driver_id)
    found, _ = await house.services.store.positions.of_driver(driver.num, None, None, None, 5_000)
    assert len(found) == 1_000


async def test_over_the_rate_it_is_503_with_the_time_to_wait(tmp_path: Path) -> None:
    async with open_house(tmp_path / "data", limit_driver_rate=Rate(1, 2)) as house:
        _, token = await hire(house)
        answers = [
            await house.nobody.get(f"/ingest/{token}?id=1&lat=1&lon=1&timestamp={second}")
            for second in range(3)
        ]
        assert [answer.status_code for answer in answers] == [200, 200, 503]
        assert int(answers[-1].headers["retry-after"]) >= 1


async def test_too_many_wrong_tokens_are_told_to_come_again(house: House) -> None:
    house.services.phone_door.refusals._rate = Rate(1, 3)
    answers = [await house.nobody.get(f"/ingest/{'x' * 30}{n}?{FIX}") for n in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 3 + [503] * 3


async def test_a_blocked_token_and_a_blocked_address_come_again(house: House) -> None:
    driver_id, token = await hire(house)
    actor = (await house.services.fleet.identify(token, None))[1]
    connection = Connection("c", "driver", None, None, None, 0, actor)  # type: ignore[arg-type]
    house.services.monitor.block_token(connection, driver_id, 600, SYSTEM)
    answer = await house.nobody.get(f"/ingest/{token}?{FIX}")
    assert (answer.status_code, code_of(answer)) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) > 590


async def test_what_cannot_be_stored_is_503_and_osmand_waits_for_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = await hire(house)

    def full(arrival: Arrival) -> None:
        arrival.failure = unavailable()
        arrival.done(arrival)

    monkeypatch.setattr(house.services.store.positions, "record", full)
    held: list[float] = []
    sleep = asyncio.sleep

    async def hold(seconds: float) -> None:
        held.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", hold)
    for query, holds in (
        (FIX, []),
        ("app=osmand&lat=1&lon=1&timestamp=1777622400000", [ingest.HOLD_SECONDS]),
    ):
        answer = await house.nobody.get(f"/ingest/{token}?{query}")
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) >= 1
        assert held == holds


async def test_useless_messages_get_success_and_are_counted(house: House) -> None:
    driver_id, token = await hire(house)
    answers = [
        await house.nobody.get(f"/ingest/{token}?id=1&lat=99&lon=11&timestamp=1"),
        await house.nobody.get(f"/ingest/{token}?id=1&lat=&lon=%LON"),
        await house.nobody.post(f"/ingest/{token}", json={"_type": "encrypted", "data": "x"}),
    ]
    assert {answer.status_code for answer in answers} == {200}
    live = house.services.board.driver_by_id(driver_id)
    assert live is not None
    assert live.report is not None
    assert live.report.unused == 3
    assert "encrypted" in str(live.report.verdict)
    assert await stored(house, driver_id) == []


async def test_off_duty_nothing_is_recorded_and_the_app_goes_on(house: House) -> None:
    driver_id, token = await hire(house)
    driver = await house.services.store.drivers.get(driver_id)
    await house.services.fleet.set_duty(driver.num, False, SYSTEM)
    answer = await house.nobody.get(f"/ingest/{token}?id=1&lat=48&lon=11")
    assert answer.status_code == 200
    assert await stored(house, driver_id) == []
    live = house.services.board.drivers[driver.num]
    assert live.report is not None
    assert live.report.verdict == "not recorded: off duty"


async def test_without_a_time_the_same_within_a_minute_is_a_repeat(house: House) -> None:
    driver_id, token = await hire(house)
    clock = [0.0]
    house.services.phone_door.monotonic = lambda: clock[0]
    for moment in (0.0, 30.0, 61.0):
        clock[0] = moment
        answer = await house.nobody.get(f"/ingest/{token}?id=1&lat=48&lon=11&speed=3")
        assert answer.status_code == 200
    assert len(await stored(house, driver_id)) == 2


async def test_the_same_place_twice_at_once_is_stored_once(house: House) -> None:
    driver_id, token = await hire(house)
    query = "id=1&lat=48&lon=11&speed=3"
    answers = await asyncio.gather(
        *(house.nobody.get(f"/ingest/{token}?{query}") for _ in range(5))
    )
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len(await stored(house, driver_id)) == 1


async def test_what_is_remembered_of_places_without_a_time_is_bounded(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phones, "MOST_KNOWN", 700)
    driver_id, token = await hire(house)
    places = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [11 + n / 10_000, 48]},
            "properties": {},
        }
        for n in range(1_200)
    ]
    body = json.dumps({"locations": places})
    assert (await house.nobody.post(f"/ingest/{token}", content=body)).status_code == 200
    assert len(house.services.phone_door._untimed) == 700
    driver = house.services.board.driver_by_id(driver_id)
    assert driver is not None
    found, _ = await house.services.store.positions.of_driver(
        driver.driver.num, None, None, None, 2_000
    )
    assert len(found) == 1_200


async def test_nobody_without_a_token_is_read_to_the_end(house: House) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b"{"
        raise AssertionError("the rest was asked for")

    answer = await house.nobody.post(f"/ingest/{'x' * 32}", content=endless())
    assert answer.status_code == 401


async def test_a_place_at_zero_never_moves_the_marker(house: House) -> None:
    driver_id, token = await hire(house)
    for second in range(3):
        query = f"id=1&lat=0&lon=0&timestamp={1_777_622_400 + 60 * second}"
        assert (await house.nobody.get(f"/ingest/{token}?{query}")).status_code == 200
    live = house.services.board.driver_by_id(driver_id)
    assert live is not None
    assert live.marker is None
    assert [item["flags"] for item in await stored(house, driver_id)] == [["inaccurate"]] * 3


async def test_a_driver_with_an_app_is_online_until_it_is_silent(house: House) -> None:
    driver_id, token = await hire(house)
    services = house.services
    clock = [0.0]
    services.phone_door.monotonic = lambda: clock[0]
    num = (await services.store.drivers.get(driver_id)).num
    told: list[tuple[str, int]] = []
    services.board.watch(lambda kind, which: told.append((kind, which)))
    await house.nobody.post(f"/ingest/{token}", content=b"id=1&timestamp=1777622400&batt=9")
    assert services.hub.online(num)
    assert services.hub.drivers_online() == 1
    assert ("driver", num) in told
    told.clear()
    clock[0] = 299.0
    services.phone_door.tick()
    assert services.hub.online(num)
    clock[0] = 301.0
    services.phone_door.tick()
    assert not services.hub.online(num)
    assert told == [("driver", num)]
    assert await stored(house, driver_id) == []


async def test_the_same_order_is_shown_live_as_from_the_socket(house: House) -> None:
    driver_id, token = await hire(house)
    admin = await house.client_for("admin")
    await admin.post("/api/v1/orders", json={"id": "A1", "driverId": driver_id})
    await house.nobody.get(f"/ingest/{token}?id=1&lat=48.1&lon=11.5&batt=80")
    live = house.services.board.order_by_id("A1")
    assert live is not None
    assert live.marker is not None
    assert (live.marker.lat, live.marker.battery) == (48.1, 0.8)


async def test_a_question_and_a_wish_ride_on_the_answer(house: House) -> None:
    driver_id, token = await hire(house)
    where = {"_type": "location", "lat": 48.1, "lon": 11.5, "tst": house.services.now() // SECOND}
    answer = await house.nobody.post(f"/ingest/{token}", json=where)
    assert answer.content == b"[]"
    assert not house.services.reporting.ask(driver_id, SYSTEM)
    answer = await house.nobody.post(f"/ingest/{token}", json=where)
    assert answer.headers["content-type"] == "application/json"
    assert "no-store" in answer.headers["cache-control"]
    assert [one["action"] for one in answer.json()] == ["setConfiguration", "reportLocation"]


async def test_what_a_phone_sends_and_gets_is_seen_raw_without_secrets(house: House) -> None:
    driver_id, token = await hire(house)
    num = (await house.services.store.drivers.get(driver_id)).num
    view = house.services.monitor.watch(num, "Ana", SYSTEM)

    async def seen(query: str = "", body: bytes = b"", **headers: str) -> list[tuple[str, str]]:
        before = view.count
        url = f"/ingest/{token}{query}"
        await house.nobody.request("POST", url, content=body, headers=headers)
        return [(line.way.value, line.text) for line in view.after(before)]

    basic = {"Authorization": "Basic YW5hOng=", "Content-Type": "text/plain"}
    asked, why, answered = await seen("?token=abc&u=ana", b'{"_type":"lwt","tst":1}', **basic)
    assert asked[0] == "in"
    assert asked[1].startswith("POST /ingest/[hidden]?token=[hidden]&u=ana (text/plain, python-")
    assert asked[1].endswith('{"_type":"lwt","tst":1}')
    assert why[0] == "note"
    assert why[1].startswith("Not used: ")
    assert answered == ("out", "200 []")
    packed = gzip.compress(b"id=1&notificationToken=s3cr3t")
    asked, why, answered = await seen(body=packed, **{"Content-Encoding": "gzip"})
    assert asked[1].endswith("id=1&notificationToken=[hidden]")
    assert answered == ("out", "200")
    for wrong, told in ((b"x", "cannot be unpacked"), (gzip.compress(bytes(2**21)), "too large")):
        asked, answered = await seen(body=wrong, **{"Content-Encoding": "gzip"})
        assert told in asked[1]
        assert answered[1].startswith(("400 ", "413 "))
    (refused,) = await seen(body=bytes(2**21))
    assert refused[1].startswith("413 A body may have")
    assert refusal_text(unavailable()).endswith("at the moment. Again after 2 s.")
    await house.services.fleet.set_duty(num, False, SYSTEM)
    _, why, answered = await seen("?id=1&lat=48.1&lon=11.5")
    assert (why, answered[1][:3]) == (("note", "Not recorded: off duty"), "200")
    await house.services.fleet.rotate(driver_id, SYSTEM)
    assert await seen("?id=1&lat=48.1&lon=11.5") == [
        ("note", "A request was refused: its token was ended")
    ]
    view.stop()
    assert await seen(f"?{FIX}") == []


async def test_a_late_fix_of_an_app_goes_to_history_alone(house: House) -> None:
    driver_id, token = await hire(house)
    await house.drive(driver_id, point(48.2, 11.5, at=1_777_622_500))
    assert (await house.nobody.get(f"/ingest/{token}?{FIX}")).status_code == 200
    live = house.services.board.driver_by_id(driver_id)
    assert live is not None
    assert live.marker is not None
    assert live.marker.lat == 48.2
    assert [item["flags"] for item in await stored(house, driver_id)] == [["late"], []]


async def test_a_person_who_opens_the_code_sees_a_page_and_nothing_is_stored(house: House) -> None:
    driver_id, token = await hire(house)
    query = "id=Ana%20%3Cb%3E&accuracy=high&interval=10&distance=10"
    headers = {"Accept": "text/html,application/xhtml+xml"}
    answer = await house.nobody.get(f"/ingest/{token}?{query}", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-store"
    assert "org.traccar.client://config?url=http%3A%2F%2Ftrack.example.com" in answer.text
    assert "&amp;interval=10" in answer.text
    typed = "app=osmand&lat=%7B0%7D&lon=%7B1%7D&timestamp=%7B2%7D"
    pasted = await house.nobody.get(f"/ingest/{token}?{typed}", headers=headers)
    assert f"/ingest/{token}?app=osmand&amp;lat={{0}}&amp;lon={{1}}" in pasted.text
    wrong = await house.nobody.get(f"/ingest/{'x' * 32}?{query}", headers=headers)
    assert wrong.status_code == 401
    live = house.services.board.driver_by_id(driver_id)
    assert live is not None
    assert live.report is None
    # The same address with a place is a phone, whatever it accepts.
    assert (await house.nobody.get(f"/ingest/{token}?{FIX}", headers=headers)).content == b""


async def test_gpslogger_fetches_its_settings_with_the_token(house: House) -> None:
    _, token = await hire(house)
    answer = await house.nobody.get(f"/ingest/{token}/driver.properties")
    assert f"log_customurl_url={HOST}/ingest/{token}?app=gpslogger&lat=%LAT" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert (await house.nobody.get("/ingest/nobody/driver.properties")).status_code == 401


async def test_answers_are_safe_for_browsers_and_kept_by_nobody(house: House) -> None:
    _, token = await hire(house)
    for query in (FIX, "nothing"):
        headers = (await house.nobody.get(f"/ingest/{token}?{query}")).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["referrer-policy"] == "strict-origin"


async def test_a_fault_of_ours_is_told_in_general_words(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, token = await hire(house)

    async def broken(*_: Any) -> None:
        raise ValueError(token)

    monkeypatch.setattr(type(house.services.phone_door), "take", broken)
    answer = await house.nobody.get(f"/ingest/{token}?{FIX}")
    assert (answer.status_code, code_of(answer)) == (500, "internal")
    assert token not in answer.text
    capsys.readouterr()


async def test_the_address_behind_a_believed_proxy_is_the_one_that_counts(tmp_path: Path) -> None:
    async with open_house(tmp_path / "data", proxies=frozenset({ELSEWHERE[0]})) as house:
        _, token = await hire(house)
        house.services.monitor.block_address("192.0.2.9", 600, SYSTEM)
        proxy = ELSEWHERE[0]
        seen = (["192.0.2.9"], 503), (["192.0.2.8"], 200), (["192.0.2.9", proxy], 503)
        for addresses, status in seen:
            headers = [("X-Forwarded-For", address) for address in addresses]
            answer = await house.nobody.get(f"/ingest/{token}?{FIX}", headers=headers)
            assert answer.status_code == status


async def test_a_look_up_that_fails_is_a_reason_to_come_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = await hire(house)

    async def down(*_: Any) -> None:
        raise unavailable()

    monkeypatch.setattr(house.services.store.drivers, "find_token", down)
    answer = await house.nobody.get(f"/ingest/{token}?{FIX}")
    assert (answer.status_code, code_of(answer)) == (503, "unavailable")


async def test_a_driver_removed_on_the_way_is_refused(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = await hire(house)

    def gone(arrival: Arrival) -> None:
        arrival.failure = OnthewayError("revoked", "This driver was removed.")
        arrival.done(arrival)

    monkeypatch.setattr(house.services.store.positions, "record", gone)
    assert (await house.nobody.get(f"/ingest/{token}?{FIX}")).status_code == 401
