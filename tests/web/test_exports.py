"""Recorded positions: pages of JSON, and files that open where people open them."""

import csv
import io
from typing import Any

import gpxpy
import httpx
import pytest

from app.protocol.csv_text import bare
from tests.web.house import House, point

START = 1_700_000_000
HOSTILE = ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '<b>"&', "emoji 🛵", "a,b")


async def track(house: House, admin: httpx.AsyncClient, count: int = 5) -> tuple[str, str]:
    """A driver and his order, with one position a second."""
    body = {"name": "=Ana <b>&"}
    driver = (await admin.post("/api/v1/drivers", json=body)).json()["id"]
    order = (await admin.post("/api/v1/orders", json={"id": "A1", "driverId": driver})).json()["id"]
    points = [
        point(48 + n / 10_000, 11.5, at=START + n, order=order, name=f"p{n}", altitude=500.5)
        for n in range(count)
    ]
    await house.drive(driver, *points)
    return driver, order


async def test_positions_come_as_the_contract_says(house: House, admin: httpx.AsyncClient) -> None:
    driver, order = await track(house, admin, 1)
    for path in (f"orders/{order}", f"drivers/{driver}"):
        page = (await admin.get(f"/api/v1/{path}/positions")).json()
        (item,) = page["items"]
        assert item.pop("receivedAt").endswith("Z")
        assert page["next"] is None
        assert item == {
            "lat": 48.0,
            "lng": 11.5,
            "recordedAt": "2023-11-14T22:13:20.000Z",
            "accuracy": None,
            "speed": None,
            "heading": None,
            "altitude": 500.5,
            "battery": None,
            "id": "p0",
            "flags": [],
        }


async def test_a_position_without_a_time_is_of_its_arrival(
    house: House, admin: httpx.AsyncClient
) -> None:
    driver = (await admin.post("/api/v1/drivers", json={"name": "Ana"})).json()["id"]
    await house.drive(driver, point(accuracy=500))
    (item,) = (await admin.get(f"/api/v1/drivers/{driver}/positions")).json()["items"]
    assert item["recordedAt"] == item["receivedAt"]
    assert item["flags"] == ["inaccurate"]


async def test_positions_are_read_page_by_page_and_by_time(
    house: House, admin: httpx.AsyncClient
) -> None:
    _, order = await track(house, admin, 10)
    path = f"/api/v1/orders/{order}/positions"
    first = (await admin.get(path, params={"limit": 6})).json()
    rest = (await admin.get(path, params={"limit": 6, "cursor": first["next"]})).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == [f"p{n}" for n in range(10)]

    async def ids(**query: Any) -> list[str]:
        return [item["id"] for item in (await admin.get(path, params=query)).json()["items"]]

    for begin in ("2023-11-14T22:13:28Z", str(START + 8), f"{START + 8}000"):
        assert await ids(**{"from": begin}) == ["p8", "p9"]
    assert (await ids(to="2023-11-14T22:13:21Z"))[0] == "p0"
    lost_plus = await admin.get(f"{path}?from=2023-11-14T23:13:29+01:00")
    assert [item["id"] for item in lost_plus.json()["items"]] == ["p9"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=yesterday", "from"),
        ("to=9999999999999999999", "to"),
        ("limit=5001", "limit"),
        ("limit=0", "limit"),
        ("cursor=nonsense", "cursor"),
        ("format=xlsx", "format"),
        ("format=csv&cursor=nonsense", "cursor"),
    ],
)
async def test_a_wrong_query_is_named(
    house: House, admin: httpx.AsyncClient, query: str, field: str
) -> None:
    driver, _ = await track(house, admin, 1)
    answer = await admin.get(f"/api/v1/drivers/{driver}/positions?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["field"] == field


async def test_a_file_has_all_positions_however_many(
    house: House, admin: httpx.AsyncClient
) -> None:
    _, order = await track(house, admin, 2_345)
    path = f"/api/v1/orders/{order}/positions"
    text = (await admin.get(path, params={"format": "csv"})).text
    assert len(text.splitlines()) == 2_346
    features = (await admin.get(path, params={"format": "geojson"})).json()["features"]
    assert [feature["properties"]["id"] for feature in features] == [f"p{n}" for n in range(2_345)]
    segment = gpxpy.parse((await admin.get(path, params={"format": "gpx"})).text).tracks[0].segments
    assert [len(part.points) for part in segment] == [2_345]
    few = (await admin.get(path, params={"format": "csv", "limit": 2})).text
    assert len(few.splitlines()) == 3


@pytest.mark.parametrize("kind", ["geojson", "gpx", "csv"])
async def test_a_file_without_positions_is_whole(admin: httpx.AsyncClient, kind: str) -> None:
    await admin.post("/api/v1/orders", json={"id": "A1"})
    answer = await admin.get(f"/api/v1/orders/A1/positions?format={kind}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="order-A1.{kind}"'
    if kind == "gpx":
        assert gpxpy.parse(answer.text).tracks[0].segments[0].points == []
    if kind == "geojson":
        assert answer.json()["features"] == []


async def test_geojson_has_longitude_first(house: House, admin: httpx.AsyncClient) -> None:
    _, order = await track(house, admin, 1)
    answer = await admin.get(f"/api/v1/orders/{order}/positions?format=geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    (feature,) = answer.json()["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [11.5, 48.0, 500.5]}
    assert feature["properties"]["recordedAt"] == "2023-11-14T22:13:20.000Z"


async def test_gpx_holds_hostile_names_as_text(house: House, admin: httpx.AsyncClient) -> None:
    driver, _ = await track(house, admin, 2)
    answer = await admin.get(f"/api/v1/drivers/{driver}/positions?format=gpx")
    assert answer.headers["content-type"] == "application/gpx+xml"
    track_ = gpxpy.parse(answer.text).tracks[0]
    assert track_.name == "=Ana <b>&"
    first = track_.segments[0].points[0]
    assert (first.latitude, first.longitude, first.elevation) == (48.0, 11.5, 500.5)
    assert first.time is not None
    assert first.time.timestamp() == START


async def test_no_cell_of_a_csv_is_a_formula(house: House, admin: httpx.AsyncClient) -> None:
    driver = (await admin.post("/api/v1/drivers", json={"name": "=Ana"})).json()["id"]
    points = [
        point(-48.5 + n / 1e6, -11.5, at=START + n, name=text) for n, text in enumerate(HOSTILE)
    ]
    await house.drive(driver, *points)
    answer = await admin.get(f"/api/v1/drivers/{driver}/positions?format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    for row, text in zip(rows, HOSTILE, strict=True):
        guarded = text.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert row["id"].startswith("'") == guarded
        assert bare(row["id"]) == text
        assert float(row["lat"]) < -48
        assert row["lng"] == "-11.5"
