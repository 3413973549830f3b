"""Proof from a driver's phone: by his token, for his own orders, whatever the bytes claim to be."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from io import BytesIO
from typing import IO, Any

import httpx
import pytest

from app.domain.access import SYSTEM, Actor, Kind
from app.domain.errors import unavailable
from app.domain.order import Status
from app.domain.proof import Proof
from app.domain.times import DAY, MINUTE, format_time, parse_time
from app.storage.proof_files import IN_MEMORY, ProofFiles
from app.web.uploads import DRIVER_UPLOADS, UPLOADS, Uploads
from tests.storage.slow_files import slow_files
from tests.storage.test_pictures import HOSTILE, opened, photo, signature
from tests.storage.town import refused
from tests.web.house import House, point

Json = dict[str, Any]


class Courier:
    """A driver with an order A1, whose door is at 48 north, 11 east."""

    def __init__(self, house: House, made: Json) -> None:
        self.id: str = made["id"]
        self.client = house.client(headers={"Authorization": f"Bearer {made['token']}"})

    async def raw(self, body: bytes, order: str = "A1", **query: str) -> httpx.Response:
        """A bare picture."""
        return await self.client.post(f"/drive/proof/{order}", params=query, content=body)

    async def form(
        self, order: str = "A1", file: bytes | None = None, **fields: str
    ) -> httpx.Response:
        """A form."""
        files = None if file is None else {"file": ("photo.html", file, "text/html")}
        return await self.client.post(f"/drive/proof/{order}", data=fields, files=files)


@pytest.fixture
async def ana(house: House, admin: httpx.AsyncClient) -> Courier:
    """The driver of A1."""
    courier = Courier(house, (await admin.post("/api/v1/drivers", json={"name": "Ana"})).json())
    door = {"lat": 48.0, "lng": 11.0}
    body = {"id": "A1", "driverId": courier.id, "destination": door}
    assert (await admin.post("/api/v1/orders", json=body)).status_code == 201
    return courier


@pytest.fixture
async def ben(house: House, admin: httpx.AsyncClient) -> Courier:
    """A driver without orders."""
    return Courier(house, (await admin.post("/api/v1/drivers", json={"name": "Ben"})).json())


def refusal(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Status, code and field of a refusal."""
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("field")


async def code_of(house: House) -> str:
    """What the customer of A1 shows."""
    return house.services.proofs.code_of(await house.services.store.orders.get("A1"))


async def test_every_way_to_send_proof_ends_in_the_same_list(ana: Courier, house: House) -> None:
    bare = await ana.raw(photo(), kind="photo", id="u-1")
    assert bare.status_code == 201, bare.text
    assert set(bare.json()) == {"id", "orderId", "kind", "at", "metres"}
    form = await ana.form(file=signature(), kind="signature", id="u-2")
    assert form.status_code == 201, form.text
    coded = await ana.form(kind="code", code=await code_of(house))
    assert coded.status_code == 201, coded.text
    viewer = await house.client_for("viewer")
    listed = (await viewer.get("/api/v1/orders/A1/proof")).json()
    assert [one["kind"] for one in listed["items"]] == ["photo", "signature", "code"]
    assert [one["driverId"] for one in listed["items"]] == [ana.id] * 3
    photographed, signed, matched = listed["items"]
    assert matched["url"] is None
    for one, form_name in ((photographed, "JPEG"), (signed, "PNG")):
        answer = await viewer.get(one["url"])
        assert opened(answer.content).format == form_name
        assert answer.headers["content-type"] == f"image/{form_name.lower()}"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-security-policy"].endswith("sandbox")
    assert refusal(await viewer.get("/api/v1/orders/A1/proof/nothing"))[:2] == (404, "not_found")
    assert (await viewer.get(f"/api/v1/orders/A1/proof/{matched['id']}")).status_code == 404


