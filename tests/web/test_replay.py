"""The past, streamed for the replay and as files of just the same; who may have it."""

import csv
import io
import json
from typing import Any

import gpxpy
import httpx
import pytest

from app.domain.access import SYSTEM
from app.tracking import replay
from tests.web.house import House, point

START = 1_700_000_000
NAME = "=Ana <b>&"


def time(seconds: float) -> str:
    """A moment as a query has it."""
    return str(START + seconds)


async def lines(client: httpx.AsyncClient, path: str, **query: Any) -> list[dict[str, Any]]:
    """What is streamed."""
    answer = await client.get(f"/api/v1/replay/{path}", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["cache-control"] == "no-store"
    return [json.loads(line) for line in answer.text.splitlines()]


async def text(client: httpx.AsyncClient, path: str, kind: str, **query: Any) -> str:
    """A file."""
    answer = await client.get(f"/api/v1/replay/{path}", params={"format": kind, **query})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].endswith(f'.{kind}"')
    return answer.text


async def town(house: House, admin: httpx.AsyncClient) -> tuple[str, str]:
    """A driver and his order: he drives, loses the signal, stands, and his phone errs once."""
    driver = (await admin.post("/api/v1/drivers", json={"name": NAME})).json()["id"]
    body = {
        "id": "A1",
        "driverId": driver,
        "customer": {"name": "Maria"},
        "destination": {"lat": 48.1, "lng": 11.5, "address": "Door 1"},
    }
    order = (await admin.post("/api/v1/orders", json=body)).json()["id"]
    moves = [point(48 + n / 10_000, 11.5, at=START + n, order=order, speed=11.1) for n in range(60)]
    stands = [point(48.02, 11.5, at=START + 200 + n, order=order) for n in range(0, 180, 10)]
    wrong = point(48.5, 11.5, at=START + 30, order=order, accuracy=900)
    await house.drive(driver, *moves, *stands, wrong)
    return driver, order


async def test_an_orders_past_comes_with_its_gaps_and_stops(
    house: House, admin: httpx.AsyncClient
) -> None:
    _, order = await town(house, admin)
    begin, fixes, end = await lines(admin, f"orders/{order}")
    assert begin["type"] == "begin"
    assert (begin["kind"], begin["id"], begin["name"]) == ("order", "A1", "Maria")
    assert begin["places"] == [{"kind": "door", "lat": 48.1, "lng": 11.5, "address": "Door 1"}]
    assert [status for _, status in begin["events"]] == ["assigned"]
    assert [name for _, name in begin["drivers"]] == [NAME]
    assert fixes["rows"][0] == [START * 1_000, 48.0, 11.5, 11.1, None, None]
    assert len(fixes["rows"]) == 78
    assert end["type"] == "end"
    assert (end["gaps"], end["leftOut"], end["more"]) == ([60], 1, False)
    assert end["stops"] == [[(START + 200) * 1_000, (START + 370) * 1_000, 48.02, 11.5]]
    assert end["metres"] == pytest.approx(656, abs=2)


