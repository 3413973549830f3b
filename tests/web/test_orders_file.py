"""Orders as a file: what is filtered, safe in a spreadsheet, and read again by the import."""

import csv
import io
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx
import pytest

from app.domain.times import SECOND
from app.tracking import order_files
from app.tracking.order_files import TITLES
from tests.web.house import House

BERLIN = ZoneInfo("Europe/Berlin")
HOSTILE = ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", '<b>"&', "emoji 🛵", "a;b,c\nd")


async def make(admin: httpx.AsyncClient, order_id: str, **fields: object) -> None:
    """A new order."""
    answer = await admin.post("/api/v1/orders", json={"id": order_id, **fields})
    assert answer.status_code == 201, answer.text


async def rows(client: httpx.AsyncClient, query: str = "") -> list[dict[str, str]]:
    """The lines of the file."""
    answer = await client.get(f"/admin/orders.csv{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="orders-')
    assert answer.text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(answer.text[1:], newline="")))


async def test_the_file_has_what_is_filtered_in_the_zone_that_was_asked_for(house: House) -> None:
    admin = await house.client_for("admin")
    window = {"from": "2026-07-01T12:30:00Z", "to": "2026-07-01T13:00:00.25Z"}
    driver = (await admin.post("/api/v1/drivers", json={"name": "Ana"})).json()["id"]
    place = {"lat": 48.137154000000003, "lng": -0.1, "address": "Straße 1"}
    await make(admin, "A1", window=window, driverId=driver, destination=place)
    await make(admin, "A2", customer={"name": "Zoë"})
    browser = await house.browser("viewer")
    second, first = await rows(browser, "?tz=Europe/Berlin")
    assert tuple(first) == TITLES
    assert (first["order"], second["order"]) == ("A1", "A2")
    assert first["promised_from"] == "2026-07-01T14:30:00+02:00"
    assert first["promised_until"] == "2026-07-01T15:00:00.250000+02:00"
    assert len(first["created"]) == len("2026-07-01T14:30:00+02:00")
    assert (first["driver"], first["status"]) == ("Ana", "assigned")
    assert (float(first["lat"]), float(first["lng"])) == (48.137154000000003, -0.1)
    assert [row["order"] for row in await rows(browser, "?q=zo%C3%AB")] == ["A2"]
    assert [row["order"] for row in await rows(browser, "?status=assigned,failed")] == ["A1"]
    assert [row["order"] for row in await rows(browser, f"?driverId={driver}")] == ["A1"]
    for query in ("?status=nonsense", "?tz=Nowhere/City", "?tz=../etc/passwd"):
        assert (await browser.get(f"/admin/orders.csv{query}")).status_code == 422
    log = (await admin.get("/api/v1/activity")).json()["items"]
    assert [entry["actor"]["id"] for entry in log if entry["kind"] == "order.exported"] == [
        "viewer"
    ] * 4


async def test_the_file_has_the_orders_of_some_days_of_its_zone(house: House) -> None:
    admin = await house.client_for("admin")
    for order_id, begin in (("A1", "21:59"), ("A2", "22:00"), ("A3", "23:30")):
        await make(
            admin,
            order_id,
            window={"from": f"2026-07-01T{begin}:00Z", "to": "2026-07-02T12:00:00Z"},
        )
    await make(admin, "A4")  # promised for no time: the day it was made

    async def listed(query: str) -> list[str]:
        return [row["order"] for row in await rows(admin, f"?tz=Europe/Berlin&{query}")]

    assert await listed("from=2026-07-01&to=2026-07-01") == ["A1"]
    assert await listed("from=2026-07-02") == ["A3", "A2"]
    assert await listed("from=2026-07-01&to=2026-07-02") == ["A3", "A2", "A1"]
    made = datetime.fromtimestamp(house.services.now() / SECOND, BERLIN).date()
    assert await listed(f"to={made}") == ["A4"]
    for query in ("from=yesterday", "from=0001-01-01", "from=2026-07-02&to=2026-07-01"):
        assert (await admin.get(f"/admin/orders.csv?{query}")).status_code == 422


async def test_the_file_has_the_open_orders_that_are_late(house: House) -> None:
    admin = await house.client_for("admin")
    past = {"from": "2020-07-01T12:00:00Z", "to": "2020-07-01T12:30:00Z"}
    coming = {"from": "2020-07-01T12:00:00Z", "to": "2199-07-01T12:30:00Z"}
    for order_id, window in (("A1", past), ("A2", coming), ("A3", past), ("A4", None)):
        await make(admin, order_id, **({"window": window} if window else {}))
    await admin.post("/admin/update", json={"orderId": "A3", "status": "cancelled"})
    assert [row["order"] for row in await rows(admin, "?late=true")] == ["A1"]
    assert [row["order"] for row in await rows(admin, "?late=true&from=2020-07-02")] == []


async def test_the_file_names_a_driver_who_was_removed(house: House) -> None:
    admin = await house.client_for("admin")
    driver = (await admin.post("/api/v1/drivers", json={"name": "=Ana"})).json()["id"]
    await make(admin, "A1", driverId=driver)
    await admin.post("/admin/update", json={"orderId": "A1", "status": "delivered"})
    assert (await admin.delete(f"/api/v1/drivers/{driver}")).status_code == 204
    assert [row["driver"] for row in await rows(admin)] == ["'=Ana"]


async def test_the_file_is_whole_over_many_pages(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await house.client_for("admin")
    for number in range(7):
        await make(admin, f"A{number}")
    monkeypatch.setattr(order_files, "PER_READ", 3)
    assert [row["order"] for row in await rows(admin)] == [f"A{n}" for n in range(6, -1, -1)]


async def test_what_is_exported_can_be_imported_elsewhere(house: House) -> None:
    admin = await house.client_for("admin")
    for number, text in enumerate(HOSTILE):
        await make(admin, f"A{number}", note=text, customer={"name": text, "phone": "+49 1"})
    text = (await admin.get("/admin/orders.csv")).text
    for row in csv.reader(io.StringIO(text[1:], newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    there = await house.services.order_files.preview(text.encode(), BERLIN)
    assert there.lines == []
    assert [fault.field for fault in there.faults] == ["order"] * len(HOSTILE)
    elsewhere = await house.services.order_files.preview(
        text.replace("\nA", "\nB").encode(), BERLIN
    )
    assert elsewhere.faults == []
    assert [line.note for line in reversed(elsewhere.lines)] == [t.strip() for t in HOSTILE]


async def test_drivers_of_a_file_are_found_by_name_or_id_or_named(house: House) -> None:
    admin = await house.client_for("admin")
    made = [
        (await admin.post("/api/v1/drivers", json={"name": name})).json()["id"]
        for name in ("Ana", "Ben", "Ben")
    ]
    text = f"order,driver\nA1,ANA\nA2,{made[1]}\nA3,Ben\nA4,Cy\n"
    file = await house.services.order_files.preview(text.encode(), BERLIN)
    assert [line.driver for line in file.lines] == made[:2]
    assert [(fault.line, fault.field) for fault in file.faults] == [(4, "driver"), (5, "driver")]
    assert "2 drivers" in file.faults[0].reason