async def test_an_app_may_repeat_until_it_has_an_answer(
    ana: Courier, admin: httpx.AsyncClient
) -> None:
    first = await ana.raw(photo(), kind="photo", id="u-1")
    again = await ana.raw(photo("PNG"), kind="photo", id="u-1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert len((await admin.get("/api/v1/orders/A1/proof")).json()["items"]) == 1


async def test_the_distance_is_that_of_the_moment(ana: Courier, house: House) -> None:
    now = house.services.now() // 1_000_000
    await house.drive(ana.id, point(48.01, 11.0, at=now - 600), point(48.0001, 11.0, at=now - 500))
    await house.drive(ana.id, point(48.02, 11.0, at=now - 60))
    fresh = await ana.raw(photo(), kind="photo")
    assert fresh.json()["metres"] == pytest.approx(2223.9, abs=1)
    at = format_time((now - 480) * 1_000_000)
    at_the_door = await ana.raw(photo(), kind="photo", at=at)
    assert at_the_door.json()["metres"] == pytest.approx(11.1, abs=0.1)
    assert at_the_door.json()["at"] == at
    nobody_knows = await ana.raw(photo(), kind="photo", at=str(now - 3_000))
    assert nobody_knows.json()["metres"] is None


async def test_only_drivers_get_in_and_only_to_their_own_orders(
    house: House, ana: Courier, ben: Courier, admin: httpx.AsyncClient
) -> None:
    url, body = "/drive/proof/A1?kind=photo", photo()
    strangers = [house.nobody, admin, house.client(headers={"Authorization": "Bearer nonsense"})]
    strangers.append(await house.browser("admin"))
    link = (await admin.post("/api/v1/orders", json={"id": "B1"})).json()["trackingToken"]
    strangers.append(house.client(headers={"Authorization": f"Bearer {link}"}))
    for client in strangers:
        answer = await client.post(url, content=body)
        assert refusal(answer)[:2] == (401, "not_authenticated")
    for order in ("A1", "A9", "B1", "%00", "a b"):
        answer = await ben.raw(body, order, kind="photo")
        assert refusal(answer) == (404, "unknown_order", "orderId"), order
    await admin.post(f"/api/v1/drivers/{ana.id}/token")
    assert refusal(await ana.raw(body, kind="photo"))[:2] == (410, "revoked")
    assert (await admin.get("/api/v1/orders/A1/proof")).json()["items"] == []


async def test_an_order_that_is_given_away_is_his_no_more(
    ana: Courier, ben: Courier, admin: httpx.AsyncClient
) -> None:
    await admin.post("/api/v1/orders/A1/assign", json={"driverId": ben.id})
    assert refusal(await ana.raw(photo(), kind="photo"))[1] == "unknown_order"
    assert (await ben.raw(photo(), kind="photo")).status_code == 201
    await admin.post("/admin/update", json={"orderId": "A1", "status": "cancelled"})
    assert refusal(await ben.raw(photo(), kind="photo"))[:2] == (409, "illegal_step")


async def test_codes_are_not_guessed(ana: Courier, house: House) -> None:
    right = await code_of(house)
    wrong = [f"{(int(right) + n) % 10_000:04}" for n in range(1, 7)]
    for each in ("", "12", "12345", "\uff11\uff12\uff13\uff14", "abcd"):
        assert refusal(await ana.form(kind="code", code=each)) == (422, "invalid_field", "code")
    for each in wrong[:5]:
        assert refusal(await ana.form(kind="code", code=each)) == (422, "invalid_field", "code")
    answer = await ana.form(kind="code", code=wrong[5])
    assert refusal(answer)[:2] == (429, "too_many")
    assert int(answer.headers["Retry-After"]) >= 1
    assert (await ana.form(kind="code", code=right)).status_code == 429, "not even the right one"


async def test_what_is_no_picture_is_refused_whatever_it_is_called(ana: Courier) -> None:
    for name, made in HOSTILE.items():
        answer = await ana.raw(made(), kind="photo")
        assert refusal(answer) == (422, "invalid_field", "file"), name
    for name in ("svg", "html", "bomb"):
        answer = await ana.form(file=HOSTILE[name](), kind="signature")
        assert refusal(answer) == (422, "invalid_field", "file"), name


WRONG: list[tuple[dict[str, str], str]] = [
    ({}, "kind"),
    ({"kind": "video"}, "kind"),
    ({"kind": "photo", "id": ""}, "id"),
    ({"kind": "photo", "id": "x" * 65}, "id"),
    ({"kind": "photo", "at": "yesterday"}, "at"),
    ({"kind": "photo", "at": "9" * 16}, "at"),
    ({"kind": "code"}, "code"),
]


async def test_a_wrong_clock_loses_no_photo(ana: Courier, house: House) -> None:
    before = house.services.now()
    for number, away in enumerate((3_600 * 1_000_000, DAY + MINUTE, -DAY - MINUTE, -before)):
        at = format_time(before + away)
        answer = await ana.raw(photo(), kind="photo", id=f"u-{number}", at=at)
        assert answer.status_code == 201, at
        assert before // 1_000 <= parse_time(answer.json()["at"]) // 1_000
        assert parse_time(answer.json()["at"]) <= house.services.now()


async def test_an_id_is_not_used_again_for_another_order(
    ana: Courier, admin: httpx.AsyncClient
) -> None:
    await admin.post("/api/v1/orders", json={"id": "A2", "driverId": ana.id})
    assert (await ana.raw(photo(), kind="photo", id="u-1")).status_code == 201
    answer = await ana.raw(photo(), "A2", kind="photo", id="u-1")
    assert refusal(answer) == (409, "conflict", "id")


async def test_one_driver_does_not_take_the_room_of_all(
    ana: Courier, ben: Courier, admin: httpx.AsyncClient
) -> None:
    await admin.post("/api/v1/orders", json={"id": "B1", "driverId": ben.id})
    end, waiting = asyncio.Event(), asyncio.Semaphore(0)

    async def trickle() -> AsyncIterator[bytes]:
        yield photo()
        waiting.release()
        await end.wait()

    slow = [
        asyncio.create_task(ana.client.post("/drive/proof/A1?kind=photo", content=trickle()))
        for _ in range(DRIVER_UPLOADS)
    ]
    for _ in slow:
        await waiting.acquire()
    assert refusal(await ana.raw(photo(), kind="photo"))[:2] == (429, "too_many")
    assert (await ben.raw(photo(), "B1", kind="photo")).status_code == 201
    end.set()
    assert [answer.status_code for answer in await asyncio.gather(*slow)] == [201, 201]
    assert (await ana.raw(photo(), kind="photo")).status_code == 201


async def test_a_body_counts_until_its_picture_is_kept(
    ana: Courier, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    adding, end = asyncio.Semaphore(0), asyncio.Event()

    async def slow(*_: object, **__: object) -> None:
        adding.release()
        await end.wait()
        raise unavailable()

    with monkeypatch.context() as patch:
        patch.setattr(house.services.proofs, "add", slow)
        waiting = [
            asyncio.create_task(ana.raw(photo(), kind="photo")) for _ in range(DRIVER_UPLOADS)
        ]
        for _ in waiting:
            await adding.acquire()
        assert (await ana.raw(photo(), kind="photo")).status_code == 429
        end.set()
        assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [503, 503]
    assert (await ana.raw(photo(), kind="photo")).status_code == 201


async def test_a_large_body_fills_no_memory_and_a_full_disk_is_no_fault(
    ana: Courier, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, came = b"x" * (IN_MEMORY + 1), []

    async def add(*_: object, picture: IO[bytes], **__: object) -> None:
        picture.seek(0)
        came.append((picture.read() == body, picture._rolled))  # type: ignore[attr-defined]
        raise unavailable()

    monkeypatch.setattr(house.services.proofs, "add", add)
    for sending in (ana.raw(body, kind="photo"), ana.form(file=body, kind="photo")):
        assert (await sending).status_code == 503
    assert came == [(True, True)] * 2

    class Full(BytesIO):
        def write(self, _: object) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(ProofFiles, "incoming", lambda _: Full())
    for sending in (ana.raw(body, kind="photo"), ana.form(file=body, kind="photo")):
        assert refusal(await sending)[:2] == (503, "unavailable")
    assert len(came) == 2


def test_all_drivers_have_so_much_room() -> None:
    uploads = Uploads()
    with ExitStack() as stack:
        for number in range(UPLOADS):
            stack.enter_context(uploads.room(number // DRIVER_UPLOADS))
        with refused("unavailable"):
            stack.enter_context(uploads.room(UPLOADS))
        with refused("too_many"):
            stack.enter_context(uploads.room(0))
    with uploads.room(UPLOADS):
        pass


async def test_what_is_wrong_is_named(ana: Courier) -> None:
    for query, field in WRONG:
        assert refusal(await ana.raw(photo(), **query)) == (422, "invalid_field", field), query


FORMS: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "no end": lambda: b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nphoto',
    "no name": lambda: b"--x\r\nContent-Disposition: form-data\r\n\r\nphoto\r\n--x--\r\n",
    "nonsense": lambda: b"\0\1\2" * 100,
    "many": lambda: (
        b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _ in range(20))
        + b"--x--\r\n"
    ),
    "two files": lambda: (
        b"".join(
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n1\r\n'
            for _ in range(2)
        )
        + b"--x--\r\n"
    ),
    "long field": lambda: (
        b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\n'
        + b"y" * 5_000
        + b"\r\n--x--\r\n"
    ),
}


async def test_a_broken_form_is_refused(ana: Courier) -> None:
    sent = [(name, "multipart/form-data; boundary=x") for name in FORMS]
    for name, kind in [*sent, ("many", "multipart/form-data")]:
        answer = await ana.client.post(
            "/drive/proof/A1", content=FORMS[name](), headers={"Content-Type": kind}
        )
        assert answer.status_code in {400, 422}, name


async def test_a_driver_who_sends_too_much_waits(ana: Courier) -> None:
    statuses = [0]
    while statuses[-1] != 429 and len(statuses) < 200:
        statuses.append((await ana.raw(b"x", kind="photo")).status_code)
    assert set(statuses[1:21]) == {422}
    assert statuses[-1] == 429


async def test_the_end_of_an_order_keeps_how_far_from_the_door_its_driver_was(
    ana: Courier, house: House, admin: httpx.AsyncClient
) -> None:
    driver = await house.services.store.drivers.get(ana.id)
    actor = Actor(Kind.DRIVER, ana.id, num=driver.num)
    orders, now = house.services.orders, house.services.now() // 1_000_000
    body = {"driverId": ana.id, "destination": {"lat": 48.0, "lng": 11.0}}
    for order in ("far", "nowhere", "staff", "silent"):
        place = {"address": "Ring 1"} if order == "nowhere" else body["destination"]
        made = await admin.post("/api/v1/orders", json={**body, "id": order, "destination": place})
        assert made.status_code == 201
    await house.drive(ana.id, point(48.0, 11.0, at=now - 200))
    await orders.set_status_as_driver("silent", Status.DELIVERED, None, actor, None)
    await house.drive(ana.id, point(48.0001, 11.0, at=now - 60))
    await orders.set_status_as_driver("A1", Status.PICKED_UP, None, actor, None)
    await orders.set_status_as_driver("A1", Status.DELIVERED, None, actor, "s-1")
    await orders.set_status_as_driver("nowhere", Status.DELIVERED, None, actor, None)
    await orders.set_status("staff", Status.DELIVERED, None, SYSTEM)
    await house.drive(ana.id, point(48.02, 11.0, at=now - 1))
    await orders.set_status_as_driver("far", Status.FAILED, "Nobody there", actor, None)
    found = {
        order: [event["metres"] for event in await events_of(admin, order)]
        for order in ("A1", "far", "nowhere", "staff", "silent")
    }
    assert found == {
        "A1": [None, None, 11.1],
        "far": [None, 2223.9],
        "nowhere": [None, None],
        "staff": [None, None],
        "silent": [None, None],
    }


async def events_of(client: httpx.AsyncClient, order: str) -> list[Json]:
    """The history of an order's status."""
    items: list[Json] = (await client.get(f"/api/v1/orders/{order}/events")).json()["items"]
    return items


async def test_proof_of_one_who_is_gone_meanwhile_is_noted_as_well(
    ana: Courier, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = slow_files(monkeypatch)
    driver = await house.services.store.drivers.get(ana.id)
    actor = Actor(Kind.DRIVER, ana.id, num=driver.num)
    adding = asyncio.create_task(
        house.services.proofs.add("A1", Proof.PHOTO, actor, picture=BytesIO(photo()))
    )
    await slow.there.wait()
    adding.cancel()
    slow.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await adding
    async with asyncio.timeout(10):
        while not (noted := await noted_proofs(house)):  # noqa: ASYNC110 (the log's own turn)
            await asyncio.sleep(0.01)
    assert noted == [("A1", ana.id)]


async def noted_proofs(house: House) -> list[tuple[str | None, str]]:
    """Orders and drivers of the proof in the activity log."""
    entries, _ = await house.services.store.activity.page(None, 50)
    return [(one.subject, one.actor_id) for one in entries if one.kind == "order.proof"]