async def test_a_drivers_past_is_that_between_two_times(
    house: House, admin: httpx.AsyncClient
) -> None:
    driver, _ = await town(house, admin)
    query = {"from": time(10), "to": time(19)}
    begin, fixes, end = await lines(admin, f"drivers/{driver}", **query)
    assert (begin["kind"], begin["name"], begin["drivers"]) == ("driver", NAME, [[0, NAME]])
    assert (begin["since"], begin["until"]) == ((START + 10) * 1_000, (START + 19) * 1_000)
    assert [row[0] // 1_000 - START for row in fixes["rows"]] == list(range(10, 20))
    assert end["leftOut"] == 0


async def test_a_removed_drivers_past_stays(house: House, admin: httpx.AsyncClient) -> None:
    driver = (await admin.post("/api/v1/drivers", json={"name": "Gone"})).json()["id"]
    await house.drive(driver, point(at=START))
    assert (await admin.delete(f"/api/v1/drivers/{driver}")).status_code == 204
    begin, fixes, _ = await lines(admin, f"drivers/{driver}")
    assert (begin["name"], len(fixes["rows"])) == ("Gone", 1)
    found = (await admin.get("/api/v1/replay/subjects?kind=driver&q=gon")).json()["items"]
    assert [(one["id"], one["about"]) for one in found] == [(driver, "removed")]


async def test_the_past_comes_piece_by_piece_up_to_a_bound(
    house: House, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, order = await town(house, admin)
    monkeypatch.setattr(replay, "PER_READ", 30)
    whole = await lines(admin, f"orders/{order}")
    assert [line["type"] for line in whole] == ["begin", "fixes", "fixes", "fixes", "end"]
    assert sum(len(line["rows"]) for line in whole[1:-1]) == 78
    assert whole[-1]["gaps"] == [60]
    monkeypatch.setattr(replay, "MOST", 40)
    some = await lines(admin, f"orders/{order}")
    assert sum(len(line["rows"]) for line in some[1:-1]) == 39  # and the one that is left out
    assert some[-1]["more"] is True


async def test_the_fleet_at_a_moment(house: House, admin: httpx.AsyncClient) -> None:
    driver, _ = await town(house, admin)
    await admin.post("/api/v1/drivers", json={"name": "Idle"})
    begin, drivers, end = await lines(admin, "fleet", at=time(100))
    assert (begin["kind"], begin["pieces"], begin["step"]) == ("fleet", 1, 5)
    since = (START + 100 - 300) * 1_000
    assert (begin["at"], begin["since"]) == ((START + 100) * 1_000, since)
    last = [(START + 59) * 1_000 - since, 48.0059, 11.5, None, 11.1]
    assert begin["rows"] == [[driver, NAME, [last]]]
    ((found, name, fixes),) = drivers["rows"]
    assert (found, name) == (driver, NAME)
    assert [fix[0] // 1_000 - 200 for fix in fixes] == [
        *range(0, 60, 5),
        59,
        *range(200, 380, 10),
    ]
    assert end == {"type": "end", "next": None}
    early, nobody, _ = await lines(admin, "fleet", at=time(-3_600))
    assert (early["rows"], nobody["rows"]) == ([], [])


async def test_the_fleet_from_when_to_when_and_who_was_at_work_next(
    house: House, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver, _ = await town(house, admin)
    monkeypatch.setattr(replay, "BUDGET", 2)
    query = {"from": time(0), "to": time(300)}
    begin, drivers, end = await lines(admin, "fleet", at=time(30), **query)
    moments = [begin[name] // 1_000 - START for name in ("at", "since", "until")]
    assert (moments, begin["step"]) == ([30, 0, 300], 150)
    assert [row[2][-1][0] for row in begin["rows"]] == [30_000]
    ((_, _, fixes),) = drivers["rows"]
    assert [fix[0] for fix in fixes] == [0, 30_000, 200_000, 300_000]
    assert end == {"type": "end", "next": (START + 310) * 1_000}
    (track,) = gpxpy.parse(await text(admin, "fleet", "gpx", at=time(30), **query)).tracks
    assert [len(segment.points) for segment in track.segments] == [4]  # coarse, no gap

    late = {"from": time(200), "to": "4000000000"}
    refused = await admin.get("/api/v1/replay/fleet", params=late)
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "to")
    begin, _, end = await lines(admin, "fleet", **{**late, "to": time(500)})
    assert (begin["at"], begin["rows"][0][0]) == ((START + 200) * 1_000, driver)
    assert end["next"] is None


async def test_files_hold_just_what_is_shown(house: House, admin: httpx.AsyncClient) -> None:
    driver, order = await town(house, admin)
    for path in (f"orders/{order}", f"drivers/{driver}"):
        _, fixes, _ = await lines(admin, path)
        shown = [row[:3] for row in fixes["rows"]]
        rows = list(csv.DictReader(io.StringIO(await text(admin, path, "csv"))))
        assert [[float(row["lat"]), float(row["lng"])] for row in rows] == [s[1:] for s in shown]
        features = json.loads(await text(admin, path, "geojson"))["features"]
        assert [one["geometry"]["coordinates"] for one in features] == [
            [lng, lat] for _, lat, lng in shown
        ]
        (track,) = gpxpy.parse(await text(admin, path, "gpx")).tracks
        assert [len(segment.points) for segment in track.segments] == [60, 18]
        points = [one for segment in track.segments for one in segment.points]
        assert [[one.latitude, one.longitude] for one in points] == [s[1:] for s in shown]
    part = await text(admin, f"orders/{order}", "gpx", **{"from": time(0), "to": time(9)})
    assert sum(len(one.points) for one in gpxpy.parse(part).tracks[0].segments) == 10


async def test_gaps_cut_a_file_also_where_two_pieces_meet(
    house: House, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, order = await town(house, admin)
    for size in (1, 7, 60, 61):
        monkeypatch.setattr(replay, "PER_READ", size)
        (track,) = gpxpy.parse(await text(admin, f"orders/{order}", "gpx")).tracks
        assert [len(segment.points) for segment in track.segments] == [60, 18], size


async def test_files_of_the_fleet_name_each_driver(house: House, admin: httpx.AsyncClient) -> None:
    driver, _ = await town(house, admin)
    other = (await admin.post("/api/v1/drivers", json={"name": "Bea"})).json()["id"]
    await house.drive(other, point(49, 12, at=START + 90))
    query = {"at": time(100)}
    rows = list(csv.DictReader(io.StringIO(await text(admin, "fleet", "csv", **query))))
    assert [(row["driverId"], row["driver"]) for row in rows[-2:]] == [
        (driver, f"'{NAME}"),
        (other, "Bea"),
    ]
    features = json.loads(await text(admin, "fleet", "geojson", **query))["features"]
    assert len(features) == len(rows)
    assert features[-1]["properties"]["driver"] == "Bea"
    tracks = gpxpy.parse(await text(admin, "fleet", "gpx", **query)).tracks
    assert [track.name for track in tracks] == [NAME, "Bea"]
    assert [len(track.segments) for track in tracks] == [2, 1]


async def test_a_file_of_nothing_is_whole(admin: httpx.AsyncClient) -> None:
    await admin.post("/api/v1/orders", json={"id": "A1"})
    for path in ("orders/A1", "fleet"):
        assert json.loads(await text(admin, path, "geojson"))["features"] == []
        gpxpy.parse(await text(admin, path, "gpx"))
        assert len((await text(admin, path, "csv")).splitlines()) == 1


async def test_a_search_finds_the_order_of_just_this_number_first(
    house: House, admin: httpx.AsyncClient
) -> None:
    await town(house, admin)
    for n in range(10, 20):
        await admin.post("/api/v1/orders", json={"id": f"A{n}", "customer": {"name": "Bo A1"}})
    path = "/api/v1/replay/subjects"
    found = (await admin.get(path, params={"kind": "order", "q": "A1"})).json()["items"]
    assert [one["id"] for one in found] == ["A1", *(f"A{n}" for n in range(19, 12, -1))]
    assert (found[0]["name"], found[0]["about"]) == ("Maria", "assigned")
    found = (await admin.get(path, params={"kind": "order", "q": ""})).json()["items"]
    assert found[0]["id"] == "A19"
    found = (await admin.get(path, params={"kind": "driver", "q": "ANA"})).json()["items"]
    assert [one["name"] for one in found] == [NAME]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("orders/none", 404),
        ("drivers/none", 404),
        ("orders/none?format=gpx", 404),
        ("fleet?at=yesterday", 422),
        ("drivers/none?from=yesterday", 422),
        ("fleet?format=xlsx", 422),
        ("subjects?kind=person", 422),
    ],
)
async def test_what_is_not_there_is_said(admin: httpx.AsyncClient, path: str, status: int) -> None:
    answer = await admin.get(f"/api/v1/replay/{path}")
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


async def test_a_viewers_cookie_is_enough_and_ends_with_his_login(
    house: House, admin: httpx.AsyncClient
) -> None:
    _, order = await town(house, admin)
    viewer = await house.browser("viewer")
    assert len(await lines(viewer, f"orders/{order}")) == 3
    await house.services.signin.remove_user("viewer", SYSTEM)
    for path in (f"orders/{order}", "fleet", "subjects?kind=order"):
        assert (await viewer.get(f"/api/v1/replay/{path}")).status_code == 401
