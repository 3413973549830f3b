"""Whatever a driver or a viewer sends: one typed answer each, the connection lives on."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as connect_sync

from app.protocol.driver import MAX_BATCH
from tests.live import LiveServer
from tests.system.lines import Json, Line, driver, line, staff, viewer

POINT: Final = {"type": "location_update", "id": "bad", "lat": 48.137, "lng": 11.575}
GOOD: Final = {"type": "location_update", "id": "good", "lat": 48.137, "lng": 11.575}
STATUS: Final = {"type": "status_update", "id": "bad", "status": "picked_up"}
FRAME: Final = 131_072
VIEWER_FRAME: Final = 4_096
ANY_TYPE: Final[list[Any]] = ["x", "", [], {}, True, [1], {"a": 1}]
NOT_NUMBERS: Final[list[Any]] = ["48.1", "", [], {}, True, False]

WRONG_VALUES: Final[dict[str, list[Any]]] = {
    "lat": [91, -90.0001, 1e308, None, *NOT_NUMBERS],
    "lng": [181, -180.0001, None, *NOT_NUMBERS],
    "recordedAt": ["yesterday", "2026-11-23", "2026-11-23T09:30:00", "", -5, 1e300, True, [], {}],
    "accuracy": [1e9, *NOT_NUMBERS],
    "speed": [-5, 1001, *NOT_NUMBERS],
    "heading": [720, -0.5, *NOT_NUMBERS],
    "altitude": [-1e6, 1e6, *NOT_NUMBERS],
    "battery": [1.5, -0.5, *NOT_NUMBERS],
    "orderId": ["", ".", "..", "a/b", "a b", "ä", "x" * 65, -1.5, True, [], {}, 10**70],
}
WRONG: Final = [(field, value) for field, values in WRONG_VALUES.items() for value in values]

FRAMES: Final[list[tuple[str | bytes, str]]] = [
    ("", "invalid_json"),
    (" ", "invalid_json"),
    ("not JSON", "invalid_json"),
    ('{"lat": 48.1', "invalid_json"),
    ('{"lat": NaN, "lng": 1}', "invalid_json"),
    ("null", "invalid_message"),
    ("17", "invalid_message"),
    ('"text"', "invalid_message"),
    ("true", "invalid_message"),
    ("[]", "invalid_message"),
    ('[{"lat": 48.1, "lng": 11.5}]', "invalid_message"),
    (b"\x00\x01\x02", "invalid_message"),
    (b"", "invalid_message"),
    (json.dumps(GOOD).encode(), "invalid_message"),
]


@pytest.fixture(scope="module")
def hired(live_server: LiveServer) -> Json:
    """A driver for all tests that leave nothing behind, with an order of his."""
    made = live_server.driver()
    return {**made, "orderId": live_server.order(made["id"])["id"]}


async def assert_lives(phone: Line) -> None:
    """Nothing else came, and the connection still answers."""
    assert await phone.so_far() == []


@pytest.mark.parametrize(("field", "value"), WRONG)
async def test_each_wrong_field_is_rejected_once_by_its_name(
    live_server: LiveServer, hired: Json, field: str, value: Any
) -> None:
    code = "invalid_coordinates" if field in {"lat", "lng"} else "invalid_field"
    async with driver(live_server, hired["token"]) as phone:
        reject = await phone.ask({**POINT, field: value})
        message = reject.pop("message")
        assert reject == {"type": "reject", "id": "bad", "code": code, "field": field}
        assert field in message
        await assert_lives(phone)
        batch = {"type": "location_batch", "locations": [{**POINT, field: value}, GOOD]}
        first, second = await phone.ask(batch), await phone.hear()
        assert (first["type"], first["index"], first["field"]) == ("reject", 0, field)
        assert second == {"type": "ack", "ids": ["good"], "count": 1}
        await assert_lives(phone)
    assert {item["id"] for item in live_server.driver_positions(hired["id"])} <= {"good"}


@pytest.mark.parametrize("value", [17, "", "x" * 65, "x" * 10_000, "a\0b", True, [], {}])
async def test_unusable_id_is_rejected_without_an_id(
    live_server: LiveServer, hired: Json, value: Any
) -> None:
    async with driver(live_server, hired["token"]) as phone:
        reject = await phone.ask({**POINT, "id": value})
        assert (reject["id"], reject["code"], reject["field"]) == (None, "invalid_field", "id")
        batch = {"type": "location_batch", "locations": [{**POINT, "id": value}]}
        reject = await phone.ask(batch)
        assert (reject["id"], reject["index"], reject["field"]) == (None, 0, "id")
        await assert_lives(phone)


@pytest.mark.parametrize("field", ["lat", "lng"])
async def test_missing_coordinate_is_rejected_by_its_name(
    live_server: LiveServer, hired: Json, field: str
) -> None:
    async with driver(live_server, hired["token"]) as phone:
        reject = await phone.ask({name: POINT[name] for name in POINT if name != field})
        assert (reject["code"], reject["field"]) == ("invalid_coordinates", field)
        await assert_lives(phone)


@pytest.mark.parametrize(("frame", "code"), FRAMES)
async def test_frame_that_is_no_json_object_is_rejected_whole(
    live_server: LiveServer, hired: Json, frame: str | bytes, code: str
) -> None:
    async with driver(live_server, hired["token"]) as phone:
        reject = await phone.ask(frame)
        assert (reject["type"], reject["id"], reject["code"]) == ("reject", None, code)
        await assert_lives(phone)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e309", "1e400", "01", "+1"])
async def test_number_that_is_none_is_rejected(
    live_server: LiveServer, hired: Json, number: str
) -> None:
    async with driver(live_server, hired["token"]) as phone:
        for field in ("lat", "speed"):
            body = json.dumps({"id": "bad", "lat": 1, "lng": 1, "speed": 1})
            body = body.replace(f'"{field}": 1', f'"{field}": {number}')
            reject = await phone.ask(body)
            assert reject["type"] == "reject"
            assert reject["code"] in {"invalid_json", "invalid_coordinates", "invalid_field"}
            await assert_lives(phone)


@pytest.mark.parametrize(
    "frame", ["[" * 60_000, '{"a":' * 20_000, '{"lat":48,"lng":11,"x":' + "[" * 50_000]
)
async def test_deep_nesting_is_rejected(live_server: LiveServer, hired: Json, frame: str) -> None:
    async with driver(live_server, hired["token"]) as phone:
        reject = await phone.ask(frame)
        assert reject["type"] == "reject"
        assert reject["code"] in {"invalid_json", "invalid_message"}
        await assert_lives(phone)


@pytest.mark.parametrize("kind", ["nonsense", "", "ack", "snapshot", 17, None, True, [], {}])
async def test_unknown_type_is_rejected(live_server: LiveServer, hired: Json, kind: Any) -> None:
    async with driver(live_server, hired["token"]) as phone:
        reject = await phone.ask({"type": kind, "id": "bad", "lat": 48.1, "lng": 11.5})
        assert (reject["type"], reject["id"]) == ("reject", "bad")
        assert reject["code"] == "unknown_type"
        await assert_lives(phone)


async def test_missing_and_foreign_orders_are_rejected_alike_and_foreign_ones_noted(
    live_server: LiveServer, hired: Json
) -> None:
    foreign = live_server.order(live_server.driver("Ben")["id"])["id"]
    missing = foreign[:-1] + "x"
    answers = []
    async with driver(live_server, hired["token"]) as phone:
        for order_id in (foreign, missing):
            reject = await phone.ask({**POINT, "orderId": order_id})
            answers.append({**reject, "message": reject["message"].replace(order_id, "")})
            reject = await phone.ask({**STATUS, "orderId": order_id})
            answers.append({**reject, "message": reject["message"].replace(order_id, "")})
        await assert_lives(phone)
    assert answers[:2] == answers[2:]
    assert {answer["code"] for answer in answers} == {"unknown_order"}
    assert live_server.positions(foreign) == []
    activity = live_server.api.get("/api/v1/activity", params={"limit": 500}).json()["items"]
    assert any(e["kind"] == "driver.refused" and e["subject"] == foreign for e in activity)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"status": "flying"}, "invalid_field", "status"),
        ({"status": 3}, "invalid_field", "status"),
        ({"status": None}, "invalid_field", "status"),
        ({"note": 5}, "invalid_field", "note"),
        ({"note": "x" * 5_000}, "invalid_field", "note"),
        ({"orderId": "a b"}, "invalid_field", "orderId"),
        ({"orderId": None}, "invalid_field", "orderId"),
        ({"status": "pending"}, "illegal_step", "status"),
        ({"status": "cancelled"}, "illegal_step", "status"),
    ],
)
async def test_wrong_status_update_is_rejected(
    live_server: LiveServer, hired: Json, change: Json, code: str, field: str
) -> None:
    async with driver(live_server, hired["token"]) as phone:
        reject = await phone.ask({**STATUS, "orderId": hired["orderId"], **change})
        assert (reject["type"], reject["id"]) == ("reject", "bad")
        assert (reject["code"], reject.get("field")) == (code, field)
        await assert_lives(phone)
    assert len(live_server.events(hired["orderId"])) == 1


@pytest.mark.parametrize("value", ["yes", 1, None, []])
async def test_wrong_duty_is_rejected(live_server: LiveServer, hired: Json, value: Any) -> None:
    async with driver(live_server, hired["token"]) as phone:
        reject = await phone.ask({"type": "duty", "id": "bad", "on": value})
        assert (reject["id"], reject["code"], reject["field"]) == ("bad", "invalid_field", "on")
        await assert_lives(phone)


@pytest.mark.parametrize("value", ["x", None, {}, 5])
async def test_batch_without_a_list_is_rejected_whole(
    live_server: LiveServer, hired: Json, value: Any
) -> None:
    async with driver(live_server, hired["token"]) as phone:
        reject = await phone.ask({"type": "location_batch", "locations": value})
        assert (reject["code"], reject["field"]) == ("invalid_field", "locations")
        assert "index" not in reject
        await assert_lives(phone)


async def test_batch_over_the_limit_is_rejected_whole_and_one_at_the_limit_is_taken(
    live_server: LiveServer,
) -> None:
    made = live_server.driver()
    points = [{"id": str(n), "lat": 48, "lng": 11} for n in range(MAX_BATCH + 1)]
    async with driver(live_server, made["token"]) as phone:
        reject = await phone.ask({"type": "location_batch", "locations": points})
        assert (reject["type"], reject["id"], reject["code"]) == ("reject", None, "too_many")
        await assert_lives(phone)
        assert live_server.driver_positions(made["id"]) == []
        ack = await phone.ask({"type": "location_batch", "locations": points[1:]})
        assert (ack["type"], ack["count"]) == ("ack", MAX_BATCH)


async def test_one_bad_point_never_fails_its_batch(live_server: LiveServer) -> None:
    made = live_server.driver()
    points: list[Any] = [{"id": str(n), "lat": 48, "lng": 11} for n in range(MAX_BATCH)]
    points[77] = {"id": "77", "lat": 48}
    points[78] = "no object"
    async with driver(live_server, made["token"]) as phone:
        first = await phone.ask({"type": "location_batch", "locations": points})
        second, ack = await phone.hear(), await phone.hear()
        assert [(r["id"], r["index"], r["code"]) for r in (first, second)] == [
            ("77", 77, "invalid_coordinates"),
            (None, 78, "invalid_message"),
        ]
        assert (ack["type"], ack["count"]) == ("ack", MAX_BATCH - 2)
        await assert_lives(phone)
    assert len(live_server.driver_positions(made["id"])) == MAX_BATCH - 2


async def test_frame_at_the_limit_is_taken_and_one_byte_more_is_answered_and_closed(
    live_server: LiveServer,
) -> None:
    made = live_server.driver()
    async with driver(live_server, made["token"]) as phone:
        assert (await phone.ask(padded(GOOD, FRAME)))["type"] == "ack"
        error = await phone.ask(padded({**GOOD, "id": "huge"}, FRAME + 1))
        assert (error["type"], error["code"]) == ("error", "too_large")
        assert str(FRAME) in error["message"].replace(",", "").replace("_", "")
        assert await phone.ended() == 1009
    assert [item["id"] for item in live_server.driver_positions(made["id"])] == ["good"]


async def test_huge_frame_of_a_viewer_is_answered_and_closed(live_server: LiveServer) -> None:
    order = live_server.order()
    async with viewer(live_server, order) as page:
        assert (await page.ask(padded({"type": "ping"}, VIEWER_FRAME)))["type"] == "pong"
        error = await page.ask(padded({"type": "ping"}, VIEWER_FRAME + 1))
        assert (error["type"], error["code"]) == ("error", "too_large")
        assert str(VIEWER_FRAME) in error["message"].replace(",", "").replace("_", "")
        assert await page.ended() == 1009


@pytest.mark.parametrize(("frame", "code"), FRAMES)
async def test_bad_frame_of_a_viewer_gets_one_error_and_the_socket_lives(
    live_server: LiveServer, frame: str | bytes, code: str
) -> None:
    order = live_server.order()
    async with viewer(live_server, order) as page:
        error = await page.ask(frame)
        assert error["type"] == "error"
        assert error["code"] in {code, "invalid_message"}
        await assert_lives(page)


@pytest.mark.parametrize(
    "message",
    [
        {"type": "nonsense"},
        {"type": "resume", "orderId": "ID", "epoch": "x", "seq": -1},
        {"type": "resume", "orderId": "ID", "epoch": "x", "seq": "7"},
        {"type": "resume", "orderId": "ID", "epoch": "x", "seq": 2**70},
        {"type": "resume", "orderId": "ID", "epoch": 5, "seq": 1},
        {"type": "resume", "orderId": "ID"},
        {"type": "resume", "orderId": "another", "epoch": "x", "seq": 1},
        {"type": "subscribe", "orderId": "another"},
        {"type": "unsubscribe", "orderId": "ID"},
    ],
)
async def test_wrong_message_of_a_viewer_gets_one_error_and_the_socket_lives(
    live_server: LiveServer, message: Json
) -> None:
    order = live_server.order()
    if message.get("orderId") == "ID":
        message = {**message, "orderId": order["id"]}
    async with viewer(live_server, order) as page:
        assert (await page.ask(message))["type"] == "error"
        await assert_lives(page)
        live_server.update(order["id"], "picked_up")
        assert (await page.hear())["status"] == "picked_up"


async def test_bad_subscriptions_are_answered_by_their_code_and_the_socket_lives(
    live_server: LiveServer,
) -> None:
    good, other = live_server.order(), live_server.order()
    async with line(live_server, "/ws/client") as page:
        wish = {"type": "subscribe", "orderId": good["id"], "token": good["trackingToken"]}
        assert (await page.ask(wish))["type"] == "snapshot"
        for change in ({"orderId": other["id"]}, {"orderId": "nobody-s"}, {"token": "nonsense"}):
            error = await page.ask({**wish, **change})
            assert (error["type"], error["code"]) == ("error", "not_authenticated")
            assert error["orderId"] == change.get("orderId", good["id"])
        await assert_lives(page)


async def test_nothing_that_is_refused_reaches_anybody(
    live_server: LiveServer, hired: Json
) -> None:
    async with staff(live_server, hired["orderId"]) as page:
        async with driver(live_server, hired["token"]) as phone:
            for frame, _ in FRAMES:
                await phone.ask(frame)
            await phone.ask({**POINT, "orderId": hired["orderId"], "lat": 91})
        assert await page.so_far() == []


def padded(message: Json, size: int) -> str:
    """The message as text of exactly this many bytes, by a field that nobody knows."""
    text = json.dumps({**message, "padding": ""})
    return json.dumps({**message, "padding": "x" * (size - len(text))})


# random messages: every point is answered exactly once, and nothing breaks the connection

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
fields = {
    "id": st.text(min_size=1, max_size=64) | json_values,
    "orderId": st.sampled_from(["MINE", "another", 1]) | json_values,
    "recordedAt": st.sampled_from(["2026-11-23T09:30:00Z", 1_700_000_000]) | json_values,
    "accuracy": st.floats(0, 50) | json_values,
    "speed": st.floats(-1, 30) | json_values,
    "heading": st.floats(0, 360) | json_values,
    "battery": st.floats(0, 1) | json_values,
}
points = st.fixed_dictionaries(
    {"lat": st.floats(-90, 90) | json_values, "lng": st.floats(-180, 180) | json_values},
    optional=fields,
)
statuses = st.fixed_dictionaries(
    {"type": st.just("status_update")},
    optional={
        "orderId": st.just("MINE") | json_values,
        "status": st.sampled_from(["picked_up", "in_transit", "pending"]) | json_values,
        "id": st.text(max_size=5) | json_values,
        "note": json_values,
    },
)
frames = st.one_of(
    points,
    points.map(lambda point: {**point, "type": "location_update"}),
    st.lists(points | json_values, min_size=1, max_size=12).map(
        lambda found: {"type": "location_batch", "locations": found}
    ),
    statuses,
    st.fixed_dictionaries({"type": st.just("duty"), "on": json_values.filter(lambda v: v is None)}),
    st.fixed_dictionaries({"type": json_values}),
    json_values,
    st.text(max_size=40),
    st.binary(max_size=40),
)


@pytest.fixture(scope="module")
def wild(live_server: LiveServer) -> Iterator[tuple[ClientConnection, Json]]:
    """A driver whose phone sends anything, and his order."""
    made = live_server.driver()
    order = live_server.order(made["id"])
    url = f"{live_server.ws}/ws/driver?token={made['token']}"
    with connect_sync(url, compression=None, proxy=None) as phone:
        assert json.loads(phone.recv(10))["type"] == "welcome"
        yield phone, {**made, "orderId": order["id"]}


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(frames, min_size=1, max_size=15))
def test_random_messages_get_exactly_one_answer_each(
    wild: tuple[ClientConnection, Json], messages: list[Any]
) -> None:
    phone, made = wild
    expected = 0
    pings = 0
    for message in messages:
        frame = as_frame(message, made["orderId"])
        phone.send(frame)
        count, is_ping = answers_due(frame)
        expected += count
        pings += is_ping
    # A position at the end: what is stored is stored in order, so no answer can be missing.
    phone.send('{"lat": 48.1, "lng": 11.5, "id": "the end"}')
    heard: Counter[str] = Counter()
    while heard["answers"] < expected + 1 or heard["pongs"] < pings:
        answer = json.loads(phone.recv(15))
        if answer["type"] == "ack" or answer["type"] == "retry":
            heard["answers"] += answer["count"]
        elif answer["type"] == "reject":
            heard["answers"] += 1
        elif answer["type"] == "pong":
            heard["pongs"] += 1
        else:
            assert answer["type"] == "status_update", answer
    assert (heard["answers"], heard["pongs"]) == (expected + 1, pings)
    phone.send('{"type": "ping"}')
    assert json.loads(phone.recv(15))["type"] in {"pong", "status_update"}


def as_frame(message: Any, order_id: str) -> str | bytes:
    """What goes over the wire; text and bytes as they are, half characters escaped."""
    if isinstance(message, bytes):
        return message
    if isinstance(message, str):
        return message.encode("utf-8", "replace").decode()
    return json.dumps(message).replace('"MINE"', json.dumps(order_id))


def answers_due(frame: str | bytes) -> tuple[int, bool]:
    """How many final answers a frame must get, and whether it is a ping; by the contract."""
    if isinstance(frame, bytes):
        return 1, False
    try:
        message = json.loads(frame)
    except (ValueError, RecursionError):
        return 1, False
    if not isinstance(message, dict) or "Infinity" in frame or "NaN" in frame:
        return 1, False
    if message.get("type") == "ping":
        return 0, True
    found = message.get("locations") if message.get("type") == "location_batch" else None
    return (len(found) if isinstance(found, list) else 1), False
